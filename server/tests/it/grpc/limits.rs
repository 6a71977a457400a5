//! How often, how large, how long.

use futures::stream;
use http::StatusCode;
use tonic::{Code, Status, client::Grpc, codegen::http::uri::PathAndQuery};
use tonic_prost::ProstCodec;
use tonic_types::StatusExt;

use super::{Port, assert_refused, kept_before, message, observation, pb, with};
use crate::{
    app::TestApp,
    rest_api::{key, token},
};

/// The class that was counted; the refusal says when to come back.
fn held_back(answer: Result<(), Status>) -> String {
    let refused = assert_refused(answer, Code::ResourceExhausted);
    let details = refused.get_error_details();
    let wait = details.retry_info().unwrap().retry_delay.unwrap();
    assert!(wait.as_secs() > 0, "{refused}");
    details.quota_failure().unwrap().violations[0].subject.clone()
}

router_test!(over_grpc_whoever_calls_too_often_is_told_when_to_come_back, {
    let app = TestApp::start_with(&[
        ("QUARTILE__LIMITS__API", "4/h"),
        ("QUARTILE__LIMITS__ANONYMOUS", "3/h"),
        ("QUARTILE__LIMITS__UPLOAD", "2/h"),
    ])
    .await;
    app.sign_up("ada@acme.example").await;
    let ada = app.services.accounts.list_members(&app.system("acme").await).await.unwrap().members[0].id;
    let ada = app.services.accounts.begin_tokens(ada, "test").await.unwrap().access_token;
    let port = Port::open(&app).await;
    // A key or a person is counted by who they are; streams that write once more.
    for _ in 0..2 {
        port.call("RecordObservations", &ada, &[]).await.unwrap();
    }
    assert_eq!(held_back(port.call("RecordObservations", &ada, &[]).await), "upload");
    port.call("ReadSeries", &ada, &[]).await.unwrap();
    assert_eq!(held_back(port.call("ReadSeries", &ada, &[]).await), "api");
    // Whoever is nobody is counted by the address, whatever they make up.
    for token in ["", "a.b.c", "mk_live_short"] {
        assert_refused(port.call("ReadSeries", token, &[]).await, Code::Unauthenticated);
    }
    assert_eq!(held_back(port.call("ReadSeries", "d.e.f", &[]).await), "anonymous");
    assert_eq!(held_back(port.call("ListMetrics", "", &[]).await), "anonymous");
});

router_test!(over_grpc_one_address_has_one_limit_for_everything, {
    let app = TestApp::start_with(&[("QUARTILE__LIMITS__ADDRESS", "2/h")]).await;
    let port = Port::open(&app).await;
    for _ in 0..2 {
        port.call("ListMetrics", "", &[]).await.unwrap();
    }
    assert_eq!(held_back(port.call("ListMetrics", "", &[]).await), "address");
    // Nobody who is not trusted speaks for another address.
    let forwarded = port.call("ListMetrics", "", &[("x-forwarded-for", "198.51.100.9")]).await;
    assert_eq!(held_back(forwarded), "address");
});

router_test!(over_grpc_who_is_shut_out_is_not_answered, {
    // Nobody shuts out the own machine; others speak through the proxy.
    let app = TestApp::start_with(&[("QUARTILE__SERVER__TRUSTED_PROXIES", "127.0.0.1")]).await;
    let port = Port::open(&app).await;
    let from = [("x-forwarded-for", "203.0.113.9")];
    port.call("ListMetrics", "", &from).await.unwrap();
    let mut scanner = app.stranger();
    scanner.address = "203.0.113.9:4711".parse().unwrap();
    for bait in ["/.env", "/wp-login.php", "/.git/config"] {
        scanner.get(bait).await;
    }
    let refused = assert_refused(port.call("ListMetrics", "", &from).await, Code::ResourceExhausted);
    assert!(refused.get_error_details().retry_info().is_some(), "{refused}");
    port.call("ListMetrics", "", &[("x-forwarded-for", "203.0.113.8")]).await.unwrap();
});

router_test!(what_is_too_large_is_refused_and_says_the_limit, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let ada = token(&app, "ada@acme.example").await;
    let port = Port::open(&app).await;
    let large = pb::ReadSeriesRequest { metrics: vec!["m".repeat(300_000)], ..Default::default() };
    let refused = assert_refused(port.series(with(&ada, &[], large)).await, Code::ResourceExhausted);
    assert!(refused.message().ends_with("256 kB"), "{refused}");
    let figure = observation(&("mrr", "2026-01", 1.0));
    let large =
        pb::RecordObservationsRequest { currency: "USD".to_owned(), observations: vec![figure; 20_000] };
    let parts = stream::iter([message(&[("mrr", "2026-01", 1.0)]), large]);
    let refused = assert_refused(port.record(&ada, parts).await, Code::ResourceExhausted);
    assert!(refused.message().ends_with("256 kB") && kept_before(&refused) == "0", "{refused}");
    // A stream without an end is ended.
    let endless = stream::repeat(message(&vec![("mrr", "2026-01", 1.0); 1_000]));
    let refused = assert_refused(port.record(&ada, endless).await, Code::ResourceExhausted);
    assert!(refused.message().contains("100000 figures") && kept_before(&refused) == "1", "{refused}");
    let long = "x".repeat(20_000);
    let refused = port.call("ReadSeries", &ada, &[("x-long", &long)]).await.unwrap_err();
    assert_ne!(refused.code(), Code::Ok);
    port.call("ReadSeries", &ada, &[]).await.unwrap();
});

router_test!(what_is_no_message_is_the_senders_fault, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let ada = token(&app, "ada@acme.example").await;
    let port = Port::open(&app).await;
    let path = PathAndQuery::from_static("/quartile.metrics.v1.MetricsService/ReadSeries");
    let mut raw = Grpc::new(port.channel.clone());
    raw.ready().await.unwrap();
    let other = pb::RecordObservationsResponse { received: 5, ..Default::default() };
    let codec = ProstCodec::<_, pb::ReadSeriesResponse>::default();
    let answer = raw.server_streaming(with(&ada, &[], other), path, codec).await.map(drop);
    assert_refused(answer, Code::InvalidArgument);
    raw.ready().await.unwrap();
    let path = PathAndQuery::from_static("/quartile.metrics.v1.MetricsService/Nothing");
    let codec = ProstCodec::<pb::ListMetricsRequest, pb::ListMetricsResponse>::default();
    let answer = raw.unary(with(&ada, &[], pb::ListMetricsRequest {}), path, codec).await.map(drop);
    assert_refused(answer, Code::Unimplemented);
});

router_test!(calls_are_measured_by_their_method_and_what_their_answer_means, {
    let monitor = "a-token-of-operations-for-tests";
    let app = TestApp::start_with(&[("QUARTILE__OPERATIONS__TOKEN", monitor)]).await;
    app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    let ada = token(&app, "ada@acme.example").await;
    let read = key(&app, &ada, &["metrics:read"]).await;
    let port = Port::open(&app).await;
    port.call("ReadSeries", &read, &[]).await.unwrap();
    assert_refused(port.call("RecordObservations", &read, &[]).await, Code::PermissionDenied);
    let bearer = format!("Bearer {monitor}");
    let headers = [("authorization", bearer.as_str())];
    let measured =
        app.stranger().ask(http::Method::GET, "/metrics", &headers, axum::body::Body::empty()).await;
    assert_eq!(measured.status, StatusCode::OK);
    let measured = measured.text();
    for (method, status) in [("ReadSeries", 200), ("RecordObservations", 403)] {
        let line = format!(
            "http_requests_total{{method=\"POST\",route=\"/quartile.metrics.v1.MetricsService/{method}\",status=\"{status}\"}}"
        );
        assert!(measured.contains(&line), "{line}\n{measured}");
    }
});
