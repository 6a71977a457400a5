//! Uploading files and the steps of an import, by forms without JavaScript and by machines.

use axum::body::Body;
use http::{Method, StatusCode};

use crate::app::{FIGURES, TestApp};

const MACHINE: &str = "application/json";
const BROWSER: &str = "text/html,application/xhtml+xml";

router_test!(a_browser_that_uploads_is_sent_on_to_the_next_step, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    let answer = ada.upload("acme", ("figures.csv", FIGURES.as_bytes()), BROWSER).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let next = answer.location().to_owned();
    assert!(next.starts_with("/w/acme/data/") && next.ends_with("/format"), "{next}");
    let page = ada.get(&next).await;
    assert!(page.text().contains("24 rows, 18 columns"), "{}", page.text());
});

router_test!(a_file_that_was_given_up_is_read_again_without_choosing_anything_else, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    let page = ada.upload("acme", ("figures.csv", FIGURES.as_bytes()), BROWSER).await.location().to_owned();
    let id = page.split('/').nth(4).unwrap().to_owned();
    let mut tx = app.services.db.begin_everywhere().await.unwrap();
    let given_up = "UPDATE datasets SET state = 'unreadable', problem = 'It was not read', row_count = NULL";
    db::on_tx!(&mut tx, |c| db::sqlx::query(given_up).execute(c).await.map(|_| ())).unwrap();
    tx.commit().await.unwrap();
    assert!(ada.get(&page).await.text().contains("It was not read"));
    ada.submit("choose_format", &[("workspace", "acme"), ("id", &id), ("input[encoding]", "")], &page).await;
    assert!(ada.get(&page).await.text().contains("24 rows, 18 columns"));
});

router_test!(a_machine_that_uploads_is_told_where_the_file_is, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    let answer = ada.upload("acme", ("figures.csv", FIGURES.as_bytes()), MACHINE).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(answer.location(), format!("/w/acme/data/{id}/format"));
    assert_eq!(ada.fetch(&format!("/w/acme/data/{id}/original")).await.text(), FIGURES);
});

router_test!(a_refused_upload_is_explained_on_the_page_once, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    let workbook = b"PK\x03\x04\x14\0\x06\0\x08\0[Content_Types].xml";
    let answer = ada.upload("acme", ("figures.csv", workbook), BROWSER).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let back = answer.location().to_owned();
    assert!(ada.get(&back).await.text().contains("This is an Excel workbook"));
    assert!(!ada.get("/w/acme/data").await.text().contains("This is an Excel workbook"));

    let problem = ada.upload("acme", ("figures.csv", workbook), MACHINE).await;
    assert_eq!(problem.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(problem.header("content-type"), "application/problem+json");
    assert_eq!(problem.json()["errors"][0]["field"], "file");
});

router_test!(a_form_without_a_file_says_so, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    for (name, content) in [("", b"".as_slice()), ("figures.csv", b"".as_slice())] {
        let answer = ada.upload("acme", (name, content), MACHINE).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert_eq!(answer.json()["errors"][0]["field"], "file");
    }
});

router_test!(bodies_that_are_no_form_with_a_file_are_refused, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    let bodies: [(&str, &str); 5] = [
        ("application/json", "{}"),
        ("multipart/form-data", "no boundary"),
        ("multipart/form-data; boundary=x", "nothing of the kind"),
        (
            "multipart/form-data; boundary=x",
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nmonth,MRR\n2026-",
        ),
        (
            "multipart/form-data; boundary=x",
            "--x\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nx\r\n--x--\r\n",
        ),
    ];
    for (content_type, body) in bodies {
        let headers =
            [("accept", MACHINE), ("content-type", content_type), ("sec-fetch-site", "same-origin")];
        let answer = ada.ask(Method::POST, "/w/acme/data/upload", &headers, Body::from(body)).await;
        assert!((400..500).contains(&answer.status.as_u16()), "{content_type}: {}", answer.status);
    }
    let total =
        ada.call("get_files", &[("workspace", "acme"), ("page", "1")]).await.json()["files"]["total"].clone();
    assert_eq!(total, 0, "nothing was kept");
});

router_test!(a_file_beyond_the_limit_is_refused_and_not_kept, {
    let app = TestApp::start_with(&[("QUARTILE__UPLOADS__MOST_BYTES", "1000")]).await;
    let mut ada = app.sign_up("ada@acme.example").await;
    let just_too_long = format!("month,MRR\n{}\n", "9".repeat(990));
    for content in [FIGURES.repeat(10_000), just_too_long] {
        let answer = ada.upload("acme", ("figures.csv", content.as_bytes()), MACHINE).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(answer.text().contains("larger than 1000\u{2009}B"), "{}", answer.text());
    }
    let total =
        ada.call("get_files", &[("workspace", "acme"), ("page", "1")]).await.json()["files"]["total"].clone();
    assert_eq!(total, 0);
});

router_test!(an_import_goes_from_file_to_figures_and_back_without_javascript, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    let next = ada.upload("acme", ("figures.csv", FIGURES.as_bytes()), BROWSER).await.location().to_owned();
    let id = next.split('/').nth(4).unwrap().to_owned();

    let form = [("workspace", "acme"), ("id", id.as_str()), ("input[encoding]", ""), ("then", "columns")];
    let next = ada.submit("choose_format", &form, &next).await.location().to_owned();
    assert_eq!(next, format!("/w/acme/data/{id}/map"));
    let map = ada.get(&next).await;
    assert!(map.text().contains("churned MRR"));

    let choices = [
        ("workspace", "acme"),
        ("id", id.as_str()),
        ("input[choices][c0]", "@period"),
        ("input[choices][c1]", "customers"),
        ("input[choices][c4]", "mrr"),
    ];
    let check = ada.submit("save_mapping", &choices, &next).await.location().to_owned();
    assert_eq!(check, format!("/w/acme/data/{id}/check"));
    assert!(ada.get(&check).await.text().contains("48"), "two figures in each of 24 months");

    let form = [("workspace", "acme"), ("id", id.as_str())];
    let history = ada.submit("commit_import", &form, &check).await.location().to_owned();
    let (page, import) = history.split_once("?committed=").unwrap();
    assert_eq!(page, "/w/acme/data/imports");
    assert!(ada.get(&history).await.text().contains("figures.csv"));
    assert!(ada.get("/w/acme/figures/mrr").await.text().contains("figures.csv"));

    let form = [("workspace", "acme"), ("id", import)];
    let undone = ada.submit("undo_import", &form, page).await.location().to_owned();
    assert!(undone.starts_with("/w/acme/data/imports?undone="), "{undone}");
    assert!(ada.get("/w/acme/figures.csv").await.status == StatusCode::CONFLICT);
});

router_test!(a_mapping_that_cannot_be_used_comes_back_with_its_sentence, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    let id = app.file("acme", FIGURES).await.to_string();
    let page = format!("/w/acme/data/{id}/map");
    let choices = [("workspace", "acme"), ("id", id.as_str()), ("input[choices][c1]", "customers")];
    let back = ada.submit("save_mapping", &choices, &page).await.location().to_owned();
    assert_eq!(back, page);
    assert!(ada.get(&back).await.text().contains("Say which column holds the month"));
    assert!(!ada.get(&back).await.text().contains("Say which column holds the month"), "it is said once");
});
