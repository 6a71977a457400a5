//! The API for machines: `/api/v1`, described by OpenAPI from the code of its handlers.
//!
//! An operation says with its parameters who may call it: [`Within`] wants a scope in a workspace, [`Person`] somebody who is signed
//! in, and neither means everybody. The description of the API is checked against that by the tests of the router.

mod auth;
mod benchmarks;
pub(crate) mod caller;
mod cells;
mod columns;
mod data;
mod description;
mod docs;
pub(super) mod exchange;
mod fixed;
mod format;
mod imports;
mod jobs;
mod keys;
mod leaving;
mod mapping;
mod members;
pub(crate) mod metrics;
pub(crate) mod once;
mod records;
mod reports;
mod resuming;
mod shapes;
mod whole;
mod workspaces;

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    extract::{DefaultBodyLimit, State},
    http::{StatusCode, header},
    middleware::{from_fn, from_fn_with_state},
    routing::{any, get},
};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        OpenApi as Document,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::problem::Problem;
use crate::{
    middleware::{CspNonce, limit_stranger},
    services::Services,
};

/// Names the workspace that a person works in; a key has its own.
pub(crate) const WORKSPACE_HEADER: &str = "quartile-workspace";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Quartile API",
        version = "1",
        description = "What the pages offer, for programs. Sign in with a key of a workspace, or as a person with an access token. A person who belongs to several workspaces names one in the header Quartile-Workspace. Every refusal is problem details (RFC 9457) with a sentence, and with the fields that are wrong.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    servers((url = "/api/v1")),
    tags(
        (name = "auth", description = "Signing in as a person"),
        (name = "workspaces", description = "Workspaces and their company"),
        (name = "members", description = "Who belongs to a workspace"),
        (name = "keys", description = "Keys for programs"),
        (name = "data", description = "Files and imports"),
        (name = "metrics", description = "Definitions and figures"),
        (name = "benchmarks", description = "Where the company stands"),
        (name = "reports", description = "Reports as files"),
        (name = "records", description = "Who did what"),
    ),
    modifiers(&Bearer)
)]
struct Description;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut Document) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A key of a workspace (`mk_live_…`), or an access token of a person"))
            .build();
        let components = document.components.get_or_insert_with(Default::default);
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}

fn operations() -> OpenApiRouter<Services> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(auth::me))
        .routes(routes!(auth::who_am_i))
        .routes(routes!(auth::change_password))
        .routes(routes!(auth::list_sessions, auth::end_all_sessions))
        .routes(routes!(auth::end_session))
        .routes(routes!(workspaces::show, workspaces::change))
        .routes(routes!(workspaces::delete, workspaces::keep))
        .routes(routes!(members::list))
        .routes(routes!(members::change_role, members::remove))
        .routes(routes!(members::list_invitations, members::invite))
        .routes(routes!(members::revoke_invitation))
        .routes(routes!(keys::list, keys::make))
        .routes(routes!(keys::revoke))
        .routes(routes!(keys::rotate))
        .merge(files())
        .routes(routes!(metrics::series))
        .routes(routes!(metrics::write))
        .routes(routes!(benchmarks::position))
        .routes(routes!(benchmarks::snapshot))
        .routes(routes!(reports::list, reports::generate))
        .routes(routes!(reports::download))
        .routes(routes!(reports::show, reports::delete))
        .routes(routes!(reports::sharing, reports::share))
        .routes(routes!(jobs::list))
        .routes(routes!(records::audit))
}

/// Files, and what becomes of them.
fn files() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(data::list_files))
        .routes(routes!(data::show_file, data::delete_file))
        .routes(routes!(data::download_file))
        .routes(routes!(format::show, format::choose))
        .routes(routes!(columns::show, columns::classify))
        .routes(routes!(cells::of_file))
        .routes(routes!(mapping::show, mapping::choose))
        .routes(routes!(imports::dry_run))
        .routes(routes!(imports::commit))
        .routes(routes!(imports::list))
        .routes(routes!(imports::show))
        .routes(routes!(mapping::show_of_import, mapping::choose_of_import))
        .routes(routes!(imports::dry_run_of_import))
        .routes(routes!(cells::of_import))
        .routes(routes!(cells::rejected_rows))
        .routes(routes!(imports::commit_by_id))
        .routes(routes!(imports::undo))
}

/// What people ask for in no workspace, whichever they belong to.
fn in_person() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(workspaces::list, workspaces::create))
}

/// What people do in no workspace or with all of theirs, or what takes away the right to do it: what was done once cannot be done again.
fn coming_and_going() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(auth::sign_out))
        .routes(routes!(members::accept))
        .routes(routes!(workspaces::transfer))
        .routes(routes!(leaving::export_me))
        .routes(routes!(leaving::erase_me))
}

/// How one becomes somebody.
fn open() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(auth::sign_in))
        .routes(routes!(auth::google))
        .routes(routes!(auth::refresh))
}

/// What is the same for everybody.
fn fixed() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(metrics::catalogue))
        .routes(routes!(benchmarks::cohorts))
        .routes(routes!(reports::templates))
        .routes(routes!(reports::report_metrics))
}

/// What may be large and slow, in either direction.
fn uploading() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(data::upload))
        .routes(routes!(resuming::begin))
        .routes(routes!(resuming::show, resuming::send, resuming::cancel))
        .routes(routes!(leaving::export_workspace))
}

/// What the API offers, as OpenAPI 3.1, for files of at most so many bytes.
pub fn description(most_upload_bytes: u64) -> Document {
    let people = in_person().merge(coming_and_going());
    let mut document =
        operations().merge(people).merge(open()).merge(fixed()).merge(uploading()).into_openapi();
    description::complete(&mut document);
    let missing = description::narrow(&mut document, most_upload_bytes);
    debug_assert!(missing.is_empty(), "the description has no {missing:?}");
    document
}

/// The keys that access tokens are signed with, for programs that check them themselves (RFC 7517).
pub(crate) async fn public_keys(
    State(services): State<Services>,
) -> Result<impl axum::response::IntoResponse, Problem> {
    let keys = services.accounts.public_keys().await?;
    let headers = [(header::CACHE_CONTROL, "public, max-age=300")];
    Ok((headers, Json(serde_json::json!({ "keys": keys }))))
}

async fn no_such_operation() -> Problem {
    let sentence = "There is no such operation. /api/v1/openapi.json lists them all";
    Problem::plain(StatusCode::NOT_FOUND, sentence)
}

/// Uploads to the API, which take as long as their line does.
pub(crate) fn uploads(services: &Services) -> Router {
    let (uploads, _) = uploading().layer(DefaultBodyLimit::disable()).split_for_parts();
    let uploads = uploads.with_state(services.clone());
    Router::new().nest("/api/v1", uploads.clone()).nest("/api", uploads)
}

/// The API under `/api/v1`; `/api` answers as the current version.
pub(crate) fn router(services: &Services) -> Router {
    let strangers = || from_fn_with_state(services.limits.clone(), limit_stranger);
    let repeatable = operations().layer(from_fn_with_state(services.clone(), once::once));
    let repeatable_in_person = in_person().layer(from_fn_with_state(services.clone(), once::once_in_person));
    let people = repeatable_in_person.merge(coming_and_going());
    let everybodys = fixed().layer(from_fn(fixed::tag)).merge(open()).layer(strangers());
    let (operations, _) = repeatable.merge(people).merge(everybodys).split_for_parts();
    let document = description(services.config.uploads.most_bytes);
    let shown = Arc::new(serde_json::to_value(&document).unwrap_or_default());
    let api = operations
        .route(
            "/openapi.json",
            get(move || async move { Json(document) }).layer(from_fn(fixed::tag)).layer(strangers()),
        )
        .with_state(services.clone())
        .fallback(any(no_such_operation).layer(strangers()))
        .method_not_allowed_fallback(|| async {
            Problem::plain(
                StatusCode::METHOD_NOT_ALLOWED,
                "This address knows other methods; the header Allow names them",
            )
        });
    let documented =
        get(move |Extension(CspNonce(nonce)): Extension<CspNonce>| async move { docs::page(&shown, &nonce) });
    Router::new().nest("/api/v1", api.clone()).nest("/api", api).route("/docs/api", documented)
}
