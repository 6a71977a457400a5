//! The shape of what is still loading, so that nothing moves when it arrives.

use leptos::prelude::*;

use crate::VisuallyHidden;

/// What is loading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkeletonShape {
    /// So many rows of a table.
    Rows(u32),
    /// So many key figures.
    Tiles(u32),
    /// A chart.
    Chart,
    /// So many lines of text.
    Lines(u32),
}

/// The place of content that is loading; use it as the fallback of `Suspense`.
#[component]
pub fn Skeleton(
    /// What is loading.
    shape: SkeletonShape,
) -> impl IntoView {
    let blocks = match shape {
        SkeletonShape::Rows(count) => view! { <div>{repeat(count, row)}</div> }.into_any(),
        SkeletonShape::Tiles(count) => {
            view! { <div class="card kpis">{repeat(count, tile)}</div> }.into_any()
        }
        SkeletonShape::Chart => view! { <span class="skeleton chart-block"></span> }.into_any(),
        SkeletonShape::Lines(count) => view! { <div>{repeat(count, line)}</div> }.into_any(),
    };
    view! {
        <div aria-busy="true">
            <VisuallyHidden>"Loading"</VisuallyHidden>
            {blocks}
        </div>
    }
}

fn repeat(count: u32, one: fn() -> AnyView) -> Vec<AnyView> {
    (0..count).map(|_| one()).collect()
}

fn row() -> AnyView {
    view! {
        <div class="skeleton-row">
            <span class="skeleton line-m"></span>
            <span class="skeleton line-s"></span>
            <span class="skeleton line-s"></span>
            <span class="skeleton line-m"></span>
        </div>
    }
    .into_any()
}

fn tile() -> AnyView {
    view! {
        <div class="kpi">
            <span class="skeleton line-m"></span>
            <span class="skeleton line-l"></span>
            <span class="skeleton line-s"></span>
            <span class="skeleton spark-block"></span>
        </div>
    }
    .into_any()
}

fn line() -> AnyView {
    view! { <span class="skeleton line-m"></span> }.into_any()
}
