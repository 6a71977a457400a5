//! Requests that a program sends again because it did not hear the answer: the header `Idempotency-Key`.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts};
use kernel::AppError;
use platform::idempotency::{Claim, KeptAnswer, Outcome, with_claim};
use sha2::{Digest, Sha256};

use super::{WORKSPACE_HEADER, caller::Caller};
use crate::{
    middleware::{LARGEST, TOO_LARGE},
    rest::problem::Problem,
    services::Services,
};

/// Names a request, so that it is carried out once however often it comes.
pub(crate) const KEY_HEADER: &str = "idempotency-key";
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const LONGEST_KEY: usize = 255;
/// Answers that are longer are not kept, in bytes.
const LARGEST_ANSWER: usize = 1024 * 1024;

/// Where the right to what is asked for comes from.
#[derive(Clone, Copy)]
enum Right {
    /// A role or a scope in a workspace.
    InWorkspace,
    /// Being the person, whichever workspaces they belong to.
    InPerson,
}

/// Carries a request out once, and answers it as the first time if it comes again. For what changes something and takes JSON.
pub(crate) async fn once(State(services): State<Services>, request: Request, next: Next) -> Response {
    carry_out(&services, (request, next), Right::InWorkspace).await
}

/// The same for what people ask for in no workspace.
pub(crate) async fn once_in_person(
    State(services): State<Services>,
    request: Request,
    next: Next,
) -> Response {
    carry_out(&services, (request, next), Right::InPerson).await
}

async fn carry_out(services: &Services, (request, next): (Request, Next), from: Right) -> Response {
    let headers = request.headers();
    // A browser that is signed in shows pages, and has to be asked for a proof each time; only programs send again.
    let is_meant = request.method() == Method::POST
        && headers.contains_key(KEY_HEADER)
        && headers.contains_key(header::AUTHORIZATION);
    if !is_meant {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    // Who is nobody, or asks too often, is told so before anything is done; and who lost a right since gets nothing of what was answered.
    let caller = match Caller::find(&mut parts, services).await {
        Ok(caller) => caller,
        Err(problem) => return problem.into_response(),
    };
    let authority = match from {
        Right::InWorkspace => caller.authority(&parts, services).await,
        Right::InPerson => Ok((caller.name(), String::new())),
    };
    let (who, right) = match authority {
        Ok(authority) => authority,
        Err(error) => return Problem::from(error).into_response(),
    };
    parts.extensions.insert(caller);
    let Ok(bytes) = to_bytes(body, LARGEST).await else {
        return Problem::plain(StatusCode::PAYLOAD_TOO_LARGE, TOO_LARGE).into_response();
    };
    let content = [right.as_bytes(), &[0], &bytes].concat();
    let claimed = match claim(services, &parts, (&who, &content)).await {
        Ok(claimed) => claimed,
        Err(problem) => return problem.into_response(),
    };
    match claimed {
        Claimed::New(claim) => {
            let request = Request::from_parts(parts, Body::from(bytes));
            let response = with_claim(claim.clone(), next.run(request)).await;
            settle(services, &claim, response).await
        }
        Claimed::Answered(answer) => replay(answer),
        Claimed::Done(subject) => {
            let sentence = format!(
                "This was carried out before, and its answer was lost. It made or changed {subject}; look that up"
            );
            Problem::plain(StatusCode::CONFLICT, sentence).into_response()
        }
    }
}

/// What to do with a request that has a key.
pub(crate) enum Claimed {
    /// Carry it out.
    New(Arc<Claim>),
    /// Answer as before.
    Answered(KeptAnswer),
    /// It was carried out, and nobody knows the answer.
    Done(String),
}

/// Claims a request; `content` is what tells it from others of the same address.
pub(crate) async fn claim(
    services: &Services,
    parts: &Parts,
    (who, content): (&str, &[u8]),
) -> Result<Claimed, Problem> {
    let key = key(&parts.headers)?;
    let workspace = parts.headers.get(WORKSPACE_HEADER).map(HeaderValue::as_bytes).unwrap_or_default();
    let fingerprint = Sha256::new()
        .chain_update(parts.uri.to_string())
        .chain_update([0])
        .chain_update(workspace)
        .chain_update([0])
        .chain_update(content)
        .finalize();
    claim_as(services, (who, key), fingerprint.into()).await
}

/// Claims what somebody asks for under a key; the fingerprint tells it from other requests.
pub(crate) async fn claim_as(
    services: &Services,
    (who, key): (&str, &str),
    fingerprint: [u8; 32],
) -> Result<Claimed, Problem> {
    match services.idempotency.claim(who, key, fingerprint).await? {
        Outcome::New(claim) => Ok(Claimed::New(claim)),
        Outcome::Answered(answer) => Ok(Claimed::Answered(answer)),
        Outcome::Done(subject) => Ok(Claimed::Done(subject)),
        Outcome::Busy => Err(Problem::busy("The same request is being carried out. Ask again in a moment")),
        Outcome::Other => Err(AppError::invalid(
            "Idempotency-Key",
            "This key was used for another request. Take a new key for a new request",
        )
        .into()),
    }
}

/// The key that a request names.
pub(crate) fn key(headers: &HeaderMap) -> Result<&str, AppError> {
    let key = headers.get(KEY_HEADER).and_then(|value| value.to_str().ok());
    let is_fit = |key: &&str| {
        (1..=LONGEST_KEY).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
    };
    key.filter(is_fit).ok_or_else(|| {
        AppError::invalid(
            "Idempotency-Key",
            "A key is from 1 to 255 letters, digits and signs without spaces; take a random one, like a UUID",
        )
    })
}

/// Keeps the answer, or gives the request up if it may be sent again.
pub(crate) async fn settle(services: &Services, claim: &Claim, response: Response) -> Response {
    let status = response.status();
    // What is wrong with the request stays wrong; everything else that was refused may be right the next time.
    if !status.is_success() && status != StatusCode::UNPROCESSABLE_ENTITY {
        if let Err(error) = services.idempotency.give_up(claim).await {
            tracing::error!(%error, "A request could not be given up");
        }
        return response;
    }
    let (parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_ANSWER).await else {
        let message = "The answer could not be kept. Look up what became of the request".to_owned();
        return Problem::from(AppError::Unavailable { message }).into_response();
    };
    let kept = [header::CONTENT_TYPE, header::LOCATION].into_iter().filter_map(|name| {
        let value = parts.headers.get(&name)?.to_str().ok()?;
        Some((name.as_str().to_owned(), value.to_owned()))
    });
    let answer = KeptAnswer { status: status.as_u16(), headers: kept.collect(), body: body.to_vec() };
    if let Err(error) = services.idempotency.keep(claim, &answer).await {
        tracing::error!(%error, "An answer could not be kept");
    }
    Response::from_parts(parts, Body::from(body))
}

/// The answer of the first time.
pub(crate) fn replay(answer: KeptAnswer) -> Response {
    let mut response = Response::new(Body::from(Bytes::from(answer.body)));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
