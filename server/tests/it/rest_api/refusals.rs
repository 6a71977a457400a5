//! What is refused, and with which words.

use axum::body::Body;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{assert_problem, call, key, operations, token};
use crate::app::TestApp;

router_test!(a_body_that_is_no_json_is_refused_with_a_sentence, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let deep = "[".repeat(10_000);
    for (content_type, body, status) in [
        ("text/plain", r#"{"email":"a","password":"b"}"#, 415),
        ("application/json", "", 400),
        ("application/json", "{", 400),
        ("application/json", deep.as_str(), 400),
        ("application/json", r#"{"email":"a","password":"b"} x"#, 400),
        ("application/json", "\u{feff}{}", 400),
        ("application/json", r#"{"email":NaN}"#, 400),
        ("application/json", r#"{"email":1,"password":"b"}"#, 422),
        ("application/json", r#"{"email":"a","email":"b","password":"c"}"#, 422),
        ("application/json", r#"{"email":"a"}"#, 422),
    ] {
        let headers = [("content-type", content_type)];
        let answer = app
            .stranger()
            .ask(Method::POST, "/api/v1/auth/signin", &headers, Body::from(body.to_owned()))
            .await;
        assert_eq!(answer.status.as_u16(), status, "{body:.80}: {}", answer.text());
        assert_problem(&answer, "sign_in");
    }
    let large = format!(r#"{{"email":"{}","password":"b"}}"#, "a".repeat(2_000_000));
    let headers = [("content-type", "application/json")];
    let answer = app.stranger().ask(Method::POST, "/api/v1/auth/signin", &headers, Body::from(large)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
});

router_test!(credentials_in_an_address_are_refused_and_wrong_ones_answered_alike, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let ada = token(&app, "ada@acme.example").await;
    let secret = key(&app, &ada, &["metrics:read"]).await;
    for query in [format!("api_key={secret}"), format!("access_token={ada}"), format!("metrics={secret}")] {
        let answer = app.stranger().fetch(&format!("/api/v1/metrics/series?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
        assert!(!answer.text().contains(&secret));
    }
    let me = operations().into_iter().find(|operation| operation.id == "me").unwrap();
    let mut changed = secret.clone();
    changed.replace_range(20..21, if &secret[20..21] == "x" { "y" } else { "x" });
    for token in ["x", "a.b.c", changed.as_str(), "mk_live_short"] {
        let answer = call(&mut app.stranger(), token, &me, "", &Value::Null).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{token}");
    }
});

router_test!(an_address_or_a_method_that_the_api_does_not_know_is_a_problem_too, {
    let app = TestApp::start().await;
    let answer = app.stranger().fetch("/api/v1/nothing").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_problem(&answer, "/api/v1/nothing");
    let answer = app.stranger().ask(Method::PATCH, "/api/v1/workspaces", &[], Body::empty()).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_problem(&answer, "PATCH /api/v1/workspaces");
    assert!(answer.header("allow").contains("GET"), "{:?}", answer.headers);
    let document = app.stranger().fetch("/api/v1/openapi.json").await.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
});

router_test!(a_program_is_told_that_the_disk_is_full_and_can_come_back, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let bearer = format!("Bearer {}", token(&app, "ada@acme.example").await);
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let months = (0..240).map(|month| format!("{}-{:02}", 2005 + month / 12, 1 + month % 12));
    let observations: Vec<Value> =
        months.map(|month| json!({ "metric": "cash", "month": month, "value": 1_000 })).collect();
    let figures = json!({ "currency": "USD", "observations": observations }).to_string();
    let write = async || {
        let body = Body::from(figures.clone());
        app.stranger().ask(Method::POST, "/api/v1/metrics/observations", &headers, body).await
    };
    let db::Db::Sqlite { writer, .. } = &app.services.db else { unreachable!() };
    // As large as it is now.
    db::sqlx::query("PRAGMA max_page_count = 1").execute(writer).await.unwrap();
    let refused = write().await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{}", refused.text());
    assert!(refused.text().contains("The disk of this server is full"), "{}", refused.text());
    assert!(!refused.header("retry-after").is_empty());
    db::sqlx::query("PRAGMA max_page_count = 1000000").execute(writer).await.unwrap();
    let written = write().await;
    assert!(written.status.is_success(), "{}", written.text());
});
