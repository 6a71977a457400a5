//! What one company can learn of another: nothing, not even that it is there.

use http::StatusCode;

use crate::{app::TestApp, visitor::Visitor};

/// What a visitor is answered, without what differs in every answer: nonces, and in which order data for the scripts came.
async fn answer(visitor: &mut Visitor<'_>, path: &str, slug: &str) -> (StatusCode, String) {
    let answer = visitor.get(path).await;
    let mut text = answer.text().replace(answer.header("x-request-id"), "");
    for nonce in answer.attributes("nonce") {
        text = text.replace(&nonce, "");
    }
    while let Some((before, rest)) = text.split_once("<script") {
        let after = rest.split_once("</script>").map_or("", |(_, after)| after);
        text = format!("{before}{after}");
    }
    (answer.status, text.replace(slug, ""))
}

const PATHS: [&str; 13] = [
    "",
    "/settings",
    "/data",
    "/data/imports",
    "/dashboard",
    "/figures",
    "/figures/mrr",
    "/standing",
    "/reports",
    "/nowhere",
    "/figures.csv",
    "/figures.xlsx",
    "/charts/mrr.svg",
];

router_test!(a_workspace_of_others_looks_like_one_that_is_not_there, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    let mut eve = app.sign_up("eve@other.example").await;
    for path in PATHS {
        let foreign = answer(&mut eve, &format!("/w/acme{path}"), "acme").await;
        let unknown = answer(&mut eve, &format!("/w/nobody{path}"), "nobody").await;
        assert_eq!(foreign.0, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(foreign, unknown, "{path}");
    }
});

router_test!(whoever_is_not_signed_in_is_asked_to_wherever_they_go, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    for path in PATHS.into_iter().filter(|path| *path != "/nowhere") {
        let foreign = answer(&mut app.stranger(), &format!("/w/acme{path}"), "acme").await;
        let unknown = answer(&mut app.stranger(), &format!("/w/nobody{path}"), "nobody").await;
        assert_eq!(foreign.0, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(foreign, unknown, "{path}");
    }
    let page = app.stranger().get("/w/acme/standing").await;
    assert!(page.text().contains("Sign in to see this page"));
    assert!(
        page.attributes("href")
            .iter()
            .any(|href| href == "/sign-in?next=%2Fw%2Facme%2Fstanding"
                || href == "/sign-in?next=/w/acme/standing"),
        "{:?}",
        page.attributes("href")
    );
});

router_test!(files_and_reports_of_others_are_not_there, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let (file, _) = app.import("acme").await;
    let report = app.report("acme").await;
    let mut eve = app.sign_up("eve@other.example").await;
    let unknown = "00000000-0000-7000-8000-000000000000";
    // By the address of the owner, and mixed: our workspace with their id.
    for slug in ["acme", "other"] {
        for path in [
            format!("/data/{file}/original"),
            format!("/data/{file}/rejected.csv"),
            format!("/reports/{report}/report.pdf"),
            format!("/data/{file}/format"),
            format!("/data/{file}/map"),
            format!("/data/{file}/check"),
        ] {
            let foreign = answer(&mut eve, &format!("/w/{slug}{path}"), "").await;
            let missing = path.replace(&file.to_string(), unknown).replace(&report.to_string(), unknown);
            let missing = answer(&mut eve, &format!("/w/{slug}{missing}"), "").await;
            assert_eq!(foreign.0, StatusCode::NOT_FOUND, "{slug} {path}");
            let neutral = |text: String| text.replace(&file.to_string(), "").replace(unknown, "");
            assert_eq!(neutral(foreign.1), neutral(missing.1), "{slug} {path}");
        }
    }
});

router_test!(nothing_that_a_company_is_sent_names_another, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@canary-acme.example").await;
    app.import("canary-acme").await;
    app.report("canary-acme").await;
    assert!(ada.get("/w/canary-acme").await.text().contains("canary-acme"));
    let mut eve = app.sign_up("eve@other.example").await;
    app.import("other").await;
    for path in ["/", "/method", "/demo"] {
        assert!(!eve.get(path).await.text().contains("canary"), "{path}");
    }
    for path in PATHS {
        assert!(!eve.get(&format!("/w/other{path}")).await.text().contains("canary"), "{path}");
    }
});
