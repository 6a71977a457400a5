//! The operations of the API, as its own description lists them.

use kernel::{Role, Scope};
use serde_json::{Value, json};

use super::schemas;
use crate::{
    Failure,
    client::{Ask, Door, at},
    people::PASSWORD,
};

const PIECE: &str = "application/offset+octet-stream";
/// An id that belongs to nothing.
pub(crate) const UNKNOWN: &str = "00000000-0000-7000-8000-000000000000";
/// What one person does alone, about the own account, whatever the role.
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
/// What owners may do, and no key.
const OWNERS: [&str; 4] = ["export_workspace", "transfer_workspace", "delete_workspace", "keep_workspace"];
/// What people may do from that role on, and no key.
const KEYS: [&str; 4] = ["list_keys", "make_key", "revoke_key", "rotate_key"];
/// What everybody may ask.
const OPEN: [&str; 7] =
    ["sign_in", "google", "refresh", "catalogue", "cohorts", "report_templates", "report_metrics"];

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Everybody.
    Open,
    /// Somebody who is signed in, about themselves.
    Personal,
    /// People with at least that role, and no key.
    People(Role),
    /// People whose role carries the scope, and keys that have it.
    Scope(Scope),
}

impl Access {
    /// Whether somebody with that role in the workspace may call it.
    pub(crate) fn lets(self, role: Role) -> bool {
        match self {
            Self::Open | Self::Personal => true,
            Self::People(least) => role <= least,
            Self::Scope(scope) => role <= least_role(scope),
        }
    }
}

/// The least role that the table of rights gives each scope.
fn least_role(scope: Scope) -> Role {
    match scope {
        Scope::MembersWrite | Scope::AuditRead | Scope::WorkspaceWrite => Role::Admin,
        Scope::DataWrite | Scope::MetricsWrite => Role::Analyst,
        Scope::ReportsWrite => Role::Member,
        Scope::WorkspaceRead
        | Scope::DataRead
        | Scope::MetricsRead
        | Scope::BenchmarksRead
        | Scope::ReportsRead
        | Scope::MembersRead => Role::Viewer,
    }
}

/// One operation.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    /// How the description names it.
    pub(crate) id: String,
    pub(crate) method: String,
    /// With `{id}` for an id.
    pub(crate) path: String,
    /// Who may call it; `None` if no rule of the prober knows it.
    pub(crate) access: Option<Access>,
    takes: Takes,
    /// Bodies that it takes with a mark wherever an id belongs, one for each such place.
    with_ids: Vec<Value>,
    /// Names of its parameters in the address that say whom or what the answer is to be about.
    pub(crate) questions: Vec<String>,
}

/// What an operation is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    Nothing,
    Json,
    Form,
    /// A piece of a file.
    Piece,
}

impl Operation {
    /// Whether its address holds an id.
    pub(crate) fn takes_id(&self) -> bool {
        self.path.contains("{id}")
    }

    /// Whether it takes JSON.
    pub(crate) fn takes_json(&self) -> bool {
        self.takes == Takes::Json
    }

    /// Whether it changes something.
    pub(crate) fn is_unsafe(&self) -> bool {
        !["GET", "HEAD"].contains(&self.method.as_str())
    }

    /// Bodies with that id in each of the places where the description wants one.
    pub(crate) fn bodies_with(&self, id: &str) -> Vec<Value> {
        self.with_ids.iter().map(|body| schemas::filled(body, id)).collect()
    }

    /// A request with that id and a body that the operation takes.
    pub(crate) fn ask(&self, id: &str) -> Ask {
        self.ask_with(id, &body_of(&self.id))
    }

    /// A request with that id and JSON.
    pub(crate) fn ask_with(&self, id: &str, body: &Value) -> Ask {
        let ask = Ask::new(&self.method, &self.path.replace("{id}", id));
        let ask = match self.id.as_str() {
            "begin_upload" => ask.header("upload-length", "20"),
            "send_piece" => ask.header("upload-offset", "0"),
            _ => ask,
        };
        match self.takes {
            Takes::Form => ask.file("figures.csv", b"month,mrr\n2026-01,100\n"),
            Takes::Json => ask.json(body),
            Takes::Piece => ask.body(PIECE, "month,mrr\n"),
            Takes::Nothing => ask,
        }
    }
}

/// Reads the description of the API.
pub(crate) async fn read(door: &Door) -> Result<Vec<Operation>, Failure> {
    let document = door.send(Ask::get("/api/v1/openapi.json")).await?.json();
    let paths = at(&document, "/paths").as_object().ok_or("the description of the API lists no paths")?;
    let mut operations = Vec::new();
    for (path, item) in paths {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let content = at(operation, "/requestBody/content");
            let schema = at(content, "/application~1json/schema");
            let id = at(operation, "/operationId").as_str().unwrap_or_default().to_owned();
            operations.push(Operation {
                method: method.to_uppercase(),
                path: format!("/api/v1{path}"),
                access: access(&id, at(operation, "/security")),
                takes: takes(content),
                with_ids: schemas::bodies_with_ids(&document, schema),
                questions: schemas::questions(&document, at(operation, "/parameters")),
                id,
            });
        }
    }
    if operations.is_empty() { Err("the description of the API is empty".into()) } else { Ok(operations) }
}

fn takes(content: &Value) -> Takes {
    let kinds =
        [("application/json", Takes::Json), ("multipart/form-data", Takes::Form), (PIECE, Takes::Piece)];
    kinds.into_iter().find(|(kind, _)| content.get(kind).is_some()).map_or(Takes::Nothing, |(_, takes)| takes)
}

fn access(id: &str, security: &Value) -> Option<Access> {
    let Some(scopes) = at(security, "/0/bearer").as_array() else {
        return OPEN.contains(&id).then_some(Access::Open);
    };
    match scopes.first().and_then(Value::as_str) {
        Some(scope) => Scope::from_key(scope).map(Access::Scope),
        None if OWNERS.contains(&id) => Some(Access::People(Role::Owner)),
        None if PERSONAL.contains(&id) => Some(Access::Personal),
        None => KEYS.contains(&id).then_some(Access::People(Role::Admin)),
    }
}

/// A body that each operation takes.
pub(crate) fn body_of(id: &str) -> Value {
    match id {
        "sign_in" => json!({ "email": "nobody@nowhere.example", "password": PASSWORD }),
        "refresh" => json!({ "refresh_token": "mr_nothing" }),
        // The last in the list of whoever makes it, so that signing in leads to where it did.
        "create_workspace" => json!({ "name": "Zinc" }),
        "change_company" => json!({ "name": "Acme", "currency": "USD" }),
        "change_role" => json!({ "role": "member" }),
        "classify_columns" => json!({ "columns": [{ "column": 0, "personal": "email" }] }),
        "invite" => json!({ "role": "viewer" }),
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
