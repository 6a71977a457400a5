//! What is the same for everybody, and pages of other sites.

use axum::body::Body;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{ask, token};
use crate::app::{PASSWORD, TestApp};

router_test!(what_is_the_same_for_everybody_is_not_sent_twice, {
    let app = TestApp::start().await;
    for path in ["/metrics/catalogue", "/benchmarks/cohorts", "/reports/templates", "/openapi.json"] {
        let path = format!("/api/v1{path}");
        let first = app.stranger().fetch(&path).await;
        assert_eq!(first.header("cache-control"), "public, max-age=300", "{path}");
        let headers = [("if-none-match", first.header("etag"))];
        let again = app.stranger().ask(Method::GET, &path, &headers, Body::empty()).await;
        assert_eq!((again.status, again.text().as_str()), (StatusCode::NOT_MODIFIED, ""), "{path}");
        assert_eq!(again.header("etag"), first.header("etag"));
        let headers = [("if-none-match", "W/\"other\"")];
        let other = app.stranger().ask(Method::GET, &path, &headers, Body::empty()).await;
        assert_eq!(other.status, StatusCode::OK);
    }
    app.sign_up("ada@acme.example").await;
    let ada = token(&app, "ada@acme.example").await;
    let mine = ask(&app, &ada, ("me", ""), &Value::Null).await;
    assert_eq!((mine.header("cache-control"), mine.header("etag")), ("no-store", ""));
});

router_test!(pages_of_other_sites_call_the_api_only_if_the_operator_named_them, {
    let app = TestApp::start_with(&[("QUARTILE__SERVER__CORS_ORIGINS", "https://tools.example")]).await;
    app.sign_up("ada@acme.example").await;
    let body = || Body::from(json!({ "email": "ada@acme.example", "password": PASSWORD }).to_string());
    for (origin, is_known) in
        [("https://tools.example", true), ("https://evil.example", false), ("null", false)]
    {
        let preflight = [("origin", origin), ("access-control-request-method", "POST")];
        let answer =
            app.stranger().ask(Method::OPTIONS, "/api/v1/auth/signin", &preflight, Body::empty()).await;
        let allowed = if is_known { origin } else { "" };
        assert_eq!(answer.header("access-control-allow-origin"), allowed, "{origin}");
        assert_eq!(answer.header("access-control-allow-credentials"), "");
        assert!(!answer.header("access-control-allow-methods").contains("TRACE"));

        let headers =
            [("origin", origin), ("sec-fetch-site", "cross-site"), ("content-type", "application/json")];
        let answer = app.stranger().ask(Method::POST, "/api/v1/auth/signin", &headers, body()).await;
        assert_eq!(answer.status == StatusCode::OK, is_known, "{origin}: {}", answer.text());
        assert_eq!(answer.header("access-control-allow-origin"), allowed, "{origin}");
        // Pages and forms are nobody else's.
        let page = app.stranger().ask(Method::GET, "/sign-in", &[("origin", origin)], Body::empty()).await;
        assert_eq!(page.header("access-control-allow-origin"), "");
        let answer = app.stranger().ask(Method::POST, "/fn/x/sign_in", &headers, Body::empty()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{origin}");
    }
    // Without the setting no other site may.
    let closed = TestApp::start().await;
    let headers = [("origin", "https://tools.example")];
    let answer =
        closed.stranger().ask(Method::GET, "/api/v1/metrics/catalogue", &headers, Body::empty()).await;
    assert_eq!(answer.header("access-control-allow-origin"), "");
});
