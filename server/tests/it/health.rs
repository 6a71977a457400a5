//! What operators and their tools ask.

use std::time::{Duration, Instant};

use axum::body::Body;
use chrono::TimeDelta;
use http::{Method, StatusCode};
use platform::backup::Rounds;
use serde_json::Value;

use crate::{
    app::TestApp,
    outside::{MailServer, Provider, mail_to},
    visitor::Answer,
};

const TOKEN: &str = "a-token-that-nobody-can-guess";

/// A program whose operator has a token.
async fn watched() -> TestApp {
    TestApp::start_with(&[("QUARTILE__OPERATIONS__TOKEN", TOKEN)]).await
}

async fn as_operator(app: &TestApp, path: &str) -> Answer {
    let bearer = format!("Bearer {TOKEN}");
    app.stranger().ask(Method::GET, path, &[("authorization", &bearer)], Body::empty()).await
}

/// What the operator is told about something that the program depends on.
async fn how_is(app: &TestApp, name: &str) -> Value {
    let report = as_operator(app, "/health/all").await.json();
    let found = report["dependencies"].as_array().unwrap().iter().find(|it| it["name"] == name);
    found.unwrap_or_else(|| panic!("{name}: {report}")).clone()
}

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
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.json()["detail"], "The database does not answer");
});

router_test!(nobody_but_the_operator_sees_how_the_program_is_doing, {
    let (app, unwatched) = (watched().await, TestApp::start().await);
    for path in ["/metrics", "/health/all"] {
        for app in [&app, &unwatched] {
            for bearer in ["", "Bearer ", "Bearer a-token-that-nobody-can-gues", TOKEN] {
                let headers = [("authorization", bearer)];
                let answer = app.stranger().ask(Method::GET, path, &headers, Body::empty()).await;
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path} {bearer}");
                assert_eq!(answer.header("content-type"), "application/problem+json");
            }
        }
        assert_eq!(as_operator(&app, path).await.status, StatusCode::OK, "{path}");
    }
    assert_eq!(as_operator(&unwatched, "/metrics").await.status, StatusCode::UNAUTHORIZED);
});

router_test!(the_operator_sees_how_each_dependency_is, {
    let app = watched().await;
    let report = as_operator(&app, "/health/all").await.json();
    assert_eq!(report["state"], "well", "{report}");
    let names: Vec<&str> =
        report["dependencies"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["database", "files", "jobs", "mail", "google"]);
    let mail = &report["dependencies"][3];
    assert_eq!(mail["detail"], "not set up; messages become files");
    app.services.db.close().await;
    let answer = as_operator(&app, "/health/all").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    let report = answer.json();
    assert_eq!((&report["state"], &report["dependencies"][0]["state"]), (&"down".into(), &"down".into()));
    assert!(!answer.text().to_lowercase().contains("sql") || answer.text().contains("sqlite,"), "{report}");
});

router_test!(the_operator_sees_that_the_last_backup_is_old, {
    let settings =
        [("QUARTILE__OPERATIONS__TOKEN", TOKEN), ("QUARTILE__BACKUP__FOLDER", "backups-of-no-test")];
    let app = TestApp::start_with(&settings).await;
    let state = async || how_is(&app, "backups").await["state"].clone();
    assert_eq!(state().await, "strained", "there is none yet");
    let rounds = Rounds::new(app.services.db.clone(), app.services.ambient.clone());
    let begun_at = rounds.begin(TimeDelta::hours(24)).await.unwrap().unwrap();
    rounds.finish(begun_at, 4_711).await.unwrap();
    assert_eq!(state().await, "well");
    let text = as_operator(&app, "/metrics").await.text();
    assert!(text.contains("backup_last_bytes 4711\n"), "{text}");
    app.pass(TimeDelta::hours(47));
    assert_eq!(state().await, "well", "one may fail");
    app.pass(TimeDelta::hours(2));
    assert_eq!(state().await, "strained");
});

router_test!(what_there_is_is_measured_when_somebody_asks, {
    let app = watched().await;
    app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    let text = as_operator(&app, "/metrics").await.text();
    for line in ["people 1", "workspaces{kind=\"real\"} 1", "sessions 1", "jobs{state=\"waiting\"} 0"] {
        assert!(text.lines().any(|found| found == line), "{line}: {text}");
    }
    for series in ["db_connections{", "disk_free_bytes ", "limiter_counted ", "jobs_total{"] {
        assert!(text.contains(series), "{series}: {text}");
    }
});

router_test!(access_tokens_can_be_checked_by_others, {
    let app = TestApp::start().await;
    let answer = app.stranger().fetch("/.well-known/jwks.json").await;
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
    let keys = answer.json();
    assert_eq!((&keys["keys"][0]["kty"], &keys["keys"][0]["crv"]), (&"OKP".into(), &"Ed25519".into()));
    assert!(keys["keys"][0].get("d").is_none(), "no private key");
    let how_many = async |later| {
        app.pass(later);
        let keys = app.stranger().fetch("/.well-known/jwks.json").await.json();
        keys["keys"].as_array().unwrap().len()
    };
    assert_eq!(how_many(TimeDelta::days(30)).await, 2, "tokens of the one before are good for a while");
    assert_eq!(how_many(TimeDelta::minutes(21)).await, 1);
});

router_test!(requests_are_counted_by_route_and_never_by_address, {
    let app = watched().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    ada.get("/w/acme/standing?currency=EUR").await;
    for number in 0..20 {
        ada.get(&format!("/canary-{number}")).await;
        ada.get(&format!("/w/canary-{number}/data/canary/original")).await;
    }
    let answer = as_operator(&app, "/metrics").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.header("content-type").starts_with("text/plain; version=0.0.4"));
    let text = answer.text();
    assert!(text.contains("http_requests_total{") && text.contains("http_request_seconds"), "{text}");
    assert!(!text.contains("canary") && !text.contains("acme") && !text.contains("EUR"), "{text}");
});

router_test!(what_browsers_refuse_is_counted_without_a_session, {
    let app = watched().await;
    let headers = [("content-type", "application/csp-report")];
    let unread = app.stranger().ask(Method::POST, "/csp-report", &headers, Body::from("\u{1b}[31m")).await;
    assert_eq!(unread.status, StatusCode::UNPROCESSABLE_ENTITY);
    let report = Body::from(
        r#"{"csp-report": {"blocked-uri": "inline", "document-uri": "https://q.example/reset-password?link=secret"}}"#,
    );
    let answer = app.stranger().ask(Method::POST, "/csp-report", &headers, report).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert!(as_operator(&app, "/metrics").await.text().contains("csp_reports_total"));
});

router_test!(the_mail_server_and_the_provider_are_asked_how_they_are_and_not_too_often, {
    let (mail, provider) = (MailServer::default(), Provider::default());
    let (port, issuer) = (mail.start().await.to_string(), provider.start().await);
    let others = [
        ("QUARTILE__OPERATIONS__TOKEN", TOKEN),
        ("QUARTILE__GOOGLE__CLIENT_ID", "quartile"),
        ("QUARTILE__GOOGLE__CLIENT_SECRET", "not-a-secret"),
        ("QUARTILE__GOOGLE__ISSUER", issuer.as_str()),
    ];
    let settings = [&others[..], &mail_to(&port)].concat();
    let app = TestApp::start_with(&settings).await;
    let states =
        async || (how_is(&app, "mail").await["state"].clone(), how_is(&app, "google").await["state"].clone());
    for _ in 0..3 {
        assert_eq!(states().await, ("well".into(), "well".into()));
    }
    let asked = || (mail.machine.asked(), provider.machine.asked());
    assert_eq!(asked(), (1, 1), "whoever looks again at once is told the same");

    mail.machine.keep_silent(true);
    provider.machine.keep_silent(true);
    app.pass(TimeDelta::seconds(11));
    let begun = Instant::now();
    let report = as_operator(&app, "/health/all").await;
    assert!(begun.elapsed() < Duration::from_secs(3), "both are waited for at once: {:?}", begun.elapsed());
    assert_eq!((report.status, &report.json()["state"]), (StatusCode::OK, &"strained".into()));
    assert_eq!(states().await, ("strained".into(), "strained".into()));
    assert_eq!(how_is(&app, "mail").await["detail"], "does not answer within 1 s");
    let google = how_is(&app, "google").await;
    assert!(google["milliseconds"].as_u64().unwrap() >= 1_000);
    assert_eq!(google["timeout_milliseconds"], 1_000);
    assert_eq!(asked(), (2, 2));

    mail.machine.keep_silent(false);
    provider.machine.keep_silent(false);
    app.pass(TimeDelta::seconds(11));
    assert_eq!(states().await, ("well".into(), "well".into()));
});
