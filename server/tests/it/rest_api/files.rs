//! How files are read, and what in them cannot be used.

use axum::body::Body;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{ask, token};
use crate::app::TestApp;

router_test!(a_program_chooses_how_a_file_is_read, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let ada = token(&app, "ada@acme.example").await;
    let file =
        app.file("acme", "month;plan, region;mrr\n2026-01;gold, north;100\n2026-02;gold, south;110\n").await;
    let file = file.to_string();
    let found = ask(&app, &ada, ("show_format", &file), &Value::Null).await.json();
    assert_eq!((&found["encoding"], &found["delimiter"]), (&json!("utf_8"), &json!("semicolon")), "{found}");

    let wish = json!({ "encoding": "windows_1252", "delimiter": "comma" });
    let chosen = ask(&app, &ada, ("choose_format", &file), &wish).await;
    assert_eq!(chosen.status, StatusCode::OK, "{}", chosen.text());
    let chosen = chosen.json();
    assert_eq!((&chosen["encoding"], &chosen["delimiter"]), (&json!("windows_1252"), &json!("comma")));
    let columns = ask(&app, &ada, ("show_columns", &file), &Value::Null).await.json();
    assert_eq!(columns["columns"].as_array().unwrap().len(), 2, "{columns}");

    // What is left out is found out.
    let found_out = ask(&app, &ada, ("choose_format", &file), &json!({})).await.json();
    assert_eq!(found_out, found);
    let as_text = json!({ "columns": [{ "column": 2, "read_as": "text" }] });
    assert_eq!(ask(&app, &ada, ("choose_format", &file), &as_text).await.status, StatusCode::OK);
    let columns = ask(&app, &ada, ("show_columns", &file), &Value::Null).await.json();
    assert_eq!(columns["columns"][2]["read_as"], "text", "{columns}");

    for (wish, status, field) in [
        (json!({ "encoding": "" }), 422, "encoding"),
        (json!({ "delimiter": "slash" }), 422, "delimiter"),
        (json!({ "columns": [{ "column": 2, "read_as": "roman" }] }), 422, "columns[0].read_as"),
        (json!({ "columns": [{ "column": 1000, "read_as": "text" }] }), 422, "columns[0].column"),
        (json!({ "columns": [{ "column": 9, "read_as": "text" }] }), 409, "columns[0].column"),
    ] {
        let refused = ask(&app, &ada, ("choose_format", &file), &wish).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.json()["errors"][0]["field"]),
            (status, &json!(field)),
            "{wish}"
        );
    }
    let both = json!({ "delimiter": "tab", "columns": [{ "column": 2, "read_as": "text" }] });
    let refused = ask(&app, &ada, ("choose_format", &file), &both).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "columns of another delimiter are others");
});

router_test!(a_program_is_told_every_cell_that_cannot_be_used_and_gets_the_rows_to_put_right, {
    let app = TestApp::start().await;
    let mut browser = app.sign_up("ada@acme.example").await;
    let ada = token(&app, "ada@acme.example").await;
    let file = app
        .file(
            "acme",
            "month,mrr,contact\n2026-01,100,ada@acme.example\n2026-02,many,eve@acme.example\n2026-03,some,\n2026-04,120,\n2026-05,,\n2026-06,none at all,\n2026-07,140,\n",
        )
        .await
        .to_string();
    let kinds = json!({ "columns": [{ "column": 1, "read_as": "whole_number" }] });
    let read = ask(&app, &ada, ("choose_format", &file), &kinds).await.json();
    let wish =
        json!({ "columns": [{ "column": 0, "used_for": "@period" }, { "column": 1, "used_for": "mrr" }] });
    let chosen = ask(&app, &ada, ("choose_mapping_of_import", &file), &wish).await.json();
    assert_eq!(chosen["problems"], json!([]), "{chosen}");
    let dry = ask(&app, &ada, ("dry_run_of_import", &file), &Value::Null).await.json();
    assert_eq!((&dry["errors"], &dry["rejected_rows"]), (&json!(3), &json!(3)), "{dry}");

    for (list, count) in [("files", &read["problems"]), ("imports", &dry["errors"])] {
        let (mut items, mut rest) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/v1/data/{list}/{file}/problems?limit=1{rest}");
            let page = browser.fetch(&path).await.json();
            assert_eq!(page["items"].as_array().unwrap().len(), 1, "{page}");
            items.push(page["items"][0].clone());
            let Some(next) = page["next"].as_str() else { break };
            rest = format!("&cursor={next}");
        }
        let lines: Vec<&Value> = items.iter().map(|item| &item["line"]).collect();
        assert_eq!((lines, count), (vec![&json!(3), &json!(4), &json!(7)], &json!(3)), "{list}");
        let told = (&items[0]["column"], &items[0]["column_name"], &items[0]["value"]);
        assert_eq!(told, (&json!(1), &json!("mrr"), &json!("many")), "{list}");
        assert!(items[0]["detail"].as_str().unwrap().len() > 10);
    }

    let bearer = format!("Bearer {ada}");
    let path = format!("/api/v1/data/imports/{file}/rejected-rows");
    let rows =
        app.stranger().ask(Method::GET, &path, &[("authorization", bearer.as_str())], Body::empty()).await;
    assert_eq!((rows.status, rows.header("content-type")), (StatusCode::OK, "text/csv; charset=utf-8"));
    assert!(rows.header("content-disposition").contains("rejected-rows.csv"));
    let text = rows.text();
    assert!(text.contains("none at all") && !text.contains("2026-01"), "{text}");
    assert!(!text.contains("eve@acme.example"), "personal data is masked: {text}");
});
