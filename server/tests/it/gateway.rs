//! What stands before every handler: how often somebody may ask, and who counts as one visitor.

use axum::body::Body;
use http::{Method, StatusCode};
use kernel::Role;
use serde_json::Value;

use crate::{
    app::{PASSWORD, TestApp},
    rest_api::{self, token},
    visitor::{Answer, Visitor},
};

/// Five requests at once, and then one in ten minutes.
const FEW: &str = "6/h burst 5";

async fn app_with(class: &str, pace: &str) -> TestApp {
    TestApp::start_with(&[(&format!("QUARTILE__LIMITS__{class}"), pace)]).await
}

/// Asks so often; how many were let in, and the last answer.
async fn ask(
    visitor: &mut Visitor<'_>,
    times: usize,
    path: &str,
    headers: &[(&str, &str)],
) -> (usize, Answer) {
    let (mut admitted, mut last) = (0, None);
    for _ in 0..times {
        let answer = visitor.ask(Method::GET, path, headers, Body::empty()).await;
        admitted += usize::from(answer.status != StatusCode::TOO_MANY_REQUESTS);
        last = Some(answer);
    }
    (admitted, last.unwrap())
}

router_test!(whoever_asks_too_often_is_told_so_and_when_to_come_back, {
    let app = app_with("ANONYMOUS", FEW).await;
    let (admitted, last) = ask(&mut app.stranger(), 7, "/sign-in", &[("accept", "text/html")]).await;
    assert_eq!(admitted, 5);
    assert!(last.text().contains("Try again in"), "{}", last.text());
    let wait: u64 = last.header("retry-after").parse().unwrap();
    assert!((590..=600).contains(&wait), "{wait}");
    assert_eq!(last.header("ratelimit-policy"), "\"anonymous\";q=5;w=3000");
    assert_eq!(last.header("ratelimit"), format!("\"anonymous\";r=0;t={wait}"));
    assert!(last.header("content-security-policy").contains("default-src 'none'"));

    let (_, last) = ask(&mut app.stranger(), 1, "/api/v1/users/me", &[]).await;
    assert_eq!(last.header("content-type"), "application/problem+json");
    // What machines ask to see whether the program lives is not counted.
    let (admitted, _) = ask(&mut app.stranger(), 20, "/health", &[]).await;
    assert_eq!(admitted, 20);
});

router_test!(an_address_cannot_be_made_up_and_one_network_is_one_visitor, {
    let app = app_with("ANONYMOUS", FEW).await;
    let mut visitor = app.stranger();
    let spellings = ["/sign-in", "/sign-in?a=1", "//sign-in", "/%73ign-in", "/SIGN-IN", "/sign-in/"];
    for (number, path) in spellings.into_iter().enumerate() {
        let victim = format!("198.51.100.{number}");
        let headers = [
            ("x-forwarded-for", victim.as_str()),
            ("x-real-ip", victim.as_str()),
            ("forwarded", &format!("for={victim}")),
        ];
        let (admitted, _) = ask(&mut visitor, 1, path, &headers).await;
        assert_eq!(admitted, usize::from(number < 5), "{path}");
    }
    let mut victim = app.stranger();
    victim.address = "198.51.100.1:4711".parse().unwrap();
    assert_eq!(ask(&mut victim, 1, "/sign-in", &[]).await.0, 1, "naming somebody takes nothing from them");

    for number in 0..6 {
        let mut visitor = app.stranger();
        visitor.address = format!("[2001:db8:1:2::{number}]:4711").parse().unwrap();
        assert_eq!(ask(&mut visitor, 1, "/sign-in", &[]).await.0, usize::from(number < 5), "{number}");
    }
});

router_test!(behind_a_trusted_proxy_everybody_is_counted_alone, {
    let settings =
        [("QUARTILE__LIMITS__ANONYMOUS", FEW), ("QUARTILE__SERVER__TRUSTED_PROXIES", "192.0.2.0/24")];
    let app = TestApp::start_with(&settings).await;
    for client in ["198.51.100.1", "198.51.100.2"] {
        let forwarded = format!("203.0.113.9, {client}");
        let headers = [("x-forwarded-for", forwarded.as_str()), ("x-request-id", "given-by-the-proxy")];
        let (admitted, last) = ask(&mut app.stranger(), 6, "/sign-in", &headers).await;
        assert_eq!(admitted, 5, "{client}");
        assert_eq!(last.header("x-request-id"), "given-by-the-proxy");
    }
});

router_test!(colleagues_behind_one_address_do_not_pay_for_each_other, {
    let app = app_with("INTERFACE", "6/h burst 8").await;
    let mut ada = app.sign_up("ada@acme.example").await;
    let mut eve = app.member("acme", Role::Viewer).await;
    assert_eq!(ask(&mut ada, 10, "/w/acme", &[]).await.0, 8);
    assert_eq!(ask(&mut eve, 1, "/w/acme", &[]).await.0, 1);
});

router_test!(wrong_passwords_are_few_in_a_minute_and_cost_nobody_elsewhere, {
    let app = app_with("SIGN_IN_ACCOUNT", "5/min").await;
    app.sign_up("ada@acme.example").await;
    let wrong = [("input[email]", "ada@acme.example"), ("input[password]", "not the right words")];
    let right = [("input[email]", "ada@acme.example"), ("input[password]", PASSWORD)];
    let mut thief = app.stranger();
    thief.address = "203.0.113.5:4711".parse().unwrap();
    for _ in 0..5 {
        assert_eq!(thief.call("sign_in", &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(thief.call("sign_in", &right).await.status, StatusCode::TOO_MANY_REQUESTS);
    let mut ada = app.stranger();
    ada.address = "198.51.100.1:4711".parse().unwrap();
    assert_eq!(ada.submit("sign_in", &right, "/sign-in").await.location(), "/w/acme");
});

router_test!(files_are_few_in_a_minute, {
    let app = app_with("UPLOAD", "6/min").await;
    let mut ada = app.sign_up("ada@acme.example").await;
    for number in 0..7 {
        let answer = ada.upload("acme", ("a.csv", b"month,mrr\n2025-01,1\n"), "application/json").await;
        let wanted = if number < 6 { StatusCode::CREATED } else { StatusCode::TOO_MANY_REQUESTS };
        assert_eq!(answer.status, wanted, "{number}: {}", answer.text());
    }
});

router_test!(a_person_has_one_count_whether_they_come_by_a_page_or_by_the_api, {
    let settings = [("QUARTILE__LIMITS__UPLOAD", "6/h burst 6"), ("QUARTILE__LIMITS__EXPORT", "6/h burst 4")];
    let app = TestApp::start_with(&settings).await;
    let mut ada = app.sign_up("ada@acme.example").await;
    let (file, _) = app.import("acme").await;
    let (file, ada_elsewhere) = (file.to_string(), token(&app, "ada@acme.example").await);
    for turn in 0..4 {
        let page = ada.upload("acme", ("a.csv", b"month,mrr\n2025-01,1\n"), "application/json").await;
        let api = rest_api::ask(&app, &ada_elsewhere, ("upload_file", ""), &Value::Null).await;
        let wanted = if turn < 3 { StatusCode::CREATED } else { StatusCode::TOO_MANY_REQUESTS };
        assert_eq!(
            (page.status, api.status),
            (wanted, wanted),
            "upload {turn}: {} {}",
            page.text(),
            api.text()
        );
    }
    for turn in 0..3 {
        let page = ada.fetch("/w/acme/figures.csv").await;
        let api = rest_api::ask(&app, &ada_elsewhere, ("download_file", &file), &Value::Null).await;
        let wanted = if turn < 2 { StatusCode::OK } else { StatusCode::TOO_MANY_REQUESTS };
        assert_eq!((page.status, api.status), (wanted, wanted), "export {turn}");
    }
});

router_test!(credentials_that_are_none_are_counted_by_where_they_come_from, {
    let app = app_with("ANONYMOUS", FEW).await;
    let mut thief = app.stranger();
    for number in 0..6 {
        let bearer = format!("Bearer made-up-{number}");
        let headers = [("authorization", bearer.as_str())];
        let answer = thief.ask(Method::GET, "/api/v1/users/me", &headers, Body::empty()).await;
        let wanted = if number < 5 { StatusCode::UNAUTHORIZED } else { StatusCode::TOO_MANY_REQUESTS };
        assert_eq!(answer.status, wanted, "{number}");
    }
});

router_test!(exempt_networks_are_held_to_nothing, {
    let settings = [("QUARTILE__LIMITS__ANONYMOUS", FEW), ("QUARTILE__LIMITS__EXEMPT", "192.0.2.7")];
    let app = TestApp::start_with(&settings).await;
    assert_eq!(ask(&mut app.stranger(), 12, "/sign-in", &[]).await.0, 12);
});

router_test!(asking_for_accounts_and_passwords_is_held_back_like_signing_in, {
    let app = app_with("SIGN_IN", FEW).await;
    let mut visitor = app.stranger();
    let statuses = async |visitor: &mut Visitor<'_>, name: &str, email: &str| {
        let form = [
            ("input[name]", "Ada Moreau"),
            ("input[email]", email),
            ("input[company]", "acme"),
            ("input[password]", PASSWORD),
        ];
        visitor.call(name, &form).await.status
    };
    for number in 0..5 {
        let name = if number % 2 == 0 { "request_reset" } else { "sign_up" };
        let email = format!("{number}@acme.example");
        assert!(!statuses(&mut visitor, name, &email).await.is_client_error(), "{name} {number}");
    }
    for name in ["request_reset", "sign_up", "sign_in"] {
        assert_eq!(
            statuses(&mut visitor, name, "6@acme.example").await,
            StatusCode::TOO_MANY_REQUESTS,
            "{name}"
        );
    }
});

router_test!(nobody_is_written_to_again_and_again, {
    let app = TestApp::start_with(&[("QUARTILE__LIMITS__MAIL", "6/h burst 2")]).await;
    app.sign_up("ada@acme.example").await;
    for number in 0..5 {
        let mut visitor = app.stranger();
        visitor.address = format!("203.0.113.{number}:4711").parse().unwrap();
        let form = [("input[email]", "ada@acme.example")];
        let answer = visitor.submit("request_reset", &form, "/forgotten-password").await;
        assert_eq!(answer.location(), "/forgotten-password?sent=1", "the answer is the same");
    }
    let folder = app.folder.path().join("data/mail");
    let count = || std::fs::read_dir(&folder).map_or(0, Iterator::count);
    for _ in 0..100 {
        if count() >= 2 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(count(), 2);
});

router_test!(a_made_up_credential_gives_nobody_a_fresh_count, {
    let app = app_with("ANONYMOUS", FEW).await;
    let headers = [("authorization", "Bearer x"), ("content-type", "application/json")];
    for path in ["/api/v1/auth/refresh", "/api/v1/metrics/catalogue", "/api/v1/nothing", "/docs/api"] {
        let mut visitor = app.stranger();
        visitor.address = format!("203.0.113.{}:4711", path.len()).parse().unwrap();
        for number in 0..6 {
            let method = if path.ends_with("refresh") { Method::POST } else { Method::GET };
            let body = Body::from(r#"{"refresh_token":"mr_nothing"}"#);
            let status = visitor.ask(method, path, &headers, body).await.status;
            assert_eq!(status == StatusCode::TOO_MANY_REQUESTS, number == 5, "{path} {number}: {status}");
        }
    }
});
