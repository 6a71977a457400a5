//! One log line and two measurements for each request, tied together by an id.

use std::{net::SocketAddr, time::Instant};

use axum::{
    extract::{ConnectInfo, MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use http::HeaderValue;
use kernel::Ambient;
use platform::audit::{Origin, with_origin};
use tracing::Instrument;

/// Gives the request an id, measures it and logs it. Neither query values nor bodies are logged.
pub(crate) async fn log_request(State(ambient): State<Ambient>, request: Request, next: Next) -> Response {
    let id = kernel::hex(&ambient.secret::<8>());
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let method = request.method().to_string();

    let span = tracing::info_span!("request", request_id = %id, method, route);
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let place = peer.map(|ConnectInfo(peer)| peer.ip().to_canonical().to_string()).unwrap_or_default();
    let origin = Origin { place, request_id: id.clone() };
    let started = Instant::now();
    let mut response = with_origin(origin, next.run(request).instrument(span.clone())).await;
    let elapsed = started.elapsed();

    let status = response.status().as_u16();
    let labels = [("method", method), ("route", route), ("status", status.to_string())];
    metrics_facade::counter!("http_requests_total", &labels).increment(1);
    metrics_facade::histogram!("http_request_seconds", &labels).record(elapsed.as_secs_f64());
    let ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| tracing::info!(status, ms, "Request answered"));
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}
