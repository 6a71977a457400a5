//! The cookie of a session.

use axum::body::Body;
use http::{Method, StatusCode};

use crate::app::{PASSWORD, TestApp};

const FORM: [(&str, &str); 2] = [("input[email]", "ada@acme.example"), ("input[password]", PASSWORD)];

async fn set_cookie(settings: &[(&str, &str)]) -> String {
    let app = TestApp::start_with(settings).await;
    let new = accounts::NewPerson::parse("Ada Moreau", "ada@acme.example", "acme", PASSWORD).unwrap();
    app.services.accounts.sign_up(new).await.unwrap();
    app.stranger().submit("sign_in", &FORM, "/sign-in").await.header("set-cookie").to_owned()
}

router_test!(the_cookie_is_for_this_site_alone_and_no_script_reads_it, {
    let cookie = Box::pin(set_cookie(&[])).await;
    let parts: Vec<&str> = cookie.split("; ").collect();
    assert!(parts[0].starts_with("sid="), "{cookie}");
    for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(parts.contains(&part), "{part}: {cookie}");
    }
    assert!(!cookie.contains("Domain") && !cookie.contains("Secure"), "{cookie}");
});

router_test!(over_tls_the_cookie_never_goes_over_a_plain_connection, {
    let cookie = Box::pin(set_cookie(&[("QUARTILE__SERVER__BASE_URL", "https://quartile.example")])).await;
    assert!(cookie.starts_with("__Host-sid=") && cookie.contains("; Secure"), "{cookie}");
});

router_test!(the_theme_stays_with_this_host_where_there_is_tls, {
    let app = TestApp::start_with(&[("QUARTILE__SERVER__BASE_URL", "https://quartile.example")]).await;
    let headers = [
        ("host", "quartile.example"),
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let mut visitor = app.stranger();
    let answer = visitor.ask(Method::POST, "/theme", &headers, Body::from("theme=dark")).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-theme=dark; Path=/;") && cookie.ends_with("; Secure"), "{cookie}");
    let page = visitor.ask(Method::GET, "/", &[("host", "quartile.example")], Body::empty()).await;
    assert!(page.text().contains("class=\"dark\""));
    // What is left from before, or what another host set, counts for nothing.
    let cookies = [("host", "quartile.example"), ("cookie", "theme=light; __Host-theme=dark")];
    let page = app.stranger().ask(Method::GET, "/", &cookies, Body::empty()).await;
    assert!(page.text().contains("class=\"dark\""));
});

router_test!(a_page_for_strangers_sets_no_cookie, {
    let app = TestApp::start().await;
    for path in ["/", "/sign-in", "/method", "/nowhere"] {
        assert_eq!(app.stranger().get(path).await.header("set-cookie"), "", "{path}");
    }
});

router_test!(an_id_known_before_signing_in_is_worth_nothing_after, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let mut planted = app.stranger();
    planted.cookies.insert("sid".to_owned(), "EjRWeJq83vASNFZ4mrze8A".to_owned());
    let thief = planted.clone();
    planted.submit("sign_in", &FORM, "/sign-in").await;
    assert_ne!(planted.cookies["sid"], thief.cookies["sid"]);
    assert_eq!(planted.clone().get("/w/acme").await.status, StatusCode::OK);
    assert_eq!(thief.clone().get("/w/acme").await.status, StatusCode::UNAUTHORIZED);

    let before = planted.clone();
    planted.submit("sign_in", &FORM, "/sign-in").await;
    assert_ne!(planted.cookies["sid"], before.cookies["sid"]);
    assert_eq!(before.clone().get("/w/acme").await.status, StatusCode::UNAUTHORIZED);
});

router_test!(an_id_known_before_somebody_may_do_more_is_worth_nothing_after, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let mut eve = app.sign_up("eve@other.example").await;
    let link = app.invite("acme", "").await;
    let mut before = eve.clone();
    eve.submit("accept_invitation", &[("link", &link)], "/invitation").await;
    assert_eq!(eve.get("/w/acme").await.status, StatusCode::OK);
    assert_eq!(before.get("/w/acme").await.status, StatusCode::UNAUTHORIZED);

    let mut bob = app.sign_up("bob@third.example").await;
    let mut before = bob.clone();
    let (link, headers) = (
        app.invite("acme", "").await,
        [("content-type", "application/json"), ("sec-fetch-site", "same-origin")],
    );
    let body = Body::from(serde_json::json!({ "link": link }).to_string());
    bob.ask(Method::POST, "/api/v1/invitations/accept", &headers, body).await;
    assert_eq!(bob.get("/w/acme").await.status, StatusCode::OK);
    assert_eq!(before.get("/w/acme").await.status, StatusCode::UNAUTHORIZED);

    let link = app.services.accounts.first_administrator_link().await.unwrap().unwrap();
    let mut before = eve.clone();
    eve.submit("become_administrator", &[("link", link.split_once("?link=").unwrap().1)], "/admin/claim")
        .await;
    assert_eq!(eve.get("/admin").await.status, StatusCode::OK);
    assert_eq!(before.get("/admin").await.status, StatusCode::UNAUTHORIZED);
});

router_test!(a_cookie_that_was_signed_out_opens_nothing, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    let mut replayed = ada.clone();
    let answer = ada.submit("sign_out", &[], "/w/acme").await;
    assert_eq!((answer.status, answer.location()), (StatusCode::FOUND, "/"));
    assert_eq!(replayed.get("/w/acme").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(ada.get("/w/acme").await.status, StatusCode::UNAUTHORIZED);
});

router_test!(what_is_on_disk_opens_no_session, {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada@acme.example").await;
    let cookie = ada.cookies["sid"].as_bytes();
    let bytes = app.bytes_on_disk();
    assert!(bytes.len() > 10_000);
    assert!(!bytes.windows(cookie.len()).any(|window| window == cookie));
    assert!(!bytes.windows(PASSWORD.len()).any(|window| window == PASSWORD.as_bytes()));
});
