//! Faults of ours: no cause reaches the visitor, and the program lives.

use axum::body::Body;
use http::{Method, StatusCode};

use crate::{
    app::{PASSWORD, TestApp},
    visitor::Answer,
};

router_test!(a_broken_database_shows_a_reference_and_nothing_else, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    let mut tx = app.services.db.begin_everywhere().await.unwrap();
    db::on_tx!(&mut tx, |c| db::sqlx::query("DROP TABLE company_profiles").execute(c).await.map(|_| ()))
        .unwrap();
    tx.commit().await.unwrap();

    for answer in [
        ada.get("/w/acme").await,
        ada.get("/w/acme/settings").await,
        ada.call("get_profile", &[("workspace", "acme")]).await,
        ada.fetch("/w/acme/figures.csv").await,
    ] {
        let text = answer.text();
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{text}");
        // A server function names the kind; the page in the browser has the words.
        let is_said = text.contains("went wrong on our side") || text.contains("\"kind\":\"internal\"");
        assert!(is_said, "{text}");
        for secret in ["company_profiles", "SELECT", "sqlx", "no such table", ".rs"] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
    }
    assert_eq!(ada.get("/method").await.status, StatusCode::OK);
});

router_test!(a_database_that_is_gone_ends_no_request_in_silence, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    app.services.db.close().await;
    let form = [("input[email]", "ada@acme.example"), ("input[password]", PASSWORD)];
    for answer in
        [ada.get("/w/acme").await, ada.call("sign_in", &form).await, ada.fetch("/w/acme/figures.csv").await]
    {
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!answer.text().to_lowercase().contains("pool"), "{}", answer.text());
    }
    assert_eq!(app.stranger().get("/health").await.status, StatusCode::OK);
});

const FORM: &str = "application/x-www-form-urlencoded";

/// What no handler of ours refuses, but what stands before it: method, address, type and content of the body, and the status.
const UNREADABLE: [(&str, &str, &str, &str, u16); 15] = [
    ("GET", "/sign-in/google?next=/a&next=/b", "", "", 400),
    ("GET", "/sign-in/google/callback?state=a&state=b", "", "", 400),
    ("GET", "/w/acme/charts/mrr.svg?month=a&month=b", "", "", 400),
    ("GET", "/w/acme/figures.csv?month=a&month=b", "", "", 400),
    ("GET", "/w/%FF/figures.csv", "", "", 400),
    ("POST", "/w/acme/data/upload", "text/plain", "month,mrr", 400),
    ("POST", "/theme", "text/plain", "theme=dark", 415),
    ("POST", "/theme", FORM, "color=dark", 422),
    ("POST", "/theme", FORM, "too much", 413),
    ("POST", "/csp-report", "application/csp-report", "no JSON", 422),
    ("GET", "/.env", "", "", 404),
    ("GET", "/pkg/nothing.js", "", "", 404),
    ("PUT", "/health", "", "", 405),
    ("DELETE", "/w/acme", "", "", 405),
    ("POST", "/fn/nothing", FORM, "", 400),
];

fn assert_is_ours(what: &str, accept: &str, answer: &Answer) {
    let text = answer.text();
    if accept == "text/html" {
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{what}: {text}");
        assert!(text.contains("<h1>") && text.contains("</p>"), "{what}: {text}");
    } else if what.contains("/fn/") {
        let error: api::ApiError = serde_json::from_str(&text).unwrap();
        assert!(error.to_string().len() > 10, "{what}: {text}");
    } else {
        assert_eq!(answer.header("content-type"), "application/problem+json", "{what}: {text}");
        assert_eq!(answer.json()["status"], answer.status.as_u16(), "{what}");
        assert!(answer.json()["detail"].as_str().unwrap().len() > 10, "{what}: {text}");
    }
    for of_libraries in
        ["deserialize", "duplicate", "boundary", "UTF-8", "Form requests", "#[server]", "length limit"]
    {
        assert!(!text.contains(of_libraries), "{what}: {text}");
    }
}

router_test!(what_cannot_be_read_is_refused_in_our_words_to_people_and_programs, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    for (method, path, kind, content, status) in UNREADABLE {
        for accept in ["text/html", "*/*"] {
            let mut headers = vec![("accept", accept), ("sec-fetch-site", "same-origin")];
            headers.extend(Some(("content-type", kind)).filter(|_| !kind.is_empty()));
            let content =
                if status == 413 { "theme=".to_owned() + &"x".repeat(2_000_000) } else { content.to_owned() };
            let method: Method = method.parse().unwrap();
            let answer = ada.ask(method.clone(), path, &headers, Body::from(content)).await;
            assert_eq!(answer.status.as_u16(), status, "{method} {path}: {}", answer.text());
            assert_is_ours(&format!("{method} {path}"), accept, &answer);
            assert_eq!(answer.header("allow").is_empty(), status != 405, "{path}");
        }
    }
    let head = ada.ask(Method::HEAD, "/pkg/nothing.js", &[], Body::empty()).await;
    assert_eq!((head.status, head.text().as_str()), (StatusCode::NOT_FOUND, ""));
});

router_test!(pages_of_known_sites_can_read_why_they_are_refused, {
    let app = TestApp::start_with(&[("QUARTILE__SERVER__CORS_ORIGINS", "https://tools.example")]).await;
    let origin = ("origin", "https://tools.example");
    let refused = app.stranger().ask(Method::PATCH, "/api/v1/nothing/%FF", &[origin], Body::empty()).await;
    assert!(refused.status.is_client_error());
    assert_eq!(refused.header("content-type"), "application/problem+json", "{}", refused.text());
    assert_eq!(refused.header("access-control-allow-origin"), "https://tools.example");
    let asks = [origin, ("access-control-request-method", "POST")];
    let allowed = app.stranger().ask(Method::OPTIONS, "/api/v1/auth/signin", &asks, Body::empty()).await;
    assert_eq!((allowed.status, allowed.text().as_str()), (StatusCode::OK, ""));
});
