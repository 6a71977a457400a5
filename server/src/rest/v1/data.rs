//! Files.

use axum::{
    Json,
    extract::{Multipart, State, multipart::MultipartRejection},
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use datasets::DatasetSummary;
use kernel::{Actor, AppError, DatasetId, Permission};
use platform::{Class, idempotency::with_claim};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    caller::{DataRead, DataWrite, Within, admit},
    exchange::{Id, Page, PageParams, Params},
    once::{Claimed, KEY_HEADER, claim, replay, settle},
};
use crate::{
    rest::{
        datasets::{file_answer, keep_file, spool_file},
        problem::Problem,
    },
    services::Services,
};

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

/// A file that is uploaded.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described; the form is read piece by piece")]
pub(crate) struct UploadForm {
    /// Rows of text, as CSV, in any usual encoding.
    #[schema(min_length = 1, content_media_type = "text/csv")]
    file: String,
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
    let files = services.datasets.list_after(&within.actor, after, limit + 1).await?;
    Ok(Page::by_moment(files, limit, |file| (file.uploaded_at, file.id.uuid())))
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
    let standing = within.standing(&parts, &services).await?;
    let (name, spooled) = spool_file(&services, &within.actor, (&parts.headers, form)).await?;
    let actor = standing.actor_now(&services, Permission::ManageData).await?;
    if !parts.headers.contains_key(KEY_HEADER) {
        let id = keep_file(&services, &actor, &name, spooled).await?;
        return Ok(uploaded(&services, &actor, id).await?);
    }
    let content = format!("{} {name}", spooled.sha256);
    match claim(&services, &parts, (&actor.name(), content.as_bytes())).await? {
        Claimed::New(claim) => {
            let keeping = keep_file(&services, &actor, &name, spooled);
            let kept = async { uploaded(&services, &actor, keeping.await?).await };
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
            Ok(uploaded(&services, &actor, id).await?)
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
