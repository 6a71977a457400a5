//! Which pages of other sites may call the API.

use std::time::Duration;

use http::{HeaderName, HeaderValue, Method, header, request::Parts};
use tower_http::cors::{AllowOrigin, CorsLayer};

/// Lets pages of these origins call the API, without any cookie; everything else is for our own pages alone. `None` if there are none.
pub(crate) fn cors(origins: &[String]) -> Option<CorsLayer> {
    if origins.is_empty() {
        return None;
    }
    let known: Vec<HeaderValue> =
        origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()).collect();
    let is_known = move |origin: &HeaderValue, parts: &Parts| {
        parts.uri.path().starts_with("/api/") && known.contains(origin)
    };
    let named = |name: &'static str| HeaderName::from_static(name);
    let layer = CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(is_known))
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_NONE_MATCH,
            named("quartile-workspace"),
            named("idempotency-key"),
            named("tus-resumable"),
            named("upload-length"),
            named("upload-metadata"),
            named("upload-offset"),
        ])
        .expose_headers([
            header::ETAG,
            header::LOCATION,
            header::RETRY_AFTER,
            named("ratelimit"),
            named("ratelimit-policy"),
            named("idempotency-replayed"),
            named("tus-resumable"),
            named("upload-length"),
            named("upload-offset"),
            named("x-request-id"),
        ])
        .max_age(Duration::from_mins(10));
    Some(layer)
}
