//! Who belongs to a workspace.

use chrono::{DateTime, Utc};
use db::{Db, Tx, on_db, on_tx};
use kernel::{Role, UserId, WorkspaceScope};
use uuid::Uuid;

// Waits for whoever changes the members of this workspace at the moment.
const LOCK: &str = "UPDATE workspaces SET members_version = members_version + 1 WHERE id = $1";
const LIST: &str = "
    SELECT users.id, users.email_index, users.email_sealed, users.display_name, memberships.role,
           memberships.reads_personal_data, memberships.created_at AS joined_at
    FROM memberships
    JOIN users ON users.id = memberships.user_id
    WHERE memberships.workspace_id = $1
    ORDER BY users.display_name, users.id";
// By what never changes, unlike a name, so that a list can go on after somebody who has another one or is gone.
const LIST_AFTER: &str = "
    SELECT users.id, users.email_index, users.email_sealed, users.display_name, memberships.role,
           memberships.reads_personal_data, memberships.created_at AS joined_at
    FROM memberships
    JOIN users ON users.id = memberships.user_id
    WHERE memberships.workspace_id = $1
      AND (memberships.created_at > $2 OR (memberships.created_at = $2 AND memberships.user_id > $3))
    ORDER BY memberships.created_at, memberships.user_id
    LIMIT $4";
const ROLE: &str = "SELECT role FROM memberships WHERE workspace_id = $1 AND user_id = $2";
const COUNT_OWNERS: &str = "
    SELECT CAST(COUNT(*) AS BIGINT)
    FROM memberships
    JOIN users ON users.id = memberships.user_id
    WHERE memberships.workspace_id = $1 AND memberships.role = 'owner' AND users.deactivated_at IS NULL";
const SET_ROLE: &str = "
    UPDATE memberships SET role = $3, reads_personal_data = (reads_personal_data AND $4)
    WHERE workspace_id = $1 AND user_id = $2";
const TRUST: &str =
    "UPDATE memberships SET reads_personal_data = $3 WHERE workspace_id = $1 AND user_id = $2";
const DELETE: &str = "DELETE FROM memberships WHERE workspace_id = $1 AND user_id = $2";

#[derive(sqlx::FromRow)]
pub(crate) struct MemberRow {
    pub(crate) id: Uuid,
    pub(crate) email_index: String,
    pub(crate) email_sealed: Option<Vec<u8>>,
    pub(crate) display_name: String,
    pub(crate) role: String,
    pub(crate) reads_personal_data: bool,
    pub(crate) joined_at: DateTime<Utc>,
}

pub(crate) async fn lock(tx: &mut Tx, scope: WorkspaceScope) -> Result<(), sqlx::Error> {
    let id = scope.workspace_id().uuid();
    on_tx!(tx, |c| sqlx::query(LOCK).bind(id).execute(c).await.map(|_| ()))
}

pub(crate) async fn list(db: &Db, scope: WorkspaceScope) -> Result<Vec<MemberRow>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_as(LIST).bind(scope.workspace_id().uuid()).fetch_all(c).await)
}

pub(crate) async fn list_after(
    db: &Db,
    scope: WorkspaceScope,
    (at, id): (DateTime<Utc>, Uuid),
    most: u32,
) -> Result<Vec<MemberRow>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_as(LIST_AFTER)
        .bind(scope.workspace_id().uuid())
        .bind(at)
        .bind(id)
        .bind(i64::from(most))
        .fetch_all(c)
        .await)
}

pub(crate) async fn role(
    tx: &mut Tx,
    scope: WorkspaceScope,
    id: UserId,
) -> Result<Option<Role>, sqlx::Error> {
    let key: Option<String> = on_tx!(tx, |c| sqlx::query_scalar(ROLE)
        .bind(scope.workspace_id().uuid())
        .bind(id.uuid())
        .fetch_optional(c)
        .await)?;
    Ok(key.as_deref().and_then(Role::from_key))
}

/// How many owners there are who are not kept out of the instance.
pub(crate) async fn count_owners(tx: &mut Tx, scope: WorkspaceScope) -> Result<i64, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query_scalar(COUNT_OWNERS).bind(scope.workspace_id().uuid()).fetch_one(c).await)
}

/// Gives another role; whoever may not be trusted with personal data any more is not.
pub(crate) async fn set_role(
    tx: &mut Tx,
    scope: WorkspaceScope,
    id: UserId,
    role: Role,
) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(SET_ROLE)
        .bind(scope.workspace_id().uuid())
        .bind(id.uuid())
        .bind(role.key())
        .bind(role.may_be_trusted())
        .execute(c)
        .await
        .map(|_| ()))
}

/// Lets the member see personal data, or not any more.
pub(crate) async fn set_trust(
    tx: &mut Tx,
    scope: WorkspaceScope,
    id: UserId,
    is_trusted: bool,
) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(TRUST)
        .bind(scope.workspace_id().uuid())
        .bind(id.uuid())
        .bind(is_trusted)
        .execute(c)
        .await
        .map(|_| ()))
}

pub(crate) async fn delete(tx: &mut Tx, scope: WorkspaceScope, id: UserId) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(DELETE)
        .bind(scope.workspace_id().uuid())
        .bind(id.uuid())
        .execute(c)
        .await
        .map(|_| ()))
}
