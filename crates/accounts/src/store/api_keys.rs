//! Keys for programs.

use chrono::{DateTime, Utc};
use db::{Db, Tx, on_everywhere, on_scope, on_tx};
use kernel::{ApiKeyId, UserId, WorkspaceScope};
use uuid::Uuid;

const INSERT: &str = "
    INSERT INTO api_keys
        (workspace_id, id, public_id, name, scopes, networks, secret_hash, created_by, created_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const LIST: &str = "
    SELECT api_keys.workspace_id, api_keys.id, api_keys.public_id, api_keys.name, api_keys.scopes, api_keys.networks,
           api_keys.secret_hash, users.display_name AS made_by, api_keys.created_at, api_keys.expires_at,
           api_keys.last_used_at, api_keys.revoked_at
    FROM api_keys
    LEFT JOIN users ON users.id = api_keys.created_by
    WHERE api_keys.workspace_id = $1
    ORDER BY api_keys.created_at DESC, api_keys.id DESC";
const LIST_AFTER: &str = "
    SELECT api_keys.workspace_id, api_keys.id, api_keys.public_id, api_keys.name, api_keys.scopes, api_keys.networks,
           api_keys.secret_hash, users.display_name AS made_by, api_keys.created_at, api_keys.expires_at,
           api_keys.last_used_at, api_keys.revoked_at
    FROM api_keys
    LEFT JOIN users ON users.id = api_keys.created_by
    WHERE api_keys.workspace_id = $1
      AND (api_keys.created_at < $2 OR (api_keys.created_at = $2 AND api_keys.id < $3))
    ORDER BY api_keys.created_at DESC, api_keys.id DESC
    LIMIT $4";
const FIND: &str = "
    SELECT workspace_id, id, public_id, name, scopes, networks, secret_hash, CAST(NULL AS TEXT) AS made_by, created_at,
           expires_at, last_used_at, revoked_at
    FROM api_keys
    WHERE public_id = $1";
const END: &str = "
    UPDATE api_keys SET revoked_at = $3
    WHERE workspace_id = $1 AND id = $2 AND (revoked_at IS NULL OR revoked_at > $3)";
const END_OF: &str = "
    UPDATE api_keys SET revoked_at = $3
    WHERE workspace_id = $1 AND created_by = $2 AND expires_at > $3 AND (revoked_at IS NULL OR revoked_at > $3)";
const END_EVERYWHERE: &str = "
    UPDATE api_keys SET revoked_at = $2
    WHERE created_by = $1 AND expires_at > $2 AND (revoked_at IS NULL OR revoked_at > $2)";
const NOTE_USE: &str = "
    UPDATE api_keys SET last_used_at = $3
    WHERE workspace_id = $1 AND id = $2 AND (last_used_at IS NULL OR last_used_at < $4)";

/// A key about to be stored.
pub(crate) struct NewRow<'a> {
    pub(crate) id: ApiKeyId,
    pub(crate) public_id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) scopes: &'a str,
    pub(crate) networks: &'a str,
    pub(crate) secret_hash: &'a [u8],
    pub(crate) created_by: Option<UserId>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
}

#[derive(Clone, sqlx::FromRow)]
pub(crate) struct KeyRow {
    pub(crate) workspace_id: Uuid,
    pub(crate) id: Uuid,
    pub(crate) public_id: String,
    pub(crate) name: String,
    pub(crate) scopes: String,
    pub(crate) networks: String,
    pub(crate) secret_hash: Vec<u8>,
    /// Only in lists.
    pub(crate) made_by: Option<String>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) last_used_at: Option<DateTime<Utc>>,
    pub(crate) revoked_at: Option<DateTime<Utc>>,
}

pub(crate) async fn insert(tx: &mut Tx, scope: WorkspaceScope, row: &NewRow<'_>) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(INSERT)
        .bind(scope.workspace_id().uuid())
        .bind(row.id.uuid())
        .bind(row.public_id)
        .bind(row.name)
        .bind(row.scopes)
        .bind(row.networks)
        .bind(row.secret_hash)
        .bind(row.created_by.map(UserId::uuid))
        .bind(row.created_at)
        .bind(row.expires_at)
        .execute(c)
        .await
        .map(|_| ()))
}

pub(crate) async fn list(db: &Db, scope: WorkspaceScope) -> Result<Vec<KeyRow>, sqlx::Error> {
    on_scope!(db, scope, |c| sqlx::query_as(LIST).bind(scope.workspace_id().uuid()).fetch_all(c).await)
}

pub(crate) async fn list_after(
    db: &Db,
    scope: WorkspaceScope,
    (at, id): (DateTime<Utc>, Uuid),
    most: u32,
) -> Result<Vec<KeyRow>, sqlx::Error> {
    on_scope!(db, scope, |c| sqlx::query_as(LIST_AFTER)
        .bind(scope.workspace_id().uuid())
        .bind(at)
        .bind(id)
        .bind(i64::from(most))
        .fetch_all(c)
        .await)
}

/// Whoever shows a key has not said yet which workspace it is for.
pub(crate) async fn find(db: &Db, public_id: &str) -> Result<Option<KeyRow>, sqlx::Error> {
    on_everywhere!(db, |c| sqlx::query_as(FIND).bind(public_id).fetch_optional(c).await)
}

/// Ends the key at that moment; `false` if there is no such key, or it has ended before.
pub(crate) async fn end(
    tx: &mut Tx,
    scope: WorkspaceScope,
    id: ApiKeyId,
    at: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(END)
        .bind(scope.workspace_id().uuid())
        .bind(id.uuid())
        .bind(at)
        .execute(c)
        .await
        .map(|done| done.rows_affected() > 0))
}

/// Ends the keys of the workspace that the person has made; how many that were.
pub(crate) async fn end_of(
    tx: &mut Tx,
    scope: WorkspaceScope,
    person: UserId,
    at: DateTime<Utc>,
) -> Result<u64, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(END_OF)
        .bind(scope.workspace_id().uuid())
        .bind(person.uuid())
        .bind(at)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))
}

/// The same in every workspace, in a transaction that reaches everywhere.
pub(crate) async fn end_everywhere(
    tx: &mut Tx,
    person: UserId,
    at: DateTime<Utc>,
) -> Result<u64, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(END_EVERYWHERE)
        .bind(person.uuid())
        .bind(at)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))
}

/// Notes that the key was used, unless that was noted after `before`.
pub(crate) async fn note_use(
    tx: &mut Tx,
    row: &KeyRow,
    now: DateTime<Utc>,
    before: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(NOTE_USE)
        .bind(row.workspace_id)
        .bind(row.id)
        .bind(now)
        .bind(before)
        .execute(c)
        .await
        .map(|_| ()))
}
