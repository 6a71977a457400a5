//! The pages of comparing: where you stand, and the method behind it.

#![expect(unreachable_pub, reason = "the macros of Leptos make public items in private modules")]
#![expect(clippy::needless_pass_by_value, reason = "components own their properties")]

mod functions;
mod method;
mod standing;
mod table;

use leptos::prelude::*;
use leptos_router::{SsrMode, any_nested_route::IntoAnyNestedRoute, components::Route, path};

/// Where the company stands.
#[component(transparent)]
pub fn StandingRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! { <Route path=path!("/standing") view=standing::StandingPage ssr=SsrMode::Async /> }
        .into_inner()
        .into_any_nested_route()
}

/// How everything is computed, for everyone.
#[component(transparent)]
pub fn MethodRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! { <Route path=path!("/method") view=method::MethodPage ssr=SsrMode::Async /> }
        .into_inner()
        .into_any_nested_route()
}
