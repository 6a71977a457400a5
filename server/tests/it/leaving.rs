//! Taking everything along, and going.

use std::{collections::BTreeMap, io::Read, time::Duration};

use accounts::Attempt;
use chrono::TimeDelta;
use http::StatusCode;
use kernel::Role;
use reports::model::{Access, SharingChange};

use crate::app::{FIGURES, TestApp};

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

router_test!(what_is_kept_about_a_person_is_a_file_for_programs, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up(ADA).await;
    let answer = ada.get("/account/export.json").await;
    assert_eq!(answer.json()["person"]["email"], ADA);
    assert_eq!(answer.json()["workspaces"][0]["slug"], "acme");
    assert_eq!(answer.json()["report_grants"].as_array().map(Vec::len), Some(0));
    assert!(answer.header("content-disposition").starts_with("attachment"));
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
