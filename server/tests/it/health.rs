//! What operators and their tools ask.

use axum::body::Body;
use http::{Method, StatusCode};

use crate::app::TestApp;

router_test!(a_running_program_is_healthy_and_ready, {
    let app = TestApp::start().await;
    for (path, words) in [("/health", "ok"), ("/health/ready", "ready")] {
        let answer = app.stranger().get(path).await;
        assert_eq!((answer.status, answer.text().as_str()), (StatusCode::OK, words));
    }
});

router_test!(a_program_that_is_about_to_end_is_healthy_and_not_ready, {
    let app = TestApp::start().await;
    app.stop.send_replace(true);
    assert_eq!(app.stranger().get("/health").await.status, StatusCode::OK);
    assert_eq!(app.stranger().get("/health/ready").await.status, StatusCode::SERVICE_UNAVAILABLE);
});

router_test!(a_program_without_its_database_is_not_ready_and_does_not_say_why_in_sql, {
    let app = TestApp::start().await;
    app.services.db.close().await;
    let answer = app.stranger().get("/health/ready").await;
    assert_eq!(
        (answer.status, answer.text().as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer")
    );
});

router_test!(requests_are_counted_by_route_and_never_by_address, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    ada.get("/w/acme/standing?currency=EUR").await;
    for number in 0..20 {
        ada.get(&format!("/canary-{number}")).await;
        ada.get(&format!("/w/canary-{number}/data/canary/original")).await;
    }
    let answer = app.stranger().get("/metrics").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.header("content-type").starts_with("text/plain; version=0.0.4"));
    let text = answer.text();
    assert!(text.contains("http_requests_total{") && text.contains("http_request_seconds"), "{text}");
    assert!(!text.contains("canary") && !text.contains("acme") && !text.contains("EUR"), "{text}");
});

router_test!(what_browsers_refuse_is_counted_without_a_session, {
    let app = TestApp::start().await;
    let headers = [("content-type", "application/csp-report")];
    let report = Body::from("{\"csp-report\": {\"blocked-uri\": \"inline\"}}\n\u{1b}[31m");
    let answer = app.stranger().ask(Method::POST, "/csp-report", &headers, report).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert!(app.stranger().get("/metrics").await.text().contains("csp_reports_total"));
});
