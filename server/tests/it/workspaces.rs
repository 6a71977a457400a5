//! Making another workspace, by a form with and without JavaScript.

use http::StatusCode;

use crate::app::{PASSWORD, TestApp};

const ADA: &str = "ada@acme.example";
const PAGE: &str = "/workspaces/new";

/// Takes everybody out of every workspace.
async fn empty_workspaces(app: &TestApp) {
    let mut tx = app.services.db.begin_everywhere().await.unwrap();
    db::on_tx!(&mut tx, |c| db::sqlx::query("DELETE FROM memberships").execute(c).await.map(|_| ())).unwrap();
    tx.commit().await.unwrap();
}

router_test!(a_form_without_javascript_makes_another_workspace_and_leads_there, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up(ADA).await;
    let frame = ada.get("/w/acme").await;
    assert!(frame.attributes("href").iter().any(|href| href == PAGE), "{}", frame.text());
    let page = ada.get(PAGE).await;
    assert!(page.attributes("action").iter().any(|action| action.ends_with("/create_workspace")));
    assert!(page.attributes("href").iter().any(|href| href == "/w/acme"), "where she belongs already");

    let before = ada.cookies["sid"].clone();
    let made = ada.submit("create_workspace", &[("input[name]", " Birch Works ")], PAGE).await;
    assert_eq!((made.status, made.location()), (StatusCode::FOUND, "/w/birch-works"));
    assert_ne!(ada.cookies["sid"], before, "more rights, another id");
    let birch = ada.get("/w/birch-works").await;
    assert!(birch.status == StatusCode::OK && birch.text().contains("Birch Works"), "{}", birch.text());
    let links = birch.attributes("href");
    for link in ["/w/acme", "/w/birch-works"] {
        assert!(links.iter().any(|href| href == link), "the switch has no {link}");
    }
    let view = ada.call("get_workspace", &[("slug", "birch-works")]).await.json();
    assert_eq!(view["role"], "owner");
});

router_test!(a_refused_name_is_told_beside_its_field_and_makes_nothing, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up(ADA).await;
    let long = "b".repeat(81);
    let back = ada.submit("create_workspace", &[("input[name]", &long)], PAGE).await.location().to_owned();
    assert_eq!(back, PAGE);
    let page = ada.get(PAGE).await;
    let sentence = "Use at most 80 characters for the name of your company";
    assert!(page.text().contains(sentence), "{}", page.text());
    assert!(page.attributes("value").contains(&long), "nothing typed is lost");
    for name in ["", " "] {
        let refused = ada.call("create_workspace", &[("input[name]", name)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused.json()["fields"][0]["field"], "name");
    }
    assert_eq!(ada.call("get_my_workspaces", &[]).await.json().as_array().unwrap().len(), 1);
});

router_test!(whoever_belongs_to_no_workspace_is_led_to_making_one, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up(ADA).await;
    empty_workspaces(&app).await;
    assert_eq!(ada.get("/w/acme").await.status, StatusCode::NOT_FOUND);
    let home = ada.get("/").await;
    assert!(home.attributes("href").iter().any(|href| href == PAGE), "{}", home.text());
    let form = [("input[email]", ADA), ("input[password]", PASSWORD)];
    assert_eq!(app.stranger().submit("sign_in", &form, "/sign-in").await.location(), PAGE);
    assert!(ada.get(PAGE).await.text().contains("You belong to no workspace now"));
    let made = ada.submit("create_workspace", &[("input[name]", "Birch")], PAGE).await;
    assert_eq!(made.location(), "/w/birch");
    assert_eq!(ada.get("/w/birch").await.status, StatusCode::OK);
});

router_test!(strangers_are_asked_to_sign_in_before_they_make_a_workspace, {
    let app = TestApp::start().await;
    let mut stranger = app.stranger();
    let page = stranger.get(PAGE).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert!(!page.attributes("action").iter().any(|action| action.ends_with("/create_workspace")));
    let home = stranger.get("/").await;
    assert!(!home.attributes("href").iter().any(|href| href == PAGE), "{}", home.text());
    let refused = stranger.call("create_workspace", &[("input[name]", "Birch")]).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
});
