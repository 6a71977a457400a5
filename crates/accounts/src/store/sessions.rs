//! Sessions, found by a hash of their id.

use chrono::{DateTime, Utc};
use db::{Db, Tx, on_db, on_tx};
use kernel::UserId;
use uuid::Uuid;

const INSERT: &str = "
    INSERT INTO sessions (id_hash, data, expires_at, user_id, handle, device, started_at, seen_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
// Never brings back a session that was ended meanwhile, also by being idle.
const UPDATE: &str = "
    UPDATE sessions SET data = $2, expires_at = $3, user_id = $4, device = $5 WHERE id_hash = $1 AND data <> ''";
const RENEW: &str = "
    UPDATE sessions SET id_hash = $2, data = $3, expires_at = $4, user_id = $5, device = $6
    WHERE id_hash = $1 AND data <> ''";
const LOAD: &str = "
    SELECT sessions.data, sessions.expires_at, sessions.seen_at, sessions.user_id
    FROM sessions
    LEFT JOIN users ON users.id = sessions.user_id
    WHERE sessions.id_hash = $1 AND sessions.expires_at > $2 AND sessions.started_at > $3
      AND sessions.seen_at > $4 AND users.deactivated_at IS NULL";
const TOUCH: &str = "UPDATE sessions SET seen_at = $2 WHERE id_hash = $1";
const LIST: &str = "
    SELECT id_hash, handle, device, started_at, seen_at
    FROM sessions
    WHERE user_id = $1 AND expires_at > $2 AND started_at > $3 AND seen_at > $4
    ORDER BY seen_at DESC, started_at DESC";
const DELETE: &str = "DELETE FROM sessions WHERE id_hash = $1";
const DELETE_ONE_OF: &str = "DELETE FROM sessions WHERE user_id = $1 AND handle = $2";
const DELETE_ALL_OF: &str = "DELETE FROM sessions WHERE user_id = $1";
const HANDLE: &str = "SELECT handle FROM sessions WHERE id_hash = $1 AND user_id = $2";
const GOES_ON: &str = "
    SELECT CAST(COUNT(*) AS BIGINT) FROM sessions WHERE user_id = $1 AND handle = $2 AND started_at > $3";
// Who was idle too long is never let in again; what they are still sending finds that nobody ended the session.
const END_IDLE: &str = "
    UPDATE sessions SET expires_at = $1, data = ''
    WHERE user_id IS NOT NULL AND seen_at <= $2 AND expires_at > $1";
const DELETE_EXPIRED: &str = "
    DELETE FROM sessions
    WHERE started_at <= $2 OR (user_id IS NULL AND (expires_at <= $1 OR seen_at <= $3))";

/// A session about to be stored.
pub(crate) struct NewRow {
    pub(crate) data: String,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) user_id: Option<UserId>,
    pub(crate) handle: Uuid,
    pub(crate) device: Option<String>,
    pub(crate) started_at: DateTime<Utc>,
    pub(crate) seen_at: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
pub(crate) struct SessionRow {
    pub(crate) data: String,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) seen_at: DateTime<Utc>,
    pub(crate) user_id: Option<Uuid>,
}

/// One line of a person's list.
#[derive(sqlx::FromRow)]
pub(crate) struct ListedRow {
    pub(crate) id_hash: Vec<u8>,
    pub(crate) handle: Uuid,
    pub(crate) device: Option<String>,
    pub(crate) started_at: DateTime<Utc>,
    pub(crate) seen_at: DateTime<Utc>,
}

/// What a session must be younger than to count.
#[derive(Clone, Copy)]
pub(crate) struct Alive {
    pub(crate) now: DateTime<Utc>,
    pub(crate) started_after: DateTime<Utc>,
    pub(crate) seen_after: DateTime<Utc>,
}

pub(crate) async fn insert(tx: &mut Tx, key: &[u8], row: &NewRow) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(INSERT)
        .bind(key)
        .bind(&row.data)
        .bind(row.expires_at)
        .bind(row.user_id.map(UserId::uuid))
        .bind(row.handle)
        .bind(&row.device)
        .bind(row.started_at)
        .bind(row.seen_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// `false` if it was ended, or is renewed.
pub(crate) async fn update(tx: &mut Tx, key: &[u8], row: &NewRow) -> Result<bool, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(UPDATE)
        .bind(key)
        .bind(&row.data)
        .bind(row.expires_at)
        .bind(row.user_id.map(UserId::uuid))
        .bind(&row.device)
        .execute(c)
        .await
        .map(|done| done.rows_affected() > 0))
}

/// Stores a session under another key than before; `false` if it was ended.
pub(crate) async fn renew(
    tx: &mut Tx,
    (before, after): (&[u8], &[u8]),
    row: &NewRow,
) -> Result<bool, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(RENEW)
        .bind(before)
        .bind(after)
        .bind(&row.data)
        .bind(row.expires_at)
        .bind(row.user_id.map(UserId::uuid))
        .bind(&row.device)
        .execute(c)
        .await
        .map(|done| done.rows_affected() > 0))
}

pub(crate) async fn load(db: &Db, key: &[u8], alive: Alive) -> Result<Option<SessionRow>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_as(LOAD)
        .bind(key)
        .bind(alive.now)
        .bind(alive.started_after)
        .bind(alive.seen_after)
        .fetch_optional(c)
        .await)
}

pub(crate) async fn touch(tx: &mut Tx, key: &[u8], now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(TOUCH).bind(key).bind(now).execute(c).await.map(|_| ()))
}

pub(crate) async fn list(db: &Db, user_id: UserId, alive: Alive) -> Result<Vec<ListedRow>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_as(LIST)
        .bind(user_id.uuid())
        .bind(alive.now)
        .bind(alive.started_after)
        .bind(alive.seen_after)
        .fetch_all(c)
        .await)
}

pub(crate) async fn delete(tx: &mut Tx, key: &[u8]) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(DELETE).bind(key).execute(c).await.map(|_| ()))
}

pub(crate) async fn delete_one_of(tx: &mut Tx, user_id: UserId, handle: Uuid) -> Result<bool, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(DELETE_ONE_OF)
        .bind(user_id.uuid())
        .bind(handle)
        .execute(c)
        .await
        .map(|done| done.rows_affected() > 0))
}

pub(crate) async fn delete_all_of(tx: &mut Tx, user_id: UserId) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(DELETE_ALL_OF).bind(user_id.uuid()).execute(c).await.map(|_| ()))
}

/// Empties the sessions of people who were idle too long, and removes all others that have ended.
pub(crate) async fn sweep(tx: &mut Tx, alive: Alive) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(END_IDLE)
        .bind(alive.now)
        .bind(alive.seen_after)
        .execute(c)
        .await
        .map(|_| ()))?;
    on_tx!(tx, |c| sqlx::query(DELETE_EXPIRED)
        .bind(alive.now)
        .bind(alive.started_after)
        .bind(alive.seen_after)
        .execute(c)
        .await
        .map(|_| ()))
}

/// What stays the same when the session is renewed.
pub(crate) async fn handle(db: &Db, key: &[u8], user_id: UserId) -> Result<Option<Uuid>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_scalar(HANDLE).bind(key).bind(user_id.uuid()).fetch_optional(c).await)
}

/// Whether it was not ended, idle or not.
pub(crate) async fn goes_on(
    db: &Db,
    (user_id, handle): (UserId, Uuid),
    started_after: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let found: i64 = on_db!(db, |c| sqlx::query_scalar(GOES_ON)
        .bind(user_id.uuid())
        .bind(handle)
        .bind(started_after)
        .fetch_one(c)
        .await)?;
    Ok(found > 0)
}
