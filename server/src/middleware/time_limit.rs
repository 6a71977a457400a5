//! No request may wait for ever.

use std::time::Duration;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use kernel::AppError;

use super::Asker;

/// How long an answer may take to begin. The slowest of all, a report, takes about a second.
pub(crate) const LONGEST_REQUEST: Duration = Duration::from_secs(30);

/// Gives a request up that was not answered in time. For everything but uploads, which take as long as their line does.
pub(crate) async fn limit_time(State(most): State<Duration>, request: Request, next: Next) -> Response {
    let asker = Asker::of(&request);
    let Ok(response) = tokio::time::timeout(most, next.run(request)).await else {
        tracing::error!("A request was given up: its answer took too long");
        let message =
            "This took too long and was given up. Reload the page to see what was done before you try again";
        return asker.refuse(AppError::Unavailable { message: message.to_owned() });
    };
    response
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, middleware::from_fn_with_state, routing::get};
    use http::StatusCode;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn an_answer_that_never_comes_is_not_waited_for() {
        let never = get(|| async { std::future::pending::<&str>().await });
        let router =
            Router::new().route("/", never).layer(from_fn_with_state(Duration::from_millis(50), limit_time));
        let answer = router.oneshot(Request::new(Body::empty())).await.unwrap();
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    }
}
