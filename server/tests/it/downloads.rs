//! Files that people take away.

use http::StatusCode;

use crate::app::{FIGURES, TestApp};

router_test!(every_download_is_an_attachment_that_no_browser_runs, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    let (file, _) = app.import("acme").await;
    let report = app.report("acme").await;
    let downloads = [
        (format!("/data/{file}/original"), "application/octet-stream"),
        (format!("/data/{file}/rejected.csv"), "text/csv; charset=utf-8"),
        (format!("/reports/{report}/report.pdf"), "application/pdf"),
        ("/figures.csv".to_owned(), "text/csv; charset=utf-8"),
        ("/figures.xlsx".to_owned(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("/charts/mrr.svg".to_owned(), "image/svg+xml; charset=utf-8"),
        ("/charts/mrr.png".to_owned(), "image/png"),
        ("/charts/mrr-bridge.svg".to_owned(), "image/svg+xml; charset=utf-8"),
    ];
    for (path, media_type) in downloads {
        let answer = ada.fetch(&format!("/w/acme{path}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        assert_eq!(answer.header("content-type"), media_type, "{path}");
        assert!(answer.header("content-disposition").starts_with("attachment; filename="), "{path}");
        assert_eq!(
            answer.header("content-security-policy"),
            "sandbox; default-src 'none'; frame-ancestors 'none'",
            "{path}"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert!(!answer.body.is_empty(), "{path}");
    }
});

router_test!(a_page_uploaded_as_a_file_comes_back_as_bytes, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    let hostile = "month,<script>alert(1)</script>\n2026-01,<img src=x onerror=alert(1)>\n";
    let answer = ada.upload("acme", ("page.html", hostile.as_bytes()), "application/json").await;
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    let download = ada.get(&format!("/w/acme/data/{id}/original")).await;
    assert_eq!(
        (download.header("content-type"), download.text().as_str()),
        ("application/octet-stream", hostile)
    );
    for page in
        [format!("/w/acme/data/{id}/format"), format!("/w/acme/data/{id}/map"), "/w/acme/data".to_owned()]
    {
        let text = ada.get(&page).await.text();
        assert!(!text.contains("<script>alert") && !text.contains("<img src=x"), "{page}");
    }
});

router_test!(a_file_name_cannot_break_out_of_its_header, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    let long = "x".repeat(300);
    for name in [
        "../../x.csv",
        "a\"; filename*=UTF-8''evil.exe",
        "a\r\nSet-Cookie: b=1.csv",
        "a\u{202E}vsc.exe",
        &long,
        "ü.csv",
    ] {
        let answer = ada.upload("acme", (name, FIGURES.as_bytes()), "application/json").await;
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        let download = ada.fetch(&format!("/w/acme/data/{id}/original")).await;
        let disposition = download.header("content-disposition");
        let (plain, rest) =
            disposition.strip_prefix("attachment; filename=\"").unwrap().split_once('"').unwrap();
        assert!(plain.len() <= 120 && !plain.contains('/') && plain.is_ascii(), "{disposition}");
        assert_eq!(rest.matches("filename*=").count(), 1, "{disposition}");
        assert!(download.headers.get("set-cookie").is_none(), "{name}");
    }
});

router_test!(page_and_file_show_the_same_figures, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    let csv = ada.fetch("/w/acme/figures.csv").await.text();
    assert!(csv.lines().any(|line| line.contains("MRR")), "{csv}");
    let wrong = ada.fetch("/w/acme/figures.csv?currency=XXX").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.json()["errors"][0]["field"], "currency");
    assert_eq!(ada.fetch("/w/acme/figures.csv?key=nothing").await.status, StatusCode::NOT_FOUND);
});

router_test!(without_figures_a_download_says_what_to_do, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    for path in ["/figures.csv", "/figures.xlsx"] {
        let answer = ada.fetch(&format!("/w/acme{path}")).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{path}");
        assert!(answer.json()["detail"].as_str().unwrap().contains("import"), "{path}");
    }
});
