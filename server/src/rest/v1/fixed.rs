//! Answers that are the same for everybody: they may be kept, and are not sent again to who has them.

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use sha2::{Digest, Sha256};

const LARGEST: usize = 4 * 1024 * 1024;
const RULE: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// Gives the answer a tag, and sends only that to who shows it.
pub(crate) async fn tag(request: Request, next: Next) -> Response {
    let shown = request.headers().get(header::IF_NONE_MATCH).cloned();
    let response = next.run(request).await;
    if response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, LARGEST).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    // Weak, because the answer may be compressed on its way.
    let tag = format!("W/\"{}\"", kernel::hex(Sha256::digest(&body).get(..16).unwrap_or_default()));
    let is_known = shown
        .and_then(|shown| {
            shown.to_str().ok().map(|shown| shown.split(',').any(|it| it.trim() == tag || it.trim() == "*"))
        })
        .unwrap_or(false);
    parts.headers.insert(header::CACHE_CONTROL, RULE);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        parts.headers.insert(header::ETAG, tag);
    }
    if is_known {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_TYPE);
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(body))
}
