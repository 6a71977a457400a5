//! Requests that come twice.

use axum::body::Body;
use http::{Method, StatusCode};
use kernel::Role;
use serde_json::{Value, json};

use super::{ask, body_of, operations, token};
use crate::app::TestApp;
use crate::visitor::Answer;

/// The same as [`ask`], under a key of idempotency.
async fn ask_once(app: &TestApp, token: &str, key: &str, name: &str, body: &Value) -> Answer {
    let operation = operations().into_iter().find(|operation| operation.id == name).unwrap();
    let (content_type, body) = operation.content(body);
    let authorization = format!("Bearer {token}");
    let headers = [
        ("authorization", authorization.as_str()),
        ("idempotency-key", key),
        ("content-type", content_type.as_deref().unwrap_or("text/plain")),
    ];
    app.stranger().ask(operation.method, &operation.path, &headers, body).await
}

router_test!(a_request_that_comes_twice_is_carried_out_once, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    let ada = token(&app, "ada@acme.example").await;
    for (name, list) in
        [("generate_report", "list_reports"), ("make_key", "list_keys"), ("upload_file", "list_files")]
    {
        let count = |answer: Answer| answer.json()["items"].as_array().unwrap().len();
        let before = count(ask(&app, &ada, (list, ""), &Value::Null).await);
        let first = ask_once(&app, &ada, name, name, &body_of(name)).await;
        assert_eq!(
            (first.status, first.header("idempotency-replayed")),
            (StatusCode::CREATED, ""),
            "{}",
            first.text()
        );
        // The access token may have been replaced in between.
        let again = ask_once(&app, &token(&app, "ada@acme.example").await, name, name, &body_of(name)).await;
        assert_eq!((again.status, again.header("idempotency-replayed")), (StatusCode::CREATED, "true"));
        assert_eq!(
            (again.text(), again.header("location")),
            (first.text(), first.header("location")),
            "{name}"
        );
        assert_eq!(count(ask(&app, &ada, (list, ""), &Value::Null).await), before + 1, "{name}");
    }
    let other = json!({ "name": "Another", "scopes": ["metrics:read"] });
    let refused = ask_once(&app, &ada, "make_key", "make_key", &other).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.json()["errors"][0]["field"], "Idempotency-Key");
    for key in ["", "with space", &"k".repeat(256)] {
        let refused = ask_once(&app, &ada, key, "make_key", &other).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{key}");
    }
    assert_eq!(ask_once(&app, "nobody", "k", "make_key", &other).await.status, StatusCode::UNAUTHORIZED);
    // What was refused is answered alike, and does not come true later.
    let wrong = json!({ "name": "", "scopes": [] });
    let refused = ask_once(&app, &ada, "wrong", "make_key", &wrong).await;
    let again = ask_once(&app, &ada, "wrong", "make_key", &wrong).await;
    assert_eq!(
        (refused.status, again.status),
        (StatusCode::UNPROCESSABLE_ENTITY, StatusCode::UNPROCESSABLE_ENTITY)
    );
});

router_test!(who_lost_a_right_gets_nothing_of_what_was_answered_before, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    app.member("acme", Role::Admin).await;
    let email = "admin@staff-of-acme.example";
    let eve = token(&app, email).await;
    let headers = [
        ("authorization", format!("Bearer {eve}")),
        ("idempotency-key", "k".to_owned()),
        ("quartile-workspace", "acme".to_owned()),
        ("content-type", "application/json".to_owned()),
    ];
    let send = async || {
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let body = Body::from(body_of("make_key").to_string());
        app.stranger().ask(Method::POST, "/api/v1/api-keys", &headers, body).await
    };
    let made = send().await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    assert_eq!(send().await.text(), made.text());
    let ada = token(&app, "ada@acme.example").await;
    let members = ask(&app, &ada, ("list_members", ""), &Value::Null).await.json();
    let members = members["items"].as_array().unwrap();
    let id = members.iter().find(|member| member["role"] == "admin").unwrap()["id"].as_str().unwrap();
    let demoted = ask(&app, &ada, ("change_role", id), &json!({ "role": "viewer" })).await;
    assert!(demoted.status.is_success(), "{}", demoted.text());
    let refused = send().await;
    assert!(refused.status.is_client_error() && !refused.text().contains("mk_live_"), "{}", refused.text());
    assert!(ask(&app, &ada, ("remove_member", id), &Value::Null).await.status.is_success());
    let refused = send().await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND, "{}", refused.text());
});

router_test!(a_workspace_is_made_once_by_its_key_whatever_the_person_belongs_to_by_then, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let ada = token(&app, "ada@acme.example").await;
    let make =
        async |name: &str| ask_once(&app, &ada, "k", "create_workspace", &json!({ "name": name })).await;
    let first = make("Birch").await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text());
    let again = make("Birch").await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (StatusCode::CREATED, "true"));
    assert_eq!(again.text(), first.text());
    let mine = ask(&app, &ada, ("list_workspaces", ""), &Value::Null).await.json();
    assert_eq!(mine.as_array().unwrap().len(), 2, "{mine}");
    let other = make("Cedar").await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(other.json()["errors"][0]["field"], "Idempotency-Key");
});

router_test!(what_may_be_right_the_next_time_is_not_kept, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let ada = token(&app, "ada@acme.example").await;
    // There is nothing to report yet.
    let early = ask_once(&app, &ada, "k", "generate_report", &Value::Null).await;
    assert_eq!(early.status, StatusCode::CONFLICT, "{}", early.text());
    app.import("acme").await;
    let later = ask_once(&app, &ada, "k", "generate_report", &Value::Null).await;
    assert_eq!(later.status, StatusCode::CREATED, "{}", later.text());
});
