//! Whoever is told "not now" is told when to come back, whatever told them.

use axum::{extract::Request, middleware::Next, response::Response};
use http::{HeaderValue, StatusCode, header};

const SECONDS: HeaderValue = HeaderValue::from_static("5");

/// Adds `Retry-After` where it is missing.
pub(crate) async fn say_when(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().entry(header::RETRY_AFTER).or_insert(SECONDS);
    }
    response
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, middleware::from_fn, routing::get};
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn whoever_is_told_not_now_is_told_when_to_come_back() {
        let unavailable = StatusCode::SERVICE_UNAVAILABLE;
        let router = Router::new()
            .route("/", get(move || async move { unavailable }))
            .route("/later", get(move || async move { (unavailable, [(header::RETRY_AFTER, "60")]) }))
            .layer(from_fn(say_when));
        for (path, seconds) in [("/", "5"), ("/later", "60")] {
            let request = Request::get(path).body(Body::empty()).unwrap();
            let response = router.clone().oneshot(request).await.unwrap();
            assert_eq!(response.headers()[header::RETRY_AFTER], seconds);
        }
    }
}
