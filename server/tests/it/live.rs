//! Watching what happens in a workspace.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use chrono::TimeDelta;
use futures::StreamExt;
use http::{Request, StatusCode};
use kernel::Role;
use tower::ServiceExt;

use crate::{
    app::{FIGURES, TestApp},
    visitor::Visitor,
};

/// A stream that somebody has opened.
pub(crate) struct Stream<'a> {
    app: &'a TestApp,
    pub(crate) status: StatusCode,
    body: BodyDataStream,
    told: String,
}

impl<'a> Stream<'a> {
    pub(crate) async fn open(app: &'a TestApp, visitor: &Visitor<'_>, seen: Option<&str>) -> Self {
        let cookies: Vec<String> =
            visitor.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = Request::get("/w/acme/events").header("cookie", cookies.join("; "));
        if let Some(seen) = seen {
            request = request.header("last-event-id", seen);
        }
        let mut request = request.body(Body::empty()).unwrap();
        request.extensions_mut().insert(axum::extract::ConnectInfo(visitor.address));
        let response = app.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        Self { app, status, body: response.into_body().into_data_stream(), told: String::new() }
    }

    /// Waits until the stream has told this, as the program does while it runs; `false` if it ended first.
    async fn tells(&mut self, text: &str) -> bool {
        while !self.told.contains(text) {
            self.app.services.live.look().await.unwrap();
            match tokio::time::timeout(Duration::from_millis(50), self.body.next()).await {
                Ok(Some(chunk)) => self.told.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap()),
                Ok(None) => return false,
                Err(_) => {}
            }
        }
        true
    }
}

router_test!(pages_of_other_sites_watch_nothing, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    for headers in [
        [("origin", "https://evil.example"), ("host", "localhost:3000")],
        [("origin", "null"), ("host", "localhost:3000")],
        [("sec-fetch-site", "cross-site"), ("host", "localhost:3000")],
    ] {
        let refused = ada.ask(http::Method::GET, "/w/acme/events", &headers, Body::empty()).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{headers:?}: {}", refused.text());
    }
});

router_test!(whoever_watches_is_told_what_happens_and_who_comes_back_what_they_missed, {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada@acme.example").await;
    let mut stream = Stream::open(&app, &ada, None).await;
    assert_eq!(stream.status, StatusCode::OK);
    assert!(stream.tells(": watching").await);
    let id = app.file("acme", FIGURES).await.to_string();
    assert!(stream.tells("\"action\":\"dataset.read\"").await);
    assert!(stream.told.contains(&format!("\"subject\":\"{id}\"")), "{}", stream.told);
    let seen = stream.told.split("id: ").nth(1).unwrap().lines().next().unwrap().to_owned();
    drop(stream);

    let mut again = Stream::open(&app, &ada, Some(&seen)).await;
    assert!(again.tells("dataset.read").await);
    assert!(!again.told.contains("dataset.uploaded"), "that was seen already: {}", again.told);
    let mut made_up = Stream::open(&app, &ada, Some("999999")).await;
    app.key("acme").await;
    app.fill_profile("acme").await;
    assert!(made_up.tells("profile.saved").await);
    assert!(!made_up.told.contains("key."), "keys are for those who manage them: {}", made_up.told);
});

router_test!(a_stream_ends_with_the_right_to_see_the_workspace, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let eve = app.member("acme", Role::Viewer).await;
    let mut stream = Stream::open(&app, &eve, None).await;
    assert!(stream.tells("watching").await);
    let system = app.system("acme").await;
    let members = app.services.accounts.list_members(&system).await.unwrap().members;
    let viewer = members.iter().find(|member| member.role == Role::Viewer).unwrap();
    app.services.accounts.remove_member(&system, viewer.id).await.unwrap();
    app.fill_profile("acme").await;
    let is_told = stream.tells("profile.saved").await;
    assert!(!is_told, "{}", stream.told);
    assert_eq!(Stream::open(&app, &eve, None).await.status, StatusCode::NOT_FOUND);
});

router_test!(a_stream_ends_with_its_session, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    let before = ada.clone();
    let mut stream = Stream::open(&app, &ada, None).await;
    assert!(stream.tells("watching").await);
    ada.submit("sign_out", &[], "/w/acme").await;
    assert!(!stream.tells("never").await, "the stream ends");
    assert_eq!(Stream::open(&app, &before, None).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(Stream::open(&app, &app.stranger(), None).await.status, StatusCode::UNAUTHORIZED);
});

router_test!(watching_keeps_no_session_alive, {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada@acme.example").await;
    let mut stream = Stream::open(&app, &ada, None).await;
    assert!(stream.tells("watching").await);
    app.pass(TimeDelta::minutes(31));
    app.fill_profile("acme").await;
    assert!(!stream.tells("profile.saved").await, "{}", stream.told);
});

router_test!(nobody_opens_streams_without_end, {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada@acme.example").await;
    let mut open = Vec::new();
    for _ in 0..10 {
        open.push(Stream::open(&app, &ada, None).await);
    }
    assert_eq!(Stream::open(&app, &ada, None).await.status, StatusCode::TOO_MANY_REQUESTS);
    open.pop();
    assert_eq!(Stream::open(&app, &ada, None).await.status, StatusCode::OK, "one was closed");
});

router_test!(streams_end_when_the_program_does, {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada@acme.example").await;
    let mut stream = Stream::open(&app, &ada, None).await;
    assert!(stream.tells("retry: 2000").await, "the browser comes back soon");
    app.stop.send_replace(true);
    assert!(!stream.tells("never").await);
});
