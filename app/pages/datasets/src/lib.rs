//! The pages of data: files, and the first steps of an import.

#![expect(unreachable_pub, reason = "the macros of Leptos make public items in private modules")]
#![expect(clippy::needless_pass_by_value, reason = "components own their properties")]

mod files;
mod format;
mod functions;
mod sizes;
mod steps;

pub use functions::UploadLimits;

use leptos::prelude::*;
use leptos_router::{SsrMode, any_nested_route::IntoAnyNestedRoute, components::Route, path};

/// Under which name the session holds the sentence about an upload that was refused.
pub const UPLOAD_PROBLEM_KEY: &str = "upload_problem";

/// The list of files and the format of one of them.
#[component(transparent)]
pub fn DatasetRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/data") view=files::FilesPage ssr=SsrMode::Async />
        <Route path=path!("/data/:dataset/format") view=format::FormatPage ssr=SsrMode::Async />
    }
    .into_inner()
    .into_any_nested_route()
}
