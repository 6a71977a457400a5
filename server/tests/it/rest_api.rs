//! The API for machines: who may call what, what is refused and how.

mod files;
mod leaving;
mod people;
mod pieces;
mod programs;
mod refusals;
mod repeated;
mod rights;
mod sessions;
mod sites;

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
const PERSONAL: [&str; 12] = [
    "sign_out",
    "me",
    "who_am_i",
    "export_me",
    "erase_me",
    "change_password",
    "list_sessions",
    "end_session",
    "end_all_sessions",
    "list_workspaces",
    "create_workspace",
    "accept_invitation",
];
/// Operations for people alone, in a workspace, with the least role.
const PEOPLE: [(&str, Role); 8] = [
    ("export_workspace", Role::Owner),
    ("transfer_workspace", Role::Owner),
    ("delete_workspace", Role::Owner),
    ("keep_workspace", Role::Owner),
    ("list_keys", Role::Admin),
    ("make_key", Role::Admin),
    ("revoke_key", Role::Admin),
    ("rotate_key", Role::Admin),
];
const UNKNOWN: &str = "00000000-0000-7000-8000-000000000000";

/// What an operation is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    Nothing,
    Json,
    /// A form with a file.
    Form,
    /// A piece of a file.
    Piece,
}

/// One operation of the description.
#[derive(Clone, Debug)]
struct Operation {
    id: String,
    method: Method,
    path: String,
    scope: Option<Scope>,
    takes: Takes,
    is_open: bool,
}

impl Operation {
    /// Headers without which it does nothing.
    fn headers(&self) -> &'static [(&'static str, &'static str)] {
        match self.id.as_str() {
            "begin_upload" => &[("upload-length", "20")],
            "send_piece" => &[("upload-offset", "0")],
            _ => &[],
        }
    }

    /// What it is sent, and of which type that is; nothing if it takes nothing.
    fn content(&self, body: &Value) -> (Option<String>, Body) {
        match self.takes {
            Takes::Form => {
                let form = multipart("figures.csv", b"month,mrr\n2026-01,100\n");
                (Some(format!("multipart/form-data; boundary={BOUNDARY}")), Body::from(form))
            }
            Takes::Piece => (Some("application/offset+octet-stream".to_owned()), Body::from("month,mrr\n")),
            Takes::Json => (Some("application/json".to_owned()), Body::from(body.to_string())),
            Takes::Nothing => (None, Body::empty()),
        }
    }
}

fn operations() -> Vec<Operation> {
    let document = serde_json::to_value(server::description(100 * 1024 * 1024)).unwrap();
    let mut list = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let security = operation["security"][0]["bearer"].as_array();
            list.push(Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase().parse().unwrap(),
                path: format!("/api/v1{path}"),
                scope: security.and_then(|scopes| Scope::from_key(scopes.first()?.as_str()?)),
                takes: takes(operation),
                is_open: security.is_none(),
            });
        }
    }
    list
}

fn takes(operation: &Value) -> Takes {
    let content = &operation["requestBody"]["content"];
    let kinds = [
        ("application/json", Takes::Json),
        ("multipart/form-data", Takes::Form),
        ("application/offset+octet-stream", Takes::Piece),
    ];
    kinds.into_iter().find(|(kind, _)| content.get(kind).is_some()).map_or(Takes::Nothing, |(_, takes)| takes)
}

/// A body that each operation takes.
fn body_of(id: &str) -> Value {
    match id {
        "sign_in" => json!({ "email": "ada@acme.example", "password": PASSWORD }),
        "refresh" => json!({ "refresh_token": "mr_nothing" }),
        "create_workspace" => json!({ "name": "Birch" }),
        "change_company" => json!({ "name": "Acme", "currency": "USD" }),
        "change_role" => json!({ "role": "member" }),
        "invite" => json!({ "role": "viewer" }),
        "classify_columns" => json!({ "columns": [{ "column": 0, "personal": "email" }] }),
        "choose_format" => json!({ "encoding": "windows_1252" }),
        "choose_mapping" | "choose_mapping_of_import" => {
            json!({ "columns": [{ "column": 0, "used_for": "@period" }] })
        }
        "write_observations" => json!({
            "currency": "USD",
            "observations": [{ "metric": "mrr", "month": "2026-01", "value": 100 }],
        }),
        "share_report" => json!({ "for_everyone": false }),
        "erase_me" => json!({ "password": "not the right words at all" }),
        "change_password" => {
            json!({ "new_password": "nine dry geese in a row", "password": "not the right words at all" })
        }
        "accept_invitation" => json!({ "link": "nothing" }),
        "transfer_workspace" => json!({ "person": UNKNOWN }),
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
    headers.extend(operation.headers());
    let headers = if token.is_empty() { headers.split_off(1) } else { headers };
    visitor.ask(operation.method.clone(), &operation.path.replace("{id}", id), &headers, body).await
}

/// Signs in to the API.
pub(crate) async fn token(app: &TestApp, email: &str) -> String {
    let operation = operations().into_iter().find(|operation| operation.id == "sign_in").unwrap();
    let body = json!({ "email": email, "password": PASSWORD });
    let answer = call(&mut app.stranger(), "", &operation, "", &body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()["access_token"].as_str().unwrap().to_owned()
}

/// Makes a key with those scopes.
pub(crate) async fn key(app: &TestApp, token: &str, scopes: &[&str]) -> String {
    let operation = operations().into_iter().find(|operation| operation.id == "make_key").unwrap();
    let body = json!({ "name": "Billing", "scopes": scopes });
    let answer = call(&mut app.stranger(), token, &operation, "", &body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    answer.json()["secret"].as_str().unwrap().to_owned()
}

fn assert_problem(answer: &Answer, what: &str) {
    assert_eq!(answer.header("content-type"), "application/problem+json", "{what}: {}", answer.text());
    // The answer to HEAD has no body.
    if what == "show_upload" {
        return;
    }
    let problem = answer.json();
    assert_eq!(problem["status"], answer.status.as_u16(), "{what}");
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.len() > 10), "{what}: {problem}");
    assert_eq!(problem["instance"], answer.header("x-request-id"), "{what}");
}

/// Calls an operation by its name, with a token.
pub(crate) async fn ask(app: &TestApp, token: &str, (name, id): (&str, &str), body: &Value) -> Answer {
    let operation = operations().into_iter().find(|operation| operation.id == name).unwrap();
    call(&mut app.stranger(), token, &operation, id, body).await
}
