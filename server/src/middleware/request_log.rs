//! One log line and two measurements for each request, tied together by an id.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use http::StatusCode;
use platform::{Origin, SECURITY, request_id};
use tracing::Instrument;

/// What an answer says whose own status is another: one of gRPC is always 200.
#[derive(Clone, Copy)]
pub(crate) struct Meaning(pub(crate) StatusCode);

/// Measures the request and logs it. Neither query values nor bodies are logged.
pub(crate) async fn log_request(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let method = match request.method().as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => known.to_owned(),
        // Anybody can make up more, and each would be a measurement of its own.
        _ => "OTHER".to_owned(),
    };
    let origin = request.extensions().get::<Origin>();
    let (place, trace_id) = (origin.map(Origin::place), origin.map(|origin| origin.trace.id()));
    let span = tracing::info_span!("request", request_id = %request_id(), trace_id, method, route);
    let started = Instant::now();
    let response = next.run(request).instrument(span.clone()).await;
    let elapsed = started.elapsed();

    let meaning = response.extensions().get::<Meaning>();
    let status = meaning.map_or(response.status(), |Meaning(status)| *status).as_u16();
    let labels = [("method", method), ("route", route), ("status", status.to_string())];
    metrics_facade::counter!("http_requests_total", &labels).increment(1);
    metrics_facade::histogram!("http_request_seconds", &labels).record(elapsed.as_secs_f64());
    let ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| match status {
        // Who was told no, and from where, shows who is trying something.
        401 | 403 | 429 => tracing::info!(target: SECURITY, status, ms, place, "Request refused"),
        _ => tracing::info!(status, ms, "Request answered"),
    });
    response
}
