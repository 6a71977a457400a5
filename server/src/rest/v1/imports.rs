//! Imports: what a file would bring, what it brought, and the way back.

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use kernel::{DatasetId, ImportId};
use metrics::model::{ImportSummary, ValueChange};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    caller::{DataRead, DataWrite, Within},
    exchange::{Id, Page, PageParams, Params},
};
use crate::{rest::problem::Problem, services::Services};

/// A committed import.
#[derive(Serialize, ToSchema)]
pub(crate) struct Import {
    /// The import.
    id: Uuid,
    /// The file it read.
    file_id: Uuid,
    /// The file's name.
    file_name: String,
    /// Values it added.
    added: u64,
    /// Values it changed.
    changed: u64,
    /// When it was committed.
    committed_at: DateTime<Utc>,
    /// When it was undone.
    undone_at: Option<DateTime<Utc>>,
}

/// What a commit of a file would do.
#[derive(Serialize, ToSchema)]
pub(crate) struct DryRun {
    /// Values that would be new.
    new: u64,
    /// Values that would change.
    changed: u64,
    /// Values that are kept already.
    unchanged: u64,
    /// Cells that cannot be imported; `GET /data/imports/{id}/problems` lists them.
    errors: u64,
    /// Rows with at least one of them.
    rejected_rows: u64,
    /// The first values that would be new or change, those that would change before the others.
    changes: Vec<Change>,
}

/// A value that a commit would add or change.
#[derive(Serialize, ToSchema)]
pub(crate) struct Change {
    /// The stable name of the metric.
    metric: &'static str,
    /// The month, as `2026-09`.
    month: String,
    /// What is kept now; null if nothing is.
    before: Option<f64>,
    /// What the file says.
    after: f64,
    /// The line of the file.
    line: u64,
}

impl From<ValueChange> for Change {
    fn from(change: ValueChange) -> Self {
        let ValueChange { key, month, before, after, line, .. } = change;
        Self { metric: key.as_str(), month: month.to_string(), before, after, line }
    }
}

impl From<metrics::model::DryRun> for DryRun {
    fn from(run: metrics::model::DryRun) -> Self {
        Self {
            new: run.added,
            changed: run.changed,
            unchanged: run.unchanged,
            errors: run.problem_count,
            rejected_rows: run.rejected_rows,
            changes: run.changes.into_iter().map(Change::from).collect(),
        }
    }
}

impl From<ImportSummary> for Import {
    fn from(import: ImportSummary) -> Self {
        Self {
            id: import.id.uuid(),
            file_id: import.dataset_id.uuid(),
            file_name: import.file_name,
            added: import.added,
            changed: import.changed,
            committed_at: import.committed_at,
            undone_at: import.undone_at,
        }
    }
}

/// One committed import.
#[utoipa::path(get, path = "/data/imports/{id}", tag = "data", operation_id = "show_import", security(("bearer" = ["data:read"])),
    params(("id" = Uuid, Path), ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, body = Import), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn show(
    State(services): State<Services>,
    within: Within<DataRead>,
    Id(id): Id<ImportId>,
) -> Result<Json<Import>, Problem> {
    Ok(Json(services.metrics.get_import(&within.actor, id).await?.into()))
}

/// Every committed import, newest first.
#[utoipa::path(get, path = "/data/imports", tag = "data", operation_id = "list_imports", security(("bearer" = ["data:read"])),
    params(PageParams, ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, body = Page<Import>), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn list(
    State(services): State<Services>,
    within: Within<DataRead>,
    Params(params): Params<PageParams>,
) -> Result<Json<Page<Import>>, Problem> {
    let (after, limit) = (params.moment()?, params.limit()?);
    let imports = services.metrics.list_imports_after(&within.actor, after, limit + 1).await?;
    Ok(Page::by_moment(imports, limit, |import| (import.committed_at, import.id.uuid())))
}

/// What a commit of the file would do, with the mapping that is kept or suggested.
#[utoipa::path(get, path = "/data/files/{id}/dry-run", tag = "data", operation_id = "dry_run", security(("bearer" = ["data:read"])),
    params(("id" = Uuid, Path), ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, body = DryRun), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn dry_run(
    State(services): State<Services>,
    within: Within<DataRead>,
    Id(id): Id<DatasetId>,
) -> Result<Json<DryRun>, Problem> {
    Ok(Json(services.metrics.check(&within.actor, id).await.map_err(Problem::of_state)?.into()))
}

/// What a commit of an import would do. One that is not committed yet goes by the id of its file.
#[utoipa::path(get, path = "/data/imports/{id}/dry-run", tag = "data", operation_id = "dry_run_of_import", security(("bearer" = ["data:read"])),
    params(("id" = Uuid, Path), ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, body = DryRun), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn dry_run_of_import(
    State(services): State<Services>,
    within: Within<DataRead>,
    Id(id): Id<Uuid>,
) -> Result<Json<DryRun>, Problem> {
    let file = services.metrics.file_of_import(&within.actor, id).await?;
    dry_run(State(services), within, Id(file)).await
}

/// Commit the file: its values become figures, all or none.
#[utoipa::path(post, path = "/data/files/{id}/commit", tag = "data", operation_id = "commit_import", security(("bearer" = ["data:write"])),
    params(("id" = Uuid, Path), ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 201, body = Import), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn commit(
    State(services): State<Services>,
    within: Within<DataWrite>,
    Id(id): Id<DatasetId>,
) -> Result<(StatusCode, Json<Import>), Problem> {
    let import = services.metrics.commit(&within.actor, id).await.map_err(Problem::of_state)?;
    Ok((StatusCode::CREATED, Json(import.into())))
}

/// Commit an import by the id of its file, or one once more that was undone: its values become figures, all or none.
#[utoipa::path(post, path = "/data/imports/{id}/commit", tag = "data", operation_id = "commit_import_by_id", security(("bearer" = ["data:write"])),
    params(("id" = Uuid, Path), ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 201, body = Import), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn commit_by_id(
    State(services): State<Services>,
    within: Within<DataWrite>,
    Id(id): Id<Uuid>,
) -> Result<(StatusCode, Json<Import>), Problem> {
    let file = services.metrics.file_of_import(&within.actor, id).await?;
    commit(State(services), within, Id(file)).await
}

/// Take an import back: figures are again what they were before it.
#[utoipa::path(post, path = "/data/imports/{id}/undo", tag = "data", operation_id = "undo_import", security(("bearer" = ["data:write"])),
    params(("id" = Uuid, Path), ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, body = Import), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn undo(
    State(services): State<Services>,
    within: Within<DataWrite>,
    Id(id): Id<ImportId>,
) -> Result<Json<Import>, Problem> {
    Ok(Json(services.metrics.undo(&within.actor, id).await?.into()))
}
