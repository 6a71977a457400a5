//! What every answer tells the browser never to do.

use axum::body::Body;
use http::{Method, StatusCode};

use crate::{
    app::TestApp,
    visitor::{Answer, function},
};

/// Checks what holds for every answer.
fn check(what: &str, answer: &Answer) {
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("default-src 'none'"), "{what}: {policy}");
    assert!(
        !policy.contains("'unsafe-") && !policy.contains('*') && !policy.contains("http"),
        "{what}: {policy}"
    );
    let expected = [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ];
    for (name, value) in expected {
        assert_eq!(answer.header(name), value, "{what}: {name}");
    }
    assert!(answer.header("permissions-policy").contains("camera=()"), "{what}");
    assert!(answer.headers.get("server").is_none() && answer.headers.get("x-powered-by").is_none(), "{what}");
    assert_eq!(answer.header("x-request-id").len(), 16, "{what}");
    let kind = answer.headers.get("content-type").map_or("", |kind| kind.to_str().unwrap());
    if kind.starts_with("text/") || kind.contains("+xml") {
        assert!(kind.ends_with("; charset=utf-8"), "{what}: {kind}");
    }
}

router_test!(every_kind_of_answer_carries_the_headers, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    let answers = [
        ("page", ada.get("/w/acme").await, 200),
        ("page for strangers", app.stranger().get("/").await, 200),
        ("refused page", app.stranger().get("/w/acme").await, 401),
        ("missing page", ada.get("/nowhere").await, 404),
        ("missing asset", ada.get("/pkg/nothing.js").await, 404),
        ("asset", ada.get("/pkg/quartile.css").await, 200),
        ("chart", ada.fetch("/w/acme/charts/arr.svg").await, 200),
        ("json", ada.call("get_profile", &[("workspace", "acme")]).await, 200),
        ("json error", ada.call("get_profile", &[("workspace", "nobody")]).await, 404),
        ("problem", ada.fetch("/w/acme/charts/nothing.svg").await, 404),
        ("download", ada.fetch("/w/acme/figures.csv").await, 200),
        ("redirect", ada.submit("sign_out", &[], "/w/acme").await, 302),
        ("foreign write", ada.ask(Method::POST, "/theme", &[("origin", "null")], Body::empty()).await, 403),
        (
            "wrong method",
            ada.ask(Method::PUT, "/health", &[("sec-fetch-site", "same-origin")], Body::empty()).await,
            405,
        ),
        ("health", ada.get("/health").await, 200),
        (
            "unreadable form",
            ada.ask(
                Method::POST,
                function("sign_in"),
                &[("sec-fetch-site", "same-origin"), ("content-type", "application/x-www-form-urlencoded")],
                Body::from("a=%FF"),
            )
            .await,
            422,
        ),
    ];
    for (what, answer, status) in &answers {
        assert_eq!(answer.status.as_u16(), *status, "{what}: {}", answer.text());
        check(what, answer);
    }
});

router_test!(every_script_of_a_page_carries_the_nonce_of_its_answer_alone, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    let mut seen = Vec::new();
    for path in ["/w/acme/dashboard", "/w/acme/dashboard", "/w/acme/standing", "/"] {
        let page = ada.get(path).await;
        let policy = page.header("content-security-policy").to_owned();
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        assert!(nonce.len() >= 22, "{nonce}");
        assert!(policy.contains("'strict-dynamic'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(policy.contains("form-action 'self'") && policy.contains("base-uri 'none'"), "{policy}");
        let text = page.text();
        let scripts = text.split("<script").skip(1).filter_map(|rest| rest.split('>').next());
        for script in scripts.clone() {
            assert!(script.contains(&format!("nonce=\"{nonce}\"")), "{path}: <script{script}>");
        }
        assert!(scripts.count() > 0, "{path}");
        assert!(!seen.contains(&nonce), "{path} uses a nonce again");
        seen.push(nonce);
    }
});

router_test!(private_answers_are_stored_nowhere_and_assets_are, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    for path in ["/", "/w/acme", "/nowhere", "/health"] {
        assert_eq!(ada.get(path).await.header("cache-control"), "no-store", "{path}");
    }
    assert_eq!(ada.call("get_profile", &[("workspace", "acme")]).await.header("cache-control"), "no-store");
    let asset = ada.get("/pkg/quartile.css").await;
    assert_eq!(asset.header("cache-control"), "public, max-age=31536000, immutable");
    let missing = ada.get("/pkg/nothing.js").await;
    assert!(!missing.header("cache-control").contains("immutable"), "a mistake is not for ever");
});

router_test!(over_tls_browsers_are_told_to_stay_there, {
    let app = TestApp::start_with(&[("QUARTILE__SERVER__BASE_URL", "https://quartile.example")]).await;
    let page = app.stranger().get("/").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.header("strict-transport-security").starts_with("max-age=63072000"));
    let plain = TestApp::start().await;
    assert_eq!(plain.stranger().get("/").await.header("strict-transport-security"), "");
});

router_test!(what_is_for_another_host_or_another_machine_is_refused, {
    let app = TestApp::start_with(&[("QUARTILE__SERVER__BASE_URL", "https://quartile.example")]).await;
    for path in ["/", "/sign-in", "/api/v1/auth/google", "/pkg/quartile.css"] {
        let evil = [("host", "evil.example")];
        let answer = app.stranger().ask(Method::GET, path, &evil, Body::empty()).await;
        assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{path}");
    }
    // A balancer looks by the number of the machine.
    let number = [("host", "10.0.0.7:3000")];
    assert_eq!(
        app.stranger().ask(Method::GET, "/health", &number, Body::empty()).await.status,
        StatusCode::OK
    );
    let answer = app.stranger().ask(Method::CONNECT, "/", &[], Body::empty()).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(answer.header("allow").contains("GET"));
});
