//! Files and imports.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{Multipart, State, multipart::MultipartRejection},
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use datasets::DatasetSummary;
use kernel::{Actor, AppError, DatasetId, ImportId, Permission};
use metrics::model::{ColumnMapping, ImportSummary, MappingView};
use platform::{Class, cursor_of_moment, idempotency::with_claim};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    caller::{DataRead, DataWrite, Within, admit},
    exchange::{Body, Id, Page, PageParams, Params},
    once::{Claimed, KEY_HEADER, claim, replay, settle},
    whole::whole,
};
use crate::{
    rest::{
        datasets::{file_answer, keep_file, spool_file},
        problem::{FieldProblem, Problem, problems_of},
    },
    services::Services,
};

/// More columns has no file.
const MOST_COLUMNS: u32 = 1000;

/// One file.
#[derive(Serialize, ToSchema)]
pub(crate) struct File {
    /// The file.
    id: Uuid,
    /// The name it came with.
    name: String,
    /// Its size in bytes.
    size_bytes: u64,
    /// When it was uploaded.
    uploaded_at: DateTime<Utc>,
    /// reading, ready or unreadable.
    state: &'static str,
    /// Data rows, once counted.
    rows: Option<u64>,
}

/// One file with what was understood of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct FileDetail {
    /// What the list shows.
    #[serde(flatten)]
    file: File,
    /// SHA-256 of its bytes, in hexadecimal digits.
    sha256: String,
    /// Why it cannot be read, if so.
    problem: Option<String>,
}

/// What each column of a file is used for.
#[derive(Serialize, ToSchema)]
pub(crate) struct FileMapping {
    /// The columns in order.
    columns: Vec<FileColumn>,
    /// What is in the way of an import with this.
    problems: Vec<FieldProblem>,
}

/// One column of a file.
#[derive(Serialize, ToSchema)]
pub(crate) struct FileColumn {
    /// Its position, counted from 0.
    column: u32,
    /// What its first line says.
    header: String,
    /// `@period` for the month; the name of a metric for its values, with `-` before it if the sign is to be turned, and `*1000` after it
    /// if values are thousands; `@name` and `@value` where each row names its metric; empty if it is kept and not imported.
    used_for: String,
}

/// What columns are to be used for; those that are left out are kept and not imported.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChosenMapping {
    /// The columns.
    #[schema(max_items = 1000)]
    columns: Vec<ChosenColumn>,
}

/// What one column is to be used for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChosenColumn {
    /// Its position, counted from 0.
    #[serde(deserialize_with = "whole")]
    #[schema(maximum = 999)]
    column: u32,
    /// As in the answer.
    #[schema(max_length = 100)]
    used_for: String,
}

impl ChosenColumn {
    fn check(&self, index: usize) -> Result<(), AppError> {
        if self.column >= MOST_COLUMNS {
            let message = format!("A file has at most {MOST_COLUMNS} columns");
            return Err(AppError::invalid(format!("columns[{index}].column"), message));
        }
        // Written in one way, the one that is answered.
        if ColumnMapping::parse(&self.used_for).is_some_and(|mapping| mapping.key() == self.used_for) {
            return Ok(());
        }
        let message = "This is neither @period, @name or @value nor the name of a metric";
        Err(AppError::invalid(format!("columns[{index}].used_for"), message))
    }
}

/// A file that is uploaded.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described; the form is read piece by piece")]
pub(crate) struct UploadForm {
    /// Rows of text, as CSV, in any usual encoding.
    #[schema(min_length = 1, content_media_type = "text/csv")]
    file: String,
}

impl FileMapping {
    async fn of(services: &Services, actor: &Actor, id: DatasetId) -> Result<Self, AppError> {
        let view: MappingView = services.metrics.mapping(actor, id).await?;
        let problems = match services.metrics.check_mapping(actor, &view).await {
            Err(error @ AppError::Invalid { .. }) => problems_of(error.fields()),
            checked => checked.map(|()| Vec::new())?,
        };
        let columns = view.columns.into_iter().map(|column| FileColumn {
            column: column.format.index,
            header: column.format.header,
            used_for: column.mapping.key(),
        });
        Ok(Self { columns: columns.collect(), problems })
    }
}

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
    /// Cells that cannot be imported.
    errors: u64,
}

impl From<DatasetSummary> for File {
    fn from(summary: DatasetSummary) -> Self {
        Self {
            id: summary.id.uuid(),
            name: summary.name,
            size_bytes: summary.size_bytes,
            uploaded_at: summary.uploaded_at,
            state: summary.state.key(),
            rows: summary.row_count,
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

/// Every file, newest first.
#[utoipa::path(get, path = "/data/files", tag = "data", operation_id = "list_files", security(("bearer" = ["data:read"])),
    params(PageParams, ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, body = Page<File>), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn list_files(
    State(services): State<Services>,
    within: Within<DataRead>,
    Params(params): Params<PageParams>,
) -> Result<Json<Page<File>>, Problem> {
    let (after, limit) = (params.moment()?, params.limit()?);
    let mut files = services.datasets.list_after(&within.actor, after, limit + 1).await?;
    let has_more = files.len() > limit as usize;
    files.truncate(limit as usize);
    let last = files.last().filter(|_| has_more);
    let next = last.map(|file| cursor_of_moment(file.uploaded_at, file.id.uuid()));
    Ok(Json(Page { items: files.into_iter().map(File::from).collect(), next }))
}

/// Upload a file: the field `file` of a form. It is answered once the file is durable, and waits a moment for it to be read.
#[utoipa::path(post, path = "/data/upload", tag = "data", operation_id = "upload_file", security(("bearer" = ["data:write"])),
    params(("Quartile-Workspace" = Option<String>, Header)),
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses((status = 201, body = FileDetail), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn upload(
    State(services): State<Services>,
    within: Within<DataWrite>,
    parts: Parts,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Problem> {
    let form = form.map_err(|_| {
        let sentence = "Send the file as the field `file` of a form, with Content-Type: multipart/form-data";
        Problem::plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, sentence)
    })?;
    admit(&services, Class::Upload, &within.actor).await?;
    let (name, spooled) = spool_file(&services, &within.actor, (&parts.headers, form)).await?;
    if !parts.headers.contains_key(KEY_HEADER) {
        let id = keep_file(&services, &within.actor, &name, spooled).await?;
        return Ok(uploaded(&services, &within.actor, id).await?);
    }
    let content = format!("{} {name}", spooled.sha256);
    match claim(&services, &parts, (&within.actor.name(), content.as_bytes())).await? {
        Claimed::New(claim) => {
            let keeping = keep_file(&services, &within.actor, &name, spooled);
            let kept = async { uploaded(&services, &within.actor, keeping.await?).await };
            let response = match Box::pin(with_claim(claim.clone(), kept)).await {
                Ok(response) => response,
                Err(error) => Problem::from(error).into_response(),
            };
            Ok(settle(&services, &claim, response).await)
        }
        Claimed::Answered(answer) => Ok(replay(answer)),
        // The process ended before it could answer; the file is there.
        Claimed::Done(subject) => {
            let id = subject.parse().map_err(|_| AppError::not_found("file"))?;
            Ok(uploaded(&services, &within.actor, id).await?)
        }
    }
}

async fn uploaded(services: &Services, actor: &Actor, id: DatasetId) -> Result<Response, AppError> {
    let file = detail(services, actor, id).await?;
    let location = [(header::LOCATION, format!("/api/v1/data/files/{}", id.uuid()))];
    Ok((StatusCode::CREATED, location, Json(file)).into_response())
}

async fn detail(services: &Services, actor: &Actor, id: DatasetId) -> Result<FileDetail, AppError> {
    let dataset = services.datasets.get(actor, id).await?;
    Ok(FileDetail { file: dataset.summary.into(), sha256: dataset.sha256, problem: dataset.problem })
}

/// What each column of a file is used for, as chosen or as suggested.
#[utoipa::path(get, path = "/data/files/{id}/mapping", tag = "data", operation_id = "show_mapping", security(("bearer" = ["data:read"])),
    params(("id" = Uuid, Path), ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, body = FileMapping), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn show_mapping(
    State(services): State<Services>,
    within: Within<DataRead>,
    Id(id): Id<DatasetId>,
) -> Result<Json<FileMapping>, Problem> {
    Ok(Json(FileMapping::of(&services, &within.actor, id).await?))
}

/// Choose what each column of a file is used for. What is chosen is kept, also if it cannot be imported with yet.
#[utoipa::path(put, path = "/data/files/{id}/mapping", tag = "data", operation_id = "choose_mapping", security(("bearer" = ["data:write"])),
    params(("id" = Uuid, Path), ("Quartile-Workspace" = Option<String>, Header)), request_body = ChosenMapping,
    responses((status = 200, body = FileMapping), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn choose_mapping(
    State(services): State<Services>,
    within: Within<DataWrite>,
    Id(id): Id<DatasetId>,
    Body(chosen): Body<ChosenMapping>,
) -> Result<Json<FileMapping>, Problem> {
    within.actor.require(Permission::ManageData)?;
    for (index, choice) in chosen.columns.iter().enumerate() {
        choice.check(index)?;
    }
    let columns = services.metrics.mapping(&within.actor, id).await?.columns;
    let mut choices = BTreeMap::new();
    for (index, choice) in chosen.columns.iter().enumerate() {
        let is_there = columns.iter().any(|column| column.format.index == choice.column);
        if !is_there {
            let message = "This file has no such column. Columns are counted from 0";
            return Err(Problem::of_state(AppError::invalid(format!("columns[{index}].column"), message)));
        }
        choices.insert(format!("c{}", choice.column), choice.used_for.clone());
    }
    match services.metrics.save_mapping(&within.actor, id, &choices).await {
        // It is kept; the answer says what is in the way.
        Ok(()) | Err(AppError::Invalid { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(Json(FileMapping::of(&services, &within.actor, id).await?))
}

/// One file.
#[utoipa::path(get, path = "/data/files/{id}", tag = "data", operation_id = "show_file", security(("bearer" = ["data:read"])),
    params(("id" = Uuid, Path), ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, body = FileDetail), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn show_file(
    State(services): State<Services>,
    within: Within<DataRead>,
    Id(id): Id<DatasetId>,
) -> Result<Json<FileDetail>, Problem> {
    Ok(Json(detail(&services, &within.actor, id).await?))
}

/// Delete a file; figures that were imported from it stay.
#[utoipa::path(delete, path = "/data/files/{id}", tag = "data", operation_id = "delete_file", security(("bearer" = ["data:write"])),
    params(("id" = Uuid, Path), ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn delete_file(
    State(services): State<Services>,
    within: Within<DataWrite>,
    Id(id): Id<DatasetId>,
) -> Result<StatusCode, Problem> {
    services.datasets.delete(&within.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The file: the original byte for byte if nothing in it is personal, or for persons who may see that and signed in within the last ten
/// minutes, which is noted; for all others a copy in which everything personal is masked.
#[utoipa::path(get, path = "/data/files/{id}/download", tag = "data", operation_id = "download_file", security(("bearer" = ["data:read"])),
    params(("id" = Uuid, Path), ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, content_type = "application/octet-stream"), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn download_file(
    State(services): State<Services>,
    within: Within<DataRead>,
    Id(id): Id<DatasetId>,
) -> Result<Response, Problem> {
    admit(&services, Class::Export, &within.actor).await?;
    let proof = within.proof(&services).await?;
    Ok(file_answer(services.datasets.download(&within.actor, id, proof).await?))
}

/// One committed import.
#[utoipa::path(get, path = "/data/imports/{id}", tag = "data", operation_id = "show_import", security(("bearer" = ["data:read"])),
    params(("id" = Uuid, Path), ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, body = Import), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn show_import(
    State(services): State<Services>,
    within: Within<DataRead>,
    Id(id): Id<ImportId>,
) -> Result<Json<Import>, Problem> {
    let imports = services.metrics.list_imports(&within.actor).await?;
    let import = imports.into_iter().find(|import| import.id == id);
    Ok(Json(import.ok_or_else(|| AppError::not_found("import"))?.into()))
}

/// Every committed import, newest first.
#[utoipa::path(get, path = "/data/imports", tag = "data", operation_id = "list_imports", security(("bearer" = ["data:read"])),
    params(("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, body = Vec<Import>), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn list_imports(
    State(services): State<Services>,
    within: Within<DataRead>,
) -> Result<Json<Vec<Import>>, Problem> {
    let imports = services.metrics.list_imports(&within.actor).await?;
    Ok(Json(imports.into_iter().map(Import::from).collect()))
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
    let run = services.metrics.check(&within.actor, id).await.map_err(Problem::of_state)?;
    Ok(Json(DryRun {
        new: run.added,
        changed: run.changed,
        unchanged: run.unchanged,
        errors: run.problem_count,
    }))
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
