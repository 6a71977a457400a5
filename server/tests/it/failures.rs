//! Faults of ours: no cause reaches the visitor, and the program lives.

use http::StatusCode;

use crate::app::{PASSWORD, TestApp};

router_test!(a_broken_database_shows_a_reference_and_nothing_else, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    let mut tx = app.services.db.begin_everywhere().await.unwrap();
    db::on_tx!(&mut tx, |c| db::sqlx::query("DROP TABLE company_profiles").execute(c).await.map(|_| ()))
        .unwrap();
    tx.commit().await.unwrap();

    for answer in [
        ada.get("/w/acme").await,
        ada.get("/w/acme/settings").await,
        ada.call("get_profile", &[("workspace", "acme")]).await,
        ada.fetch("/w/acme/figures.csv").await,
    ] {
        let text = answer.text();
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{text}");
        // A server function names the kind; the page in the browser has the words.
        let is_said = text.contains("went wrong on our side") || text.contains("\"kind\":\"internal\"");
        assert!(is_said, "{text}");
        for secret in ["company_profiles", "SELECT", "sqlx", "no such table", ".rs"] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
    }
    assert_eq!(ada.get("/method").await.status, StatusCode::OK);
});

router_test!(a_database_that_is_gone_ends_no_request_in_silence, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    app.services.db.close().await;
    let form = [("input[email]", "ada@acme.example"), ("input[password]", PASSWORD)];
    for answer in
        [ada.get("/w/acme").await, ada.call("sign_in", &form).await, ada.fetch("/w/acme/figures.csv").await]
    {
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!answer.text().to_lowercase().contains("pool"), "{}", answer.text());
    }
    assert_eq!(app.stranger().get("/health").await.status, StatusCode::OK);
});
