//! The last resort: a fault in one request ends that request and nothing else.

use std::panic::AssertUnwindSafe;

use axum::{extract::Request, middleware::Next, response::Response};
use futures::FutureExt;
use kernel::AppError;

use super::Asker;

/// Answers a request whose handler panicked, with the reference under which the log has the cause.
pub(crate) async fn catch_panics(request: Request, next: Next) -> Response {
    let asker = Asker::of(&request);
    caught(next.run(request)).await.unwrap_or_else(|error| asker.refuse(error))
}

/// Carries out the work. A panic ends it alone, and becomes an error that says where the cause is found.
pub(crate) async fn caught<T>(work: impl Future<Output = T>) -> Result<T, AppError> {
    // Nothing that a handler left half done outlives it: what lasts is in the database, and changes there in transactions.
    // Where it happened is logged and counted at once, in `crate::panics`.
    AssertUnwindSafe(work).catch_unwind().await.map_err(|_| {
        let reference = platform::request_id();
        tracing::error!(reference, "A handler panicked");
        AppError::Internal { reference }
    })
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, middleware::from_fn, routing::get};
    use tower::ServiceExt;

    use super::*;

    async fn broken() -> &'static str {
        panic!("the secret cause");
    }

    #[tokio::test]
    async fn a_fault_tells_the_visitor_nothing_but_where_to_ask() {
        let router = Router::new().route("/", get(broken)).layer(from_fn(catch_panics));
        let answer = router.oneshot(Request::new(Body::empty())).await.unwrap();
        assert_eq!(answer.status().as_u16(), 500);
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        let text = String::from_utf8(body.to_vec()).unwrap();
        assert!(text.contains("went wrong on our side") && !text.contains("secret"), "{text}");
    }
}
