//! Bodies that come too slowly, and bodies that nobody wants to the end.
//!
//! Whoever sends a body at less than a kilobyte in a second, or stops in its middle, is told so and let go. And whoever is refused before
//! all was sent can finish sending for a moment: closed at once, many would see a broken connection instead of the answer.

use std::{
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::header;
use http_body::{Body as _, Frame, SizeHint};
use http_body_util::BodyExt;

use super::Asker;
use crate::pace::Credit;

/// How long a body may keep the program waiting.
pub(crate) const SENDS_NOTHING: Duration = Duration::from_secs(25);
/// How long, and how much, is still taken of a body that nobody wants.
const REST_WITHIN: Duration = Duration::from_secs(5);
const LARGEST_REST: usize = 128 * 1024 * 1024;

/// Gives up bodies that come too slowly, and takes for a moment what is left of others.
pub(crate) async fn keep_pace(State(most): State<Duration>, request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let asker = Asker::of(&request);
    // Who asks first whether to send anything sends nothing after a refusal.
    let asks_first = request.headers().contains_key(header::EXPECT);
    let fate = Arc::new(Fate::default());
    let request = request.map(|body| Body::new(Paced::new(body, most, fate.clone())));
    let response = next.run(request).await;
    if fate.is_too_slow.load(Ordering::Relaxed) {
        return asker.refuse_dawdler();
    }
    if let Some(rest) = fate.take_rest().filter(|rest| !asks_first && !rest.is_end_stream()) {
        tokio::spawn(tokio::time::timeout(REST_WITHIN, take(rest)));
    }
    response
}

/// Takes what comes, and drops it.
async fn take(mut rest: Body) {
    let mut taken = 0;
    while let Some(Ok(frame)) = rest.frame().await {
        taken += frame.data_ref().map_or(0, Bytes::len);
        if taken > LARGEST_REST {
            return;
        }
    }
}

/// What became of a body.
#[derive(Default)]
struct Fate {
    is_too_slow: AtomicBool,
    rest: Mutex<Option<Body>>,
}

impl Fate {
    fn take_rest(&self) -> Option<Body> {
        self.rest.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// A body that is waited for only as long as it comes.
struct Paced {
    body: Body,
    credit: Credit,
    fate: Arc<Fate>,
}

impl Paced {
    fn new(body: Body, most: Duration, fate: Arc<Fate>) -> Self {
        Self { body, credit: Credit::new(most), fate }
    }
}

impl http_body::Body for Paced {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => {
                self.credit.moved(frame.data_ref().map_or(0, Bytes::len));
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Pending => match self.credit.poll_used_up(context) {
                Poll::Ready(()) => {
                    self.fate.is_too_slow.store(true, Ordering::Relaxed);
                    Poll::Ready(Some(Err(axum::Error::new("the body came too slowly"))))
                }
                Poll::Pending => Poll::Pending,
            },
            ended @ Poll::Ready(_) => ended,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Paced {
    fn drop(&mut self) {
        let rest = std::mem::take(&mut self.body);
        *self.fate.rest.lock().unwrap_or_else(PoisonError::into_inner) = Some(rest);
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, middleware::from_fn_with_state, routing::post};
    use http::StatusCode;
    use tokio::sync::mpsc;
    use tower::ServiceExt;

    use super::*;

    const PATIENCE: Duration = Duration::from_millis(300);
    const PAUSE: Duration = Duration::from_millis(10);

    fn router() -> Router {
        let all = post(|body: Bytes| async move { body.len().to_string() });
        let none = post(|| async { StatusCode::INSUFFICIENT_STORAGE });
        Router::new().route("/all", all).route("/none", none).layer(from_fn_with_state(PATIENCE, keep_pace))
    }

    /// A body of the pieces that are sent.
    fn body() -> (mpsc::Sender<Bytes>, Body) {
        let (sender, mut pieces) = mpsc::channel::<Bytes>(1);
        let stream = futures::stream::poll_fn(move |context| pieces.poll_recv(context));
        (sender, Body::from_stream(futures::StreamExt::map(stream, Ok::<_, std::convert::Infallible>)))
    }

    async fn ask(path: &str, body: Body) -> StatusCode {
        let request = Request::post(path).body(body).unwrap();
        router().oneshot(request).await.unwrap().status()
    }

    #[tokio::test]
    async fn a_body_of_next_to_nothing_is_not_waited_for() {
        let (sender, body) = body();
        tokio::spawn(async move {
            while sender.send(Bytes::from_static(b"x")).await.is_ok() {
                tokio::time::sleep(PAUSE).await;
            }
        });
        assert_eq!(ask("/all", body).await, StatusCode::REQUEST_TIMEOUT);
    }

    #[tokio::test]
    async fn a_slow_line_may_take_its_time() {
        let (sender, body) = body();
        tokio::spawn(async move {
            for _ in 0..100 {
                sender.send(Bytes::from_static(&[0; 100])).await.unwrap();
                tokio::time::sleep(PAUSE).await;
            }
        });
        assert_eq!(ask("/all", body).await, StatusCode::OK);
    }

    #[tokio::test]
    async fn whoever_is_refused_can_finish_sending() {
        let (sender, body) = body();
        assert_eq!(ask("/none", body).await, StatusCode::INSUFFICIENT_STORAGE);
        for _ in 0..100 {
            sender.send(Bytes::from_static(&[0; 10_000])).await.unwrap();
        }
    }
}
