//! Every page, as a browser without JavaScript sees it.

use http::{Method, StatusCode};

use crate::{app::TestApp, visitor::Visitor};

/// Opens a page and checks what holds for every page.
async fn open(visitor: &mut Visitor<'_>, path: &str, words: &str) {
    let page = visitor.get(path).await;
    let text = page.text();
    assert_eq!(page.status, StatusCode::OK, "{path}");
    assert!(text.contains(words), "{path} does not say “{words}”: {text}");
    assert!(page.header("content-type").starts_with("text/html"), "{path}");
    assert!(text.contains("<html lang=\"en\""), "{path}");
    assert_eq!(text.matches("<h1").count(), 1, "{path} has one heading above all others");
    assert!(!page.attributes("title").iter().any(String::is_empty), "{path}");
    for handler in [" style=\"", " onclick=\"", " onsubmit=\"", "javascript:"] {
        assert!(!text.contains(handler), "{path} has{handler}, which the policy refuses");
    }
}

router_test!(strangers_can_read_every_public_page, {
    let app = TestApp::start().await;
    let pages = [
        ("/", "Upload one spreadsheet"),
        ("/sign-up", "Start with your own numbers"),
        ("/sign-in", "Sign in"),
        ("/method", "percentile"),
        ("/demo", "No demo company is loaded"),
    ];
    for (path, words) in pages {
        open(&mut app.stranger(), path, words).await;
    }
});

router_test!(every_page_of_a_new_workspace_says_what_comes_next, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    let pages = [
        ("", "in three steps"),
        ("/settings", "Company profile"),
        ("/data", "No files yet"),
        ("/data/imports", "import"),
        ("/dashboard", "import"),
        ("/figures", "Figures"),
        ("/standing", "Your place among peers will be here"),
        ("/reports", "Reports will be listed here"),
    ];
    for (path, words) in pages {
        open(&mut ada, &format!("/w/acme{path}"), words).await;
    }
});

router_test!(every_page_of_a_company_with_figures_shows_them, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    app.fill_profile("acme").await;
    let (file, _) = app.import("acme").await;
    app.report("acme").await;
    let pages = [
        (String::new(), "Change the profile"),
        ("/data".to_owned(), "figures.csv"),
        (format!("/data/{file}/format"), "figures.csv"),
        (format!("/data/{file}/map"), "churned MRR"),
        (format!("/data/{file}/check"), "figures.csv"),
        ("/data/imports".to_owned(), "figures.csv"),
        ("/dashboard".to_owned(), "MRR"),
        ("/dashboard?window=year&currency=EUR".to_owned(), "€"),
        ("/figures".to_owned(), "Gross margin"),
        ("/figures/gm".to_owned(), "Gross margin"),
        ("/standing".to_owned(), "Gross margin"),
        ("/reports".to_owned(), "report.pdf"),
    ];
    for (path, words) in pages {
        open(&mut ada, &format!("/w/acme{path}"), words).await;
    }
});

router_test!(a_stranger_looks_at_the_demo_and_is_told_that_it_is_made_up, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    let sql = "UPDATE workspaces SET is_synthetic = TRUE";
    let mut tx = app.services.db.begin_everywhere().await.unwrap();
    db::on_tx!(&mut tx, |c| db::sqlx::query(sql).execute(c).await.map(|_| ())).unwrap();
    tx.commit().await.unwrap();
    let mut stranger = app.stranger();
    let demo = stranger.get("/demo").await;
    assert_eq!((demo.status, demo.location()), (StatusCode::FOUND, "/w/acme/dashboard"));
    for path in ["", "/dashboard", "/standing", "/reports", "/figures", "/figures/mrr", "/data", "/settings"]
    {
        open(&mut stranger, &format!("/w/acme{path}"), "synthetic").await;
        open(&mut ada, &format!("/w/acme{path}"), "synthetic").await;
    }
});

router_test!(an_address_that_leads_nowhere_says_so_with_its_status, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    for path in ["/nowhere", "/w/acme/nowhere", "/.env", "/.git/config", "/fn/nothing", "/wp-login.php"] {
        let mut stranger = app.stranger();
        // Whoever asks for several of these is not answered at all in the end.
        stranger.address = format!("203.0.113.{}:4711", path.len()).parse().unwrap();
        ada.address = stranger.address;
        for visitor in [&mut stranger, &mut ada] {
            let page = visitor.get(path).await;
            assert!(
                [StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED].contains(&page.status),
                "{path}: {}",
                page.status
            );
        }
    }
    let page = app.stranger().get("/nowhere").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.text().contains("There is no page at this address"));
});

router_test!(what_is_not_in_the_workspace_is_not_found, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    let unknown = "00000000-0000-7000-8000-000000000000";
    for id in [unknown, "not-an-id", "1", "'; DROP TABLE users;--"] {
        let id = id.replace(' ', "%20");
        for path in [format!("/data/{id}/format"), format!("/data/{id}/map"), format!("/data/{id}/check")] {
            let page = ada.get(&format!("/w/acme{path}")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
            assert!(page.text().contains("No such file"), "{path}");
        }
        for path in [
            format!("/data/{id}/original"),
            format!("/data/{id}/rejected.csv"),
            format!("/reports/{id}/report.pdf"),
        ] {
            assert_eq!(ada.fetch(&format!("/w/acme{path}")).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
    for path in ["/figures/nothing", "/charts/nothing.svg", "/charts/mrr.exe", "/charts/mrr"] {
        assert_eq!(ada.get(&format!("/w/acme{path}")).await.status, StatusCode::NOT_FOUND, "{path}");
    }
});

router_test!(no_path_leads_out_of_the_folder_of_the_site, {
    let app = TestApp::start().await;
    std::fs::write(app.folder.path().join("secret.txt"), "canary").unwrap();
    for path in [
        "/pkg/../../secret.txt",
        "/pkg/%2e%2e/%2e%2e/secret.txt",
        "/pkg/..%2f..%2fsecret.txt",
        "/pkg/..%5c..%5csecret.txt",
        "/fonts/../../secret.txt",
        "/pkg//etc/passwd",
    ] {
        let answer = app.stranger().get(path).await;
        assert!(!answer.text().contains("canary") && !answer.text().contains("root:"), "{path}");
        assert_ne!(answer.status, StatusCode::OK, "{path}");
    }
    assert_eq!(app.stranger().get("/pkg/quartile.css").await.text(), "body {}");
});

router_test!(methods_that_mean_nothing_are_refused, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    for (method, path) in [
        (Method::TRACE, "/"),
        (Method::DELETE, "/w/acme"),
        (Method::PUT, "/health"),
        (Method::GET, "/w/acme/data/upload"),
        (Method::GET, "/theme"),
    ] {
        let headers = [("sec-fetch-site", "same-origin")];
        let answer = ada.ask(method.clone(), path, &headers, axum::body::Body::empty()).await;
        assert!([405, 404].contains(&answer.status.as_u16()), "{method} {path}: {}", answer.status);
    }
});

router_test!(reading_changes_nothing, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    let (file, _) = app.import("acme").await;
    let before = changes(&app).await;
    for path in [
        "",
        "/dashboard",
        "/standing",
        "/data",
        "/reports",
        "/figures/mrr",
        "/figures.csv",
        "/charts/mrr.svg",
    ] {
        ada.get(&format!("/w/acme{path}")).await;
    }
    ada.get(&format!("/w/acme/data/{file}/check")).await;
    assert_eq!(changes(&app).await, before);
});

/// How many rows each table has.
async fn changes(app: &TestApp) -> Vec<(String, i64)> {
    const TABLES: [&str; 10] = [
        "users",
        "workspaces",
        "memberships",
        "sessions",
        "jobs",
        "audit_events",
        "datasets",
        "imports",
        "observations",
        "reports",
    ];
    let mut counts = Vec::new();
    for table in TABLES {
        let sql = || db::sqlx::AssertSqlSafe(format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {table}"));
        let count: i64 =
            db::on_everywhere!(&app.services.db, |c| db::sqlx::query_scalar(sql()).fetch_one(c).await)
                .unwrap();
        counts.push((table.to_owned(), count));
    }
    counts
}
