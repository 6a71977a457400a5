//! Administrators who look into a workspace in an emergency.

use chrono::{DateTime, Utc};
use db::{Db, Tx, on_db, on_tx};
use kernel::{UserId, WorkspaceId};
use uuid::Uuid;

use crate::LookOfPerson;

const INSERT: &str = "
    INSERT INTO emergency_looks (id, workspace_id, user_id, reason, began_at, ends_at)
    VALUES ($1, $2, $3, $4, $5, $6)";
// Whoever is no administrator any more has nothing to look for.
const ENDS_AT: &str = "
    SELECT MAX(emergency_looks.ends_at)
    FROM emergency_looks
    JOIN administrators ON administrators.user_id = emergency_looks.user_id
    WHERE emergency_looks.user_id = $1 AND workspace_id = $2 AND ends_at > $3";
const END: &str = "
    UPDATE emergency_looks SET ends_at = $3 WHERE user_id = $1 AND workspace_id = $2 AND ends_at > $3";
const LIST_OF_PERSON: &str = "
    SELECT emergency_looks.workspace_id, workspaces.slug, emergency_looks.reason, emergency_looks.began_at,
           emergency_looks.ends_at
    FROM emergency_looks
    JOIN workspaces ON workspaces.id = emergency_looks.workspace_id
    WHERE emergency_looks.user_id = $1
    ORDER BY emergency_looks.began_at DESC, emergency_looks.id";
const OWNERS: &str = "
    SELECT user_id
    FROM memberships
    JOIN users ON users.id = user_id
    WHERE workspace_id = $1 AND role = 'owner' AND deactivated_at IS NULL";

pub(crate) struct NewRow<'a> {
    pub(crate) id: Uuid,
    pub(crate) workspace_id: WorkspaceId,
    pub(crate) user_id: UserId,
    pub(crate) reason: &'a str,
    pub(crate) began_at: DateTime<Utc>,
    pub(crate) ends_at: DateTime<Utc>,
}

/// A look as it is kept.
#[derive(sqlx::FromRow)]
pub(crate) struct LookRow {
    workspace_id: Uuid,
    slug: String,
    reason: String,
    began_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
}

impl From<LookRow> for LookOfPerson {
    fn from(row: LookRow) -> Self {
        Self {
            workspace_id: row.workspace_id.into(),
            slug: row.slug,
            reason: row.reason,
            began_at: row.began_at,
            ends_at: row.ends_at,
        }
    }
}

pub(crate) async fn insert(tx: &mut Tx, row: &NewRow<'_>) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(INSERT)
        .bind(row.id)
        .bind(row.workspace_id.uuid())
        .bind(row.user_id.uuid())
        .bind(row.reason)
        .bind(row.began_at)
        .bind(row.ends_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Until when the person may look into the workspace.
pub(crate) async fn ends_at(
    db: &Db,
    (user_id, workspace_id): (UserId, WorkspaceId),
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_scalar(ENDS_AT)
        .bind(user_id.uuid())
        .bind(workspace_id.uuid())
        .bind(now)
        .fetch_one(c)
        .await)
}

/// Ends the person's looks into the workspace; `false` if there was none.
pub(crate) async fn end(
    tx: &mut Tx,
    (user_id, workspace_id): (UserId, WorkspaceId),
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(END)
        .bind(user_id.uuid())
        .bind(workspace_id.uuid())
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected() > 0))
}

/// Every look of the person, the newest first.
pub(crate) async fn list_of_person(db: &Db, user_id: UserId) -> Result<Vec<LookRow>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_as(LIST_OF_PERSON).bind(user_id.uuid()).fetch_all(c).await)
}

pub(crate) async fn owners(tx: &mut Tx, workspace_id: WorkspaceId) -> Result<Vec<Uuid>, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query_scalar(OWNERS).bind(workspace_id.uuid()).fetch_all(c).await)
}
