//! The API for machines: who may call what, what is refused and how.

use axum::body::Body;
use http::{Method, StatusCode};
use kernel::{Role, Scope};
use serde_json::{Value, json};

use crate::{
    app::{PASSWORD, TestApp},
    visitor::{Answer, BOUNDARY, Visitor, multipart},
};

/// Operations that everybody may call.
const PUBLIC: [&str; 7] =
    ["sign_in", "google", "refresh", "catalogue", "cohorts", "report_templates", "report_metrics"];
/// Operations for people alone, about themselves.
const PERSONAL: [&str; 5] = ["sign_out", "me", "list_sessions", "end_session", "list_workspaces"];
/// Operations for people alone, in a workspace, with the least role.
const PEOPLE: [(&str, Role); 4] = [
    ("list_keys", Role::Admin),
    ("make_key", Role::Admin),
    ("revoke_key", Role::Admin),
    ("rotate_key", Role::Admin),
];
const UNKNOWN: &str = "00000000-0000-7000-8000-000000000000";

/// One operation of the description.
#[derive(Clone, Debug)]
struct Operation {
    id: String,
    method: Method,
    path: String,
    scope: Option<Scope>,
    /// Whether it takes JSON.
    has_body: bool,
    /// Whether it takes a form with a file.
    has_form: bool,
    is_open: bool,
}

impl Operation {
    /// What it is sent, and of which type that is; nothing if it takes nothing.
    fn content(&self, body: &Value) -> (Option<String>, Body) {
        if self.has_form {
            let form = multipart("figures.csv", b"month,mrr\n2026-01,100\n");
            (Some(format!("multipart/form-data; boundary={BOUNDARY}")), Body::from(form))
        } else if self.has_body {
            (Some("application/json".to_owned()), Body::from(body.to_string()))
        } else {
            (None, Body::empty())
        }
    }
}

fn operations() -> Vec<Operation> {
    let document = serde_json::to_value(server::description()).unwrap();
    let mut list = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let security = operation["security"][0]["bearer"].as_array();
            list.push(Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase().parse().unwrap(),
                path: format!("/api/v1{path}"),
                scope: security.and_then(|scopes| Scope::from_key(scopes.first()?.as_str()?)),
                has_body: operation["requestBody"]["content"].get("application/json").is_some(),
                has_form: operation["requestBody"]["content"].get("multipart/form-data").is_some(),
                is_open: security.is_none(),
            });
        }
    }
    list
}

/// A body that each operation takes.
fn body_of(id: &str) -> Value {
    match id {
        "sign_in" => json!({ "email": "ada@acme.example", "password": PASSWORD }),
        "refresh" => json!({ "refresh_token": "mr_nothing" }),
        "change_company" => json!({ "name": "Acme", "currency": "USD" }),
        "change_role" => json!({ "role": "member" }),
        "invite" => json!({ "role": "viewer" }),
        "choose_mapping" => json!({ "columns": [{ "column": 0, "used_for": "@period" }] }),
        "write_observations" => json!({
            "currency": "USD",
            "observations": [{ "metric": "mrr", "month": "2026-01", "value": 100 }],
        }),
        "make_key" => json!({ "name": "Billing", "scopes": ["metrics:read"] }),
        _ => Value::Null,
    }
}

async fn call(
    visitor: &mut Visitor<'_>,
    token: &str,
    operation: &Operation,
    id: &str,
    body: &Value,
) -> Answer {
    let authorization = format!("Bearer {token}");
    let mut headers = vec![("authorization", authorization.as_str())];
    let (content_type, body) = operation.content(body);
    headers.extend(content_type.as_deref().map(|content_type| ("content-type", content_type)));
    let headers = if token.is_empty() { headers.split_off(1) } else { headers };
    visitor.ask(operation.method.clone(), &operation.path.replace("{id}", id), &headers, body).await
}

/// Signs in to the API.
async fn token(app: &TestApp, email: &str) -> String {
    let operation = operations().into_iter().find(|operation| operation.id == "sign_in").unwrap();
    let body = json!({ "email": email, "password": PASSWORD });
    let answer = call(&mut app.stranger(), "", &operation, "", &body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()["access_token"].as_str().unwrap().to_owned()
}

/// Makes a key with those scopes.
async fn key(app: &TestApp, token: &str, scopes: &[&str]) -> String {
    let operation = operations().into_iter().find(|operation| operation.id == "make_key").unwrap();
    let body = json!({ "name": "Billing", "scopes": scopes });
    let answer = call(&mut app.stranger(), token, &operation, "", &body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    answer.json()["secret"].as_str().unwrap().to_owned()
}

fn assert_problem(answer: &Answer, what: &str) {
    assert_eq!(answer.header("content-type"), "application/problem+json", "{what}: {}", answer.text());
    let problem = answer.json();
    assert_eq!(problem["status"], answer.status.as_u16(), "{what}");
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.len() > 10), "{what}: {problem}");
    assert_eq!(problem["instance"], answer.header("x-request-id"), "{what}");
}

#[test]
fn every_operation_is_in_the_policy() {
    for operation in operations() {
        let id = operation.id.as_str();
        let is_listed =
            PUBLIC.contains(&id) || PERSONAL.contains(&id) || PEOPLE.iter().any(|(it, _)| *it == id);
        assert_ne!(operation.scope.is_some(), is_listed, "{id}: give it a scope, or add it to a list here");
        assert_eq!(operation.is_open, PUBLIC.contains(&id), "{id}");
    }
    for scope in Scope::ALL {
        assert!(
            operations().iter().any(|it| it.scope == Some(scope)),
            "{}: no operation asks for it",
            scope.key()
        );
    }
}

router_test!(without_credentials_nothing_but_the_open_operations_answers, {
    let app = TestApp::start().await;
    for operation in operations() {
        let answer = call(&mut app.stranger(), "", &operation, UNKNOWN, &body_of(&operation.id)).await;
        if operation.is_open {
            assert_ne!(answer.status, StatusCode::NOT_FOUND, "{}", operation.id);
        } else {
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", operation.id);
            assert_problem(&answer, &operation.id);
            assert!(answer.header("www-authenticate").starts_with("Bearer"));
        }
    }
});

// trust.md P4.
router_test!(every_role_may_call_what_its_scope_says_and_nothing_else, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    for role in Role::ALL {
        app.member("acme", role).await;
        let token = token(&app, &format!("{}@staff-of-acme.example", role.key())).await;
        for operation in operations().into_iter().filter(|operation| !operation.is_open) {
            let people = PEOPLE.iter().find(|(id, _)| *id == operation.id).map(|(_, role)| *role);
            let Some(least) = operation.scope.map(Scope::least_role).or(people) else { continue };
            let authorization = format!("Bearer {token}");
            let (content_type, body) = operation.content(&body_of(&operation.id));
            let headers = [
                ("authorization", authorization.as_str()),
                ("quartile-workspace", "acme"),
                ("content-type", content_type.as_deref().unwrap_or("text/plain")),
            ];
            let path = operation.path.replace("{id}", UNKNOWN);
            let status = app.stranger().ask(operation.method.clone(), &path, &headers, body).await.status;
            if role <= least {
                assert!(
                    status.is_success() || status == StatusCode::NOT_FOUND,
                    "{role:?} {}: {status}",
                    operation.id
                );
            } else {
                assert_eq!(status, StatusCode::FORBIDDEN, "{role:?} {}", operation.id);
            }
        }
    }
});

// trust.md P36.
router_test!(a_key_does_what_its_scope_says_and_nothing_else, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    let ada = token(&app, "ada@acme.example").await;
    for scope in Scope::ALL {
        let key = key(&app, &ada, &[scope.key()]).await;
        for operation in operations().into_iter().filter(|operation| !operation.is_open) {
            let answer = call(&mut app.stranger(), &key, &operation, UNKNOWN, &body_of(&operation.id)).await;
            if operation.scope == Some(scope) {
                let is_through = answer.status.is_success() || answer.status == StatusCode::NOT_FOUND;
                assert!(is_through, "{} {}: {}", scope.key(), operation.id, answer.text());
            } else {
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{} {}", scope.key(), operation.id);
                assert_problem(&answer, &operation.id);
            }
        }
    }
});

// trust.md P1 and P2.
router_test!(what_belongs_to_others_is_answered_as_what_is_not_there, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    app.sign_up("eve@other.example").await;
    let (file, import) = app.import("other").await;
    let report = app.report("other").await;
    let invitation = app.invitation("other").await;
    let member = app.bystander("other").await;
    let ada = token(&app, "ada@acme.example").await;
    let eve = token(&app, "eve@other.example").await;
    key(&app, &eve, &["metrics:read"]).await;
    let keys = operations().into_iter().find(|operation| operation.id == "list_keys").unwrap();
    let listed = call(&mut app.stranger(), &eve, &keys, "", &Value::Null).await.json();
    let key_id = listed[0]["id"].as_str().unwrap().to_owned();
    let ids = [
        file.to_string(),
        import.to_string(),
        report.to_string(),
        invitation.to_string(),
        member.to_string(),
        key_id,
    ];
    for operation in operations().into_iter().filter(|operation| operation.path.contains("{id}")) {
        let body = body_of(&operation.id);
        let unknown = call(&mut app.stranger(), &ada, &operation, UNKNOWN, &body).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND, "{}", operation.id);
        for id in &ids {
            let answer = call(&mut app.stranger(), &ada, &operation, id, &body).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{} {id}", operation.id);
            let (mut theirs, mut nothing) = (answer.json(), unknown.json());
            theirs["instance"] = nothing["instance"].take();
            nothing["instance"] = theirs["instance"].clone();
            assert_eq!(theirs, nothing, "{}", operation.id);
        }
        let odd = call(&mut app.stranger(), &ada, &operation, "no-id-at-all", &body).await;
        assert_eq!(odd.status, StatusCode::NOT_FOUND, "{}", operation.id);
    }
    // Everything of the other company is as it was.
    assert!(app.services.reports.download(&app.system("other").await, report).await.is_ok());
    assert_eq!(
        app.services.accounts.list_members(&app.system("other").await).await.unwrap().members.len(),
        2
    );
    let headers = [("authorization", format!("Bearer {ada}")), ("quartile-workspace", "other".to_owned())];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    let answer = app.stranger().ask(Method::GET, "/api/v1/members", &headers, Body::empty()).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
});

// trust.md P6.
router_test!(what_no_operation_knows_is_refused_and_changes_nothing, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let ada = token(&app, "ada@acme.example").await;
    for operation in operations().into_iter().filter(|operation| operation.has_body) {
        for field in ["is_platform_admin", "workspace_id", "id", "owner_id", "email_verified", "created_at"] {
            let mut body = body_of(&operation.id);
            body[field] = json!(true);
            let answer = call(&mut app.stranger(), &ada, &operation, UNKNOWN, &body).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{} {field}", operation.id);
            assert_problem(&answer, &operation.id);
            assert!(
                answer.json()["errors"][0]["detail"].as_str().unwrap().contains(field),
                "{}",
                answer.text()
            );
        }
    }
});

// trust.md P46 and P11.
router_test!(a_body_that_is_no_json_is_refused_with_a_sentence, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let deep = "[".repeat(10_000);
    for (content_type, body, status) in [
        ("text/plain", r#"{"email":"a","password":"b"}"#, 415),
        ("application/json", "", 400),
        ("application/json", "{", 400),
        ("application/json", deep.as_str(), 400),
        ("application/json", r#"{"email":"a","password":"b"} x"#, 400),
        ("application/json", "\u{feff}{}", 400),
        ("application/json", r#"{"email":NaN}"#, 400),
        ("application/json", r#"{"email":1,"password":"b"}"#, 422),
        ("application/json", r#"{"email":"a","email":"b","password":"c"}"#, 422),
        ("application/json", r#"{"email":"a"}"#, 422),
    ] {
        let headers = [("content-type", content_type)];
        let answer = app
            .stranger()
            .ask(Method::POST, "/api/v1/auth/signin", &headers, Body::from(body.to_owned()))
            .await;
        assert_eq!(answer.status.as_u16(), status, "{body:.80}: {}", answer.text());
        assert_problem(&answer, "sign_in");
    }
    let large = format!(r#"{{"email":"{}","password":"b"}}"#, "a".repeat(2_000_000));
    let headers = [("content-type", "application/json")];
    let answer = app.stranger().ask(Method::POST, "/api/v1/auth/signin", &headers, Body::from(large)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
});

router_test!(credentials_in_an_address_are_refused_and_wrong_ones_answered_alike, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let ada = token(&app, "ada@acme.example").await;
    let secret = key(&app, &ada, &["metrics:read"]).await;
    for query in [format!("api_key={secret}"), format!("access_token={ada}"), format!("metrics={secret}")] {
        let answer = app.stranger().fetch(&format!("/api/v1/metrics/series?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
        assert!(!answer.text().contains(&secret));
    }
    let me = operations().into_iter().find(|operation| operation.id == "me").unwrap();
    let mut changed = secret.clone();
    changed.replace_range(20..21, if &secret[20..21] == "x" { "y" } else { "x" });
    for token in ["x", "a.b.c", changed.as_str(), "mk_live_short"] {
        let answer = call(&mut app.stranger(), token, &me, "", &Value::Null).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{token}");
    }
});

router_test!(a_program_signs_in_reads_refreshes_and_signs_out, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    let form = json!({ "email": "ada@acme.example", "password": PASSWORD });
    let json_header = [("content-type", "application/json")];
    let post = async |path: &str, body: &Value| {
        app.stranger().ask(Method::POST, path, &json_header, Body::from(body.to_string())).await
    };
    let tokens = post("/api/v1/auth/signin", &form).await.json();
    let refreshed =
        post("/api/v1/auth/refresh", &json!({ "refresh_token": tokens["refresh_token"] })).await.json();
    assert_ne!(refreshed["refresh_token"], tokens["refresh_token"]);
    let authorization = format!("Bearer {}", refreshed["access_token"].as_str().unwrap());
    let headers = [("authorization", authorization.as_str())];
    // The address without a version is the current version.
    for prefix in ["/api/v1", "/api"] {
        let path = format!("{prefix}/metrics/series?metrics=mrr,customers&currency=eur");
        let series = app.stranger().ask(Method::GET, &path, &headers, Body::empty()).await;
        assert_eq!(series.status, StatusCode::OK, "{}", series.text());
        let series = series.json();
        assert_eq!(
            (series["currency"].as_str(), series["months"].as_array().unwrap().len()),
            (Some("EUR"), 24)
        );
        assert_eq!(series["metrics"].as_array().unwrap().len(), 2);
    }
    let out = app.stranger().ask(Method::POST, "/api/v1/auth/signout", &headers, Body::empty()).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    let after = app.stranger().ask(Method::GET, "/api/v1/users/me", &headers, Body::empty()).await;
    assert_eq!(after.status, StatusCode::UNAUTHORIZED);
});

router_test!(a_browser_that_is_signed_in_reads_the_api_and_another_site_cannot_write_with_it, {
    let app = TestApp::start().await;
    let mut ada = app.sign_up("ada@acme.example").await;
    assert_eq!(ada.fetch("/api/v1/users/me").await.json()["email"], "ada@acme.example");
    let headers = [("content-type", "application/json"), ("sec-fetch-site", "cross-site")];
    let body = Body::from(body_of("invite").to_string());
    let answer = ada.ask(Method::POST, "/api/v1/invitations", &headers, body).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    // A list goes on where it stopped.
    let mut seen = Vec::new();
    for _ in 0..3 {
        app.invitation("acme").await;
    }
    let mut path = "/api/v1/audit?limit=2".to_owned();
    loop {
        let page = ada.fetch(&path).await.json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["seq"].as_i64().unwrap()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/v1/audit?limit=2&cursor={next}");
    }
    assert_eq!(seen, [2, 1, 0]);
    for wrong in ["cursor=x", "limit=0", "limit=101", "limit=x", "nothing=1"] {
        let answer = ada.fetch(&format!("/api/v1/audit?{wrong}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert_problem(&answer, wrong);
    }
});

router_test!(an_address_or_a_method_that_the_api_does_not_know_is_a_problem_too, {
    let app = TestApp::start().await;
    let answer = app.stranger().fetch("/api/v1/nothing").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_problem(&answer, "/api/v1/nothing");
    let answer = app.stranger().ask(Method::PATCH, "/api/v1/workspaces", &[], Body::empty()).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_problem(&answer, "PATCH /api/v1/workspaces");
    assert!(answer.header("allow").contains("GET"), "{:?}", answer.headers);
    let document = app.stranger().fetch("/api/v1/openapi.json").await.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
});

/// Calls an operation by its name, with a token.
async fn ask(app: &TestApp, token: &str, (name, id): (&str, &str), body: &Value) -> Answer {
    let operation = operations().into_iter().find(|operation| operation.id == name).unwrap();
    call(&mut app.stranger(), token, &operation, id, body).await
}

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
    for (wish, field) in [
        (json!({ "columns": [{ "column": 9, "used_for": "mrr" }] }), "columns[0].column"),
        (json!({ "columns": [{ "column": 1, "used_for": "nothing" }] }), "columns[0].used_for"),
    ] {
        let refused = ask(&app, &ada, ("choose_mapping", id), &wish).await;
        assert_eq!((refused.status.as_u16(), &refused.json()["errors"][0]["field"]), (422, &json!(field)));
    }

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
    assert_eq!((&jobs[0]["state"], jobs.as_array().unwrap().len()), (&json!("done"), 1), "{jobs}");
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
});

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

/// The same as [`ask`], under a key of idempotency.
async fn ask_once(app: &TestApp, token: &str, key: &str, name: &str, body: &Value) -> Answer {
    let operation = operations().into_iter().find(|operation| operation.id == name).unwrap();
    let (content_type, body) = operation.content(body);
    let authorization = format!("Bearer {token}");
    let headers = [
        ("authorization", authorization.as_str()),
        ("idempotency-key", key),
        ("content-type", content_type.as_deref().unwrap_or("text/plain")),
    ];
    app.stranger().ask(operation.method, &operation.path, &headers, body).await
}

router_test!(a_request_that_comes_twice_is_carried_out_once, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    let ada = token(&app, "ada@acme.example").await;
    for (name, list) in
        [("generate_report", "list_reports"), ("make_key", "list_keys"), ("upload_file", "list_files")]
    {
        let count = |answer: Answer| {
            let answer = answer.json();
            answer.get("items").unwrap_or(&answer).as_array().unwrap().len()
        };
        let before = count(ask(&app, &ada, (list, ""), &Value::Null).await);
        let first = ask_once(&app, &ada, name, name, &body_of(name)).await;
        assert_eq!(
            (first.status, first.header("idempotency-replayed")),
            (StatusCode::CREATED, ""),
            "{}",
            first.text()
        );
        // The access token may have been replaced in between.
        let again = ask_once(&app, &token(&app, "ada@acme.example").await, name, name, &body_of(name)).await;
        assert_eq!((again.status, again.header("idempotency-replayed")), (StatusCode::CREATED, "true"));
        assert_eq!(
            (again.text(), again.header("location")),
            (first.text(), first.header("location")),
            "{name}"
        );
        assert_eq!(count(ask(&app, &ada, (list, ""), &Value::Null).await), before + 1, "{name}");
    }
    let other = json!({ "name": "Another", "scopes": ["metrics:read"] });
    let refused = ask_once(&app, &ada, "make_key", "make_key", &other).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.json()["errors"][0]["field"], "Idempotency-Key");
    for key in ["", "with space", &"k".repeat(256)] {
        let refused = ask_once(&app, &ada, key, "make_key", &other).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{key}");
    }
    assert_eq!(ask_once(&app, "nobody", "k", "make_key", &other).await.status, StatusCode::UNAUTHORIZED);
    // What was refused is answered alike, and does not come true later.
    let wrong = json!({ "name": "", "scopes": [] });
    let refused = ask_once(&app, &ada, "wrong", "make_key", &wrong).await;
    let again = ask_once(&app, &ada, "wrong", "make_key", &wrong).await;
    assert_eq!(
        (refused.status, again.status),
        (StatusCode::UNPROCESSABLE_ENTITY, StatusCode::UNPROCESSABLE_ENTITY)
    );
});

router_test!(what_is_the_same_for_everybody_is_not_sent_twice, {
    let app = TestApp::start().await;
    for path in ["/metrics/catalogue", "/benchmarks/cohorts", "/reports/templates", "/openapi.json"] {
        let path = format!("/api/v1{path}");
        let first = app.stranger().fetch(&path).await;
        assert_eq!(first.header("cache-control"), "public, max-age=300", "{path}");
        let headers = [("if-none-match", first.header("etag"))];
        let again = app.stranger().ask(Method::GET, &path, &headers, Body::empty()).await;
        assert_eq!((again.status, again.text().as_str()), (StatusCode::NOT_MODIFIED, ""), "{path}");
        assert_eq!(again.header("etag"), first.header("etag"));
        let headers = [("if-none-match", "W/\"other\"")];
        let other = app.stranger().ask(Method::GET, &path, &headers, Body::empty()).await;
        assert_eq!(other.status, StatusCode::OK);
    }
    app.sign_up("ada@acme.example").await;
    let ada = token(&app, "ada@acme.example").await;
    let mine = ask(&app, &ada, ("me", ""), &Value::Null).await;
    assert_eq!((mine.header("cache-control"), mine.header("etag")), ("no-store", ""));
});

// trust.md P12.
router_test!(pages_of_other_sites_call_the_api_only_if_the_operator_named_them, {
    let app = TestApp::start_with(&[("QUARTILE__SERVER__CORS_ORIGINS", "https://tools.example")]).await;
    app.sign_up("ada@acme.example").await;
    let body = || Body::from(json!({ "email": "ada@acme.example", "password": PASSWORD }).to_string());
    for (origin, is_known) in
        [("https://tools.example", true), ("https://evil.example", false), ("null", false)]
    {
        let preflight = [("origin", origin), ("access-control-request-method", "POST")];
        let answer =
            app.stranger().ask(Method::OPTIONS, "/api/v1/auth/signin", &preflight, Body::empty()).await;
        let allowed = if is_known { origin } else { "" };
        assert_eq!(answer.header("access-control-allow-origin"), allowed, "{origin}");
        assert_eq!(answer.header("access-control-allow-credentials"), "");
        assert!(!answer.header("access-control-allow-methods").contains("TRACE"));

        let headers =
            [("origin", origin), ("sec-fetch-site", "cross-site"), ("content-type", "application/json")];
        let answer = app.stranger().ask(Method::POST, "/api/v1/auth/signin", &headers, body()).await;
        assert_eq!(answer.status == StatusCode::OK, is_known, "{origin}: {}", answer.text());
        assert_eq!(answer.header("access-control-allow-origin"), allowed, "{origin}");
        // Pages and forms are nobody else's.
        let page = app.stranger().ask(Method::GET, "/sign-in", &[("origin", origin)], Body::empty()).await;
        assert_eq!(page.header("access-control-allow-origin"), "");
        let answer = app.stranger().ask(Method::POST, "/fn/x/sign_in", &headers, Body::empty()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{origin}");
    }
    // Without the setting no other site may.
    let closed = TestApp::start().await;
    let headers = [("origin", "https://tools.example")];
    let answer =
        closed.stranger().ask(Method::GET, "/api/v1/metrics/catalogue", &headers, Body::empty()).await;
    assert_eq!(answer.header("access-control-allow-origin"), "");
});

router_test!(who_lost_a_right_gets_nothing_of_what_was_answered_before, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    app.member("acme", Role::Admin).await;
    let email = "admin@staff-of-acme.example";
    let eve = token(&app, email).await;
    let headers = [
        ("authorization", format!("Bearer {eve}")),
        ("idempotency-key", "k".to_owned()),
        ("quartile-workspace", "acme".to_owned()),
        ("content-type", "application/json".to_owned()),
    ];
    let send = async || {
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let body = Body::from(body_of("make_key").to_string());
        app.stranger().ask(Method::POST, "/api/v1/api-keys", &headers, body).await
    };
    let made = send().await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    assert_eq!(send().await.text(), made.text());
    let ada = token(&app, "ada@acme.example").await;
    let members = ask(&app, &ada, ("list_members", ""), &Value::Null).await.json();
    let members = members.as_array().unwrap();
    let id = members.iter().find(|member| member["role"] == "admin").unwrap()["id"].as_str().unwrap();
    let demoted = ask(&app, &ada, ("change_role", id), &json!({ "role": "viewer" })).await;
    assert!(demoted.status.is_success(), "{}", demoted.text());
    let refused = send().await;
    assert!(refused.status.is_client_error() && !refused.text().contains("mk_live_"), "{}", refused.text());
    assert!(ask(&app, &ada, ("remove_member", id), &Value::Null).await.status.is_success());
    let refused = send().await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND, "{}", refused.text());
});

router_test!(what_may_be_right_the_next_time_is_not_kept, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let ada = token(&app, "ada@acme.example").await;
    // There is nothing to report yet.
    let early = ask_once(&app, &ada, "k", "generate_report", &Value::Null).await;
    assert_eq!(early.status, StatusCode::CONFLICT, "{}", early.text());
    app.import("acme").await;
    let later = ask_once(&app, &ada, "k", "generate_report", &Value::Null).await;
    assert_eq!(later.status, StatusCode::CREATED, "{}", later.text());
});
