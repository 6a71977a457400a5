//! The tiles at the top of a dashboard.

use kernel::Figure;
use leptos::prelude::*;

use super::{Change, ChangeText, FigureText};

/// A grid of key figures: four in a row, two on small screens.
#[component]
pub fn KeyFigures(
    /// What the figures are about.
    #[prop(default = "Key figures".to_owned(), into)]
    label: String,
    /// `KeyFigure`s.
    children: Children,
) -> impl IntoView {
    view! {
        <ul class="card kpis" aria-label=label>
            {children()}
        </ul>
    }
}

/// One key figure.
#[component]
pub fn KeyFigure(
    /// What it is.
    #[prop(into)]
    label: String,
    /// Where its definition stands.
    #[prop(optional, into)]
    href: Option<String>,
    /// The figure; `None` shows that there is no data.
    #[prop(into)]
    figure: Option<Figure>,
    /// Its period or basis, in smaller type: "12 mo", "monthly".
    #[prop(optional, into)]
    note: Option<String>,
    /// How it changed.
    #[prop(optional, into)]
    change: Option<Change>,
    /// Its place among peers, as a `Chip`.
    #[prop(optional, into)]
    chip: Option<ViewFnOnce>,
    /// Its course, as a `SparklineChart`.
    #[prop(optional, into)]
    sparkline: Option<ViewFnOnce>,
) -> impl IntoView {
    let name = match href {
        Some(href) => view! { <a class="eyebrow" href=href>{label}</a> }.into_any(),
        None => view! { <span class="eyebrow">{label}</span> }.into_any(),
    };
    view! {
        <li class="kpi">
            {name}
            <span class="value">
                <FigureText figure=figure />
                {note.map(|note| view! { <small>" " {note}</small> })}
            </span>
            <span class="change">
                {change.map(|change| view! { <ChangeText change=change /> })}
                {chip.map(ViewFnOnce::run)}
            </span>
            <div class="spark">{sparkline.map(ViewFnOnce::run)}</div>
        </li>
    }
}
