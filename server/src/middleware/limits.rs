//! Holds back whoever asks too often, before anything is computed for them.

use std::net::IpAddr;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use kernel::{AppError, OrInternal, UserId};
use platform::{Class, Limits, Origin, limits::TooOften, visitor_name};
use tower_sessions::Session;

use super::asker::Asker;

/// Counts requests by network address.
pub(crate) async fn limit_address(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    let admitted = by_address(&limits, Class::Address, address(&request)).await;
    pass(admitted, request, next).await
}

/// Counts what pages are made of by network address.
pub(crate) async fn limit_assets(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    let admitted = by_address(&limits, Class::Assets, address(&request)).await;
    pass(admitted, request, next).await
}

/// Counts what everybody may ask for, by network address and whatever credential comes along.
pub(crate) async fn limit_stranger(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    let admitted = by_address(&limits, Class::Anonymous, address(&request)).await;
    pass(admitted, request, next).await
}

/// Counts the requests of each person, and those of strangers by their address. The API counts its callers itself, once it knows whether
/// their credential is good: nobody gets a fresh count by making one up.
pub(crate) async fn limit_visitor(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    if request.uri().path().starts_with("/api/") {
        return next.run(request).await;
    }
    let (session, address) = (session(&request), address(&request));
    let admitted = match person(session).await {
        Ok(Some(_)) if limits.exempts(address) => Ok(()),
        Ok(Some(person)) => limits.admit(Class::Interface, &person.to_string()).await,
        Ok(None) => by_address(&limits, Class::Anonymous, address).await,
        Err(error) => return Asker::of(&request).refuse(error),
    };
    pass(admitted, request, next).await
}

/// Counts what costs more than others, by person, or by address where there is none.
pub(crate) async fn limit_route(
    State((limits, class)): State<(Limits, Class)>,
    request: Request,
    next: Next,
) -> Response {
    let (session, address) = (session(&request), address(&request));
    let admitted = match person(session).await {
        Ok(Some(_)) if limits.exempts(address) => Ok(()),
        // The name of an actor: the API and the calls of gRPC count under it too.
        Ok(Some(person)) => limits.admit(class, &format!("person:{person}")).await,
        Ok(None) => by_address(&limits, class, address).await,
        Err(error) => return Asker::of(&request).refuse(error),
    };
    pass(admitted, request, next).await
}

async fn pass(admitted: Result<(), TooOften>, request: Request, next: Next) -> Response {
    match admitted {
        Ok(()) => next.run(request).await,
        Err(refused) => Asker::of(&request).hold_back(refused),
    }
}

/// Counts one request by its network address.
pub(crate) async fn by_address(
    limits: &Limits,
    class: Class,
    address: Option<IpAddr>,
) -> Result<(), TooOften> {
    if limits.exempts(address) { Ok(()) } else { limits.admit(class, &visitor_name(address)).await }
}

fn address(request: &Request) -> Option<IpAddr> {
    request.extensions().get::<Origin>().and_then(|origin| origin.address)
}

/// Whose session it is. While the database is away nobody knows, and nothing after this could be done either.
async fn person(session: Option<Session>) -> Result<Option<UserId>, AppError> {
    let Some(session) = session else { return Ok(None) };
    let found = session.get(api::USER_KEY).await;
    match found.or_internal("reading the session") {
        // A session that cannot be read otherwise is nobody's; its handler says what is wrong.
        Err(error) if error.status() != 503 => Ok(None),
        found => found,
    }
}

fn session(request: &Request) -> Option<Session> {
    request.extensions().get().cloned()
}
