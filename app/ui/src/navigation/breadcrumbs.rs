//! The way from the workspace to here.

use leptos::prelude::*;

/// One place on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// What it is called.
    pub label: String,
    /// Where it is; `None` for the page itself.
    pub href: Option<String>,
}

impl Crumb {
    /// A place above this page.
    pub fn link(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: Some(href.into()) }
    }

    /// This page.
    pub fn here(label: impl Into<String>) -> Self {
        Self { label: label.into(), href: None }
    }
}

/// The way from the workspace to here.
#[component]
pub fn Breadcrumbs(
    /// From the outermost place to this page.
    #[prop(into)]
    crumbs: Signal<Vec<Crumb>>,
) -> impl IntoView {
    let place = |crumb: Crumb| match crumb.href {
        Some(href) => view! { <li><a href=href>{crumb.label}</a></li> }.into_any(),
        None => view! { <li aria-current="page">{crumb.label}</li> }.into_any(),
    };
    view! {
        <nav class="crumbs" aria-label="Breadcrumbs">
            <ol>{move || crumbs.get().into_iter().map(place).collect_view()}</ol>
        </nav>
    }
}
