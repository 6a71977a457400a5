//! Signing in to the API, and a browser that is signed in already.

use axum::body::Body;
use http::{Method, StatusCode};
use kernel::UserId;
use serde_json::{Value, json};

use super::{assert_problem, body_of};
use crate::app::{PASSWORD, TestApp};

router_test!(a_program_signs_in_reads_refreshes_and_signs_out, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    let form = json!({ "email": "ada@acme.example", "password": PASSWORD });
    let json_header = [("content-type", "application/json")];
    let post = async |path: &str, body: &Value| {
        app.stranger().ask(Method::POST, path, &json_header, Body::from(body.to_string())).await
    };
    let tokens = post("/api/v1/auth/signin", &form).await.json();
    let refreshed =
        post("/api/v1/auth/refresh", &json!({ "refresh_token": tokens["refresh_token"] })).await.json();
    assert_ne!(refreshed["refresh_token"], tokens["refresh_token"]);
    let authorization = format!("Bearer {}", refreshed["access_token"].as_str().unwrap());
    let headers = [("authorization", authorization.as_str())];
    // The address without a version is the current version.
    for prefix in ["/api/v1", "/api"] {
        let path = format!("{prefix}/metrics/series?metrics=mrr,customers&currency=eur");
        let series = app.stranger().ask(Method::GET, &path, &headers, Body::empty()).await;
        assert_eq!(series.status, StatusCode::OK, "{}", series.text());
        let series = series.json();
        assert_eq!(
            (series["currency"].as_str(), series["months"].as_array().unwrap().len()),
            (Some("EUR"), 24)
        );
        assert_eq!(series["metrics"].as_array().unwrap().len(), 2);
    }
    // Signing out is about no workspace, also with a key that it does not need.
    let me = app.stranger().ask(Method::GET, "/api/v1/users/me", &headers, Body::empty()).await.json();
    let me: UserId = me["id"].as_str().unwrap().parse().unwrap();
    app.services.accounts.create_workspace(me, "Second").await.unwrap();
    let keyed = [headers[0], ("idempotency-key", "once")];
    let out = app.stranger().ask(Method::POST, "/api/v1/auth/signout", &keyed, Body::empty()).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT, "{}", out.text());
    let after = app.stranger().ask(Method::GET, "/api/v1/users/me", &headers, Body::empty()).await;
    assert_eq!(after.status, StatusCode::UNAUTHORIZED);
});

router_test!(a_browser_that_is_signed_in_reads_the_api_and_another_site_cannot_write_with_it, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    assert_eq!(ada.fetch("/api/v1/users/me").await.json()["email"], "ada@acme.example");
    let headers = [("content-type", "application/json"), ("sec-fetch-site", "cross-site")];
    let body = Body::from(body_of("invite").to_string());
    let answer = ada.ask(Method::POST, "/api/v1/invitations", &headers, body).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    // A list goes on where it stopped.
    let mut seen = Vec::new();
    for _ in 0..3 {
        app.invitation("acme").await;
    }
    let mut path = "/api/v1/audit?limit=2".to_owned();
    loop {
        let page = ada.fetch(&path).await.json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["seq"].as_i64().unwrap()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/v1/audit?limit=2&cursor={next}");
    }
    assert_eq!(seen, [2, 1, 0]);
    for wrong in ["cursor=x", "limit=0", "limit=101", "limit=x", "nothing=1", "from=", "until=2026-13-01"] {
        let answer = ada.fetch(&format!("/api/v1/audit?{wrong}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert_problem(&answer, wrong);
    }
    // A full page with nothing after it is the last one.
    let system = app.system("acme").await;
    let invitation = app.invitation("acme").await;
    app.services.accounts.revoke_invitation(&system, invitation).await.unwrap();
    let revoked = ada.fetch("/api/v1/audit?limit=1&action=invitation.revoked").await.json();
    assert_eq!((revoked["items"].as_array().unwrap().len(), revoked.get("next")), (1, None));
});
