//! The pages of figures: the dashboard, one figure opened, and the catalogue.

#![expect(unreachable_pub, reason = "the macros of Leptos make public items in private modules")]
#![expect(clippy::needless_pass_by_value, reason = "components own their properties")]

mod address;
mod catalogue;
mod chart_card;
mod dashboard;
mod figure;
mod functions;
mod importing;
#[cfg(all(test, feature = "ssr"))]
mod tests;
mod words;

pub use importing::ImportRoutes;

use leptos::prelude::*;
use leptos_router::{SsrMode, any_nested_route::IntoAnyNestedRoute, components::Route, path};

/// The dashboard, the catalogue and one figure opened.
#[component(transparent)]
pub fn MetricRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/dashboard") view=dashboard::DashboardPage ssr=SsrMode::Async />
        <Route path=path!("/figures") view=catalogue::CataloguePage ssr=SsrMode::Async />
        <Route path=path!("/figures/:key") view=figure::FigurePage ssr=SsrMode::Async />
    }
    .into_inner()
    .into_any_nested_route()
}
