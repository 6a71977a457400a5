//! The metrics service for machines over gRPC, on a port of its own: the same services, callers, limits and rules as the API under
//! `/api/v1`, for programs that write and read many figures. `proto/quartile/metrics/v1/metrics.proto` describes it.

mod connections;
mod guards;
mod health;
mod incoming;
mod messages;
mod once;
mod policy;
mod recording;
mod refusals;
mod service;

use std::{convert::Infallible, sync::Arc};

use axum::{
    Router,
    extract::Request,
    middleware::{from_fn, from_fn_with_state},
    response::IntoResponse,
    routing::post_service,
};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
};
use tonic::server::NamedService;
use tonic_reflection::server::{Builder, Error as ReflectionError};
use tower::Service;

pub(crate) use connections::MOST_CONNECTIONS;

use self::{connections::Patience, health::Health, pb::metrics_service_server::MetricsServiceServer};
use crate::{
    middleware::{LONGEST_REQUEST, OriginState, find_origin, log_request},
    services::{Services, StartError},
};

pub use policy::{METHODS, Method};

/// The messages and the service of the `.proto` file.
#[expect(
    clippy::allow_attributes,
    clippy::pedantic,
    unreachable_pub,
    reason = "made by a program, for programs of every kind"
)]
mod pb {
    include!(concat!(env!("OUT_DIR"), "/server/quartile.metrics.v1.rs"));
}

/// The description of the service, as programs read it: an encoded `FileDescriptorSet`.
pub const DESCRIPTOR: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/metrics.descriptor"));

/// The largest message that is taken, in bytes.
const LARGEST_MESSAGE: usize = 256 * 1024;

const REFLECTION_METHOD: &str = "ServerReflectionInfo";

/// Everything that is offered over gRPC.
pub struct Grpc {
    router: Router,
    health: Health,
}

impl Grpc {
    /// Wires it over the services; it ends when `stop` turns true.
    pub fn new(services: &Services, stop: &watch::Receiver<bool>) -> Result<Self, StartError> {
        let (health, health_server) = Health::new(services, stop);
        let places = Arc::new(Semaphore::new(guards::MOST_OPEN));
        let limit_open = from_fn_with_state(places, guards::limit_open);
        let product = metrics_service(services, stop)
            .merge(reflection(services, stop)?.layer(limit_open.clone()))
            .layer(from_fn_with_state(services.limits.clone(), guards::limit_address))
            .layer(from_fn_with_state(services.blocks.clone(), guards::refuse_blocked));
        let origins = OriginState {
            ambient: services.ambient.clone(),
            trusted_proxies: services.config.server.trusted_proxies.clone(),
        };
        let router = Router::new()
            .merge(routes(&health_server, &["Check"]))
            .merge(routes(&health_server, &["Watch"]).layer(limit_open.clone()))
            .merge(product)
            .fallback(guards::no_such_method)
            .layer(from_fn(guards::require_grpc))
            .layer(from_fn(guards::catch_panics))
            .layer(from_fn(guards::answer_in_our_words))
            .layer(from_fn_with_state(services.accounts.clone(), log_request))
            .layer(from_fn_with_state(origins, find_origin));
        Ok(Self { router, health })
    }

    /// Serves until it is told to stop, then lets calls end that are under way.
    pub async fn serve(self, listener: TcpListener, stop: watch::Receiver<bool>) {
        self.health.begin().await;
        let serving = connections::serve(listener, self.router, Patience::default(), stop);
        tokio::join!(serving, self.health.follow());
    }
}

/// Our own service, each method with what it needs.
fn metrics_service(services: &Services, stop: &watch::Receiver<bool>) -> Router {
    let service = service::Service { services: services.clone(), stop: stop.clone() };
    let server = MetricsServiceServer::new(service).max_decoding_message_size(LARGEST_MESSAGE);
    let mut router = Router::new();
    for method in METHODS {
        let route = routes(&server, &[method.name]);
        let route = match method.scope {
            Some(scope) => route.layer(from_fn_with_state((services.clone(), scope), policy::admit)),
            None => route.layer(from_fn_with_state(services.limits.clone(), guards::limit_stranger)),
        };
        // A stream of the caller watches its own time.
        let route = if method.takes_stream {
            route
        } else {
            route.layer(from_fn_with_state(LONGEST_REQUEST, guards::limit_time))
        };
        router = router.merge(route);
    }
    router
}

/// What the service is, for tools that ask: under the name of today, and under that which older tools know.
fn reflection(services: &Services, stop: &watch::Receiver<bool>) -> Result<Router, StartError> {
    let builder = || {
        Builder::configure()
            .register_encoded_file_descriptor_set(DESCRIPTOR)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let failed =
        |cause: ReflectionError| StartError(format!("the gRPC service cannot be described: {cause}"));
    Ok(routes(&builder().build_v1().map_err(failed)?, &[REFLECTION_METHOD])
        .merge(routes(&builder().build_v1alpha().map_err(failed)?, &[REFLECTION_METHOD]))
        .layer(from_fn_with_state(stop.clone(), guards::end_questions))
        .layer(from_fn_with_state(services.limits.clone(), guards::limit_stranger)))
}

/// The methods of a service, each at its own address, so that each is measured by itself.
fn routes<S>(server: &S, methods: &[&str]) -> Router
where
    S: Service<Request, Error = Infallible> + NamedService + Clone + Send + Sync + 'static,
    S::Response: IntoResponse,
    S::Future: Send + 'static,
{
    let route = |router: Router, method: &&str| {
        router.route(&format!("/{}/{method}", S::NAME), post_service(server.clone()))
    };
    methods.iter().fold(Router::new(), route)
}
