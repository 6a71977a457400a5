//! The pages of accounts: sign-up, sign-in, overview and the company profile.

#![cfg_attr(feature = "ssr", expect(clippy::unused_async, reason = "server functions are asynchronous"))]
#![expect(unreachable_pub, reason = "the macros of Leptos make public items in private modules")]

mod demo;
mod functions;
mod overview;
mod settings;
mod sign_in;
mod sign_up;

pub use functions::{GoogleIsSetUp, SIGN_OUT, get_visitor, get_workspace};

use leptos::prelude::*;
use leptos_router::{SsrMode, any_nested_route::IntoAnyNestedRoute, components::Route, path};

/// Sign-up and sign-in.
#[component(transparent)]
pub fn AccountRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/sign-up") view=sign_up::SignUpPage ssr=SsrMode::Async />
        <Route path=path!("/demo") view=demo::DemoPage ssr=SsrMode::Async />
        <Route path=path!("/sign-in") view=sign_in::SignInPage ssr=SsrMode::Async />
    }
    .into_inner()
    .into_any_nested_route()
}

/// The overview and the settings of a workspace.
#[component(transparent)]
pub fn OverviewRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("") view=overview::OverviewPage ssr=SsrMode::Async />
        <Route path=path!("/settings") view=settings::SettingsPage ssr=SsrMode::Async />
    }
    .into_inner()
    .into_any_nested_route()
}
