//! The services that every gRPC server has, and the end of this one.

use std::time::Duration;

use futures::{SinkExt, stream};
use tokio::time::timeout;
use tonic::Code;
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};
use tonic_reflection::pb::{
    v1::{
        ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
        server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
    },
    v1alpha,
};

use super::{Port, assert_refused, kept_before, message, months, pb};
use crate::{app::TestApp, rest_api::token};

const SERVICE: &str = "quartile.metrics.v1.MetricsService";
const PATIENCE: Duration = Duration::from_secs(20);

fn about(service: &str) -> HealthCheckRequest {
    HealthCheckRequest { service: service.to_owned() }
}

async fn health(port: &Port) -> ServingStatus {
    let mut client = HealthClient::new(port.channel.clone());
    client.check(about(SERVICE)).await.unwrap().into_inner().status()
}

async fn wait_for(port: &Port, wanted: ServingStatus) {
    let waiting = async {
        while health(port).await != wanted {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, waiting).await.unwrap();
}

router_test!(health_follows_the_database, {
    let app = TestApp::start().await;
    let port = Port::open(&app).await;
    wait_for(&port, ServingStatus::Serving).await;
    let mut client = HealthClient::new(port.channel.clone());
    assert_eq!(client.check(about("")).await.unwrap().into_inner().status(), ServingStatus::Serving);
    assert_eq!(client.check(about("nothing")).await.unwrap_err().code(), Code::NotFound);
    app.services.db.close().await;
    wait_for(&port, ServingStatus::NotServing).await;
});

router_test!(who_watches_the_health_hears_of_the_end, {
    let app = TestApp::start().await;
    let mut port = Port::open(&app).await;
    wait_for(&port, ServingStatus::Serving).await;
    let mut client = HealthClient::new(port.channel.clone());
    let mut news = client.watch(about(SERVICE)).await.unwrap().into_inner();
    assert_eq!(news.message().await.unwrap().unwrap().status(), ServingStatus::Serving);
    app.stop.send_replace(true);
    assert_eq!(news.message().await.unwrap().unwrap().status(), ServingStatus::NotServing);
    assert!(timeout(PATIENCE, news.message()).await.unwrap().unwrap().is_none());
    timeout(PATIENCE, &mut port.serving).await.unwrap().unwrap();
});

router_test!(so_many_may_watch_at_once_and_no_more, {
    let app = TestApp::start().await;
    let port = Port::open(&app).await;
    wait_for(&port, ServingStatus::Serving).await;
    let mut watching = Vec::new();
    // A connection carries a hundred calls; so these are several.
    for _ in 0..4 {
        let mut client = HealthClient::new(port.connect().await);
        for _ in 0..64 {
            watching.push(client.watch(about(SERVICE)).await.unwrap().into_inner());
        }
    }
    let mut client = HealthClient::new(port.connect().await);
    assert_refused(client.watch(about(SERVICE)).await, Code::Unavailable);
    assert_eq!(health(&port).await, ServingStatus::Serving);
    watching.pop();
    let one_more = async {
        while client.watch(about(SERVICE)).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, one_more).await.unwrap();
});

router_test!(a_stream_under_way_is_answered_before_the_end, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let ada = token(&app, "ada@acme.example").await;
    let mut port = Port::open(&app).await;
    let (mut send, answer) = port.begin(&ada, &[]);
    for message in months("mrr", 1_200, 1.0) {
        send.send(message).await.unwrap();
    }
    let system = app.system("acme").await;
    while app.services.metrics.list_imports(&system).await.unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    app.stop.send_replace(true);
    tokio::time::sleep(Duration::from_millis(100)).await;
    send.send(message(&[("customers", "2026-01", 1.0)])).await.unwrap();
    drop(send);
    assert_eq!(answer.await.unwrap().unwrap().added, 1_201);
    timeout(PATIENCE, &mut port.serving).await.unwrap().unwrap();
    let late = port.client().list_metrics(pb::ListMetricsRequest {}).await;
    assert_eq!(late.unwrap_err().code(), Code::Unavailable);
});

router_test!(a_stream_that_does_not_end_is_ended_with_the_program, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let ada = token(&app, "ada@acme.example").await;
    let mut port = Port::open(&app).await;
    let (mut send, answer) = port.begin(&ada, &[]);
    for message in months("mrr", 1_000, 1.0) {
        send.send(message).await.unwrap();
    }
    let system = app.system("acme").await;
    while app.services.metrics.list_imports(&system).await.unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    app.stop.send_replace(true);
    let refused = assert_refused(answer.await.unwrap(), Code::Unavailable);
    assert_eq!(kept_before(&refused), "1000");
    timeout(PATIENCE, &mut port.serving).await.unwrap().unwrap();
});

router_test!(reflection_lists_the_services_and_describes_ours, {
    let app = TestApp::start().await;
    let port = Port::open(&app).await;
    let ask =
        |wish| stream::iter([ServerReflectionRequest { host: String::new(), message_request: Some(wish) }]);
    let mut client = ServerReflectionClient::new(port.channel.clone());
    let asked = ask(MessageRequest::ListServices(String::new()));
    let mut answers = client.server_reflection_info(asked).await.unwrap().into_inner();
    let answer = answers.message().await.unwrap().unwrap().message_response;
    let Some(MessageResponse::ListServicesResponse(list)) = answer else { panic!("{answer:?}") };
    let mut names: Vec<String> = list.service.into_iter().map(|service| service.name).collect();
    names.sort();
    assert_eq!(names, ["grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", SERVICE]);
    let asked = ask(MessageRequest::FileContainingSymbol(SERVICE.to_owned()));
    let mut answers = client.server_reflection_info(asked).await.unwrap().into_inner();
    let answer = answers.message().await.unwrap().unwrap().message_response;
    let Some(MessageResponse::FileDescriptorResponse(files)) = answer else { panic!("{answer:?}") };
    let text = String::from_utf8_lossy(&files.file_descriptor_proto[0]).into_owned();
    assert!(text.contains("RecordObservations") && text.contains("Keeps figures of months"));
    // Older tools ask under the older name.
    let asked = v1alpha::ServerReflectionRequest {
        host: String::new(),
        message_request: Some(
            v1alpha::server_reflection_request::MessageRequest::ListServices(String::new()),
        ),
    };
    let mut client = v1alpha::server_reflection_client::ServerReflectionClient::new(port.channel.clone());
    let mut answers = client.server_reflection_info(stream::iter([asked])).await.unwrap().into_inner();
    assert!(answers.message().await.unwrap().is_some());
});
