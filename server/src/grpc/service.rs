//! The methods of the metrics service.

use std::vec;

use futures::stream::{self, Iter};
use kernel::{AppError, FieldErrors, Month};
use metrics::MetricKey;
use tokio::sync::watch;
use tonic::{Request, Response, Status, Streaming};

use super::{
    messages,
    pb::{self, metrics_service_server::MetricsService},
    policy::Call,
    recording,
    refusals::status_of,
};
use crate::{rest::v1::metrics::currency, services::Services};

/// Answers calls.
#[derive(Clone)]
pub(super) struct Service {
    /// What the product does.
    pub(super) services: Services,
    /// Turns true when the program is about to end.
    pub(super) stop: watch::Receiver<bool>,
}

/// What is wanted of the figures.
struct Wanted {
    metrics: Vec<MetricKey>,
    first: Option<Month>,
    last: Option<Month>,
}

impl Wanted {
    fn parse(request: &pb::ReadSeriesRequest) -> Result<Self, AppError> {
        let mut errors = FieldErrors::default();
        let mut metrics = Vec::with_capacity(request.metrics.len().min(MetricKey::all().len()));
        for (index, name) in request.metrics.iter().enumerate() {
            let key = MetricKey::parse(name).ok_or("This is no metric. ListMetrics lists them");
            metrics.extend(errors.take(&format!("metrics[{index}]"), key));
        }
        let mut month = |field: &str, text: &str| {
            let month = text.parse().map_err(|_| "This is no month. Write it like 2026-09");
            if text.is_empty() { None } else { errors.take(field, month) }
        };
        let first = month("first_month", &request.first_month);
        let last = month("last_month", &request.last_month);
        if first.zip(last).is_some_and(|(first, last)| first > last) {
            errors.add("last_month", "The last month lies before the first");
        }
        errors.into_result()?;
        Ok(Self { metrics, first, last })
    }

    fn has(&self, key: MetricKey) -> bool {
        self.metrics.is_empty() || self.metrics.contains(&key)
    }

    fn covers(&self, month: Month) -> bool {
        self.first.is_none_or(|first| first <= month) && self.last.is_none_or(|last| month <= last)
    }
}

#[tonic::async_trait]
impl MetricsService for Service {
    async fn record_observations(
        &self,
        request: Request<Streaming<pb::RecordObservationsRequest>>,
    ) -> Result<Response<pb::RecordObservationsResponse>, Status> {
        let call = Call::of(&request)?.clone();
        let answer = recording::record(self, call, request.into_inner()).await?;
        Ok(Response::new(answer))
    }

    async fn list_metrics(
        &self,
        _: Request<pb::ListMetricsRequest>,
    ) -> Result<Response<pb::ListMetricsResponse>, Status> {
        let metrics = MetricKey::all().map(messages::metric).collect();
        Ok(Response::new(pb::ListMetricsResponse { metrics }))
    }

    type ReadSeriesStream = Iter<vec::IntoIter<Result<pb::ReadSeriesResponse, Status>>>;

    async fn read_series(
        &self,
        request: Request<pb::ReadSeriesRequest>,
    ) -> Result<Response<Self::ReadSeriesStream>, Status> {
        let call = Call::of(&request)?;
        let asked = request.get_ref();
        let wanted = Wanted::parse(asked).map_err(status_of)?;
        let currency = Some(asked.currency.as_str()).filter(|text| !text.is_empty()).map(currency);
        let currency = currency.transpose().map_err(status_of)?;
        let table = self.services.metrics.table(&call.actor, currency).await.map_err(status_of)?;
        let parts = messages::series(table, |key| wanted.has(key), |month| wanted.covers(month));
        let parts: Vec<_> = parts.into_iter().map(Ok).collect();
        Ok(Response::new(stream::iter(parts)))
    }

    async fn read_aggregates(
        &self,
        request: Request<pb::ReadAggregatesRequest>,
    ) -> Result<Response<pb::ReadAggregatesResponse>, Status> {
        let call = Call::of(&request)?;
        let standing = self.services.benchmarks.standing(&call.actor).await.map_err(status_of)?;
        Ok(Response::new(standing.into()))
    }
}
