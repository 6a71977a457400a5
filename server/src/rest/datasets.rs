//! Uploading a file and getting it back byte for byte.

use std::time::Duration;

use accounts::SessionSecret;
use axum::{
    Extension, Json,
    body::Body,
    extract::{Multipart, Path, State, multipart::Field},
    response::{IntoResponse, Redirect, Response},
};
use datasets::{DatasetState, Download};
use http::{HeaderMap, StatusCode, header};
use kernel::{Actor, AppError, DatasetId, OrInternal, Permission, file_size};
use platform::{Spool, Spooled};
use serde_json::json;
use tower_sessions::Session;

use super::{
    answer::{actor, attachment, wants_page},
    problem::Problem,
    v1::caller::Standing,
};
use crate::services::Services;

/// What a multipart form adds to a file at most: a file that is only just too large is found while it arrives.
const FRAME_BYTES: u64 = 64 * 1024;
/// How long the answer waits for the file to be read; longer readings go on while the next page shows so.
const PATIENCE: Duration = Duration::from_secs(3);

/// Takes a file in a multipart form. A browser is sent on to the next step; a machine is told where the file is.
pub(crate) async fn upload(
    State(services): State<Services>,
    Path(workspace): Path<String>,
    (session, secret): (Session, Option<Extension<SessionSecret>>),
    headers: HeaderMap,
    form: Multipart,
) -> Response {
    let secret = secret.map(|Extension(secret)| secret);
    let received = receive(&services, (&session, secret), &workspace, (&headers, form)).await;
    match received {
        Ok(id) => {
            let location = format!("/w/{workspace}/data/{id}/format");
            if wants_page(&headers) {
                Redirect::to(&location).into_response()
            } else {
                (
                    StatusCode::CREATED,
                    [(header::LOCATION, location.clone())],
                    Json(json!({ "id": id, "location": location })),
                )
                    .into_response()
            }
        }
        Err(problem) if wants_page(&headers) => {
            let _ = session.insert(datasets_pages::UPLOAD_PROBLEM_KEY, problem.detail).await;
            Redirect::to(&format!("/w/{workspace}/data?refused=upload")).into_response()
        }
        Err(problem) => problem.into_response(),
    }
}

/// The file, or a copy with everything personal masked, for those who may not see that or did not just show who they are.
pub(crate) async fn download(
    State(services): State<Services>,
    Path((workspace, id)): Path<(String, String)>,
    session: Session,
) -> Result<Response, Problem> {
    let actor = actor(&services, &session, &workspace).await?;
    let proof = services.accounts.is_proved(&session).await?.into();
    let id = super::answer::id(&id, "file")?;
    Ok(file_answer(services.datasets.download(&actor, id, proof).await?))
}

/// A file on its way out; its size is told if it is known.
pub(super) fn file_answer(download: Download) -> Response {
    let headers = attachment(&download.name, "application/octet-stream");
    let length = download.size_bytes.map(|size_bytes| [(header::CONTENT_LENGTH, size_bytes.to_string())]);
    let answer = (headers, Body::from_stream(download.stream)).into_response();
    match length {
        Some(length) => (length, answer).into_response(),
        None => answer,
    }
}

async fn receive(
    services: &Services,
    (session, secret): (&Session, Option<SessionSecret>),
    workspace: &str,
    sent: (&HeaderMap, Multipart),
) -> Result<DatasetId, Problem> {
    let before = actor(services, session, workspace).await?;
    before.require(Permission::ManageData)?;
    let standing = Standing::of_browser(services, secret.as_ref(), &before).await?;
    let (name, spooled) = spool_file(services, &before, sent).await?;
    let actor = standing.actor_now(services, Permission::ManageData).await?;
    Ok(keep_file(services, &actor, &name, spooled).await?)
}

/// Keeps a file that has arrived, and waits a moment for it to be read.
pub(super) async fn keep_file(
    services: &Services,
    actor: &Actor,
    name: &str,
    spooled: Spooled,
) -> Result<DatasetId, AppError> {
    let id = services.datasets.receive(actor, name, spooled).await?;
    wait_until_read(services, actor, id).await;
    Ok(id)
}

/// Writes the field `file` of a form to disk as it arrives; its name, and the file.
pub(super) async fn spool_file(
    services: &Services,
    actor: &Actor,
    (headers, mut form): (&HeaderMap, Multipart),
) -> Result<(String, Spooled), AppError> {
    let mut spool = services.datasets.begin_upload(actor).await?;
    refuse_too_large(services, announced_bytes(headers).saturating_sub(FRAME_BYTES))?;
    let mut name = None;
    while let Some(field) = form.next_field().await.map_err(|_| broken())? {
        if field.name() != Some("file") || name.is_some() {
            let message =
                "The form holds something else. Send the file as its field `file`, and nothing besides";
            return Err(AppError::invalid("file", message));
        }
        // A browser sends an empty name if nobody chose a file; a program may send the rows as a field without one.
        let named = field.file_name().unwrap_or("upload.csv").to_owned();
        if named.is_empty() {
            break;
        }
        pour(services, field, &mut spool).await?;
        name = Some(named);
    }
    let name = name.ok_or_else(|| AppError::invalid("file", "Choose a file first, then upload it"))?;
    Ok((name, spool.finish().await.or_internal("forcing an upload to disk")?))
}

async fn pour(services: &Services, mut field: Field<'_>, spool: &mut Spool) -> Result<(), AppError> {
    loop {
        let Some(bytes) = field.chunk().await.map_err(|_| broken())? else { return Ok(()) };
        spool.write(&bytes).await.map_err(|cause| disk_problem(&cause))?;
        refuse_too_large(services, spool.size_bytes())?;
    }
}

fn refuse_too_large(services: &Services, size_bytes: u64) -> Result<(), AppError> {
    let most_bytes = services.config.uploads.most_bytes;
    if size_bytes <= most_bytes {
        return Ok(());
    }
    let most = file_size(most_bytes);
    let message = format!("The file is larger than {most}. Split it, or export a shorter period");
    Err(AppError::TooLarge { message })
}

fn announced_bytes(headers: &HeaderMap) -> u64 {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    length.and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn disk_problem(cause: &platform::FileError) -> AppError {
    tracing::error!(%cause, "An upload could not be written");
    let message = if cause.is_disk_full() {
        "The disk of this server is full, so the file was not kept. Tell the operator, then try again"
    } else {
        "The file could not be written on this server, so it was not kept. Tell the operator, then try again"
    };
    AppError::Unavailable { message: message.to_owned() }
}

fn broken() -> AppError {
    AppError::invalid(
        "file",
        "The upload broke off before the file was complete. Nothing was kept; try again",
    )
}

async fn wait_until_read(services: &Services, actor: &Actor, id: DatasetId) {
    let reading = async {
        loop {
            tokio::time::sleep(Duration::from_millis(25)).await;
            match services.datasets.get(actor, id).await {
                Ok(dataset) if dataset.summary.state == DatasetState::Reading => {}
                _ => break,
            }
        }
    };
    let _ = tokio::time::timeout(PATIENCE, reading).await;
}
