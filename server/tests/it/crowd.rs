//! Many visitors at once.

use std::{sync::Arc, time::Duration};

use http::StatusCode;

use crate::{app::TestApp, visitor::Visitor};

const PATHS: [&str; 5] = ["/dashboard", "", "/standing", "/data", "/reports"];

/// Opens page after page; none may keep the visitor waiting.
async fn wander(mut visitor: Visitor<'_>, first: usize) {
    for round in 0..12 {
        let path = format!("/w/acme{}", PATHS[(first + round) % PATHS.len()]);
        let page = tokio::time::timeout(Duration::from_secs(20), visitor.get(&path)).await;
        assert_eq!(page.map(|page| page.status), Ok(StatusCode::OK), "{path}");
    }
}

router_test!(many_visitors_at_once_are_all_answered, {
    let app = Arc::new(TestApp::start().await);
    let cookies = app.sign_up("ada@acme.example").await.cookies;
    app.import("acme").await;
    let visits = (0..16).map(|first| {
        let (app, cookies) = (app.clone(), cookies.clone());
        tokio::spawn(async move {
            let mut visitor = app.stranger();
            visitor.cookies = cookies;
            wander(visitor, first).await;
        })
    });
    for visit in visits.collect::<Vec<_>>() {
        visit.await.unwrap();
    }
});
