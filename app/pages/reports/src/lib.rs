//! The pages of reports.

#![expect(unreachable_pub, reason = "the macros of Leptos make public items in private modules")]

mod functions;
mod list;
mod share;

use leptos::prelude::*;
use leptos_router::{SsrMode, any_nested_route::IntoAnyNestedRoute, components::Route, path};

/// The list of reports, and who sees each.
#[component(transparent)]
pub fn ReportRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/reports") view=list::ReportsPage ssr=SsrMode::Async />
        <Route path=path!("/reports/:report/share") view=share::SharePage ssr=SsrMode::Async />
    }
    .into_inner()
    .into_any_nested_route()
}
