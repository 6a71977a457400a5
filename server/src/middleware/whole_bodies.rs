//! Bodies that are small are waited for before anybody asks who sent them.
//!
//! Whoever holds a body back for half a minute may have lost the right to what it asks for by its end. What may be large does not come
//! through here: it is authorised again when it has arrived.

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    middleware::Next,
    response::Response,
};
use http::StatusCode;
use http_body::Body as _;

use super::Asker;

/// More has nothing that is sent at once.
const LARGEST: usize = 1024 * 1024;

/// Hands a request on when all of it has come.
pub(crate) async fn take_whole(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let asker = Asker::of(&request);
    let (parts, body) = request.into_parts();
    let is_too_large = usize::try_from(body.size_hint().lower()).is_ok_and(|bytes| bytes > LARGEST);
    let whole = if is_too_large { None } else { to_bytes(body, LARGEST).await.ok() };
    let Some(bytes) = whole else {
        let sentence = "The body is too large or broke off. The largest one is 1 MB";
        return asker.refuse_as(StatusCode::PAYLOAD_TOO_LARGE, sentence);
    };
    next.run(Request::from_parts(parts, Body::from(bytes))).await
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    };

    use axum::{Router, body::Bytes, middleware::from_fn, routing::post};
    use futures::StreamExt;
    use tokio::sync::mpsc;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn nobody_is_asked_who_they_are_before_all_has_come() {
        let is_asked = Arc::new(AtomicBool::new(false));
        let asks = {
            let is_asked = is_asked.clone();
            from_fn(move |request: Request, next: Next| {
                is_asked.store(true, Ordering::Relaxed);
                next.run(request)
            })
        };
        let router = Router::new()
            .route("/", post(|body: Bytes| async move { body }))
            .layer((from_fn(take_whole), asks));
        let (sender, pieces) = mpsc::channel::<Bytes>(1);
        let stream = futures::stream::unfold(pieces, async |mut pieces| Some((pieces.recv().await?, pieces)));
        let body = Body::from_stream(stream.map(Ok::<_, std::convert::Infallible>));
        let answer = tokio::spawn(router.oneshot(Request::post("/").body(body).unwrap()));
        for piece in ["{\"name\":", "\"Birch\"}"] {
            sender.send(Bytes::from(piece)).await.unwrap();
            tokio::task::yield_now().await;
            assert!(!is_asked.load(Ordering::Relaxed), "after {piece}");
        }
        drop(sender);
        let answer = answer.await.unwrap().unwrap();
        assert!(is_asked.load(Ordering::Relaxed));
        assert_eq!(to_bytes(answer.into_body(), LARGEST).await.unwrap(), "{\"name\":\"Birch\"}");
    }

    #[tokio::test]
    async fn what_is_too_large_is_refused() {
        let router = Router::new().route("/", post(|| async {})).layer(from_fn(take_whole));
        for (length, expected) in [(LARGEST, StatusCode::OK), (LARGEST + 1, StatusCode::PAYLOAD_TOO_LARGE)] {
            let request = Request::post("/").body(Body::from(vec![b'x'; length])).unwrap();
            assert_eq!(router.clone().oneshot(request).await.unwrap().status(), expected);
        }
    }
}
