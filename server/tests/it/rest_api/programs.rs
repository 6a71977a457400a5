//! What programs do: upload, write, read.

use http::StatusCode;
use kernel::Role;
use serde_json::{Value, json};

use super::{ask, assert_problem, token};
use crate::app::{FIGURES, TestApp};

router_test!(a_program_uploads_maps_checks_commits_and_undoes, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let ada = token(&app, "ada@acme.example").await;
    let uploaded = ask(&app, &ada, ("upload_file", ""), &Value::Null).await;
    assert_eq!(uploaded.status, StatusCode::CREATED, "{}", uploaded.text());
    let file = uploaded.json();
    let id = file["id"].as_str().unwrap();
    assert_eq!(uploaded.header("location"), format!("/api/v1/data/files/{id}"));
    assert_eq!((&file["state"], &file["rows"]), (&json!("ready"), &json!(1)));

    let mapping = ask(&app, &ada, ("show_mapping", id), &Value::Null).await.json();
    let used: Vec<&str> =
        mapping["columns"].as_array().unwrap().iter().map(|it| it["used_for"].as_str().unwrap()).collect();
    assert_eq!(used, ["@period", "mrr"]);
    let wish = json!({ "columns": [{ "column": 0, "used_for": "@period" }, { "column": 1, "used_for": "mrr*1000" }] });
    let chosen = ask(&app, &ada, ("choose_mapping", id), &wish).await;
    assert_eq!(chosen.json()["columns"][1]["used_for"], "mrr*1000", "{}", chosen.text());
    for (wish, status, field) in [
        // Other files have such a column, and none has the others.
        (json!({ "columns": [{ "column": 9, "used_for": "mrr" }] }), 409, "columns[0].column"),
        (json!({ "columns": [{ "column": 1000, "used_for": "mrr" }] }), 422, "columns[0].column"),
        (json!({ "columns": [{ "column": 1, "used_for": "nothing" }] }), 422, "columns[0].used_for"),
        (json!({ "columns": [{ "column": 1, "used_for": "mrr*1e3" }] }), 422, "columns[0].used_for"),
    ] {
        let refused = ask(&app, &ada, ("choose_mapping", id), &wish).await;
        assert_eq!((refused.status.as_u16(), &refused.json()["errors"][0]["field"]), (status, &json!(field)));
    }
    let unfit = json!({ "columns": [{ "column": 1, "used_for": "mrr" }] });
    let kept = ask(&app, &ada, ("choose_mapping", id), &unfit).await;
    assert_eq!((kept.status, kept.json()["problems"].as_array().unwrap().len()), (StatusCode::OK, 1));
    for name in ["dry_run", "commit_import"] {
        let refused = ask(&app, &ada, (name, id), &Value::Null).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{name}: {}", refused.text());
        assert_eq!(refused.json()["errors"][0]["field"], "mapping");
    }
    let again = ask(&app, &ada, ("choose_mapping", id), &wish).await;
    assert_eq!(again.json()["problems"], json!([]), "{}", again.text());

    let dry = ask(&app, &ada, ("dry_run", id), &Value::Null).await.json();
    assert_eq!((&dry["new"], &dry["errors"]), (&json!(1), &json!(0)));
    let committed = ask(&app, &ada, ("commit_import", id), &Value::Null).await;
    assert_eq!(committed.status, StatusCode::CREATED, "{}", committed.text());
    let import = committed.json()["id"].as_str().unwrap().to_owned();
    let series = ask(&app, &ada, ("series", ""), &Value::Null).await.json();
    assert_eq!(series["metrics"][0]["values"], json!([100_000.0]), "{series}");
    assert_eq!(ask(&app, &ada, ("undo_import", &import), &Value::Null).await.status, StatusCode::OK);
    let shown = ask(&app, &ada, ("show_import", &import), &Value::Null).await.json();
    assert!(shown["undone_at"].is_string(), "{shown}");
    let jobs = ask(&app, &ada, ("list_jobs", ""), &Value::Null).await.json();
    let jobs = jobs["items"].as_array().unwrap();
    assert_eq!((&jobs[0]["state"], jobs.len()), (&json!("done"), 1), "{jobs:?}");
});

router_test!(an_import_goes_by_the_id_of_its_file_until_it_is_committed, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let ada = token(&app, "ada@acme.example").await;
    let file = app.file("acme", "month,mrr\n2026-01,100\n2026-02,110\n").await.to_string();
    let wish = json!({ "columns": [{ "column": 0, "used_for": "@period" }, { "column": 1, "used_for": "mrr*1000" }] });
    let chosen = ask(&app, &ada, ("choose_mapping_of_import", &file), &wish).await;
    assert_eq!(chosen.status, StatusCode::OK, "{}", chosen.text());
    let dry = ask(&app, &ada, ("dry_run_of_import", &file), &Value::Null).await.json();
    assert_eq!((&dry["new"], &dry["changes"][1]["after"]), (&json!(2), &json!(110_000.0)), "{dry}");
    let committed = ask(&app, &ada, ("commit_import_by_id", &file), &Value::Null).await;
    assert_eq!(committed.status, StatusCode::CREATED, "{}", committed.text());
    let import = committed.json()["id"].as_str().unwrap().to_owned();
    assert_ne!(import, file);
    // From then on it has an id of its own, which is as good.
    let mapping = ask(&app, &ada, ("show_mapping_of_import", &import), &Value::Null).await.json();
    assert_eq!(mapping, chosen.json());
    let nothing = ask(&app, &ada, ("commit_import_by_id", &import), &Value::Null).await;
    assert_eq!(nothing.status, StatusCode::CONFLICT, "{}", nothing.text());
    assert_eq!(ask(&app, &ada, ("undo_import", &import), &Value::Null).await.status, StatusCode::OK);
    let again = ask(&app, &ada, ("commit_import_by_id", &import), &Value::Null).await;
    assert_eq!(again.status, StatusCode::CREATED, "{}", again.text());
});

router_test!(a_program_writes_figures_and_reads_the_same_back, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let ada = token(&app, "ada@acme.example").await;
    let figures = json!({
        "currency": "usd",
        "observations": [
            { "metric": "mrr", "month": "2026-01", "value": 1234.56 },
            { "metric": "customers", "month": "2026-01", "value": 7 },
        ],
    });
    let written = ask(&app, &ada, ("write_observations", ""), &figures).await;
    assert_eq!((written.status, &written.json()["added"]), (StatusCode::OK, &json!(2)), "{}", written.text());
    let again = ask(&app, &ada, ("write_observations", ""), &figures).await.json();
    assert_eq!((&again["import_id"], &again["unchanged"]), (&Value::Null, &json!(2)));
    let series = ask(&app, &ada, ("series", ""), &Value::Null).await.json();
    let mrr = series["metrics"].as_array().unwrap().iter().find(|it| it["metric"] == "mrr").unwrap();
    assert_eq!(mrr["values"], json!([1234.56]));

    let wrong = json!({
        "currency": "DOLLARS",
        "observations": [
            { "metric": "happiness", "month": "2026-01", "value": 1 },
            { "metric": "mrr", "month": "January", "value": 1 },
        ],
    });
    let refused = ask(&app, &ada, ("write_observations", ""), &wrong).await.json();
    let fields: Vec<&str> =
        refused["errors"].as_array().unwrap().iter().map(|it| it["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["currency", "observations[0].metric", "observations[1].month"]);
    // What no company could send is wrong; what this one cannot send now is in the way of it.
    let one = |currency: &str, month: &str, value: f64| {
        let observation = json!({ "metric": "gm", "month": month, "value": value });
        json!({ "currency": currency, "observations": [observation] })
    };
    for (wish, status, field) in [
        (one("USD", "2026-01", 45.0), 422, "observations[0].value"),
        (one("USD", "2199-01", 0.45), 409, "observations[0].month"),
        (one("EUR", "2026-01", 0.45), 409, "currency"),
    ] {
        let refused = ask(&app, &ada, ("write_observations", ""), &wish).await;
        assert_eq!((refused.status.as_u16(), &refused.json()["errors"][0]["field"]), (status, &json!(field)));
    }
});

router_test!(before_the_first_figures_a_program_is_told_how_to_send_some, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let ada = token(&app, "ada@acme.example").await;
    let refused = ask(&app, &ada, ("series", ""), &Value::Null).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let sentence = refused.json()["detail"].as_str().unwrap().to_owned();
    assert!(sentence.contains("POST /metrics/observations") && !sentence.contains("download"), "{sentence}");
});

router_test!(a_list_of_files_goes_on_where_it_stopped_whatever_comes_and_goes, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.insert(0, app.file("acme", FIGURES).await.to_string());
    }
    let page = ada.fetch("/api/v1/data/files?limit=2").await.json();
    let mut seen = ids_of(&page);
    // One that was shown goes, and a new one comes: nothing is shown twice or left out.
    let system = app.system("acme").await;
    app.services.datasets.delete(&system, ids[0].parse().unwrap()).await.unwrap();
    app.file("acme", FIGURES).await;
    let mut next = page["next"].as_str().map(str::to_owned);
    while let Some(cursor) = next {
        let page = ada.fetch(&format!("/api/v1/data/files?limit=2&cursor={cursor}")).await.json();
        seen.extend(ids_of(&page));
        next = page["next"].as_str().map(str::to_owned);
    }
    assert_eq!(seen, ids);
    for wrong in ["x", "AAAAAAAAAAE", ""] {
        let refused = ada.fetch(&format!("/api/v1/data/files?cursor={wrong}")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
});

router_test!(imports_and_jobs_come_page_by_page, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    for month in 1..=5 {
        let file = app.file("acme", &format!("month,mrr\n2026-0{month},100\n")).await;
        app.services.metrics.commit(&app.system("acme").await, file).await.unwrap();
    }
    for list in ["/data/imports", "/jobs"] {
        let all = ids_of(&ada.fetch(&format!("/api/v1{list}")).await.json());
        assert_eq!(all.len(), 5, "{list}");
        let (mut seen, mut rest) = (Vec::new(), String::new());
        loop {
            let page = ada.fetch(&format!("/api/v1{list}?limit=2{rest}")).await.json();
            assert!(page["items"].as_array().unwrap().len() <= 2);
            seen.extend(ids_of(&page));
            let Some(next) = page["next"].as_str() else { break };
            rest = format!("&cursor={next}");
        }
        assert_eq!(seen, all, "{list}");
        let refused = ada.fetch(&format!("/api/v1{list}?cursor=x")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{list}");
    }
});

router_test!(members_and_keys_come_page_by_page, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    for role in [Role::Admin, Role::Analyst, Role::Viewer] {
        app.member("acme", role).await;
    }
    for _ in 0..3 {
        app.key("acme").await;
    }
    for (list, count) in [("members", 4), ("api-keys", 3)] {
        let whole = ada.fetch(&format!("/api/v1/{list}")).await.json();
        let whole_items = whole["items"].as_array().unwrap();
        assert_eq!((whole_items.len(), whole.get("next")), (count, None), "{list}");
        let (mut seen, mut rest) = (Vec::new(), String::new());
        loop {
            let page = ada.fetch(&format!("/api/v1/{list}?limit=1{rest}")).await.json();
            assert_eq!(page["items"].as_array().unwrap().len(), 1, "{list}: {page}");
            seen.push(page["items"][0].clone());
            let Some(next) = page["next"].as_str() else { break };
            assert!(seen.len() < count, "{list}: {page}");
            rest = format!("&cursor={next}");
        }
        assert_eq!(&seen, whole_items, "{list}");
        for wrong in ["cursor=x", "cursor=", "cursor=AAAAAAAAAAE", "limit=0", "limit=101", "nothing=1"] {
            let refused = ada.fetch(&format!("/api/v1/{list}?{wrong}")).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{list} {wrong}");
            assert_problem(&refused, wrong);
        }
    }
    let system = app.system("acme").await;
    let keys = app.services.accounts.list_api_keys(&system).await.unwrap();
    let listed = ada.fetch("/api/v1/api-keys").await.json();
    assert_eq!(ids_of(&listed), keys.iter().map(|key| key.id.to_string()).collect::<Vec<_>>());
    let mut members = app.services.accounts.list_members(&system).await.unwrap().members;
    members.sort_by_key(|member| (member.joined_at, member.id));
    let listed = ada.fetch("/api/v1/members").await.json();
    assert_eq!(ids_of(&listed), members.iter().map(|member| member.id.to_string()).collect::<Vec<_>>());
});

fn ids_of(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

router_test!(a_program_reads_where_the_company_stands, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    let ada = token(&app, "ada@acme.example").await;
    let standing = ask(&app, &ada, ("position", ""), &Value::Null).await.json();
    let positions = standing["positions"].as_array().unwrap();
    let placed = positions.iter().filter(|it| it["published"].as_array().is_some_and(|it| !it.is_empty()));
    assert!(placed.count() >= 8, "{standing}");
    assert!(positions.iter().all(|it| it["percentile"].is_null() && it["peers"].is_string()));
    assert_eq!(ask(&app, &ada, ("snapshot", ""), &Value::Null).await.status, StatusCode::NOT_FOUND);
    let cohorts = ask(&app, "", ("cohorts", ""), &Value::Null).await.json();
    assert!(cohorts.as_array().unwrap().len() > 90);
    let metrics = ask(&app, "", ("report_metrics", ""), &Value::Null).await.json();
    assert_eq!(metrics.as_array().unwrap().len(), positions.len());
});

router_test!(figures_of_the_first_month_there_is_are_reported_like_others, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let ada = token(&app, "ada@acme.example").await;
    let figures =
        json!({ "currency": "USD", "observations": [{ "metric": "mrr", "month": "1900-01", "value": 100 }] });
    let written = ask(&app, &ada, ("write_observations", ""), &figures).await;
    assert_eq!(written.status, StatusCode::OK, "{}", written.text());
    // What is missing for most metrics are months before that; the second time all of it comes from what is kept.
    for _ in 0..2 {
        let report = ask(&app, &ada, ("generate_report", ""), &Value::Null).await;
        assert_eq!(report.status, StatusCode::CREATED, "{}", report.text());
    }
});
