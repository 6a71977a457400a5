//! The standard health service: whether calls can be answered, which is whether the database answers and the program goes on.

use std::time::Duration;

use tokio::{sync::watch, time::sleep};
use tonic::server::NamedService;
use tonic_health::{
    ServingStatus,
    pb::health_server::{Health as Answers, HealthServer},
    server::{HealthReporter, HealthService},
};

use super::{pb::metrics_service_server::MetricsServiceServer, service::Service};
use crate::{connections::stopped, operations::is_database_there, services::Services};

const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How long those who watch have to read that the program stops.
const FAREWELL: Duration = Duration::from_secs(1);
/// The program as a whole, and our service.
const NAMES: [&str; 2] = ["", <MetricsServiceServer<Service> as NamedService>::NAME];

/// Looks how the program is, and tells those who ask.
pub(super) struct Health {
    services: Services,
    stop: watch::Receiver<bool>,
    reporter: HealthReporter,
}

impl Health {
    /// The one who looks, and the service that tells.
    pub(super) fn new(
        services: &Services,
        stop: &watch::Receiver<bool>,
    ) -> (Self, HealthServer<impl Answers + use<>>) {
        let reporter = HealthReporter::new();
        let server = HealthServer::new(HealthService::from_health_reporter(reporter.clone()));
        (Self { services: services.clone(), stop: stop.clone(), reporter }, server)
    }

    /// Looks every two seconds, until the program is told to stop.
    pub(super) async fn follow(mut self) {
        let mut told = None;
        while !*self.stop.borrow() {
            let is_there = is_database_there(&self.services).await;
            if told != Some(is_there) {
                self.tell(if is_there { ServingStatus::Serving } else { ServingStatus::NotServing }).await;
                told = Some(is_there);
            }
            tokio::select! {
                () = sleep(LOOK_EVERY) => {}
                () = stopped(&mut self.stop) => {}
            }
        }
        self.tell(ServingStatus::NotServing).await;
        sleep(FAREWELL).await;
        // Nobody waits for news that will not come.
        for name in NAMES {
            self.reporter.clear_service_status(name).await;
        }
    }

    /// Tells that nothing is served yet.
    pub(super) async fn begin(&self) {
        self.tell(ServingStatus::NotServing).await;
    }

    async fn tell(&self, status: ServingStatus) {
        for name in NAMES {
            self.reporter.set_service_status(name, status).await;
        }
    }
}
