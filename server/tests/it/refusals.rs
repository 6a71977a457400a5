//! Who wanted what they have no right to is written down.

use std::time::Duration;

use axum::body::Body;
use chrono::TimeDelta;
use http::{Method, StatusCode};
use kernel::{Permission, Role};
use platform::audit::{self, AuditFilter};

use crate::app::TestApp;

/// What was refused in the workspace, the newest first, once there are so many: as actor, what was tried and which right it takes.
async fn refused(app: &TestApp, slug: &str, least: usize) -> Vec<(String, String, String)> {
    let scope = app.system(slug).await.require(Permission::ReadAudit).unwrap();
    let filter = AuditFilter { action: Some("authz.denied".to_owned()), ..AuditFilter::default() };
    let mut found = Vec::new();
    // Nobody waits for what is written down.
    for _ in 0..100 {
        found = audit::list(&app.services.db, scope, &filter, 100).await.unwrap();
        if found.len() >= least {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    found.into_iter().map(|event| (event.actor, event.subject, event.detail)).collect()
}

router_test!(a_try_at_more_than_ones_role_is_in_the_log_of_the_workspace_once, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let mut viewer = app.member("acme", Role::Viewer).await;
    let refused_page = viewer.get("/w/acme/audit").await;
    assert_eq!(refused_page.status, StatusCode::FORBIDDEN);
    let deed = [("workspace", "acme"), ("input[email]", "eve@other.example"), ("input[role]", "viewer")];
    for _ in 0..3 {
        let answer = viewer.submit("invite", &deed, "/w/acme/members").await;
        assert!(answer.location().starts_with("/w/acme/members"), "{}", answer.location());
    }
    let found = refused(&app, "acme", 2).await;
    assert!(found.iter().all(|(actor, ..)| actor.starts_with("person:")), "{found:?}");
    let tried: Vec<(&str, &str)> =
        found.iter().map(|(_, what, right)| (what.as_str(), right.as_str())).collect();
    assert_eq!(
        tried,
        [
            ("POST /fn/accounts_pages/members/functions/invite", Permission::ManageMembers.verb()),
            ("GET /w/{workspace}/audit", Permission::ReadAudit.verb()),
        ]
    );
});

router_test!(a_key_that_wants_more_than_its_scopes_is_in_the_log, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let bearer = app.bearer("acme").await;
    let headers = [("authorization", bearer.as_str())];
    let mut program = app.stranger();
    let answer = program.ask(Method::GET, "/api/v1/audit", &headers, Body::empty()).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let found = refused(&app, "acme", 1).await;
    assert_eq!((found[0].1.as_str(), found[0].2.as_str()), ("GET /api/v1/audit", "audit:read"));
    assert!(found[0].0.starts_with("key:"), "{found:?}");
});

router_test!(a_try_at_somebody_elses_workspace_is_in_the_log_of_the_instance, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let mut eve = app.sign_up("eve@other.example").await;
    let theirs = app.workspace("acme").await.to_string();
    assert_eq!(eve.get("/w/acme/dashboard").await.status, StatusCode::NOT_FOUND);
    assert_eq!(eve.get("/w/nobody-is-called-that/dashboard").await.status, StatusCode::NOT_FOUND);
    let events = async || {
        let all = audit::list_of_instance(&app.services.db, None, 100).await.unwrap();
        all.into_iter().filter(|event| event.action == "authz.denied").collect::<Vec<_>>()
    };
    while events().await.is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let found = events().await;
    assert_eq!((found.len(), found[0].subject.as_str()), (1, theirs.as_str()));
    assert_eq!(refused(&app, "acme", 0).await, [], "nobody in the workspace learns who asked");
});

router_test!(a_proof_that_is_missing_is_no_try_at_more, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    app.pass(TimeDelta::minutes(11));
    let deed = [("workspace", "acme"), ("input[email]", ""), ("input[role]", "owner")];
    assert!(ada.submit("invite", &deed, "/w/acme/members").await.location().starts_with("/account/prove"));
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(refused(&app, "acme", 0).await, []);
});
