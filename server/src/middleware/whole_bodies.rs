//! Bodies that are small are waited for before anybody asks who sent them.
//!
//! Whoever holds a body back for half a minute may have lost the right to what it asks for by its end. What may be large does not come
//! through here: it is authorised again when it has arrived.

use std::{pin::pin, time::Duration};

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::StatusCode;
use http_body::Body as _;
use platform::{Class, Limits, Origin};

use super::{Asker, by_address};

/// More has nothing that is sent at once, in bytes.
pub(crate) const LARGEST: usize = 1024 * 1024;
/// What whoever sends more is told.
pub(crate) const TOO_LARGE: &str = "The body is too large or broke off. The largest one is 1 MB";
/// What takes longer than that is counted: it holds memory for somebody whom nobody knows yet.
const A_MOMENT: Duration = Duration::from_secs(1);

/// Hands a request on when all of it has come.
pub(crate) async fn take_whole(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let asker = Asker::of(&request);
    let (parts, body) = request.into_parts();
    if usize::try_from(body.size_hint().lower()).is_ok_and(|bytes| bytes > LARGEST) {
        return asker.refuse_as(StatusCode::PAYLOAD_TOO_LARGE, TOO_LARGE);
    }
    let mut whole = pin!(to_bytes(body, LARGEST));
    let read = if let Ok(read) = tokio::time::timeout(A_MOMENT, &mut whole).await {
        read
    } else {
        let address = parts.extensions.get::<Origin>().and_then(|origin| origin.address);
        if let Err(refused) = by_address(&limits, Class::Anonymous, address).await {
            return asker.hold_back(refused);
        }
        whole.await
    };
    match read {
        Ok(bytes) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Err(_) => asker.refuse_as(StatusCode::PAYLOAD_TOO_LARGE, TOO_LARGE),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    };

    use axum::{
        Router,
        body::Bytes,
        middleware::{from_fn, from_fn_with_state},
        routing::post,
    };
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
            .layer((from_fn_with_state(platform::testing::limits(), take_whole), asks));
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
        let limits = platform::testing::limits();
        let router =
            Router::new().route("/", post(|| async {})).layer(from_fn_with_state(limits, take_whole));
        for (length, expected) in [(LARGEST, StatusCode::OK), (LARGEST + 1, StatusCode::PAYLOAD_TOO_LARGE)] {
            let request = Request::post("/").body(Body::from(vec![b'x'; length])).unwrap();
            assert_eq!(router.clone().oneshot(request).await.unwrap().status(), expected);
        }
    }
    #[tokio::test]
    async fn of_those_who_hold_their_bodies_back_few_are_waited_for() {
        let limits = Limits::new(|_| "6/h burst 5".parse().unwrap(), platform::Networks::default());
        let router =
            Router::new().route("/", post(|| async {})).layer(from_fn_with_state(limits, take_whole));
        let held_back = || Body::from_stream(futures::stream::pending::<Result<Bytes, std::io::Error>>());
        let crowd = (0..7).map(|_| {
            let asked = router.clone().oneshot(Request::post("/").body(held_back()).unwrap());
            tokio::time::timeout(A_MOMENT * 3, asked)
        });
        let answers = futures::future::join_all(crowd).await;
        let refused =
            answers.iter().filter_map(|answer| Some(answer.as_ref().ok()?.as_ref().unwrap().status()));
        assert_eq!(refused.collect::<Vec<_>>(), [StatusCode::TOO_MANY_REQUESTS; 2], "five are waited for");
        // Who sends at once is not counted.
        let asked = router.oneshot(Request::post("/").body(Body::from("{}")).unwrap()).await;
        assert_eq!(asked.unwrap().status(), StatusCode::OK);
    }
}
