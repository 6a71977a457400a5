//! Uploads in pieces.

use std::convert::Infallible;

use axum::body::Body;
use chrono::TimeDelta;
use futures::{StreamExt, stream};
use http::{Method, StatusCode};
use kernel::Role;

use super::token;
use crate::{
    app::{FIGURES, PASSWORD, TestApp},
    visitor::{BOUNDARY, multipart},
};

router_test!(a_program_sends_a_file_in_pieces_and_goes_on_where_it_was_cut_off, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let bearer = format!("Bearer {}", token(&app, "ada@acme.example").await);
    let length = FIGURES.len().to_string();
    let name = [
        ("authorization", bearer.as_str()),
        ("upload-length", length.as_str()),
        ("upload-metadata", "filename ZmlndXJlcy5jc3Y="),
    ];
    let begun = app.stranger().ask(Method::POST, "/api/v1/data/uploads", &name, Body::empty()).await;
    assert_eq!((begun.status, begun.header("upload-offset")), (StatusCode::CREATED, "0"), "{}", begun.text());
    let place = begun.location().to_owned();
    let (first, second) = FIGURES.split_at(100);
    for (offset, piece, expected) in [("0", first, "100"), ("100", second, length.as_str())] {
        let headers = [
            ("authorization", bearer.as_str()),
            ("upload-offset", offset),
            ("content-type", "application/offset+octet-stream"),
        ];
        let answer = app.stranger().ask(Method::PATCH, &place, &headers, Body::from(piece.to_owned())).await;
        assert_eq!((answer.status, answer.header("upload-offset")), (StatusCode::NO_CONTENT, expected));
        let again = app.stranger().ask(Method::PATCH, &place, &headers, Body::from(piece.to_owned())).await;
        assert_eq!(again.status, StatusCode::CONFLICT, "the same piece twice");
        let told = app.stranger().ask(Method::HEAD, &place, &headers[..1], Body::empty()).await;
        assert_eq!((told.status, told.header("upload-offset")), (StatusCode::NO_CONTENT, expected));
    }
    let file = place.replace("/uploads/", "/files/");
    let headers = [("authorization", bearer.as_str())];
    let kept = app.stranger().ask(Method::GET, &format!("{file}/download"), &headers, Body::empty()).await;
    assert_eq!(kept.text(), FIGURES);
    let shown = app.stranger().ask(Method::GET, &file, &headers, Body::empty()).await;
    assert_eq!(shown.json()["name"], "figures.csv");
});

router_test!(an_upload_that_cannot_work_is_refused_before_a_byte_is_sent, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let bearer = format!("Bearer {}", token(&app, "ada@acme.example").await);
    for (name, value, expected) in [
        ("upload-length", "many", StatusCode::UNPROCESSABLE_ENTITY),
        ("upload-length", "0", StatusCode::UNPROCESSABLE_ENTITY),
        ("upload-length", "+5", StatusCode::UNPROCESSABLE_ENTITY),
        ("upload-length", "999999999999", StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let headers = [("authorization", bearer.as_str()), (name, value)];
        let answer = app.stranger().ask(Method::POST, "/api/v1/data/uploads", &headers, Body::empty()).await;
        assert_eq!(answer.status, expected, "{value}: {}", answer.text());
    }
    for (metadata, expected) in [
        ("filename ZmlndXJlcy5jc3Y=, is_private", StatusCode::CREATED),
        ("filename figures.csv", StatusCode::UNPROCESSABLE_ENTITY),
        ("filename ZmlndXJlcy5jc3Y=,", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let headers =
            [("authorization", bearer.as_str()), ("upload-length", "20"), ("upload-metadata", metadata)];
        let answer = app.stranger().ask(Method::POST, "/api/v1/data/uploads", &headers, Body::empty()).await;
        assert_eq!(answer.status, expected, "{metadata}: {}", answer.text());
    }
});

router_test!(whoever_loses_the_right_while_a_file_arrives_leaves_no_file, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let (accounts, system) = (app.services.accounts.clone(), app.system("acme").await);
    let members = |role: Role| {
        let (accounts, system) = (accounts.clone(), system.clone());
        async move {
            let members = accounts.list_members(&system).await.unwrap().members;
            members.iter().find(|member| member.role == role).unwrap().id
        }
    };
    let form = format!("multipart/form-data; boundary={BOUNDARY}");
    let file = || multipart("figures.csv", FIGURES.as_bytes());

    // In the browser, by somebody who becomes a viewer meanwhile.
    let mut analyst = app.member("acme", Role::Analyst).await;
    let person = members(Role::Analyst).await;
    let (by, on) = (accounts.clone(), system.clone());
    let body = interrupted(&file(), async move { by.change_role(&on, person, Role::Viewer).await.unwrap() });
    let headers = [("content-type", form.as_str()), ("sec-fetch-site", "same-origin")];
    let answer = analyst.ask(Method::POST, "/w/acme/data/upload", &headers, body).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.text());

    // In the browser, by somebody who is signed out everywhere meanwhile.
    accounts.change_role(&system, person, Role::Analyst).await.unwrap();
    let mut analyst = app.stranger();
    let email = "analyst@staff-of-acme.example";
    analyst.submit("sign_in", &[("input[email]", email), ("input[password]", PASSWORD)], "/sign-in").await;
    let by = accounts.clone();
    let body = interrupted(&file(), async move { by.end_all_sessions(person).await.unwrap() });
    let answer = analyst.ask(Method::POST, "/w/acme/data/upload", &headers, body).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.text());

    // By a program whose key is revoked meanwhile; and a piece by a person who is removed.
    let key = app.bearer_with("acme", "data:write").await;
    let headers = [("authorization", key.as_str()), ("content-type", form.as_str())];
    let id = accounts.list_api_keys(&system).await.unwrap()[0].id;
    let (by, on) = (accounts.clone(), system.clone());
    let body = interrupted(&file(), async move { by.revoke_api_key(&on, id).await.unwrap() });
    let answer = app.stranger().ask(Method::POST, "/api/v1/data/upload", &headers, body).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.text());

    let bearer = format!("Bearer {}", token(&app, email).await);
    let length = FIGURES.len().to_string();
    let named = [
        ("authorization", bearer.as_str()),
        ("quartile-workspace", "acme"),
        ("upload-length", length.as_str()),
    ];
    let begun = app.stranger().ask(Method::POST, "/api/v1/data/uploads", &named, Body::empty()).await;
    let headers = [
        ("authorization", bearer.as_str()),
        ("quartile-workspace", "acme"),
        ("upload-offset", "0"),
        ("content-type", "application/offset+octet-stream"),
    ];
    let (by, on) = (accounts.clone(), system.clone());
    let piece = FIGURES.as_bytes();
    let body = interrupted(piece, async move { by.remove_member(&on, person).await.unwrap() });
    let answer = app.stranger().ask(Method::PATCH, begun.location(), &headers, body).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.text());

    let files = app.services.datasets.list_after(&system, None, 10).await.unwrap();
    assert!(files.is_empty(), "{files:?}");
});

router_test!(a_token_that_runs_out_while_a_file_arrives_loses_no_file, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let bearer = format!("Bearer {}", token(&app, "ada@acme.example").await);
    let form = format!("multipart/form-data; boundary={BOUNDARY}");
    let headers = [("authorization", bearer.as_str()), ("content-type", form.as_str())];
    let file = multipart("figures.csv", FIGURES.as_bytes());
    let body = interrupted(&file, app.passing(TimeDelta::minutes(11)));
    let answer = app.stranger().ask(Method::POST, "/api/v1/data/upload", &headers, body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    let refused = app.stranger().ask(Method::GET, answer.location(), &headers[..1], Body::empty()).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "for anything else it has run out");
    let files = app.services.datasets.list_after(&app.system("acme").await, None, 10).await.unwrap();
    assert_eq!(files.len(), 1, "{files:?}");
});

/// Bytes whose second half comes after that has happened.
pub(super) fn interrupted(bytes: &[u8], deed: impl Future<Output = ()> + Send + 'static) -> Body {
    let (first, second) = bytes.split_at(bytes.len() / 2);
    let (first, second) = (first.to_vec(), second.to_vec());
    let rest = async move {
        deed.await;
        Ok::<_, Infallible>(second)
    };
    Body::from_stream(stream::once(async { Ok(first) }).chain(stream::once(rest)))
}
