//! The area of whoever runs the instance.

use axum::body::Body;
use chrono::TimeDelta;
use http::{Method, StatusCode};

use crate::{
    app::{PASSWORD, TestApp},
    visitor::Visitor,
};

const PAGES: [&str; 7] = ["", "/people", "/workspaces", "/jobs", "/blocks", "/records", "/settings"];

/// Somebody who has just become an administrator by the link that the program prints at its first start.
pub(crate) async fn administrator(app: &TestApp) -> Visitor<'_> {
    let link = app.services.accounts.first_administrator_link().await.unwrap().unwrap();
    let mut eve = app.sign_up("eve@operators.example").await;
    let secret = link.split_once("?link=").unwrap().1;
    let answer = eve.submit("become_administrator", &[("link", secret)], "/admin/claim").await;
    assert_eq!(answer.location(), "/admin", "{}", answer.text());
    eve
}

async fn person(app: &TestApp, slug: &str) -> String {
    let members = app.services.accounts.list_members(&app.system(slug).await).await.unwrap().members;
    members[0].id.to_string()
}

router_test!(every_page_of_administrators_shows_what_it_is_for, {
    let app = TestApp::start_with(&[("QUARTILE__OPERATIONS__TOKEN", "a-token-of-many-letters-4711")]).await;
    app.sign_up("ada@acme.example").await;
    let mut eve = administrator(&app).await;
    for page in PAGES {
        let answer = eve.get(&format!("/admin{page}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{page}: {}", answer.text());
    }
    assert!(eve.get("/admin").await.text().contains("database"));
    let people = eve.get("/admin/people").await.text();
    assert!(people.contains("a***@a***.example") && !people.contains("ada@acme.example"), "{people}");
    assert!(eve.get("/admin/workspaces").await.text().contains("Look inside"));
    assert!(eve.get("/admin/records").await.text().contains("administrator.made"));
    let settings = eve.get("/admin/settings").await.text();
    assert!(settings.contains("operations.token") && !settings.contains("4711"), "secrets are left out");
});

router_test!(the_area_closes_after_half_an_hour_and_deeds_ask_sooner, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let mut eve = administrator(&app).await;
    let ada = person(&app, "acme").await;
    let deed = [("person", ada.as_str()), ("wanted", "false")];
    app.pass(TimeDelta::minutes(11));
    assert_eq!(eve.get("/admin/people").await.status, StatusCode::OK);
    let answer = eve.submit("set_active", &deed, "/admin/people").await;
    assert_eq!(answer.location(), "/account/prove?next=/admin/people");

    // Somebody is busy elsewhere meanwhile, so the session itself goes on.
    app.pass(TimeDelta::minutes(20));
    assert_eq!(eve.call("get_people", &[("search", ""), ("page", "1")]).await.status, StatusCode::FORBIDDEN);
    let page = eve.get("/admin/people").await.text();
    assert!(page.contains("Confirm it is you") && !page.contains("a***@"), "{page}");

    eve.submit("prove", &[("input[next]", "/admin"), ("input[password]", PASSWORD)], "/account/prove").await;
    let answer = eve.submit("set_active", &deed, "/admin/people").await;
    assert_eq!(answer.location(), "/admin/people?done=deactivated");
});

router_test!(a_look_into_a_workspace_shows_it_says_so_and_ends, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let mut eve = administrator(&app).await;
    assert_eq!(eve.get("/w/acme").await.status, StatusCode::NOT_FOUND);
    let look = |reason: &'static str| {
        [("input[workspace]", "acme"), ("input[reason]", reason), ("input[minutes]", "15")]
    };
    let refused = eve.call("look_into", &look("because")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let answer = eve.submit("look_into", &look("Support request 4711"), "/admin/workspaces").await;
    assert_eq!(answer.location(), "/w/acme");
    let page = eve.get("/w/acme").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("You look into this workspace as an administrator"));
    let form = [("workspace", "acme"), ("input[name]", "Mine"), ("input[currency]", "USD")];
    assert_eq!(eve.call("save_profile", &form).await.status, StatusCode::FORBIDDEN);
    assert_eq!(eve.get("/w/acme/audit").await.status, StatusCode::FORBIDDEN);

    eve.submit("look_away", &[("workspace", "acme")], "/w/acme").await;
    assert_eq!(eve.get("/w/acme").await.status, StatusCode::NOT_FOUND);
});

router_test!(scanners_are_not_answered_until_an_administrator_lifts_that, {
    let app = TestApp::start().await;
    let mut eve = administrator(&app).await;
    let mut scanner = app.stranger();
    scanner.address = "203.0.113.9:4711".parse().unwrap();
    for bait in ["/.env", "/wp-login.php", "/.git/config"] {
        let answer = scanner.ask(Method::GET, bait, &[], Body::empty()).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{bait}");
    }
    for path in ["/", "/sign-in", "/api/v1/users/me", "/pkg/quartile.css"] {
        let answer = scanner.ask(Method::GET, path, &[], Body::empty()).await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{path}");
        assert_eq!(answer.header("retry-after").len(), 5, "about a day in seconds");
    }
    let health = scanner.ask(Method::GET, "/health", &[], Body::empty()).await;
    assert_eq!(health.status, StatusCode::OK, "a balancer may share the address");

    let page = eve.get("/admin/blocks").await.text();
    assert!(page.contains("203.0.113.9") && page.contains("looked for weaknesses"), "{page}");
    let answer = eve.submit("lift_block", &[("place", "203.0.113.9")], "/admin/blocks").await;
    assert_eq!(answer.location(), "/admin/blocks?done=lifted");
    let answer = scanner.ask(Method::GET, "/sign-in", &[], Body::empty()).await;
    assert_eq!(answer.status, StatusCode::OK);
});

router_test!(a_place_that_an_administrator_shuts_out_is_not_answered, {
    let app = TestApp::start().await;
    let mut eve = administrator(&app).await;
    let form =
        [("input[place]", "203.0.113.10"), ("input[reason]", "floods the sign-in"), ("input[hours]", "1")];
    let answer = eve.submit("block_place", &form, "/admin/blocks").await;
    assert_eq!(answer.location(), "/admin/blocks?done=blocked");
    let mut flood = app.stranger();
    flood.address = "203.0.113.10:4711".parse().unwrap();
    assert_eq!(flood.get("/sign-in").await.status, StatusCode::TOO_MANY_REQUESTS);
    let mistyped =
        [("input[place]", "nowhere"), ("input[reason]", "floods the sign-in"), ("input[hours]", "1")];
    eve.submit("block_place", &mistyped, "/admin/blocks").await;
    let page = eve.get("/admin/blocks").await.text();
    assert!(page.contains("Write one network address") && page.contains("value=\"nowhere\""), "{page}");
});

router_test!(a_job_that_was_given_up_is_tried_again, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let mut eve = administrator(&app).await;
    let scope = app.system("acme").await.require(kernel::Permission::ManageData).unwrap();
    let mut tx = app.services.db.begin_in(scope).await.unwrap();
    let id = app.services.jobs.enqueue(&mut tx, scope, "unheard.of", "{}".to_owned()).await.unwrap();
    let sql =
        "UPDATE jobs SET state = 'failed', attempts = 5, last_error = 'nobody can do that' WHERE id = $1";
    db::on_tx!(&mut tx, |c| db::sqlx::query(sql).bind(id.uuid()).execute(c).await.map(|_| ())).unwrap();
    tx.commit().await.unwrap();
    let page = eve.get("/admin/jobs").await.text();
    assert!(page.contains("unheard.of") && page.contains("nobody can do that"), "{page}");
    let id = id.to_string();
    let answer = eve.submit("retry_job", &[("id", &id)], "/admin/jobs").await;
    assert_eq!(answer.location(), "/admin/jobs?done=retried");
    assert_eq!(eve.call("retry_job", &[("id", &id)]).await.status, StatusCode::CONFLICT);
});
