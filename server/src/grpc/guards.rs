//! What happens to every call before and after its method; in words and order what `middleware` does for requests.

use std::{net::IpAddr, sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::StreamExt;
use http::{StatusCode, header};
use http_body_util::{BodyExt, BodyStream, StreamBody};
use kernel::AppError;
use platform::{Blocks, Class, Limits, Origin};
use tokio::sync::{Semaphore, watch};
use tonic::Status;

use super::refusals::{in_our_words, meaning, refuse};
use crate::{
    connections::stopped,
    middleware::{Meaning, by_address, caught},
};

/// How long somebody may go on asking what the service is.
const LONGEST_QUESTIONS: Duration = Duration::from_secs(30);

/// How many strangers may have something open at once that has no end of its own.
pub(super) const MOST_OPEN: usize = 256;

/// Nothing but gRPC is spoken here.
pub(super) async fn require_grpc(request: Request, next: Next) -> Response {
    let spoken = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_grpc = spoken.and_then(|spoken| spoken.strip_prefix("application/grpc"));
    if is_grpc.is_some_and(|rest| rest.is_empty() || rest.starts_with(['+', ';'])) {
        return next.run(request).await;
    }
    (StatusCode::UNSUPPORTED_MEDIA_TYPE, "This port speaks gRPC").into_response()
}

/// Says what the library refuses in our words, and tells the log what an answer means.
pub(super) async fn answer_in_our_words(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let Some(status) = Status::from_header_map(response.headers()) else { return response };
    let status = match in_our_words(&status) {
        Some(ours) => {
            response = ours.clone().into_http::<Body>();
            ours
        }
        None => status,
    };
    response.extensions_mut().insert(Meaning(meaning(status.code())));
    response
}

/// The last resort: a fault in one call ends that call and nothing else.
pub(super) async fn catch_panics(request: Request, next: Next) -> Response {
    caught(next.run(request)).await.unwrap_or_else(refuse)
}

/// Refuses who is shut out before anything is looked up for them.
pub(super) async fn refuse_blocked(State(blocks): State<Blocks>, request: Request, next: Next) -> Response {
    match blocks.seconds_left(address_of(&request)) {
        None => next.run(request).await,
        Some(retry_after_seconds) => {
            metrics_facade::counter!("requests_blocked_total").increment(1);
            refuse(AppError::RateLimited { retry_after_seconds })
        }
    }
}

/// Counts calls by network address.
pub(super) async fn limit_address(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    limited(&limits, Class::Address, request, next).await
}

/// Counts what everybody may ask for by network address, whatever credential comes along.
pub(super) async fn limit_stranger(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    limited(&limits, Class::Anonymous, request, next).await
}

async fn limited(limits: &Limits, class: Class, request: Request, next: Next) -> Response {
    match by_address(limits, class, address_of(&request)).await {
        Ok(()) => next.run(request).await,
        Err(too_often) => refuse(too_often),
    }
}

fn address_of(request: &Request) -> Option<IpAddr> {
    request.extensions().get::<Origin>().and_then(|origin| origin.address)
}

/// Gives a call up that was not answered in time.
pub(super) async fn limit_time(State(most): State<Duration>, request: Request, next: Next) -> Response {
    let Ok(response) = tokio::time::timeout(most, next.run(request)).await else {
        tracing::error!("A call was given up: its answer took too long");
        let message = "This took too long and was given up. Ask again in a moment".to_owned();
        return refuse(AppError::Unavailable { message });
    };
    response
}

/// Ends what somebody asks in a stream after a while, and when the program stops.
pub(super) async fn end_questions(
    State(mut stop): State<watch::Receiver<bool>>,
    request: Request,
    next: Next,
) -> Response {
    let end = async move {
        tokio::select! {
            () = tokio::time::sleep(LONGEST_QUESTIONS) => {}
            () = stopped(&mut stop) => {}
        }
    };
    let shorter =
        |body: Body| Body::new(StreamBody::new(Box::pin(BodyStream::new(body).take_until(Box::pin(end)))));
    next.run(request.map(shorter)).await
}

/// Lets so many have an answer open at once that goes on.
pub(super) async fn limit_open(
    State(places): State<Arc<Semaphore>>,
    request: Request,
    next: Next,
) -> Response {
    let Ok(place) = places.try_acquire_owned() else {
        let message = "Too many watch at once. Ask again in a moment".to_owned();
        return refuse(AppError::Unavailable { message });
    };
    next.run(request).await.map(|body| held(body, place))
}

/// The same body; what is given is kept until it was read or given up.
pub(super) fn held(body: Body, given: impl Send + 'static) -> Body {
    Body::new(body.map_frame(move |frame| {
        let _still = &given;
        frame
    }))
}

/// What is asked for is not there.
pub(super) async fn no_such_method() -> Response {
    let sentence = "There is no such method. The reflection service lists them all";
    Status::unimplemented(sentence).into_http::<Body>()
}
