//! Files in pieces: the core of the tus protocol 1.0, so that whoever is cut off goes on where they were.

use std::time::Duration;

use axum::{
    body::Body as Bytes,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use base64::{
    Engine, alphabet,
    engine::{GeneralPurpose, GeneralPurposeConfig},
};
use datasets::{Datasets, Piece, Upload};
use futures::StreamExt;
use kernel::{AppError, DatasetId, OrInternal, Permission, file_size};
use platform::{Class, in_this_origin};
use tokio::time::Instant;

use super::{
    caller::{DataWrite, Standing, Within, admit},
    exchange::Id,
};
use crate::{rest::problem::Problem, services::Services};

const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const METADATA: &str = "upload-metadata";
const VERSION: HeaderName = HeaderName::from_static("tus-resumable");
/// As tus wants it; what is left over in the last sign says nothing.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);
const PIECE_TYPE: &str = "application/offset+octet-stream";
/// How long a connection may say nothing in the middle of a piece.
const SILENCE: Duration = Duration::from_secs(30);
/// A piece ends after that: another one may begin a minute later.
const LONGEST_PIECE: Duration = Duration::from_mins(4);

/// Begin an upload in pieces.
#[utoipa::path(post, path = "/data/uploads", tag = "data", operation_id = "begin_upload", security(("bearer" = ["data:write"])),
    params(("Quartile-Workspace" = Option<String>, Header),
        ("Upload-Length" = String, Header, description = "The size of the file in bytes"),
        ("Upload-Metadata" = Option<String>, Header, description = "`filename` and the name in base64, as tus has it")),
    responses((status = 201, headers(("location" = String), ("upload-offset" = i64))), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn begin(
    State(services): State<Services>,
    within: Within<DataWrite>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    within.actor.require(Permission::ManageData)?;
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
        ("Upload-Offset" = String, Header, description = "Where the piece begins: what HEAD tells")),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses((status = 204, headers(("upload-offset" = i64), ("location" = String, description = "The file, once it is complete"))), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn send(
    State(services): State<Services>,
    within: Within<DataWrite>,
    Id(id): Id<DatasetId>,
    parts: Parts,
    body: Bytes,
) -> Result<Response, Problem> {
    let headers = &parts.headers;
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if kind != Some(PIECE_TYPE) {
        let sentence = format!("Send a piece with Content-Type: {PIECE_TYPE}");
        return Err(Problem::plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, sentence));
    }
    let offset = number(headers, &OFFSET)
        .ok_or_else(|| AppError::invalid("Upload-Offset", "Say where the piece begins; HEAD tells"))?;
    let standing = within.standing(&parts, &services).await?;
    let piece = services.datasets.begin_piece(&within.actor, id, offset).await?;
    // A client that goes away takes its request along, but what came before stays.
    let taking = tokio::spawn(in_this_origin(take(services, standing, (id, piece), body)));
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
    services: Services,
    standing: Standing,
    (id, mut piece): (DatasetId, Piece),
    body: Bytes,
) -> Result<Upload, Problem> {
    let datasets = &services.datasets;
    let mut bytes = body.into_data_stream();
    let ends_at = Instant::now() + LONGEST_PIECE;
    loop {
        let patience = SILENCE.min(ends_at.saturating_duration_since(Instant::now()));
        let Ok(Some(Ok(some))) = tokio::time::timeout(patience, bytes.next()).await else { break };
        if let Err(error) = piece.write(&some).await {
            give_back(datasets, id, piece).await;
            return Err(Problem::of_state(error));
        }
    }
    let actor = match standing.actor_now(&services, Permission::ManageData).await {
        Ok(actor) => actor,
        Err(problem) => {
            give_back(datasets, id, piece).await;
            return Err(problem);
        }
    };
    // What is wrong is the file that the pieces make.
    datasets.end_piece(&actor, id, piece).await.map_err(Problem::of_state)
}

/// Has a piece sent again, whatever was wrong with it.
async fn give_back(datasets: &Datasets, id: DatasetId, piece: Piece) {
    if let Err(error) = datasets.drop_piece(id, piece).await {
        tracing::warn!(%error, "A piece of an upload could not be given back");
    }
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
    let text = headers.get(name)?.to_str().ok()?;
    text.parse().ok().filter(|number: &u64| number.to_string() == text)
}

/// The name of the file in the metadata; none if it is not told.
fn name(headers: &HeaderMap) -> Result<String, AppError> {
    let wrong =
        || AppError::invalid("Upload-Metadata", "Write it like tus has it: filename ZmlndXJlcy5jc3Y=");
    let text = headers.get(METADATA).map(|value| value.to_str().map_err(|_| wrong())).transpose()?;
    let mut name = String::new();
    for pair in text.filter(|text| !text.is_empty()).into_iter().flat_map(|text| text.split(',')) {
        let pair = pair.trim_start_matches(' ');
        let (key, value) = pair.split_once(' ').map_or((pair, None), |(key, value)| (key, Some(value)));
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(wrong());
        }
        let decoded = value.map(|value| BASE64.decode(value).map_err(|_| wrong())).transpose()?;
        if value == Some("") {
            return Err(wrong());
        }
        if let Some(bytes) = decoded.filter(|_| key == "filename") {
            name = String::from_utf8_lossy(&bytes).into_owned();
        }
    }
    Ok(name)
}
