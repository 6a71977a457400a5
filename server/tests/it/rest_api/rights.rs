//! Who may call what.

use axum::body::Body;
use http::{Method, StatusCode};
use kernel::{Role, Scope};
use serde_json::{Value, json};

use super::{
    PEOPLE, PERSONAL, PUBLIC, Takes, UNKNOWN, assert_problem, body_of, call, key, operations,
    pieces::interrupted, token,
};
use crate::app::{PASSWORD, TestApp};

#[test]
fn every_operation_is_in_the_policy() {
    for operation in operations() {
        let id = operation.id.as_str();
        let is_listed =
            PUBLIC.contains(&id) || PERSONAL.contains(&id) || PEOPLE.iter().any(|(it, _)| *it == id);
        assert_ne!(operation.scope.is_some(), is_listed, "{id}: give it a scope, or add it to a list here");
        assert_eq!(operation.is_open, PUBLIC.contains(&id), "{id}");
    }
    for scope in Scope::ALL {
        assert!(
            operations().iter().any(|it| it.scope == Some(scope)),
            "{}: no operation asks for it",
            scope.key()
        );
    }
}

router_test!(without_credentials_nothing_but_the_open_operations_answers, {
    let app = TestApp::start().await;
    for operation in operations() {
        let answer = call(&mut app.stranger(), "", &operation, UNKNOWN, &body_of(&operation.id)).await;
        if operation.is_open {
            assert_ne!(answer.status, StatusCode::NOT_FOUND, "{}", operation.id);
        } else {
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", operation.id);
            assert_problem(&answer, &operation.id);
            assert!(answer.header("www-authenticate").starts_with("Bearer"));
        }
    }
});

router_test!(every_role_may_call_what_its_scope_says_and_nothing_else, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    for role in Role::ALL {
        app.member("acme", role).await;
        let token = token(&app, &format!("{}@staff-of-acme.example", role.key())).await;
        for operation in operations().into_iter().filter(|operation| !operation.is_open) {
            let people = PEOPLE.iter().find(|(id, _)| *id == operation.id).map(|(_, role)| *role);
            let Some(least) = operation.scope.map(Scope::least_role).or(people) else { continue };
            let authorization = format!("Bearer {token}");
            let (content_type, body) = operation.content(&body_of(&operation.id));
            let mut headers = vec![
                ("authorization", authorization.as_str()),
                ("quartile-workspace", "acme"),
                ("content-type", content_type.as_deref().unwrap_or("text/plain")),
            ];
            headers.extend(operation.headers());
            let path = operation.path.replace("{id}", UNKNOWN);
            let status = app.stranger().ask(operation.method.clone(), &path, &headers, body).await.status;
            if role <= least {
                // What the address or the body names is not there.
                let is_let_in = status.is_success() || [404, 409].contains(&status.as_u16());
                assert!(is_let_in, "{role:?} {}: {status}", operation.id);
            } else {
                assert_eq!(status, StatusCode::FORBIDDEN, "{role:?} {}", operation.id);
            }
        }
    }
});

router_test!(a_key_does_what_its_scope_says_and_nothing_else, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    let ada = token(&app, "ada@acme.example").await;
    for scope in Scope::ALL {
        let key = key(&app, &ada, &[scope.key()]).await;
        for operation in operations().into_iter().filter(|operation| !operation.is_open) {
            let answer = call(&mut app.stranger(), &key, &operation, UNKNOWN, &body_of(&operation.id)).await;
            if operation.scope == Some(scope) {
                let is_through = answer.status.is_success() || answer.status == StatusCode::NOT_FOUND;
                assert!(is_through, "{} {}: {}", scope.key(), operation.id, answer.text());
            } else {
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{} {}", scope.key(), operation.id);
                assert_problem(&answer, &operation.id);
            }
        }
    }
});

router_test!(what_belongs_to_others_is_answered_as_what_is_not_there, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    app.sign_up("eve@other.example").await;
    let (file, import) = app.import("other").await;
    let report = app.report("other").await;
    let invitation = app.invitation("other").await;
    let member = app.bystander("other").await;
    let ada = token(&app, "ada@acme.example").await;
    let eve = token(&app, "eve@other.example").await;
    key(&app, &eve, &["metrics:read"]).await;
    let keys = operations().into_iter().find(|operation| operation.id == "list_keys").unwrap();
    let listed = call(&mut app.stranger(), &eve, &keys, "", &Value::Null).await.json();
    let key_id = listed["items"][0]["id"].as_str().unwrap().to_owned();
    let system = app.system("other").await;
    let upload = app.services.datasets.begin_resumable(&system, "a.csv", 10).await.unwrap().id;
    let ids = [
        upload.to_string(),
        file.to_string(),
        import.to_string(),
        report.to_string(),
        invitation.to_string(),
        member.to_string(),
        key_id,
    ];
    for operation in operations().into_iter().filter(|operation| operation.path.contains("{id}")) {
        let body = body_of(&operation.id);
        let unknown = call(&mut app.stranger(), &ada, &operation, UNKNOWN, &body).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND, "{}", operation.id);
        for id in &ids {
            let answer = call(&mut app.stranger(), &ada, &operation, id, &body).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{} {id}", operation.id);
            // The answer to HEAD has no body.
            if operation.method == Method::HEAD {
                assert!(answer.body.is_empty() && unknown.body.is_empty());
                continue;
            }
            let (mut theirs, mut nothing) = (answer.json(), unknown.json());
            theirs["instance"] = nothing["instance"].take();
            nothing["instance"] = theirs["instance"].clone();
            assert_eq!(theirs, nothing, "{}", operation.id);
        }
        let odd = call(&mut app.stranger(), &ada, &operation, "no-id-at-all", &body).await;
        assert_eq!(odd.status, StatusCode::NOT_FOUND, "{}", operation.id);
    }
    // Everything of the other company is as it was.
    assert!(app.services.reports.download(&app.system("other").await, report).await.is_ok());
    assert_eq!(
        app.services.accounts.list_members(&app.system("other").await).await.unwrap().members.len(),
        2
    );
    let headers = [("authorization", format!("Bearer {ada}")), ("quartile-workspace", "other".to_owned())];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    let answer = app.stranger().ask(Method::GET, "/api/v1/members", &headers, Body::empty()).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
});

router_test!(whoever_loses_the_right_while_their_words_arrive_does_nothing_with_them, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    let (accounts, system) = (app.services.accounts.clone(), app.system("acme").await);
    app.member("acme", Role::Admin).await;
    let members = accounts.list_members(&system).await.unwrap().members;
    let person = members.iter().find(|member| member.role == Role::Admin).unwrap().id;
    let invitation = body_of("invite").to_string();
    let bearer = async || format!("Bearer {}", token(&app, "admin@staff-of-acme.example").await);
    let about = [("quartile-workspace", "acme"), ("content-type", "application/json")];

    // As a program, by somebody who becomes a viewer meanwhile.
    let shown = bearer().await;
    let as_program = [("authorization", shown.as_str()), about[0], about[1]];
    let (by, on) = (accounts.clone(), system.clone());
    let body = interrupted(invitation.as_bytes(), async move {
        by.change_role(&on, person, Role::Viewer).await.unwrap();
    });
    let path = "/api/v1/invitations";
    let answer = app.stranger().ask(Method::POST, path, &as_program, body).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.text());
    // In the browser, by somebody who is signed out everywhere meanwhile.
    accounts.change_role(&system, person, Role::Admin).await.unwrap();
    let in_browser = [("sec-fetch-site", "same-origin"), about[0], about[1]];
    let mut admin = app.stranger();
    let words = [("input[email]", "admin@staff-of-acme.example"), ("input[password]", PASSWORD)];
    admin.submit("sign_in", &words, "/sign-in").await;
    let by = accounts.clone();
    let body = interrupted(invitation.as_bytes(), async move { by.end_all_sessions(person).await.unwrap() });
    let answer = admin.ask(Method::POST, path, &in_browser, body).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.text());
    // As a program, by somebody who is removed meanwhile.
    let shown = bearer().await;
    let as_program = [("authorization", shown.as_str()), about[0], about[1]];
    let figures = body_of("write_observations").to_string();
    let (by, on) = (accounts.clone(), system.clone());
    let body = interrupted(figures.as_bytes(), async move { by.remove_member(&on, person).await.unwrap() });
    let answer = app.stranger().ask(Method::POST, "/api/v1/metrics/observations", &as_program, body).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.text());
    let open = accounts.list_members(&system).await.unwrap().invitations;
    assert!(open.is_empty(), "{open:?}");
});

router_test!(whoever_belongs_to_several_workspaces_names_one, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    // Members of the staff have a workspace of their own besides.
    app.member("acme", Role::Owner).await;
    let owner = token(&app, "owner@staff-of-acme.example").await;
    for operation in operations() {
        let is_within = operation.scope.is_some() || PEOPLE.iter().any(|(id, _)| *id == operation.id);
        if !is_within {
            continue;
        }
        let answer = call(&mut app.stranger(), &owner, &operation, UNKNOWN, &body_of(&operation.id)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", operation.id);
        assert_problem(&answer, &operation.id);
        if operation.method != Method::HEAD {
            assert_eq!(answer.json()["errors"][0]["field"], "Quartile-Workspace", "{}", operation.id);
        }
    }
    let headers = [("authorization", format!("Bearer {owner}")), ("quartile-workspace", "acme".to_owned())];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    let named = app.stranger().ask(Method::GET, "/api/v1/members", &headers, Body::empty()).await;
    assert_eq!(named.status, StatusCode::OK, "{}", named.text());
});

router_test!(what_no_operation_knows_is_refused_and_changes_nothing, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let ada = token(&app, "ada@acme.example").await;
    for operation in operations().into_iter().filter(|operation| operation.takes == Takes::Json) {
        for field in ["is_platform_admin", "workspace_id", "id", "owner_id", "email_verified", "created_at"] {
            let mut body = body_of(&operation.id);
            body[field] = json!(true);
            let answer = call(&mut app.stranger(), &ada, &operation, UNKNOWN, &body).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{} {field}", operation.id);
            assert_problem(&answer, &operation.id);
            assert!(
                answer.json()["errors"][0]["detail"].as_str().unwrap().contains(field),
                "{}",
                answer.text()
            );
        }
    }
});
