//! Uploads in pieces.

use axum::body::Body;
use http::{Method, StatusCode};

use super::token;
use crate::app::{FIGURES, TestApp};

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
