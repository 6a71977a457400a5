//! The area of whoever runs the instance: health, people, workspaces, work, blocks, records and settings. None of it shows what a company
//! keeps.

#![expect(unreachable_pub, reason = "the macros of Leptos make public items in private modules")]

mod blocks;
mod claim;
#[cfg(feature = "ssr")]
mod desk;
mod frame;
mod functions;
mod health;
mod jobs;
mod model;
mod people;
mod records;
mod settings;
mod workspaces;

#[cfg(feature = "ssr")]
pub use desk::{Desk, Instance};
pub use functions::LOOK_AWAY;
pub use model::{BlockLine, HealthLine, HealthView, JobLine, SettingLine};

use leptos::prelude::*;
use leptos_router::{
    SsrMode,
    any_nested_route::IntoAnyNestedRoute,
    components::{ParentRoute, Route},
    path,
};

/// The pages of administrators, and the one where somebody becomes one.
#[component(transparent)]
pub fn AdminRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/admin/claim") view=claim::ClaimPage ssr=SsrMode::Async />
        <ParentRoute path=path!("/admin") view=frame::AdminFrame ssr=SsrMode::Async>
            <Route path=path!("") view=health::HealthPage ssr=SsrMode::Async />
            <Route path=path!("/people") view=people::PeoplePage ssr=SsrMode::Async />
            <Route path=path!("/workspaces") view=workspaces::WorkspacesPage ssr=SsrMode::Async />
            <Route path=path!("/jobs") view=jobs::JobsPage ssr=SsrMode::Async />
            <Route path=path!("/blocks") view=blocks::BlocksPage ssr=SsrMode::Async />
            <Route path=path!("/records") view=records::InstanceRecordsPage ssr=SsrMode::Async />
            <Route path=path!("/settings") view=settings::InstanceSettingsPage ssr=SsrMode::Async />
        </ParentRoute>
    }
    .into_inner()
    .into_any_nested_route()
}
