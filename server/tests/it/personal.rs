//! Personal data in files: what each person gets of it over pages, files and the API.

use accounts::RecordsInput;
use axum::body::Body;
use chrono::TimeDelta;
use http::{Method, StatusCode};
use kernel::Role;
use serde_json::{Value, json};

use crate::{
    app::TestApp,
    rest_api::{ask, key, token},
    visitor::{Answer, Visitor},
};

const PEOPLE: &str = "month,Contact,E-mail,Phone,IBAN,MRR\n\
    2026-01,Ada Canary,ada@canary.example,+49 30 901820,DE89370400440532013000,1000\n\
    2026-02,Bob Canary,bob@canary.example,+49 30 901821,GB82WEST12345698765432,1100\n\
    2026-03,Eve Canary,eve@canary.example,+49 30 901822,NL91ABNA0417164300,1200\n\
    Mallory Canary,mallory@canary.example\n";
/// Minutes after which a proof is too old.
const TOO_OLD: i64 = 11;

fn assert_masked(what: &str, answer: &Answer) {
    let text = answer.text();
    for canary in ["Canary", "canary", "90182", "DE8937", "WEST", "ABNA"] {
        assert!(!text.contains(canary), "{what} holds {canary}: {text}");
    }
}

/// How often somebody read personal data, by the audit log.
async fn noted(app: &TestApp) -> usize {
    let actor = app.system("acme").await;
    let asked = RecordsInput { action: "personal_data.read".to_owned(), ..RecordsInput::default() };
    app.services.accounts.records(&actor, &asked, 100).await.unwrap().lines.len()
}

async fn operation(app: &TestApp, token: &str, (method, path): (Method, &str), body: Value) -> Answer {
    let authorization = format!("Bearer {token}");
    let headers = [
        ("authorization", authorization.as_str()),
        ("quartile-workspace", "acme"),
        ("content-type", "application/json"),
    ];
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    app.stranger().ask(method, &format!("/api/v1{path}"), &headers, body).await
}

async fn masked_everywhere(visitor: &mut Visitor<'_>, file: &str) {
    for path in ["format", "map", "check", "original", "rejected.csv"] {
        let answer = visitor.get(&format!("/w/acme/data/{file}/{path}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_masked(path, &answer);
    }
    for name in ["get_dataset", "get_mapping", "get_check"] {
        let answer = visitor.call(name, &[("workspace", "acme"), ("id", file)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{name}");
        assert_masked(name, &answer);
    }
}

router_test!(pages_and_files_are_masked_for_everybody_who_has_not_just_shown_who_they_are, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    let file = app.file("acme", PEOPLE).await.to_string();
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Owner) {
        let mut visitor = app.member("acme", role).await;
        masked_everywhere(&mut visitor, &file).await;
        let asked = visitor.get(&format!("/w/acme/data/{file}/format?personal=shown")).await;
        assert_eq!(asked.status, StatusCode::FORBIDDEN, "{role:?}");
        assert_masked("the page", &asked);
        let form = [("workspace", "acme"), ("id", file.as_str()), ("shows_personal", "true")];
        let asked = visitor.call("get_dataset", &form).await;
        assert_eq!(asked.status, StatusCode::FORBIDDEN, "{role:?}");
        assert_masked("the function", &asked);
    }
    app.pass(TimeDelta::minutes(TOO_OLD));
    masked_everywhere(&mut ada, &file).await;
    assert_eq!(noted(&app).await, 0);
});

router_test!(an_owner_is_led_through_a_proof_and_then_sees_all_of_it_once, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    let file = app.file("acme", PEOPLE).await.to_string();
    app.pass(TimeDelta::minutes(TOO_OLD));
    let page = format!("/w/acme/data/{file}/format");
    let shown = format!("{page}?personal=shown");
    assert!(ada.get(&page).await.text().contains("Show it"));
    let led = ada.get(&shown).await;
    assert_eq!(led.location(), format!("/account/prove?next={shown}"));
    assert_masked("the way to the proof", &led);
    let form = [("workspace", "acme"), ("id", file.as_str()), ("shows_personal", "true")];
    assert_masked("the function", &ada.call("get_dataset", &form).await);
    assert_eq!(noted(&app).await, 0);

    let form = [("input[next]", shown.as_str()), ("input[password]", crate::app::PASSWORD)];
    assert_eq!(ada.submit("prove", &form, "/account/prove").await.location(), shown);
    let answer = ada.get(&shown).await;
    assert!(answer.text().contains("ada@canary.example"), "{}", answer.text());
    assert_eq!((answer.header("cache-control"), noted(&app).await), ("no-store", 1));
    assert_masked("the same page later", &ada.get(&page).await);
    let original = ada.get(&format!("/w/acme/data/{file}/original")).await;
    assert_eq!((original.text().as_str(), noted(&app).await), (PEOPLE, 2));
    assert!(original.header("content-disposition").contains("figures.csv"));
    let log = ada.get("/w/acme/audit").await;
    assert!(log.text().contains("personal_data.read"));
    assert_masked("the log", &log);
    assert_masked("the export of the log", &ada.get("/w/acme/audit.csv").await);
});

router_test!(a_masked_copy_has_a_name_of_its_own_and_what_is_not_read_yet_is_refused, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let file = app.file("acme", PEOPLE).await.to_string();
    let mut viewer = app.member("acme", Role::Viewer).await;
    let copy = viewer.get(&format!("/w/acme/data/{file}/original")).await;
    assert!(copy.header("content-disposition").contains("figures-masked.csv"));
    assert_eq!(copy.header("content-length"), "");
    assert!(copy.text().contains("A. C.,a***@c***.example,***20,***3000,1000"), "{}", copy.text());
    let unread = app.file("acme", "month,E-mail\n").await.to_string();
    let refused = viewer.fetch(&format!("/w/acme/data/{unread}/original")).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
});

router_test!(the_api_masks_for_keys_and_shows_persons_what_they_may_see, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let file = app.file("acme", PEOPLE).await.to_string();
    let ada = token(&app, "ada@acme.example").await;
    let columns = format!("/data/files/{file}/columns");
    let (shown, download) = (format!("{columns}?personal=shown"), format!("/data/files/{file}/download"));
    let reader = key(&app, &ada, &["data:read", "data:write", "members:write"]).await;
    app.member("acme", Role::Viewer).await;
    let viewer = token(&app, "viewer@staff-of-acme.example").await;
    for token in [&reader, &viewer] {
        let answer = operation(&app, token, (Method::GET, &columns), Value::Null).await;
        assert_eq!(answer.json()["columns"][2]["personal"], "email");
        assert_eq!(answer.json()["columns"][2]["samples"][0], "a***@c***.example");
        assert_masked("the columns", &answer);
        assert_masked("the file", &operation(&app, token, (Method::GET, &download), Value::Null).await);
        let refused = operation(&app, token, (Method::GET, &shown), Value::Null).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    }
    let answer = operation(&app, &ada, (Method::GET, &shown), Value::Null).await;
    assert_eq!(answer.json()["columns"][2]["samples"][0], "ada@canary.example");
    let answer = operation(&app, &ada, (Method::GET, &download), Value::Null).await;
    assert_eq!((answer.text().as_str(), noted(&app).await), (PEOPLE, 2));
    let wrong = operation(&app, &ada, (Method::GET, &format!("{columns}?personal=all")), Value::Null).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
});

router_test!(columns_are_classified_by_the_api_and_by_forms_and_freed_by_those_who_see_them, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    let file = app.file("acme", PEOPLE).await.to_string();
    let mut analyst = app.member("acme", Role::Analyst).await;
    let analyst_token = token(&app, "analyst@staff-of-acme.example").await;
    let columns = format!("/data/files/{file}/columns");
    let choice =
        |column: u32, personal: &str| json!({ "columns": [{ "column": column, "personal": personal }] });
    let answer = operation(&app, &analyst_token, (Method::PUT, &columns), choice(5, "free_text")).await;
    assert_eq!(answer.json()["columns"][5]["personal"], "free_text", "{}", answer.text());
    for (column, field) in [(1000, "columns[0].column"), (0, "columns[0].personal")] {
        let wrong = operation(&app, &analyst_token, (Method::PUT, &columns), choice(column, "secret")).await;
        assert_eq!(wrong.json()["errors"][0]["field"], field);
    }
    let refused = operation(&app, &analyst_token, (Method::PUT, &columns), choice(2, "none")).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);

    let page = format!("/w/acme/data/{file}/format");
    let form = [("workspace", "acme"), ("id", file.as_str()), ("input[personal][c5]", "none")];
    assert_eq!(analyst.call("choose_format", &form).await.status, StatusCode::FORBIDDEN);
    app.pass(TimeDelta::minutes(TOO_OLD));
    let led = ada.submit("choose_format", &form, &page).await;
    assert_eq!(led.location(), format!("/account/prove?next={page}"));
    let proof = [("input[next]", page.as_str()), ("input[password]", crate::app::PASSWORD)];
    ada.submit("prove", &proof, "/account/prove").await;
    ada.submit("choose_format", &form, &page).await;
    let ada_token = token(&app, "ada@acme.example").await;
    let answer = operation(&app, &ada_token, (Method::GET, &columns), Value::Null).await;
    assert_eq!(answer.json()["columns"][5]["personal"], "none", "{}", answer.text());
});

router_test!(owners_switch_who_sees_personal_data_on_the_page_and_over_the_api, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    let file = app.file("acme", PEOPLE).await.to_string();
    let mut analyst = app.member("acme", Role::Analyst).await;
    let shown = format!("/w/acme/data/{file}/format?personal=shown");
    let owner = token(&app, "ada@acme.example").await;
    let members = operation(&app, &owner, (Method::GET, "/members"), Value::Null).await.json();
    let of_role = |role: &str| {
        let members = members["items"].as_array().unwrap();
        members.iter().find(|member| member["role"] == role).unwrap()["id"].as_str().unwrap().to_owned()
    };
    let id = of_role("analyst");
    let form = [("workspace", "acme"), ("person", id.as_str()), ("wanted", "true")];
    let switched = ada.submit("let_read_personal_data", &form, "/w/acme/members").await;
    assert_eq!(switched.location(), "/w/acme/members?made=granted");
    assert_eq!(
        analyst.get(&shown).await.status,
        StatusCode::UNAUTHORIZED,
        "whoever may do more signs in anew"
    );
    let mut analyst = app.stranger();
    let form_of_theirs =
        [("input[email]", "analyst@staff-of-acme.example"), ("input[password]", crate::app::PASSWORD)];
    analyst.submit("sign_in", &form_of_theirs, "/sign-in").await;
    assert!(analyst.get(&shown).await.text().contains("ada@canary.example"));
    let change = |is_let: bool| json!({ "reads_personal_data": is_let });
    let member = format!("/members/{id}");
    assert_eq!(
        operation(&app, &owner, (Method::PATCH, &member), change(false)).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(analyst.get(&shown).await.status, StatusCode::FORBIDDEN);
    assert_eq!(
        operation(&app, &owner, (Method::PATCH, &member), change(true)).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(analyst.get(&shown).await.status, StatusCode::UNAUTHORIZED, "and over the API too");
    let listed = operation(&app, &owner, (Method::GET, "/members"), Value::Null).await.json();
    let listed = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|member| member["id"] == id.as_str())
        .unwrap()
        .clone();
    assert_eq!(listed["reads_personal_data"], true);

    app.member("acme", Role::Admin).await;
    let admin = token(&app, "admin@staff-of-acme.example").await;
    let key = key(&app, &owner, &["members:write"]).await;
    for token in [&admin, &key] {
        let refused = operation(&app, token, (Method::PATCH, &member), change(false)).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    }
    for wrong in [json!({}), json!({ "role": "viewer", "reads_personal_data": true })] {
        let refused = ask(&app, &owner, ("change_role", &id), &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    app.pass(TimeDelta::minutes(TOO_OLD));
    let led = ada.submit("let_read_personal_data", &form, "/w/acme/members").await;
    assert_eq!(led.location(), "/account/prove?next=/w/acme/members");
});

router_test!(an_owner_takes_files_along_whole, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    app.file("acme", PEOPLE).await;
    let archive = ada.get("/w/acme/everything.zip").await;
    assert_eq!(archive.status, StatusCode::OK);
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(archive.body.to_vec())).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    let name = names.iter().find(|name| name.starts_with("files/")).unwrap();
    let whole = std::io::read_to_string(archive.by_name(name).unwrap()).unwrap();
    assert_eq!(whole, PEOPLE);
});
