//! The metrics service over gRPC, asked by a real client over a port.

mod limits;
mod reading;
mod recording;
mod repeated;
mod rights;
mod standard;

use futures::{Stream, channel::mpsc, stream};
use pb::metrics_service_client::MetricsServiceClient;
use server::grpc::Grpc;
use tokio::{net::TcpListener, task::JoinHandle};
use tonic::{
    Code, Request, Response, Status,
    metadata::{MetadataKey, MetadataValue},
    transport::{Channel, Endpoint},
};
use tonic_types::StatusExt;

use crate::app::TestApp;

/// The messages and the client of the description.
#[expect(clippy::pedantic, unreachable_pub, reason = "made by a program, for programs of every kind")]
mod pb {
    include!(concat!(env!("OUT_DIR"), "/client/quartile.metrics.v1.rs"));
}

/// Who sends a stream, and what is answered to it.
type Begun =
    (mpsc::Sender<pb::RecordObservationsRequest>, JoinHandle<Result<pb::RecordObservationsResponse, Status>>);

/// The port of a program.
struct Port {
    address: String,
    channel: Channel,
    /// Ends when the program stopped and everything under way was answered.
    serving: JoinHandle<()>,
}

impl Drop for Port {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Port {
    async fn open(app: &TestApp) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let stop = app.stop.subscribe();
        let grpc = Grpc::new(&app.services, &stop).unwrap();
        let serving = tokio::spawn(Box::pin(grpc.serve(listener, stop)));
        let channel = Endpoint::from_shared(address.clone()).unwrap().connect_lazy();
        Self { address, channel, serving }
    }

    /// Another connection.
    async fn connect(&self) -> Channel {
        Endpoint::from_shared(self.address.clone()).unwrap().connect().await.unwrap()
    }

    fn client(&self) -> MetricsServiceClient<Channel> {
        MetricsServiceClient::new(self.channel.clone())
    }

    async fn record(
        &self,
        token: &str,
        stream: impl Stream<Item = pb::RecordObservationsRequest> + Send + 'static,
    ) -> Result<pb::RecordObservationsResponse, Status> {
        self.client().record_observations(with(token, &[], stream)).await.map(Response::into_inner)
    }

    /// Begins a stream; it ends when the sender goes.
    fn begin(&self, token: &str, more: &[(&str, &str)]) -> Begun {
        let (sender, parts) = mpsc::channel(10);
        let (mut client, request) = (self.client(), with(token, more, parts));
        let answer = async move { client.record_observations(request).await.map(Response::into_inner) };
        (sender, tokio::spawn(answer))
    }

    /// Reads figures: the head, and each metric.
    async fn series(
        &self,
        request: Request<pb::ReadSeriesRequest>,
    ) -> Result<(pb::SeriesHead, Vec<pb::Series>), Status> {
        use pb::read_series_response::Part;
        let mut stream = self.client().read_series(request).await?.into_inner();
        let Some(Part::Head(head)) = stream.message().await?.and_then(|message| message.part) else {
            panic!("the head comes first")
        };
        let mut series = Vec::new();
        while let Some(message) = stream.message().await? {
            let Some(Part::Series(one)) = message.part else { panic!("the head comes once") };
            series.push(one);
        }
        Ok((head, series))
    }

    /// Calls a method with something that it takes.
    async fn call(&self, name: &str, token: &str, more: &[(&str, &str)]) -> Result<(), Status> {
        let mut client = self.client();
        match name {
            "ListMetrics" => {
                client.list_metrics(with(token, more, pb::ListMetricsRequest {})).await.map(drop)
            }
            "ReadAggregates" => {
                client.read_aggregates(with(token, more, pb::ReadAggregatesRequest {})).await.map(drop)
            }
            "ReadSeries" => self.series(with(token, more, pb::ReadSeriesRequest::default())).await.map(drop),
            "RecordObservations" => {
                let figures = stream::iter([message(&[("mrr", "2026-01", 100.0)])]);
                client.record_observations(with(token, more, figures)).await.map(drop)
            }
            other => panic!("{other}: say here how it is called"),
        }
    }
}

/// The message, sent by who shows the token, with more metadata.
fn with<T>(token: &str, more: &[(&str, &str)], message: T) -> Request<T> {
    let mut request = Request::new(message);
    let bearer = format!("Bearer {token}");
    let named = (!token.is_empty()).then_some(("authorization", bearer.as_str()));
    for (name, value) in named.iter().chain(more) {
        let name: MetadataKey<_> = name.parse().unwrap();
        request.metadata_mut().insert(name, MetadataValue::try_from(*value).unwrap());
    }
    request
}

fn observation((metric, month, value): &(&str, &str, f64)) -> pb::Observation {
    pb::Observation { metric: (*metric).to_owned(), month: (*month).to_owned(), value: Some(*value) }
}

/// A part of a stream, with amounts in dollars.
fn message(figures: &[(&str, &str, f64)]) -> pb::RecordObservationsRequest {
    let observations = figures.iter().map(observation).collect();
    pb::RecordObservationsRequest { currency: "USD".to_owned(), observations }
}

/// So many months, the oldest in 1901, each with that figure.
fn months(metric: &str, count: usize, value: f64) -> Vec<pb::RecordObservationsRequest> {
    let months = (0..count).map(|index| format!("{}-{:02}", 1901 + index / 12, index % 12 + 1));
    let figures: Vec<pb::Observation> = months.map(|month| observation(&(metric, &month, value))).collect();
    let message = |part: &[pb::Observation]| pb::RecordObservationsRequest {
        currency: "USD".to_owned(),
        observations: part.to_vec(),
    };
    figures.chunks(300).map(message).collect()
}

/// The fields that a refusal names.
fn fields(status: &Status) -> Vec<String> {
    let details = status.get_error_details();
    let wrong = details.bad_request().map(|wrong| wrong.field_violations.clone()).unwrap_or_default();
    wrong.into_iter().map(|wrong| wrong.field).collect()
}

/// How many figures were kept before a stream broke off.
fn kept_before(status: &Status) -> String {
    let details = status.get_error_details();
    let info = details.error_info().unwrap();
    assert_eq!((info.reason.as_str(), info.domain.as_str()), ("BROKEN_OFF", "quartile"));
    info.metadata["added"].clone()
}

fn assert_refused(answer: Result<impl std::fmt::Debug, Status>, code: Code) -> Status {
    let status = answer.unwrap_err();
    assert_eq!(status.code(), code, "{status}");
    assert!(status.message().len() > 10, "{status}");
    assert!(status.metadata().contains_key("x-request-id"), "{status}");
    status
}
