//! Who wanted what they have no right to is written down.

use std::time::Duration;

use axum::body::Body;
use chrono::{DateTime, TimeDelta, Utc};
use http::{Method, StatusCode};
use kernel::{Permission, Role, UserId};
use platform::audit::{self, AuditEvent, AuditFilter};
use serde_json::Value;

use crate::app::TestApp;

/// What was refused in the workspace, the newest first, once there are so many: what was tried and which right it takes.
async fn refused(app: &TestApp, slug: &str, least: usize) -> Vec<AuditEvent> {
    let scope = app.system(slug).await.require(Permission::ReadAudit).unwrap();
    let filter = AuditFilter { action: Some("authz.denied".to_owned()), ..AuditFilter::default() };
    until(least, async || audit::list(&app.services.db, scope, &filter, 100).await.unwrap()).await
}

/// What was refused outside of people's workspaces, once there are so many.
async fn refused_outside(app: &TestApp, least: usize) -> Vec<AuditEvent> {
    let noted = async || {
        let all = audit::list_of_instance(&app.services.db, None, 100).await.unwrap();
        all.into_iter().filter(|event| event.action == "authz.denied_outside").collect()
    };
    until(least, noted).await
}

/// Nobody waits for what is written down, so it may come a moment later.
async fn until(least: usize, look: impl AsyncFn() -> Vec<AuditEvent>) -> Vec<AuditEvent> {
    for _ in 0..100 {
        let found = look().await;
        if found.len() >= least {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    look().await
}

fn tried(events: &[AuditEvent]) -> Vec<(&str, &str)> {
    events.iter().map(|event| (event.subject.as_str(), event.detail.as_str())).collect()
}

router_test!(a_try_at_more_than_ones_role_is_in_the_log_of_the_workspace_once, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let mut viewer = app.member("acme", Role::Viewer).await;
    assert_eq!(viewer.get("/w/acme/audit").await.status, StatusCode::FORBIDDEN);
    let deed = [("workspace", "acme"), ("input[email]", "eve@other.example"), ("input[role]", "viewer")];
    for _ in 0..3 {
        let answer = viewer.submit("invite", &deed, "/w/acme/members").await;
        assert!(answer.location().starts_with("/w/acme/members"), "{}", answer.location());
    }
    assert_eq!(viewer.get("/w/acme/keys").await.status, StatusCode::FORBIDDEN);
    let found = refused(&app, "acme", 3).await;
    assert!(found.iter().all(|event| event.actor.starts_with("person:") && event.request_id.len() == 16));
    let mut tried = tried(&found);
    tried.sort_unstable();
    assert_eq!(
        tried,
        [
            ("GET /w/{workspace}/audit", Permission::ReadAudit.verb()),
            ("GET /w/{workspace}/keys", Permission::ManageKeys.verb()),
            ("POST /fn/accounts_pages/members/functions/invite", Permission::ManageMembers.verb()),
        ]
    );
});

router_test!(the_same_try_in_two_workspaces_is_in_the_logs_of_both, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    app.sign_up("eve@other.example").await;
    let person = app.services.accounts.list_members(&app.system("acme").await).await.unwrap().members[0].id;
    for slug in ["acme", "other"] {
        let workspace = app.workspace(slug).await;
        app.services.accounts.put_member(workspace, person, Role::Viewer).await.unwrap();
    }
    for slug in ["acme", "other"] {
        assert_eq!(ada.get(&format!("/w/{slug}/audit")).await.status, StatusCode::FORBIDDEN);
        assert_eq!(refused(&app, slug, 1).await.len(), 1, "{slug}");
    }
});

router_test!(whoever_wants_to_make_more_of_somebody_than_they_may_is_in_the_log, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let mut admin = app.member("acme", Role::Admin).await;
    let deed = [("workspace", "acme"), ("input[email]", "eve@other.example"), ("input[role]", "owner")];
    admin.submit("invite", &deed, "/w/acme/members").await;
    let found = refused(&app, "acme", 1).await;
    assert_eq!(
        tried(&found),
        [("POST /fn/accounts_pages/members/functions/invite", "give or take away this role")]
    );
});

router_test!(a_key_that_wants_more_than_it_was_made_for_is_in_the_log, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    app.sign_up("eve@other.example").await;
    let bearer = app.bearer("acme").await;
    let mut program = app.stranger();
    for (path, workspace, status) in [
        ("/api/v1/audit", "acme", 403),
        ("/api/v1/users/me", "acme", 403),
        ("/api/v1/metrics/series", "other", 404),
    ] {
        let headers = [("authorization", bearer.as_str()), ("quartile-workspace", workspace)];
        let answer = program.ask(Method::GET, path, &headers, Body::empty()).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.text());
    }
    let found = refused(&app, "acme", 3).await;
    assert!(found.iter().all(|event| event.actor.starts_with("key:")), "{found:?}");
    let mut tried = tried(&found);
    tried.sort_unstable();
    assert_eq!(
        tried,
        [
            ("GET /api/v1/audit", "audit:read"),
            ("GET /api/v1/metrics/series", "act in another workspace"),
            ("GET /api/v1/users/me", "do what takes a person"),
        ]
    );
});

router_test!(ids_of_others_and_of_nothing_are_in_the_log_alike, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    app.sign_up("eve@other.example").await;
    let theirs = app.file("other", "month,MRR\n2026-01,1\n").await.to_string();
    for id in [theirs, uuid::Uuid::max().to_string()] {
        let bearer = app.bearer_with("acme", "data:read").await;
        let headers = [("authorization", bearer.as_str())];
        for prefix in ["/api/v1", "/api"] {
            let path = format!("{prefix}/data/files/{id}");
            let answer = app.stranger().ask(Method::GET, &path, &headers, Body::empty()).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.text());
        }
    }
    refused(&app, "acme", 2).await;
    // Time for what should not be there.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let found = refused(&app, "acme", 2).await;
    let tried: Vec<_> =
        found.iter().map(|it| (it.subject.replace("/v1/", "/"), it.detail.as_str())).collect();
    let once =
        ("GET /api/data/files/{id}".to_owned(), "reach what is gone, was never there or belongs to others");
    assert_eq!(tried, [once.clone(), once], "each key once, whatever it asked for: {found:?}");
    assert_ne!(found[0].actor, found[1].actor);
    assert_eq!(refused(&app, "other", 0).await, [], "nobody there learns who asked");
});

router_test!(a_try_at_what_lies_outside_is_in_the_log_of_the_instance_and_tells_nobody_what_is_there, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let mut eve = app.sign_up("eve@other.example").await;
    let theirs = app.workspace("acme").await.to_string();
    for path in ["/w/acme/dashboard", "/w/nobody-is-called-that/dashboard", "/admin/people"] {
        assert_eq!(eve.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let found = refused_outside(&app, 2).await;
    let mut subjects: Vec<&str> = found.iter().map(|event| event.subject.as_str()).collect();
    subjects.sort_unstable();
    let mut expected = [theirs.as_str(), "administration"];
    expected.sort_unstable();
    assert_eq!(subjects, expected);
    assert_eq!(refused(&app, "acme", 0).await, [], "nobody in the workspace learns who asked");
    let export = eve.fetch("/account/export.json").await.text();
    assert!(export.contains("signed_in") && !export.contains(&theirs), "{export}");
    assert!(!export.contains("denied"), "{export}");
});

router_test!(an_invitation_that_went_to_somebody_else_is_in_the_log_of_the_instance, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let mut eve = app.sign_up("eve@other.example").await;
    let link = app.invite("acme", "bob@acme.example").await;
    let before = eve.cookies["sid"].clone();
    eve.submit("accept_invitation", &[("link", &link)], "/invitation").await;
    assert_eq!(eve.get("/w/acme").await.status, StatusCode::NOT_FOUND);
    let found = refused_outside(&app, 1).await;
    let theirs = app.workspace("acme").await.to_string();
    assert!(
        found.iter().any(|event| event.detail.ends_with("/accept_invitation") && event.subject == theirs),
        "{found:?}"
    );
    assert_eq!(eve.cookies["sid"], before, "nothing of what she may do has changed");
});

/// An export without times, ids and what the person and their company are called.
fn anonymous(export: Value, name: &str) -> Value {
    match export {
        Value::Object(fields) => fields
            .into_iter()
            .map(|(key, value)| {
                let value = if key == "request_id" { Value::Null } else { anonymous(value, name) };
                (key, value)
            })
            .collect(),
        Value::Array(items) => items.into_iter().map(|item| anonymous(item, name)).collect(),
        Value::String(text) if text.parse::<UserId>().is_ok() || text.parse::<DateTime<Utc>>().is_ok() => {
            Value::Null
        }
        Value::String(text) => Value::String(text.replace(name, "")),
        other => other,
    }
}

router_test!(what_a_person_takes_along_does_not_tell_whether_what_they_looked_for_is_there, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let mut exports = Vec::new();
    for (name, slug) in [("east", "acme"), ("west", "nobody-is-called-that")] {
        let mut eve = app.sign_up(&format!("{name}@{name}.example")).await;
        assert_eq!(eve.get(&format!("/w/{slug}/dashboard")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(refused_outside(&app, 1).await.len(), 1);
        // What is done after it would stand one place further on.
        assert_eq!(eve.fetch("/account/export.json").await.status, StatusCode::OK);
        let export = anonymous(eve.fetch("/account/export.json").await.json(), name);
        assert_eq!(export["deeds"][0]["action"], "person.exported", "{export}");
        exports.push(export);
    }
    assert_eq!(exports[0], exports[1]);
});

router_test!(a_proof_that_is_missing_is_no_try_at_more, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    let mut viewer = app.member("acme", Role::Viewer).await;
    app.pass(TimeDelta::minutes(11));
    let deed = [("workspace", "acme"), ("input[email]", ""), ("input[role]", "owner")];
    assert!(ada.submit("invite", &deed, "/w/acme/members").await.location().starts_with("/account/prove"));
    // What comes after it is there, so what came before would be.
    assert_eq!(viewer.get("/w/acme/audit").await.status, StatusCode::FORBIDDEN);
    let found = refused(&app, "acme", 1).await;
    assert_eq!(tried(&found), [("GET /w/{workspace}/audit", Permission::ReadAudit.verb())]);
});
