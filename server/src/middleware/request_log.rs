//! One log line and two measurements for each request, tied together by an id.

use std::time::Instant;

use accounts::Accounts;
use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use http::StatusCode;
use platform::{Origin, Refusal, SECURITY, request_id};
use tracing::Instrument;

/// What an answer says whose own status is another: one of gRPC is always 200.
#[derive(Clone, Copy)]
pub(crate) struct Meaning(pub(crate) StatusCode);

/// Measures the request, logs it, and has written down what was wanted without a right, or was not there under an id of the API. Neither query values nor bodies are logged.
pub(crate) async fn log_request(State(accounts): State<Accounts>, request: Request, next: Next) -> Response {
    let (method, route) = described(&request);
    let origin = request.extensions().get::<Origin>();
    let (place, trace_id) = (origin.map(Origin::place), origin.map(|origin| origin.trace.id()));
    let span = tracing::info_span!("request", request_id = %request_id(), trace_id, method, route);
    let started = Instant::now();
    let response = next.run(request).instrument(span.clone()).await;
    let elapsed = started.elapsed();

    let meaning = response.extensions().get::<Meaning>();
    let status = meaning.map_or(response.status(), |Meaning(status)| *status).as_u16();
    let attempted = format!("{method} {route}");
    let labels = [("method", method), ("route", route), ("status", status.to_string())];
    metrics_facade::counter!("http_requests_total", &labels).increment(1);
    metrics_facade::histogram!("http_request_seconds", &labels).record(elapsed.as_secs_f64());
    let requester = platform::requester();
    let workspace = requester.actor.as_ref().map(|actor| actor.workspace_id().to_string());
    let actor = requester.name;
    let ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| match status {
        // Who was told no, and from where, shows who is trying something.
        401 | 403 | 429 => {
            tracing::info!(target: SECURITY, status, ms, actor, workspace, place, "Request refused");
        }
        _ => tracing::info!(status, ms, actor, workspace, "Request answered"),
    });
    let missed = requester.actor.filter(|_| status == 404 && names_something_of_the_api(&attempted));
    if let Some(refusal) = requester.refusal.or(missed.map(Refusal::Missing)) {
        accounts.note_refusal(refusal, attempted);
    }
    response
}

fn names_something_of_the_api(attempted: &str) -> bool {
    attempted.contains(" /api/") && attempted.contains("{id}")
}

/// The method and the route: what a request is measured as.
fn described(request: &Request) -> (String, String) {
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let method = match request.method().as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => known.to_owned(),
        // Anybody can make up more, and each would be a measurement of its own.
        _ => "OTHER".to_owned(),
    };
    (method, route)
}
