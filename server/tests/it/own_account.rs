//! A person's own account: sessions, and proof before what is dangerous.

use axum::body::Body;
use chrono::TimeDelta;
use http::{Method, StatusCode};
use kernel::UserId;

use crate::app::{PASSWORD, TestApp};

const ADA: &str = "ada@acme.example";
const SIGN_IN: [(&str, &str); 2] = [("input[email]", ADA), ("input[password]", PASSWORD)];

router_test!(a_person_ends_one_session_or_all, {
    let app = TestApp::start().await;
    let mut here = app.sign_up(ADA).await;
    let mut there = app.stranger();
    there.submit("sign_in", &SIGN_IN, "/sign-in").await;
    assert_eq!(there.get("/w/acme").await.status, StatusCode::OK);

    let page = here.get("/account").await;
    assert!(page.text().contains("this device") && page.text().contains(ADA));
    let handles: Vec<String> = page
        .text()
        .split("name=\"handle\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    assert_eq!(handles.len(), 1, "the present session has no button");
    let answer = here.submit("end_session", &[("handle", &handles[0])], "/account").await;
    assert_eq!(answer.location(), "/account?saved=session");
    assert_eq!(there.get("/w/acme").await.status, StatusCode::UNAUTHORIZED);

    there.submit("sign_in", &SIGN_IN, "/sign-in").await;
    let answer = here.submit("end_all_sessions", &[], "/account").await;
    assert_eq!(answer.location(), "/sign-in?notice=everywhere");
    for visitor in [&mut here, &mut there] {
        assert_eq!(visitor.get("/w/acme").await.status, StatusCode::UNAUTHORIZED);
    }
});

router_test!(a_person_sees_and_ends_the_sign_in_of_a_program_after_showing_who_they_are, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up(ADA).await;
    let tokens = app.services.accounts.begin_tokens(user(&app).await, "A program on Linux").await.unwrap();
    let bearer = format!("Bearer {}", tokens.access_token);
    let with_token = [("authorization", bearer.as_str())];
    let listed = app.stranger().ask(Method::GET, "/api/v1/auth/sessions", &with_token, Body::empty()).await;
    let listed = listed.json();
    let program = listed.as_array().unwrap().iter().find(|session| session["is_program"] == true).unwrap();
    let handle = program["id"].as_str().unwrap();
    let page = ada.get("/account").await.text();
    assert!(page.contains("A program on Linux") && page.contains(handle), "{page}");

    app.pass(TimeDelta::minutes(11));
    let path = format!("/api/v1/auth/sessions/{handle}");
    let in_browser = [("sec-fetch-site", "same-origin")];
    let refused = ada.ask(Method::DELETE, &path, &in_browser, Body::empty()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text());
    for function in ["end_session", "end_all_sessions"] {
        let answer = ada.submit(function, &[("handle", handle)], "/account").await;
        assert_eq!(answer.location(), "/account/prove?next=/account", "{function}");
    }
    let right = [("input[next]", "/account"), ("input[password]", PASSWORD)];
    ada.submit("prove", &right, "/account/prove").await;
    let answer = ada.submit("end_session", &[("handle", handle)], "/account").await;
    assert_eq!(answer.location(), "/account?saved=session");
    assert!(app.services.accounts.refresh(&tokens.refresh_token, "A program on Linux").await.is_err());
});

router_test!(a_password_is_changed_only_by_whoever_has_just_shown_who_they_are, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up(ADA).await;
    app.pass(TimeDelta::minutes(11));
    let new = [("password", "nine dry geese in a field")];
    let answer = ada.submit("change_password", &new, "/account").await;
    assert_eq!(answer.location(), "/account/prove?next=/account");
    assert_eq!(app.stranger().submit("sign_in", &SIGN_IN, "/sign-in").await.location(), "/w/acme");

    let wrong = [("input[next]", "/account"), ("input[password]", "not the right words")];
    let refused = ada.call("prove", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let before = ada.cookies["sid"].clone();
    let right = [("input[next]", "/account"), ("input[password]", PASSWORD)];
    assert_eq!(ada.submit("prove", &right, "/account/prove").await.location(), "/account");
    assert_ne!(ada.cookies["sid"], before, "more rights, another id");
    let answer = ada.submit("change_password", &new, "/account").await;
    assert_eq!(answer.location(), "/sign-in?notice=password-set");
    assert_eq!(ada.get("/account").await.status, StatusCode::UNAUTHORIZED);
    assert!(app.stranger().call("sign_in", &SIGN_IN).await.status.is_client_error());
});

router_test!(a_wrong_new_password_is_refused_beside_its_field, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up(ADA).await;
    ada.submit("change_password", &[("password", "short")], "/account").await;
    let page = ada.get("/account").await.text();
    assert!(page.contains("at least 15 characters"), "{page}");
});

router_test!(a_deactivated_person_is_signed_out_and_cannot_sign_in, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up(ADA).await;
    let sql = "UPDATE users SET deactivated_at = created_at";
    let mut tx = app.services.db.begin_everywhere().await.unwrap();
    db::on_tx!(&mut tx, |c| db::sqlx::query(sql).execute(c).await.map(|_| ())).unwrap();
    tx.commit().await.unwrap();
    assert_eq!(ada.get("/w/acme").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(app.stranger().call("sign_in", &SIGN_IN).await.status, StatusCode::UNPROCESSABLE_ENTITY);
});

/// Who owns Acme.
async fn user(app: &TestApp) -> UserId {
    let members = app.services.accounts.list_members(&app.system("acme").await).await.unwrap().members;
    members.iter().find(|member| member.role == kernel::Role::Owner).unwrap().id
}

router_test!(an_open_screen_gives_nobody_keys_or_owners, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up(ADA).await;
    let person = app.bystander("acme").await.to_string();
    let admin = app.bystander("acme").await;
    let acme = app.workspace("acme").await;
    app.services.accounts.put_member(acme, admin, kernel::Role::Admin).await.unwrap();
    let admin = admin.to_string();
    app.pass(TimeDelta::minutes(11));
    let tokens = app.services.accounts.begin_tokens(user(&app).await, "Test").await.unwrap();
    app.pass(TimeDelta::minutes(11));
    let tokens = app.services.accounts.refresh(&tokens.refresh_token, "Test").await.unwrap();
    let bearer = format!("Bearer {}", tokens.access_token);
    let in_browser = [("content-type", "application/json"), ("sec-fetch-site", "same-origin")];
    let with_token = [("content-type", "application/json"), ("authorization", bearer.as_str())];
    for (method, path, body) in [
        (Method::POST, "/api/v1/api-keys".to_owned(), r#"{"name":"Billing","scopes":["metrics:read"]}"#),
        (Method::POST, "/api/v1/invitations".to_owned(), r#"{"role":"owner"}"#),
        (Method::PATCH, format!("/api/v1/members/{person}"), r#"{"role":"admin"}"#),
        (Method::PATCH, format!("/api/v1/members/{admin}"), r#"{"role":"viewer"}"#),
        (Method::DELETE, format!("/api/v1/members/{admin}"), ""),
        (Method::DELETE, "/api/v1/auth/sessions".to_owned(), ""),
    ] {
        for headers in [&in_browser, &with_token] {
            let answer = ada.ask(method.clone(), &path, headers, Body::from(body)).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}: {}", answer.text());
        }
    }
    for (function, form) in [
        (
            "make_key",
            vec![("input[name]", "Billing"), ("input[days]", "90"), ("input[scopes][metrics:read]", "on")],
        ),
        ("invite", vec![("input[email]", ""), ("input[role]", "owner")]),
        ("change_role", vec![("person", person.as_str()), ("role", "owner")]),
        ("change_role", vec![("person", admin.as_str()), ("role", "viewer")]),
        ("remove_member", vec![("person", admin.as_str())]),
        ("transfer_ownership", vec![("person", person.as_str())]),
        ("delete_workspace", vec![]),
    ] {
        let form: Vec<(&str, &str)> = std::iter::once(("workspace", "acme")).chain(form).collect();
        let answer = ada.submit(function, &form, "/w/acme/members").await;
        assert!(
            answer.location().starts_with("/account/prove?next=/w/acme/"),
            "{function}: {}",
            answer.location()
        );
    }
    let members = app.services.accounts.list_members(&app.system("acme").await).await.unwrap();
    for role in [kernel::Role::Owner, kernel::Role::Admin] {
        assert_eq!(members.members.iter().filter(|member| member.role == role).count(), 1);
    }
    assert!(members.invitations.is_empty());
});
