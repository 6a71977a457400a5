//! Taking everything along, and going.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read,
    time::Duration,
};

use accounts::{Attempt, RecordsInput};
use axum::body::Body;
use chrono::TimeDelta;
use http::{Method, StatusCode};
use kernel::{Role, UserId};
use metrics::model::FiguresQuery;
use platform::audit::{self, Entry};
use reports::model::{Access, SharingChange};
use serde_json::json;

use crate::{
    app::{FIGURES, PASSWORD, TestApp},
    rest_api::token,
    visitor::Visitor,
};

const ADA: &str = "ada@acme.example";

router_test!(an_owner_takes_everything_of_a_workspace_along, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up(ADA).await;
    let empty = ada.get("/w/acme/everything.zip").await;
    assert_eq!(empty.status, StatusCode::OK, "before there are figures: {}", empty.text());
    let (file, _) = app.import("acme").await;
    let report = app.report("acme").await;
    // It is kept also where nothing can be imported with it yet.
    let acme = app.system("acme").await;
    let _saved = app.services.metrics.save_mapping(&acme, file, &BTreeMap::new()).await;
    let viewer = app.bystander("acme").await;
    let shared = SharingChange::member(viewer, Some(Access::Read));
    app.services.reports.share(&acme, report, shared).await.unwrap();
    app.invitation("acme").await;
    let answer = ada.get("/w/acme/everything.zip").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(answer.body.clone())).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    for wanted in [
        "README.txt",
        "workspace.json",
        "members.json",
        "invitations.json",
        "mappings.json",
        "grants.json",
        "keys.json",
        "imports.json",
        "benchmarks.json",
        "files.json",
        "reports.json",
        "sources.csv",
        "figures.csv",
        "audit-log.csv",
    ] {
        assert!(names.iter().any(|name| name == wanted), "{wanted} is not in {names:?}");
    }
    let mut read = |name: &str| {
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    let readme = read("README.txt");
    for name in names.iter().filter(|name| !name.contains('/') && *name != "README.txt") {
        assert!(readme.contains(name.as_str()), "{name} is not in {readme}");
    }
    assert!(read("grants.json").contains(&viewer.to_string()));
    let mappings: serde_json::Value = serde_json::from_str(&read("mappings.json")).unwrap();
    assert_eq!(mappings.as_object().unwrap().len(), 1, "{mappings}");
    let invitations: serde_json::Value = serde_json::from_str(&read("invitations.json")).unwrap();
    assert_eq!(invitations.as_array().unwrap().len(), 1, "{invitations}");
    let original = names.iter().find(|name| name.starts_with("files/")).unwrap();
    assert_eq!(read(original), FIGURES, "byte for byte");
    assert!(names.iter().any(|name| name.starts_with("reports/") && name.contains(".pdf")), "{names:?}");
    assert!(ada.get("/w/acme/audit").await.text().contains("workspace.exported"));
});

router_test!(an_archive_says_of_files_and_figures_where_they_came_from, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up(ADA).await;
    let (file, import) = app.import("acme").await;
    app.file("acme", "month,E-mail\n2026-01,bob@canary.example\n2026-02,eve@canary.example\n").await;
    let answer = ada.get("/w/acme/everything.zip").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(answer.body.clone())).unwrap();
    let mut read = |name: &str| std::io::read_to_string(archive.by_name(name).unwrap()).unwrap();
    let files: serde_json::Value = serde_json::from_str(&read("files.json")).unwrap();
    let files = files.as_array().unwrap();
    assert_eq!(files.len(), 2);
    let figures = files.iter().find(|listed| listed["id"] == file.to_string()).unwrap();
    let acme = app.system("acme").await;
    let known = app.services.datasets.get(&acme, file).await.unwrap();
    assert_eq!((&figures["sha256"], &figures["state"]), (&json!(known.sha256), &json!("ready")));
    assert_eq!(figures["profile"]["format"]["delimiter"], "comma");
    assert_eq!(figures["mapping"]["0"]["role"], "period");
    assert_eq!(read(figures["path"].as_str().unwrap()), FIGURES, "the list says where the bytes are");
    let about_people = files.iter().find(|listed| listed["id"] != file.to_string()).unwrap();
    assert_eq!(about_people["profile"]["format"]["columns"][1]["personal"], "email");
    let sources = read("sources.csv");
    let from = format!(",{import},{file},2,figures.csv\r\n");
    assert!(sources.contains(&format!("mrr,2024-01,45480,USD{from}")), "{sources}");
    assert_eq!(read("benchmarks.json"), "[]", "no peers were frozen yet");
});

router_test!(an_archive_says_of_reports_and_imports_who_made_them, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up(ADA).await;
    let person: UserId = own_id(&mut ada).await.parse().unwrap();
    let owner = app.services.accounts.authorise(Some(person), "acme").await.unwrap();
    let file = app.file("acme", FIGURES).await;
    let import = app.services.metrics.commit(&owner, file).await.unwrap();
    let reports = &app.services.reports;
    let own = reports.create(&owner, FiguresQuery::default()).await.unwrap().id;
    reports.share(&owner, own, SharingChange::everyone(true)).await.unwrap();
    let own = reports.show(&owner, own).await.unwrap();
    let other = app.report("acme").await;
    let answer = ada.get("/w/acme/everything.zip").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(answer.body.clone())).unwrap();
    let mut read = |name: &str| std::io::read_to_string(archive.by_name(name).unwrap()).unwrap();
    let listed: serde_json::Value = serde_json::from_str(&read("reports.json")).unwrap();
    let listed = listed.as_array().unwrap();
    assert_eq!(listed.len(), 2);
    let of_ada = listed.iter().find(|it| it["id"] == own.id.to_string()).unwrap();
    let expected = json!({
        "id": own.id, "kind": "benchmark", "title": own.title, "period": own.period, "snapshot": own.snapshot,
        "file_name": of_ada["file_name"], "path": of_ada["path"], "size_bytes": own.size_bytes,
        "created_by": person, "created_at": own.created_at, "for_everyone": true,
    });
    assert_eq!(*of_ada, expected);
    assert!(read(of_ada["path"].as_str().unwrap()).starts_with("%PDF"), "the list says where the bytes are");
    let of_program = listed.iter().find(|it| it["id"] == other.to_string()).unwrap();
    assert_eq!((&of_program["created_by"], &of_program["for_everyone"]), (&json!(null), &json!(false)));
    let imports: serde_json::Value = serde_json::from_str(&read("imports.json")).unwrap();
    assert_eq!(imports[0]["id"], json!(import.id));
    assert_eq!((&imports[0]["committed_by"], &imports[0]["has_file"]), (&json!(person), &json!(true)));
});

router_test!(only_an_owner_takes_everything_and_only_after_showing_who_they_are, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up(ADA).await;
    let mut admin = app.member("acme", Role::Admin).await;
    assert_eq!(admin.get("/w/acme/everything.zip").await.status, StatusCode::FORBIDDEN);
    let mut eve = app.sign_up("eve@other.example").await;
    assert_eq!(eve.get("/w/acme/everything.zip").await.status, StatusCode::NOT_FOUND);
    app.pass(TimeDelta::minutes(11));
    assert_eq!(ada.get("/w/acme/everything.zip").await.location(), "/account/prove?next=/w/acme/members");
    assert_eq!(ada.get("/account/export.json").await.location(), "/account/prove?next=/account");
    assert_eq!(app.stranger().get("/account/export.json").await.status, StatusCode::UNAUTHORIZED);
});

router_test!(whoever_loses_the_right_while_everything_is_packed_gets_nothing, {
    const SIGNED_OUT: &str = "DELETE FROM sessions; UPDATE token_families SET revoked_at = started_at";
    const DEMOTED: &str = "UPDATE memberships SET role = 'admin' WHERE workspace_id = NEW.workspace_id";
    let app = TestApp::start().await;
    let mut ada = app.sign_up(ADA).await;
    let id: UserId = own_id(&mut ada).await.parse().unwrap();
    let acme = app.workspace("acme").await;
    for (deed, expected) in [(SIGNED_OUT, StatusCode::UNAUTHORIZED), (DEMOTED, StatusCode::FORBIDDEN)] {
        for is_program in [false, true] {
            app.services.accounts.put_member(acme, id, Role::Owner).await.unwrap();
            let mut visitor = app.stranger();
            let mut headers = Vec::new();
            let bearer = format!("Bearer {}", token(&app, ADA).await);
            let path = if is_program {
                headers.push(("authorization", bearer.as_str()));
                "/api/v1/workspaces/current/everything"
            } else {
                let form = [("input[email]", ADA), ("input[password]", PASSWORD)];
                visitor.submit("sign_in", &form, "/sign-in").await;
                "/w/acme/everything.zip"
            };
            let whole = visitor.ask(Method::GET, path, &headers, Body::empty()).await;
            assert_eq!(whole.status, StatusCode::OK, "nothing was lost yet: {}", whole.text());
            // It happens when somebody begins to pack.
            let trigger = format!(
                "CREATE TRIGGER meanwhile AFTER INSERT ON audit_events WHEN NEW.action = 'workspace.exported' BEGIN {deed}; END"
            );
            define(&app, trigger).await;
            let refused = visitor.ask(Method::GET, path, &headers, Body::empty()).await;
            define(&app, "DROP TRIGGER meanwhile".to_owned()).await;
            assert_eq!(refused.status, expected, "{deed}, {path}: {}", refused.text());
        }
    }
    let asked = RecordsInput { action: "workspace.exported".to_owned(), ..RecordsInput::default() };
    let deeds = app.services.accounts.records(&app.system("acme").await, &asked, 20).await.unwrap().lines;
    assert_eq!(deeds.len(), 8, "each was let in, and half of them got nothing");
});

/// Has the database keep or drop a trigger.
async fn define(app: &TestApp, sql: String) {
    let mut tx = app.services.db.begin_everywhere().await.unwrap();
    db::on_tx!(&mut tx, |c| db::sqlx::query(db::sqlx::AssertSqlSafe(sql)).execute(c).await.map(|_| ()))
        .unwrap();
    tx.commit().await.unwrap();
}

router_test!(what_is_kept_about_a_person_is_a_file_for_programs, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up(ADA).await;
    let answer = ada.get("/account/export.json").await;
    assert_eq!(answer.json()["person"]["email"], ADA);
    assert_eq!(answer.json()["workspaces"][0]["slug"], "acme");
    for nothing in ["report_grants", "deeds_as_administrator", "emergency_looks"] {
        assert_eq!(answer.json()[nothing].as_array().map(Vec::len), Some(0), "{nothing}");
    }
    assert!(answer.header("content-disposition").starts_with("attachment"));
});

/// The id of somebody, as their own data tells it.
async fn own_id(visitor: &mut Visitor<'_>) -> String {
    let own = visitor.get("/account/export.json").await.json();
    own["person"]["id"].as_str().unwrap().to_owned()
}

router_test!(what_a_person_takes_along_is_whole_however_much_they_did, {
    const FIELDS: [&str; 13] = [
        "person",
        "email_confirmed_at",
        "has_password",
        "identities",
        "sessions",
        "ended_programs",
        "administrator_since",
        "workspaces",
        "deeds",
        "deeds_as_administrator",
        "emergency_looks",
        "exported_at",
        "report_grants",
    ];
    // More than one page of a thousand, and a page that is just full.
    const COUNTS: [(&str, usize); 2] = [("person", 1_500), ("administrator", 1_000)];
    let app = TestApp::start().await;
    let mut ada = app.sign_up(ADA).await;
    let id = own_id(&mut ada).await;
    let mut tx = app.services.db.begin_everywhere().await.unwrap();
    for (kind, count) in COUNTS {
        for number in 0..count {
            let (actor, subject) = (format!("{kind}:{id}"), number.to_string());
            let entry = Entry { action: "thing.done", subject, detail: "\"}],".to_owned() };
            audit::record_on_instance(&mut tx, &app.services.ambient, actor, entry).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
    let answer = ada.get("/account/export.json").await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert!(answer.header("content-disposition").contains("quartile-my-data.json"));
    let export = answer.json();
    let fields: BTreeSet<&str> = export.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(fields, BTreeSet::from(FIELDS));
    for (field, (_, count)) in ["deeds", "deeds_as_administrator"].into_iter().zip(COUNTS) {
        let deeds = export[field].as_array().unwrap();
        let done = deeds.iter().filter(|deed| deed["action"] == "thing.done");
        let found: Vec<&str> = done.map(|deed| deed["subject"].as_str().unwrap()).collect();
        let expected: Vec<String> = (0..count).rev().map(|number| number.to_string()).collect();
        assert_eq!(found, expected, "{field}: each of them once, newest first");
    }
    let exported =
        export["deeds"].as_array().unwrap().iter().filter(|deed| deed["action"] == "person.exported");
    assert_eq!(exported.count(), 2, "it is noted each time");
});

/// How many messages were written to files.
fn messages(app: &TestApp) -> usize {
    std::fs::read_dir(app.folder.path().join("data/mail")).map_or(0, Iterator::count)
}

router_test!(whoever_goes_leaves_no_trace_on_the_disk, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("canary-4711@acme.example").await;
    app.sign_up("eve@other.example").await;
    app.import("acme").await;
    for email in ["canary-4711@acme.example", "eve@other.example"] {
        app.services.accounts.request_reset(email, Attempt { address: None }).await.unwrap();
    }
    for _ in 0..200 {
        if messages(&app) == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(messages(&app), 2, "without a mail server they are files");
    let answer = ada.post_form("/account/erase", &[], "/account").await;
    assert_eq!(answer.location(), "/sign-in?notice=erased", "{}", answer.text());
    assert_eq!(ada.get("/account").await.status, StatusCode::UNAUTHORIZED);
    assert!(app.stranger().get("/sign-in?notice=erased").await.text().contains("Your account is deleted"));
    let kept = app.services.files.list().unwrap();
    assert!(kept.is_empty(), "{kept:?}");
    while app.services.jobs.run_next(&app.services.job_handlers()).await.unwrap() {}
    assert_eq!(messages(&app), 1, "what was written to others stays");
    app.services.db.tidy().await.unwrap();
    let bytes = app.bytes_on_disk();
    for canary in ["canary-4711", "MRR"] {
        assert!(!bytes.windows(canary.len()).any(|part| part == canary.as_bytes()), "{canary}");
    }
});

router_test!(whoever_cannot_go_yet_is_told_why, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up(ADA).await;
    app.bystander("acme").await;
    assert_eq!(ada.post_form("/account/erase", &[], "/account").await.location(), "/account");
    let page = ada.get("/account").await.text();
    assert!(page.contains("You are the only owner of acme"), "{page}");
    assert!(!ada.get("/account").await.text().contains("You are the only owner"), "told once");
});
