//! SQL of files that arrive in pieces.

use chrono::{DateTime, Utc};
use db::{Db, Tx, on_scope, on_tx};
use kernel::{DatasetId, WorkspaceScope};
use uuid::Uuid;

const COUNT: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM uploads WHERE workspace_id = $1";
const LOCK: &str = "SELECT CAST(pg_advisory_xact_lock(hashtextextended('uploads ' || $1, 0)) AS TEXT)";
const INSERT: &str = "
    INSERT INTO uploads (workspace_id, id, name, size_bytes, received_bytes, begun_at)
    VALUES ($1, $2, $3, $4, 0, $5)";
const FIND: &str = "
    SELECT name, size_bytes, received_bytes FROM uploads WHERE workspace_id = $1 AND id = $2";
const CLAIM: &str = "
    UPDATE uploads SET busy_until = $4
    WHERE workspace_id = $1 AND id = $2 AND (busy_until IS NULL OR busy_until < $3)
    RETURNING name, size_bytes, received_bytes";
const NOTE: &str = "
    UPDATE uploads SET received_bytes = $3, busy_until = NULL
    WHERE workspace_id = $1 AND id = $2 AND busy_until = $4";
const DELETE: &str = "DELETE FROM uploads WHERE workspace_id = $1 AND id = $2";
const DELETE_OLD: &str = "DELETE FROM uploads WHERE begun_at < $1 RETURNING id";

#[derive(sqlx::FromRow)]
pub(crate) struct UploadRow {
    pub(crate) name: String,
    pub(crate) size_bytes: i64,
    pub(crate) received_bytes: i64,
}

/// How many uploads of the workspace are not finished; nobody begins another until the transaction ends. On SQLite whoever writes has
/// waited already.
pub(crate) async fn count(tx: &mut Tx, scope: WorkspaceScope) -> Result<i64, sqlx::Error> {
    if let Tx::Postgres(tx) = tx {
        sqlx::query(LOCK).bind(scope.workspace_id().to_string()).execute(&mut **tx).await?;
    }
    on_tx!(tx, |c| sqlx::query_scalar(COUNT).bind(scope.workspace_id().uuid()).fetch_one(c).await)
}

pub(crate) async fn insert(
    tx: &mut Tx,
    scope: WorkspaceScope,
    id: DatasetId,
    (name, size_bytes): (&str, i64),
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(INSERT)
        .bind(scope.workspace_id().uuid())
        .bind(id.uuid())
        .bind(name)
        .bind(size_bytes)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))
}

pub(crate) async fn find(
    db: &Db,
    scope: WorkspaceScope,
    id: DatasetId,
) -> Result<Option<UploadRow>, sqlx::Error> {
    on_scope!(db, scope, |c| sqlx::query_as(FIND)
        .bind(scope.workspace_id().uuid())
        .bind(id.uuid())
        .fetch_optional(c)
        .await)
}

/// Keeps everybody else from writing until then; nothing if somebody writes now.
pub(crate) async fn claim(
    tx: &mut Tx,
    scope: WorkspaceScope,
    id: DatasetId,
    (now, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Option<UploadRow>, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query_as(CLAIM)
        .bind(scope.workspace_id().uuid())
        .bind(id.uuid())
        .bind(now)
        .bind(until)
        .fetch_optional(c)
        .await)
}

/// Notes how much is safely here, and lets others write; `false` if somebody else writes since.
pub(crate) async fn note(
    tx: &mut Tx,
    scope: WorkspaceScope,
    id: DatasetId,
    (received_bytes, busy_until): (i64, DateTime<Utc>),
) -> Result<bool, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(NOTE)
        .bind(scope.workspace_id().uuid())
        .bind(id.uuid())
        .bind(received_bytes)
        .bind(busy_until)
        .execute(c)
        .await
        .map(|done| done.rows_affected() > 0))
}

pub(crate) async fn delete(tx: &mut Tx, scope: WorkspaceScope, id: DatasetId) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(DELETE)
        .bind(scope.workspace_id().uuid())
        .bind(id.uuid())
        .execute(c)
        .await
        .map(|_| ()))
}

/// Removes what was begun before that moment; the ids of it.
pub(crate) async fn delete_old(tx: &mut Tx, before: DateTime<Utc>) -> Result<Vec<Uuid>, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query_scalar(DELETE_OLD).bind(before).fetch_all(c).await)
}
