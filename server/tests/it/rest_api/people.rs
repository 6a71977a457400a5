//! What people do about their account and their workspaces.

use chrono::TimeDelta;
use http::StatusCode;
use kernel::Role;
use serde_json::{Value, json};

use super::{ask, key, token};
use crate::app::{PASSWORD, TestApp};

const ADA: &str = "ada@acme.example";

router_test!(who_one_is_can_be_asked_in_two_places, {
    let app = TestApp::start().await;
    app.sign_up(ADA).await;
    let ada = token(&app, ADA).await;
    let me = ask(&app, &ada, ("who_am_i", ""), &Value::Null).await;
    assert_eq!((me.status, &me.json()["email"]), (StatusCode::OK, &json!(ADA)));
    assert_eq!(me.json(), ask(&app, &ada, ("me", ""), &Value::Null).await.json());
});

router_test!(signing_out_everywhere_ends_browsers_and_programs, {
    let app = TestApp::start().await;
    let mut browser = app.sign_up(ADA).await;
    let mut eve = app.member("acme", Role::Admin).await;
    let (here, elsewhere) = (token(&app, ADA).await, token(&app, ADA).await);
    let out = ask(&app, &here, ("end_all_sessions", ""), &Value::Null).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT, "{}", out.text());
    for ended in [here, elsewhere] {
        assert_eq!(ask(&app, &ended, ("me", ""), &Value::Null).await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(browser.get("/account").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(eve.get("/account").await.status, StatusCode::OK, "nobody else's");
});

router_test!(a_password_is_changed_by_who_knows_it_and_signed_in_a_moment_ago, {
    let app = TestApp::start().await;
    let mut browser = app.sign_up(ADA).await;
    let ada = token(&app, ADA).await;
    let new = "nine dry geese in a row";
    let change = async |token: &str, form: Value| ask(&app, token, ("change_password", ""), &form).await;
    for form in [json!({ "new_password": new }), json!({ "new_password": new, "password": "not this one" })] {
        assert_eq!(change(&ada, form).await.status, StatusCode::FORBIDDEN);
    }
    for poor in ["too short", "password password password", "aaaaaaaaaaaaaaaaaaaa"] {
        let refused = change(&ada, json!({ "new_password": poor, "password": PASSWORD })).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{poor}");
        assert_eq!(refused.json()["errors"][0]["field"], "new_password");
    }
    app.pass(TimeDelta::minutes(9));
    let late = token(&app, ADA).await;
    let changed = change(&late, json!({ "new_password": new, "password": PASSWORD })).await;
    assert_eq!(changed.status, StatusCode::NO_CONTENT, "{}", changed.text());
    assert_eq!(ask(&app, &late, ("me", ""), &Value::Null).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(browser.get("/account").await.status, StatusCode::UNAUTHORIZED);
    for (password, status) in [(PASSWORD, StatusCode::UNAUTHORIZED), (new, StatusCode::OK)] {
        let form = json!({ "email": ADA, "password": password });
        assert_eq!(ask(&app, "", ("sign_in", ""), &form).await.status, status);
    }
});

router_test!(a_program_takes_an_invitation_up_once, {
    let app = TestApp::start().await;
    app.sign_up(ADA).await;
    app.sign_up("eve@other.example").await;
    let (ada, eve) = (token(&app, ADA).await, token(&app, "eve@other.example").await);
    let invite = async |form: Value| {
        let made = ask(&app, &ada, ("invite", ""), &form).await;
        made.json()["link"].as_str().unwrap().to_owned()
    };
    let accept =
        async |link: &str| ask(&app, &eve, ("accept_invitation", ""), &json!({ "link": link })).await;
    let for_another = invite(json!({ "role": "viewer", "email": "bob@acme.example" })).await;
    assert_eq!(accept(&for_another).await.status, StatusCode::FORBIDDEN);
    let link = invite(json!({ "role": "viewer" })).await;
    let joined = accept(&link).await;
    assert_eq!(
        (joined.status, &joined.json()["slug"]),
        (StatusCode::OK, &json!("acme")),
        "{}",
        joined.text()
    );
    let mine = ask(&app, &eve, ("list_workspaces", ""), &Value::Null).await.json();
    assert_eq!(mine.as_array().unwrap().len(), 2, "{mine}");
    for worn_out in [link.as_str(), "nothing", ""] {
        assert_eq!(accept(worn_out).await.status, StatusCode::CONFLICT, "{worn_out}");
    }
    // Also by what stands at its end.
    let link = invite(json!({ "role": "viewer" })).await;
    app.member("acme", Role::Admin).await;
    app.sign_up("joe@third.example").await;
    let joe = token(&app, "joe@third.example").await;
    let form = json!({ "link": link.rsplit_once('=').unwrap().1 });
    assert_eq!(ask(&app, &joe, ("accept_invitation", ""), &form).await.status, StatusCode::OK);
});

router_test!(a_person_makes_a_workspace_by_the_api_and_no_key_does, {
    let app = TestApp::start().await;
    app.sign_up(ADA).await;
    let ada = token(&app, ADA).await;
    let key = key(&app, &ada, &["workspace:write"]).await;
    let make = async |token: &str, name: &str| {
        ask(&app, token, ("create_workspace", ""), &json!({ "name": name })).await
    };
    assert_eq!(make("", "Birch").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(make(&key, "Birch").await.status, StatusCode::FORBIDDEN);
    for name in ["", " Birch", "Birch\nWorks", &"b".repeat(81)] {
        let refused = make(&ada, name).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name:?}");
        assert_eq!(refused.json()["errors"][0]["field"], "name", "{}", refused.text());
    }
    let created = make(&ada, "Birch Works").await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.text());
    let birch = created.json();
    assert_eq!((&birch["slug"], &birch["name"]), (&json!("birch-works"), &json!("Birch Works")));
    // Which of hers she means matters nowhere here.
    assert_eq!(make(&ada, "Cedar").await.status, StatusCode::CREATED);
    let mine = ask(&app, &ada, ("list_workspaces", ""), &Value::Null).await.json();
    assert!(mine.as_array().unwrap().contains(&birch), "{mine}");
    let mut slugs: Vec<&str> =
        mine.as_array().unwrap().iter().map(|it| it["slug"].as_str().unwrap()).collect();
    slugs.sort_unstable();
    assert_eq!(slugs, ["acme", "birch-works", "cedar"]);
});

router_test!(whoever_owns_twenty_workspaces_is_told_so_and_makes_no_more, {
    let app = TestApp::start().await;
    app.sign_up(ADA).await;
    let ada = token(&app, ADA).await;
    let me = ask(&app, &ada, ("me", ""), &Value::Null).await.json();
    let id = me["id"].as_str().unwrap().parse().unwrap();
    for number in 1..20 {
        app.services.accounts.create_workspace(id, &format!("Birch {number}")).await.unwrap();
    }
    let refused = ask(&app, &ada, ("create_workspace", ""), &json!({ "name": "Cedar" })).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text());
    let sentence = refused.json()["detail"].as_str().unwrap().to_owned();
    assert!(sentence.contains("20 workspaces") && sentence.contains("Give one to another"), "{sentence}");
});

router_test!(an_owner_has_a_workspace_deleted_keeps_it_and_gives_it_away, {
    let app = TestApp::start().await;
    app.sign_up(ADA).await;
    let bob = app.bystander("acme").await;
    let ada = token(&app, ADA).await;
    let deleted = ask(&app, &ada, ("delete_workspace", ""), &Value::Null).await;
    assert_eq!(deleted.status, StatusCode::OK, "{}", deleted.text());
    let due: chrono::DateTime<chrono::Utc> = deleted.json()["due_at"].as_str().unwrap().parse().unwrap();
    assert_eq!((due - app.services.ambient.now()).num_hours(), 14 * 24 - 1);
    let kept = ask(&app, &ada, ("keep_workspace", ""), &Value::Null).await;
    assert_eq!(kept.status, StatusCode::NO_CONTENT, "{}", kept.text());
    app.pass(TimeDelta::days(15));
    assert_eq!(app.services.accounts.delete_due_workspaces().await.unwrap(), []);

    let fresh = token(&app, ADA).await;
    app.pass(TimeDelta::minutes(9));
    let mine = ask(&app, &fresh, ("me", ""), &Value::Null).await.json()["id"].clone();
    let to_oneself = ask(&app, &fresh, ("transfer_workspace", ""), &json!({ "person": mine })).await;
    assert_eq!(to_oneself.status, StatusCode::CONFLICT, "{}", to_oneself.text());
    let to_nobody = json!({ "person": uuid::Uuid::max() });
    let to_nobody = ask(&app, &fresh, ("transfer_workspace", ""), &to_nobody).await;
    assert_eq!(to_nobody.status, StatusCode::NOT_FOUND, "{}", to_nobody.text());
    assert_eq!(to_nobody.json()["errors"][0]["field"], "person", "{}", to_nobody.text());
    let given = ask(&app, &fresh, ("transfer_workspace", ""), &json!({ "person": bob })).await;
    assert_eq!(given.status, StatusCode::NO_CONTENT, "{}", given.text());
    let members = ask(&app, &fresh, ("list_members", ""), &Value::Null).await.json();
    let role_of = |id: &Value| {
        let items = members["items"].as_array().unwrap();
        items.iter().find(|it| &it["id"] == id).map(|it| it["role"].clone()).unwrap()
    };
    assert_eq!((role_of(&json!(bob)), role_of(&mine)), (json!("owner"), json!("admin")));
});

router_test!(long_after_signing_in_nobody_gives_a_workspace_away_or_deletes_it, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up(ADA).await;
    app.pass(TimeDelta::minutes(11));
    let person = json!({ "person": app.bystander("acme").await }).to_string();
    let json = [("content-type", "application/json"), ("sec-fetch-site", "same-origin")];
    for (method, path, body) in
        [(http::Method::POST, "/transfer", person.as_str()), (http::Method::PUT, "/deletion", "")]
    {
        let path = format!("/api/v1/workspaces/current{path}");
        let refused = ada.ask(method, &path, &json, axum::body::Body::from(body.to_owned())).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}: {}", refused.text());
        assert!(refused.text().contains("/account/prove"), "{}", refused.text());
    }
});
