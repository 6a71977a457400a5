//! Keys that end soon, and who is told of it.

use chrono::{DateTime, Utc};
use db::{Db, Tx, on_everywhere, on_tx};
use uuid::Uuid;

const LIST: &str = "
    SELECT api_keys.workspace_id, api_keys.id, api_keys.public_id, api_keys.name, api_keys.created_at,
           api_keys.expires_at, api_keys.warned_days, workspaces.slug, workspaces.name AS workspace_name
    FROM api_keys
    JOIN workspaces ON workspaces.id = api_keys.workspace_id
    WHERE api_keys.revoked_at IS NULL AND api_keys.expires_at > $1 AND api_keys.expires_at <= $2
    ORDER BY api_keys.expires_at, api_keys.id";
const NOTE: &str = "
    UPDATE api_keys SET warned_days = $3
    WHERE workspace_id = $1 AND id = $2 AND (warned_days IS NULL OR warned_days > $3)";
const MANAGERS: &str = "
    SELECT user_id
    FROM memberships
    JOIN users ON users.id = user_id
    WHERE workspace_id = $1 AND role IN ('owner', 'admin') AND deactivated_at IS NULL
    ORDER BY user_id";

/// A key that ends soon.
#[derive(sqlx::FromRow)]
pub(crate) struct EndingRow {
    pub(crate) workspace_id: Uuid,
    pub(crate) id: Uuid,
    pub(crate) public_id: String,
    pub(crate) name: String,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) warned_days: Option<i64>,
    pub(crate) slug: String,
    pub(crate) workspace_name: String,
}

/// Keys that are in use and end between the two moments, of every workspace.
pub(crate) async fn list(
    db: &Db,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<EndingRow>, sqlx::Error> {
    on_everywhere!(db, |c| sqlx::query_as(LIST).bind(from).bind(until).fetch_all(c).await)
}

/// Notes that people were told; `false` if that was noted before.
pub(crate) async fn note(tx: &mut Tx, row: &EndingRow, days: i64) -> Result<bool, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(NOTE)
        .bind(row.workspace_id)
        .bind(row.id)
        .bind(days)
        .execute(c)
        .await
        .map(|done| done.rows_affected() > 0))
}

/// Who may replace keys of the workspace.
pub(crate) async fn managers(tx: &mut Tx, workspace_id: Uuid) -> Result<Vec<Uuid>, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query_scalar(MANAGERS).bind(workspace_id).fetch_all(c).await)
}
