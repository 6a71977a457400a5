//! What was computed is kept, and every answer is as true as if it were not.

use http::StatusCode;
use kernel::{Currency, Role};
use metrics::{
    MetricKey,
    model::{FiguresQuery, NewObservation},
};
use platform::testing::RedisServer;
use server::Services;

use crate::app::TestApp;

const TOKEN: &str = "a token that only the operator knows";

router_test!(whoever_is_taken_out_sees_no_dashboard_however_warm_it_is, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    let mut viewer = app.member("acme", Role::Viewer).await;
    for _ in 0..2 {
        assert_eq!(viewer.fetch("/w/acme/dashboard").await.status, StatusCode::OK);
    }
    let system = app.system("acme").await;
    let members = app.services.accounts.list_members(&system).await.unwrap().members;
    let person = members.iter().find(|member| member.role == Role::Viewer).unwrap().id;
    app.services.accounts.remove_member(&system, person).await.unwrap();
    assert_eq!(viewer.fetch("/w/acme/dashboard").await.status, StatusCode::NOT_FOUND);
});

router_test!(the_operator_sees_what_keeping_saves, {
    let settings = [("QUARTILE__OPERATIONS__TOKEN", TOKEN)];
    let app = TestApp::start_with(&settings).await;
    let mut ada = app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    for _ in 0..3 {
        assert_eq!(ada.fetch("/w/acme/dashboard").await.status, StatusCode::OK);
    }
    assert_eq!(app.services.cache.computed(), 1);
    let bearer = format!("Bearer {TOKEN}");
    let headers = [("authorization", bearer.as_str())];
    let mut operator = app.stranger();
    let answer = operator.ask(http::Method::GET, "/metrics", &headers, axum::body::Body::empty()).await;
    let text = answer.text();
    for series in [
        "cache_hits_total{level=\"memory\"}",
        "cache_misses_total{level=\"memory\"}",
        "cache_age_seconds",
        "cache_bytes ",
        "cache_entries ",
        "cache_computed_total ",
    ] {
        assert!(text.contains(series), "{series}: {text}");
    }
});

router_test!(nodes_share_what_they_computed_and_go_on_without_redis, {
    let redis = RedisServer::start();
    let url = redis.url();
    let app = TestApp::start_with(&[("QUARTILE__REDIS__URL", url.as_str())]).await;
    app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    let config = (*app.services.config).clone();
    let over = Services::over(app.services.db.clone(), config, app.services.ambient.clone());
    let (one, other) = (app.services.clone(), Box::pin(over).await.unwrap());
    let actor = app.system("acme").await;
    let mrr = async |node: &Services| {
        let view = node.metrics.dashboard(&actor, FiguresQuery::default()).await.unwrap();
        let figures = view.content.unwrap().dashboard.figures;
        let yearly = figures.iter().find(|figure| figure.key == MetricKey::ARR).unwrap();
        yearly.value.known().unwrap() / 12.0
    };
    let before = mrr(&one).await;
    assert_eq!((mrr(&other).await.to_bits(), other.cache.computed()), (before.to_bits(), 0));

    let month = one.metrics.table(&actor, None).await.unwrap().months.pop().unwrap();
    for (step, signal) in [(1.0, "-CONT"), (2.0, "-STOP"), (3.0, "-KILL")] {
        redis.signal(signal);
        let new = [NewObservation { metric: MetricKey::MRR, month, value: step }];
        one.metrics.record(&actor, Currency::Usd, &new).await.unwrap();
        for node in [&one, &other] {
            assert_eq!(mrr(node).await.to_bits(), step.to_bits(), "{signal}");
        }
    }
});

router_test!(without_room_nothing_is_kept, {
    let app = TestApp::start_with(&[("QUARTILE__CACHE__MOST_MEGABYTES", "0")]).await;
    let mut ada = app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    for _ in 0..2 {
        assert_eq!(ada.fetch("/w/acme/dashboard").await.status, StatusCode::OK);
    }
    assert_eq!((app.services.cache.computed(), app.services.cache.bytes()), (0, 0));
});
