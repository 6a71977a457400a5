//! Sessions, found by a hash of their id.

use chrono::{DateTime, Utc};
use db::{Db, Tx, on_db, on_tx};

const INSERT: &str = "INSERT INTO sessions (id_hash, data, expires_at) VALUES ($1, $2, $3)";
const SAVE: &str = "
    INSERT INTO sessions (id_hash, data, expires_at) VALUES ($1, $2, $3)
    ON CONFLICT (id_hash) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at";
const LOAD: &str = "SELECT data, expires_at FROM sessions WHERE id_hash = $1 AND expires_at > $2";
const DELETE: &str = "DELETE FROM sessions WHERE id_hash = $1";
const DELETE_EXPIRED: &str = "DELETE FROM sessions WHERE expires_at <= $1";

#[derive(sqlx::FromRow)]
pub(crate) struct SessionRow {
    pub(crate) data: String,
    pub(crate) expires_at: DateTime<Utc>,
}

pub(crate) async fn insert(tx: &mut Tx, key: &[u8], row: &SessionRow) -> Result<(), sqlx::Error> {
    write(tx, INSERT, key, row).await
}

pub(crate) async fn save(tx: &mut Tx, key: &[u8], row: &SessionRow) -> Result<(), sqlx::Error> {
    write(tx, SAVE, key, row).await
}

async fn write(
    tx: &mut Tx,
    statement: &'static str,
    key: &[u8],
    row: &SessionRow,
) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(statement)
        .bind(key)
        .bind(&row.data)
        .bind(row.expires_at)
        .execute(c)
        .await
        .map(|_| ()))
}

pub(crate) async fn load(db: &Db, key: &[u8], now: DateTime<Utc>) -> Result<Option<SessionRow>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_as(LOAD).bind(key).bind(now).fetch_optional(c).await)
}

pub(crate) async fn delete(tx: &mut Tx, key: &[u8]) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(DELETE).bind(key).execute(c).await.map(|_| ()))
}

pub(crate) async fn delete_expired(tx: &mut Tx, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(DELETE_EXPIRED).bind(now).execute(c).await.map(|_| ()))
}
