//! Taking everything along, and going.

use std::io::Cursor;

use axum::body::Body;
use chrono::TimeDelta;
use http::{Method, StatusCode};
use kernel::Role;
use serde_json::{Value, json};

use super::{ask, token};
use crate::app::{PASSWORD, TestApp};

const ADA: &str = "ada@acme.example";

router_test!(a_program_takes_everything_along_for_a_person_and_for_an_owner, {
    let app = TestApp::start().await;
    app.sign_up(ADA).await;
    app.import("acme").await;
    let ada = token(&app, ADA).await;
    let mine = ask(&app, &ada, ("export_me", ""), &Value::Null).await;
    assert_eq!((mine.status, &mine.json()["person"]["email"]), (StatusCode::OK, &json!(ADA)));
    let everything = ask(&app, &ada, ("export_workspace", ""), &Value::Null).await;
    assert_eq!(everything.header("content-type"), "application/zip", "{}", everything.text());
    let archive = zip::ZipArchive::new(Cursor::new(everything.body.clone())).unwrap();
    assert!(archive.file_names().any(|name| name.unwrap() == "figures.csv"));
    app.pass(TimeDelta::minutes(9));
    let ada = token(&app, ADA).await;
    app.pass(TimeDelta::minutes(9));
    assert_eq!(ask(&app, &ada, ("export_me", ""), &Value::Null).await.status, StatusCode::OK);
});

router_test!(nobody_takes_along_what_is_not_theirs_or_long_after_signing_in, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up(ADA).await;
    let mut admin = app.member("acme", Role::Admin).await;
    let (path, named) = ("/api/v1/workspaces/current/everything", [("quartile-workspace", "acme")]);
    let refused = admin.ask(Method::GET, path, &named, Body::empty()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text());
    app.pass(TimeDelta::minutes(11));
    for path in ["/api/v1/users/me/export", path] {
        let refused = ada.fetch(path).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        assert!(refused.text().contains("/account/prove"), "{}", refused.text());
    }
});

router_test!(whoever_goes_shows_the_password_once_more_and_is_gone, {
    let app = TestApp::start().await;
    let mut browser = app.sign_up(ADA).await;
    let ada = token(&app, ADA).await;
    for form in [json!({}), json!({ "password": "not the right words at all" })] {
        let refused = ask(&app, &ada, ("erase_me", ""), &form).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text());
    }
    let gone = ask(&app, &ada, ("erase_me", ""), &json!({ "password": PASSWORD })).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.text());
    assert_eq!(ask(&app, &ada, ("me", ""), &Value::Null).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(browser.get("/account").await.status, StatusCode::UNAUTHORIZED);
    let form = json!({ "email": ADA, "password": PASSWORD });
    assert_eq!(ask(&app, "", ("sign_in", ""), &form).await.status, StatusCode::UNAUTHORIZED);
});

router_test!(the_only_owner_among_others_gives_the_workspace_away_first, {
    let app = TestApp::start().await;
    app.sign_up(ADA).await;
    app.member("acme", Role::Admin).await;
    let ada = token(&app, ADA).await;
    let refused = ask(&app, &ada, ("erase_me", ""), &json!({ "password": PASSWORD })).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text());
    assert_eq!(ask(&app, &ada, ("me", ""), &Value::Null).await.status, StatusCode::OK);
});
