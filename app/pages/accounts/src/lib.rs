//! The pages of accounts: sign-up, sign-in, the own account, overview and the company profile.

#![cfg_attr(feature = "ssr", expect(clippy::unused_async, reason = "server functions are asynchronous"))]
#![expect(unreachable_pub, reason = "the macros of Leptos make public items in private modules")]

mod account;
mod demo;
mod forgotten;
mod functions;
mod keys;
mod mail_notice;
mod members;
mod new_workspace;
mod overview;
mod prove;
mod records;
mod settings;
mod sign_in;
mod sign_up;
mod signing_up;

pub use functions::{GoogleIsSetUp, NEW_WORKSPACE, SIGN_OUT, get_visitor, get_workspace, home_of};

/// Under which name a session holds why an account was not deleted.
pub const ERASURE_PROBLEM: &str = "erasure_problem";

use leptos::prelude::*;
use leptos_router::{SsrMode, any_nested_route::IntoAnyNestedRoute, components::Route, path};

/// Sign-up, sign-in and the own account.
#[component(transparent)]
pub fn AccountRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/sign-up") view=sign_up::SignUpPage ssr=SsrMode::Async />
        <Route path=path!("/sign-up/sent") view=signing_up::SentPage ssr=SsrMode::Async />
        <Route path=path!("/sign-up/confirm") view=signing_up::ConfirmPage ssr=SsrMode::Async />
        <Route path=path!("/forgotten-password") view=forgotten::ForgottenPage ssr=SsrMode::Async />
        <Route path=path!("/reset-password") view=forgotten::ResetPage ssr=SsrMode::Async />
        <Route path=path!("/account") view=account::AccountPage ssr=SsrMode::Async />
        <Route path=path!("/account/prove") view=prove::ProvePage ssr=SsrMode::Async />
        <Route path=path!("/workspaces/new") view=new_workspace::NewWorkspacePage ssr=SsrMode::Async />
        <Route path=path!("/invitation") view=members::InvitationPage ssr=SsrMode::Async />
        <Route path=path!("/demo") view=demo::DemoPage ssr=SsrMode::Async />
        <Route path=path!("/sign-in") view=sign_in::SignInPage ssr=SsrMode::Async />
    }
    .into_inner()
    .into_any_nested_route()
}

/// The overview, the members, the keys, the log and the settings of a workspace.
#[component(transparent)]
pub fn OverviewRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("") view=overview::OverviewPage ssr=SsrMode::Async />
        <Route path=path!("/members") view=members::MembersPage ssr=SsrMode::Async />
        <Route path=path!("/keys") view=keys::KeysPage ssr=SsrMode::Async />
        <Route path=path!("/audit") view=records::RecordsPage ssr=SsrMode::Async />
        <Route path=path!("/settings") view=settings::SettingsPage ssr=SsrMode::Async />
    }
    .into_inner()
    .into_any_nested_route()
}
