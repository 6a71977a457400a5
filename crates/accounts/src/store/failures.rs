//! Wrong passwords, counted by address and network place.

use chrono::{DateTime, Utc};
use db::{Db, Tx, on_db, on_tx};

const BLOCKED_UNTIL: &str = "SELECT MAX(blocked_until) FROM sign_in_failures WHERE key_hash IN ($1, $2)";
const COUNT: &str = "
    INSERT INTO sign_in_failures (key_hash, failures, blocked_until, last_failure_at, place, account_index)
    VALUES ($1, 1, $2, $2, $4, $5)
    ON CONFLICT (key_hash) DO UPDATE SET
        failures = CASE WHEN sign_in_failures.last_failure_at < $3 THEN 1 ELSE sign_in_failures.failures + 1 END,
        last_failure_at = $2
    RETURNING failures";
const BLOCK: &str = "UPDATE sign_in_failures SET blocked_until = $2 WHERE key_hash = $1";
const FORGET: &str = "DELETE FROM sign_in_failures WHERE key_hash = $1";

/// Under what wrong passwords are counted: a network place, or an account from there.
pub(crate) struct Key {
    pub(crate) hash: Vec<u8>,
    /// The place in words, for administrators; of keys of places alone.
    pub(crate) place: Option<String>,
    /// The blind index of the address; of keys of accounts alone.
    pub(crate) account_index: Option<String>,
}

/// The end of the longer one of two pauses.
pub(crate) async fn blocked_until(
    db: &Db,
    one: &[u8],
    other: &[u8],
) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_scalar(BLOCKED_UNTIL).bind(one).bind(other).fetch_one(c).await)
}

/// Counts one more failure and tells how many there are in a row; failures before `forgotten_before` no longer count.
pub(crate) async fn count(
    tx: &mut Tx,
    key: &Key,
    now: DateTime<Utc>,
    forgotten_before: DateTime<Utc>,
) -> Result<i64, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query_scalar(COUNT)
        .bind(&key.hash)
        .bind(now)
        .bind(forgotten_before)
        .bind(&key.place)
        .bind(&key.account_index)
        .fetch_one(c)
        .await)
}

pub(crate) async fn block(tx: &mut Tx, key: &[u8], until: DateTime<Utc>) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(BLOCK).bind(key).bind(until).execute(c).await.map(|_| ()))
}

pub(crate) async fn forget(tx: &mut Tx, key: &[u8]) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(FORGET).bind(key).execute(c).await.map(|_| ()))
}
