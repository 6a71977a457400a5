//! Writes that another site makes a browser send.

use axum::body::Body;
use http::{Method, StatusCode};

use crate::{
    app::TestApp,
    visitor::{Visitor, encoded, function},
};

/// Sends a form that changes the profile with these headers.
async fn write(visitor: &mut Visitor<'_>, path: &str, headers: &[(&str, &str)]) -> StatusCode {
    let mut all = vec![("accept", "application/json"), ("content-type", "application/x-www-form-urlencoded")];
    all.extend_from_slice(headers);
    let form = encoded(&[
        ("workspace", "acme"),
        ("input[name]", "Acme"),
        ("input[currency]", "EUR"),
        ("theme", "dark"),
    ]);
    visitor.ask(Method::POST, path, &all, Body::from(form)).await.status
}

const FOREIGN: [&[(&str, &str)]; 8] = [
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "same-site")],
    &[("sec-fetch-site", "none")],
    &[("sec-fetch-site", "cross-site"), ("origin", "http://localhost:3000")],
    &[("origin", "https://evil.example")],
    &[("origin", "null")],
    &[("origin", "http://localhost:3000.evil.example")],
    &[],
];

router_test!(writes_from_elsewhere_are_refused_on_every_address, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    for path in [function("save_profile"), function("sign_out"), "/theme", "/w/acme/data/upload", "/nowhere"]
    {
        for headers in FOREIGN {
            assert_eq!(write(&mut ada, path, headers).await, StatusCode::FORBIDDEN, "{path} {headers:?}");
        }
    }
    let profile = ada.call("get_profile", &[("workspace", "acme")]).await.json();
    assert_eq!((profile["name"].as_str(), profile["currency"].as_str()), (Some("acme"), Some("USD")));
});

router_test!(writes_from_our_own_pages_pass, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    let own: [&[(&str, &str)]; 3] = [
        &[("sec-fetch-site", "same-origin")],
        &[("sec-fetch-site", "same-origin"), ("origin", "http://localhost:3000")],
        &[("origin", "http://localhost:3000")],
    ];
    for headers in own {
        assert_eq!(write(&mut ada, function("save_profile"), headers).await, StatusCode::OK, "{headers:?}");
    }
});

router_test!(a_machine_without_a_cookie_needs_no_origin, {
    let app = TestApp::start().await;
    assert_eq!(write(&mut app.stranger(), function("save_profile"), &[]).await, StatusCode::UNAUTHORIZED);
});

router_test!(links_from_elsewhere_open_pages, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    let headers = [("accept", "text/html"), ("sec-fetch-site", "cross-site")];
    assert_eq!(ada.ask(Method::GET, "/w/acme", &headers, Body::empty()).await.status, StatusCode::OK);
});

router_test!(no_other_site_may_read_an_answer, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    for origin in ["https://evil.example", "null", "http://localhost:3000"] {
        let headers = [("origin", origin), ("access-control-request-method", "POST")];
        for method in [Method::GET, Method::OPTIONS] {
            let answer = ada.ask(method, "/w/acme", &headers, Body::empty()).await;
            assert_eq!(answer.header("access-control-allow-origin"), "", "{origin}");
        }
    }
});
