//! Who may call which method: the same callers and scopes as those of the API. A method that is not listed here does not answer.

use std::net::IpAddr;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::request::Parts;
use kernel::{Actor, AppError, Permission, Scope};
use tonic::Status;

use super::refusals::{refuse, status_of};
use crate::{
    rest::{
        problem::Problem,
        v1::caller::{Caller, Standing, address},
    },
    services::Services,
};

/// A method of our service and what it needs.
#[derive(Clone, Copy, Debug)]
pub struct Method {
    /// Its name in the description.
    pub name: &'static str,
    /// The scope that a caller needs; everybody may call it if there is none.
    pub scope: Option<Scope>,
    /// Whether the caller sends a stream.
    pub takes_stream: bool,
}

/// Every method of our service.
pub const METHODS: [Method; 4] = [
    Method { name: "ListMetrics", scope: None, takes_stream: false },
    Method { name: "ReadAggregates", scope: Some(Scope::BenchmarksRead), takes_stream: false },
    Method { name: "ReadSeries", scope: Some(Scope::MetricsRead), takes_stream: false },
    Method { name: "RecordObservations", scope: Some(Scope::MetricsWrite), takes_stream: true },
];

/// A call of somebody who may make it.
#[derive(Clone)]
pub(super) struct Call {
    /// Who acts, with the rights of the moment at which the call began.
    pub(super) actor: Actor,
    standing: Standing,
    parts: Parts,
    address: Option<IpAddr>,
}

impl Call {
    async fn begin(mut parts: Parts, services: &Services, scope: Scope) -> Result<Self, Problem> {
        let caller = Caller::find(&mut parts, services).await?;
        let actor = caller.act(&parts, services, scope).await?;
        let standing = Standing::of_caller(&caller, &actor, (&parts, scope));
        let standing = standing.ok_or(AppError::Unauthenticated)?;
        let address = address(&parts);
        Ok(Self { actor, standing, parts, address })
    }

    /// Who acts, if they may do that at this moment.
    pub(super) async fn actor_now(
        &self,
        services: &Services,
        permission: Permission,
    ) -> Result<Actor, Problem> {
        if let Some(retry_after_seconds) = services.blocks.seconds_left(self.address) {
            return Err(AppError::RateLimited { retry_after_seconds }.into());
        }
        self.standing.actor_now(services, permission).await
    }

    /// The call that a request is.
    pub(super) fn of<T>(request: &tonic::Request<T>) -> Result<&Self, Status> {
        // A method of the policy without a scope has none, and does not ask.
        request.extensions().get().ok_or_else(|| status_of(AppError::Unauthenticated))
    }

    /// What the caller said about it.
    pub(super) fn headers(&self) -> &http::HeaderMap {
        &self.parts.headers
    }
}

/// Lets those through who may do what needs the scope, before anything of the call is read.
pub(super) async fn admit(
    State((services, scope)): State<(Services, Scope)>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    match Call::begin(parts.clone(), &services, scope).await {
        Ok(call) => {
            parts.extensions.insert(call);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(problem) => refuse(problem),
    }
}
