//! Files in pieces: the core of the tus protocol 1.0, so that whoever is cut off goes on where they were.

use std::time::Duration;

use axum::{
    body::Body as Bytes,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use datasets::{Datasets, Piece, Upload};
use futures::StreamExt;
use kernel::{Actor, AppError, DatasetId, OrInternal, file_size};
use platform::Class;
use tokio::time::Instant;

use super::{
    caller::{DataWrite, Within, admit},
    exchange::Id,
};
use crate::{rest::problem::Problem, services::Services};

const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const METADATA: &str = "upload-metadata";
const VERSION: HeaderName = HeaderName::from_static("tus-resumable");
const PIECE_TYPE: &str = "application/offset+octet-stream";
/// How long a connection may say nothing in the middle of a piece.
const SILENCE: Duration = Duration::from_secs(30);
/// A piece ends after that: another one may begin a minute later.
const LONGEST_PIECE: Duration = Duration::from_mins(4);

/// Begin an upload in pieces.
#[utoipa::path(post, path = "/data/uploads", tag = "data", operation_id = "begin_upload", security(("bearer" = ["data:write"])),
    params(("Quartile-Workspace" = Option<String>, Header),
        ("Upload-Length" = i64, Header, minimum = 1, description = "The size of the file in bytes"),
        ("Upload-Metadata" = Option<String>, Header, description = "`filename` and the name in base64, as tus has it")),
    responses((status = 201, headers(("location" = String), ("upload-offset" = i64))), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn begin(
    State(services): State<Services>,
    within: Within<DataWrite>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    within.actor.require(kernel::Permission::ManageData)?;
    admit(&services, Class::Upload, &within.actor).await?;
    let size = number(&headers, &LENGTH).filter(|size| *size > 0);
    let size =
        size.ok_or_else(|| AppError::invalid("Upload-Length", "Give the size of the file in bytes"))?;
    let most = services.config.uploads.most_bytes;
    if size > most {
        let message =
            format!("The file is larger than {}. Split it, or export a shorter period", file_size(most));
        return Err(AppError::TooLarge { message }.into());
    }
    let name = name(&headers)?;
    let upload = services.datasets.begin_resumable(&within.actor, &name, size).await?;
    let place = format!("/api/v1/data/uploads/{}", upload.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], state(&upload)).into_response())
}

/// How far an upload is.
#[utoipa::path(head, path = "/data/uploads/{id}", tag = "data", operation_id = "show_upload", security(("bearer" = ["data:write"])),
    params(("id" = Uuid, Path), ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 204, headers(("upload-offset" = i64), ("upload-length" = i64))), (status = 401), (status = 403), (status = 404), (status = 422)))]
pub(crate) async fn show(
    State(services): State<Services>,
    within: Within<DataWrite>,
    Id(id): Id<DatasetId>,
) -> Result<Response, Problem> {
    let upload = services.datasets.resumable(&within.actor, id).await?;
    Ok((StatusCode::NO_CONTENT, state(&upload)).into_response())
}

/// Send the next piece.
#[utoipa::path(patch, path = "/data/uploads/{id}", tag = "data", operation_id = "send_piece", security(("bearer" = ["data:write"])),
    params(("id" = Uuid, Path), ("Quartile-Workspace" = Option<String>, Header),
        ("Upload-Offset" = i64, Header, minimum = 0, description = "Where the piece begins: what HEAD tells")),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses((status = 204, headers(("upload-offset" = i64), ("location" = String, description = "The file, once it is complete"))), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn send(
    State(services): State<Services>,
    within: Within<DataWrite>,
    Id(id): Id<DatasetId>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if kind != Some(PIECE_TYPE) {
        let sentence = format!("Send a piece with Content-Type: {PIECE_TYPE}");
        return Err(Problem::plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, sentence));
    }
    let offset = number(&headers, &OFFSET)
        .ok_or_else(|| AppError::invalid("Upload-Offset", "Say where the piece begins; HEAD tells"))?;
    let piece = services.datasets.begin_piece(&within.actor, id, offset).await?;
    // A client that goes away takes its request along, but what came before stays.
    let taking = tokio::spawn(take(services.datasets.clone(), within.actor.clone(), (id, piece), body));
    let upload = taking.await.or_internal("taking a piece of an upload")??;
    let mut response = (StatusCode::NO_CONTENT, state(&upload)).into_response();
    if upload.is_done
        && let Ok(place) = HeaderValue::from_str(&format!("/api/v1/data/files/{id}"))
    {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

/// Takes a piece until it ends, its line breaks off, or it takes too long; the rest comes with the next one.
async fn take(
    datasets: Datasets,
    actor: Actor,
    (id, mut piece): (DatasetId, Piece),
    body: Bytes,
) -> Result<Upload, AppError> {
    let mut bytes = body.into_data_stream();
    let ends_at = Instant::now() + LONGEST_PIECE;
    loop {
        let patience = SILENCE.min(ends_at.saturating_duration_since(Instant::now()));
        let Ok(Some(Ok(some))) = tokio::time::timeout(patience, bytes.next()).await else { break };
        if let Err(error) = piece.write(&some).await {
            datasets.drop_piece(id, piece).await?;
            return Err(error);
        }
    }
    datasets.end_piece(&actor, id, piece).await
}

/// Give an upload up.
#[utoipa::path(delete, path = "/data/uploads/{id}", tag = "data", operation_id = "cancel_upload", security(("bearer" = ["data:write"])),
    params(("id" = Uuid, Path), ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn cancel(
    State(services): State<Services>,
    within: Within<DataWrite>,
    Id(id): Id<DatasetId>,
) -> Result<StatusCode, Problem> {
    services.datasets.cancel_resumable(&within.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn state(upload: &Upload) -> [(HeaderName, HeaderValue); 3] {
    [
        (OFFSET, HeaderValue::from(upload.received_bytes)),
        (LENGTH, HeaderValue::from(upload.size_bytes)),
        (VERSION, HeaderValue::from_static("1.0.0")),
    ]
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

/// The name of the file in the metadata; none if it is not told.
fn name(headers: &HeaderMap) -> Result<String, AppError> {
    let Some(text) = headers.get(METADATA).and_then(|value| value.to_str().ok()) else {
        return Ok(String::new());
    };
    let named =
        text.split(',').filter_map(|pair| pair.trim().split_once(' ')).find(|(key, _)| *key == "filename");
    let Some((_, encoded)) = named else { return Ok(String::new()) };
    let decoded = STANDARD.decode(encoded.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    decoded.ok_or_else(|| {
        AppError::invalid("Upload-Metadata", "Write the filename in base64, like: filename ZmlndXJlcy5jc3Y=")
    })
}
