//! Wrapped data keys.

use chrono::{DateTime, Utc};
use db::{Db, Tx, on_db, on_everywhere, on_tx};
use kernel::{Ambient, AppError, OrInternal};
use serde::{Deserialize, Serialize};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{
    columns::SealedColumn,
    envelope::{DataKey, decrypt, encrypt},
    ring::KeyRing,
};

const INSERT: &str = "
    INSERT INTO data_keys (id, owner, purpose, wrapped, ring_version, created_at, made_version, retired_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (id) DO NOTHING";
const CURRENT: &str = "
    SELECT id, owner, purpose, wrapped, ring_version, created_at, made_version, retired_at FROM data_keys
    WHERE owner = $1 AND purpose = $2 AND retired_at IS NULL
    ORDER BY created_at DESC, id DESC
    LIMIT 1";
const FIND: &str = "SELECT id, owner, purpose, wrapped, ring_version, created_at, made_version, retired_at FROM data_keys WHERE id = $1";
const LIST_ALL: &str = "SELECT id, owner, purpose, wrapped, ring_version, created_at, made_version, retired_at FROM data_keys ORDER BY id";
const COUNT_BY_RING: &str = "
    SELECT ring_version, CAST(COUNT(*) AS BIGINT) FROM data_keys GROUP BY ring_version ORDER BY ring_version";
const LIST_OLDER: &str = "
    SELECT id, owner, purpose, wrapped, ring_version, created_at, made_version, retired_at FROM data_keys
    WHERE ring_version <> $1
    ORDER BY created_at, id
    LIMIT $2";
const REPLACE: &str = "
    UPDATE data_keys SET wrapped = $3, ring_version = $4 WHERE id = $1 AND ring_version = $2";
const IS_ANY_OLDER: &str = "
    SELECT EXISTS (SELECT 1 FROM data_keys WHERE purpose = 'seal' AND retired_at IS NULL AND made_version < $1)";
const OWNERS_OF_OLDER: &str = "
    SELECT DISTINCT owner FROM data_keys
    WHERE purpose = 'seal' AND retired_at IS NULL AND made_version < $1 AND owner > $2
      AND NOT EXISTS (SELECT 1 FROM data_keys AS newer
                      WHERE newer.owner = data_keys.owner AND newer.purpose = 'seal' AND newer.made_version >= $1)
    ORDER BY owner
    LIMIT $3";
const RETIRE: &str = "UPDATE data_keys SET retired_at = $2 WHERE id = $1 AND retired_at IS NULL";
const HOLD: &str = "SELECT id FROM data_keys WHERE id = $1";
const COUNT_BY_MAKING: &str = "
    SELECT made_version, CAST(COUNT(*) - COUNT(retired_at) AS BIGINT), CAST(COUNT(retired_at) AS BIGINT)
    FROM data_keys WHERE purpose = 'seal' GROUP BY made_version ORDER BY made_version";
const FORGET: &str = "DELETE FROM data_keys WHERE owner = $1 RETURNING id";

const NONCE_BYTES: usize = 24;

#[derive(sqlx::FromRow, Serialize, Deserialize)]
pub(crate) struct KeyRow {
    pub(super) id: Uuid,
    pub(super) owner: Uuid,
    purpose: String,
    #[serde(with = "digits")]
    wrapped: Vec<u8>,
    pub(super) ring_version: i64,
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub(super) created_at: DateTime<Utc>,
    /// The version of the ring that was in use when it was made.
    #[serde(default = "first_version")]
    pub(super) made_version: i64,
    /// Since when it seals nothing.
    #[serde(default, with = "chrono::serde::ts_microseconds_option")]
    retired_at: Option<DateTime<Utc>>,
}

/// What keys of before are taken for that were written without it.
fn first_version() -> i64 {
    1
}

/// Bytes as hexadecimal digits, as rows of backups show them.
mod digits {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&kernel::hex(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        db::copying::unhex(&text).ok_or_else(|| D::Error::custom("no hexadecimal digits"))
    }
}

impl KeyRow {
    /// Whose key it is.
    pub(crate) fn owner(&self) -> Uuid {
        self.owner
    }

    /// The key, wrapped with the newest version of the ring.
    pub(super) fn wrap(key: &DataKey, owner: Uuid, purpose: &str, ring: &KeyRing, ambient: &Ambient) -> Self {
        let (ring_version, wrapping) = ring.current();
        let nonce = ambient.secret::<NONCE_BYTES>();
        let mut wrapped = nonce.to_vec();
        wrapped.extend(encrypt(wrapping, nonce, &bound_to(key.id(), owner, purpose), key.bytes()));
        let created_at = ambient.now();
        Self {
            id: key.id(),
            owner,
            purpose: purpose.to_owned(),
            wrapped,
            ring_version,
            created_at,
            made_version: ring_version,
            retired_at: None,
        }
    }

    /// The same key, wrapped with the newest version of the ring.
    pub(super) fn wrapped_anew(&self, key: &DataKey, ring: &KeyRing, ambient: &Ambient) -> Self {
        Self {
            created_at: self.created_at,
            made_version: self.made_version,
            retired_at: self.retired_at,
            ..Self::wrap(key, self.owner, &self.purpose, ring, ambient)
        }
    }

    /// The same key, not retired.
    pub(super) fn in_use(&self) -> Self {
        Self { purpose: self.purpose.clone(), wrapped: self.wrapped.clone(), retired_at: None, ..*self }
    }

    pub(super) fn unwrap(&self, ring: &KeyRing) -> Option<DataKey> {
        let (nonce, ciphertext) = self.wrapped.split_at_checked(NONCE_BYTES)?;
        let bound_to = bound_to(self.id, self.owner, &self.purpose);
        let key = decrypt(ring.get(self.ring_version)?, nonce.try_into().ok()?, &bound_to, ciphertext)?;
        Some(DataKey::of(self.id, key.as_slice().try_into().ok()?))
    }
}

fn bound_to(id: Uuid, owner: Uuid, purpose: &str) -> Vec<u8> {
    [id.as_bytes().as_slice(), owner.as_bytes(), purpose.as_bytes()].concat()
}

/// `false` if there is such a key already.
pub(super) async fn insert_unless_there(tx: &mut Tx, row: &KeyRow) -> Result<bool, AppError> {
    on_tx!(tx, |c| sqlx::query(INSERT)
        .bind(row.id)
        .bind(row.owner)
        .bind(&row.purpose)
        .bind(&row.wrapped)
        .bind(row.ring_version)
        .bind(row.created_at)
        .bind(row.made_version)
        .bind(row.retired_at)
        .execute(c)
        .await
        .map(|done| done.rows_affected() > 0))
    .or_internal("keeping a data key")
}

pub(super) async fn current(tx: &mut Tx, owner: Uuid, purpose: &str) -> Result<Option<KeyRow>, AppError> {
    on_tx!(tx, |c| sqlx::query_as(CURRENT).bind(owner).bind(purpose).fetch_optional(c).await)
        .or_internal("loading a data key")
}

pub(super) async fn find_current(db: &Db, owner: Uuid, purpose: &str) -> Result<Option<KeyRow>, AppError> {
    on_db!(db, |c| sqlx::query_as(CURRENT).bind(owner).bind(purpose).fetch_optional(c).await)
        .or_internal("loading a data key")
}

pub(super) async fn find(db: &Db, id: Uuid) -> Result<Option<KeyRow>, AppError> {
    on_db!(db, |c| sqlx::query_as(FIND).bind(id).fetch_optional(c).await).or_internal("loading a data key")
}

pub(super) async fn find_in(tx: &mut Tx, id: Uuid) -> Result<Option<KeyRow>, AppError> {
    on_tx!(tx, |c| sqlx::query_as(FIND).bind(id).fetch_optional(c).await).or_internal("loading a data key")
}

pub(super) async fn list_all(tx: &mut Tx) -> Result<Vec<KeyRow>, AppError> {
    on_tx!(tx, |c| sqlx::query_as(LIST_ALL).fetch_all(c).await).or_internal("listing data keys")
}

/// How many keys each version of the ring wraps.
pub(super) async fn count_by_ring(db: &Db) -> Result<Vec<(i64, i64)>, AppError> {
    on_db!(db, |c| sqlx::query_as(COUNT_BY_RING).fetch_all(c).await).or_internal("counting data keys")
}

/// Keys that an older version of the ring wraps, oldest first.
pub(super) async fn list_older(tx: &mut Tx, newest: i64, most: u32) -> Result<Vec<KeyRow>, AppError> {
    on_tx!(tx, |c| sqlx::query_as(LIST_OLDER).bind(newest).bind(i64::from(most)).fetch_all(c).await)
        .or_internal("listing data keys")
}

/// Puts a key that was wrapped anew in the place of the old one; `false` if somebody else did.
pub(super) async fn replace(tx: &mut Tx, old: &KeyRow, new: &KeyRow) -> Result<bool, AppError> {
    on_tx!(tx, |c| sqlx::query(REPLACE)
        .bind(old.id)
        .bind(old.ring_version)
        .bind(&new.wrapped)
        .bind(new.ring_version)
        .execute(c)
        .await
        .map(|done| done.rows_affected() > 0))
    .or_internal("wrapping a data key anew")
}

pub(super) async fn forget(tx: &mut Tx, owner: Uuid) -> Result<Vec<Uuid>, AppError> {
    on_tx!(tx, |c| sqlx::query_scalar(FORGET).bind(owner).fetch_all(c).await)
        .or_internal("removing data keys")
}

/// Whether keys are in use that a version before the newest made.
pub(super) async fn is_any_older(db: &Db, newest: i64) -> Result<bool, AppError> {
    on_db!(db, |c| sqlx::query_scalar(IS_ANY_OLDER).bind(newest).fetch_one(c).await)
        .or_internal("looking for older data keys")
}

/// Owners after the last one all of whose keys a version before the newest made.
pub(super) async fn owners_of_older(
    db: &Db,
    (newest, last): (i64, Uuid),
    most: u32,
) -> Result<Vec<Uuid>, AppError> {
    on_db!(db, |c| sqlx::query_scalar(OWNERS_OF_OLDER)
        .bind(newest)
        .bind(last)
        .bind(i64::from(most))
        .fetch_all(c)
        .await)
    .or_internal("looking for older data keys")
}

/// Whether the key is there and stays until the transaction ends. It is not waited for: whoever holds it is removing its owner, or makes
/// its successor.
pub(super) async fn hold(tx: &mut Tx, id: Uuid) -> Result<bool, AppError> {
    let select = match tx {
        Tx::Sqlite(_) => HOLD.to_owned(),
        Tx::Postgres(_) => format!("{HOLD} FOR UPDATE SKIP LOCKED"),
    };
    let held: Option<Uuid> =
        on_tx!(tx, |c| sqlx::query_scalar(AssertSqlSafe(select)).bind(id).fetch_optional(c).await)
            .or_internal("holding a data key")?;
    Ok(held.is_some())
}

/// How many sealing keys each version of the ring made, in use and retired.
pub(super) async fn count_by_making(db: &Db) -> Result<Vec<(i64, i64, i64)>, AppError> {
    on_db!(db, |c| sqlx::query_as(COUNT_BY_MAKING).fetch_all(c).await).or_internal("counting data keys")
}

/// Keys in use that a version before the newest made, that have had a successor since before `since`, and that seal nothing in the columns.
pub(super) async fn list_done(
    db: &Db,
    columns: &[SealedColumn],
    (newest, since): (i64, DateTime<Utc>),
    most: u32,
) -> Result<Vec<Uuid>, AppError> {
    let holds: Vec<String> = columns.iter().map(|column| column.holds(db.into())).collect();
    let select = format!(
        "SELECT id FROM data_keys
         WHERE purpose = 'seal' AND retired_at IS NULL AND made_version < $1
           AND EXISTS (SELECT 1 FROM data_keys AS newer
                       WHERE newer.owner = data_keys.owner AND newer.purpose = 'seal'
                         AND newer.made_version >= $1 AND newer.created_at <= $2)
           AND NOT ({})
         LIMIT $3",
        holds.join(" OR ")
    );
    on_everywhere!(db, |c| sqlx::query_scalar(AssertSqlSafe(select.as_str()))
        .bind(newest)
        .bind(since)
        .bind(i64::from(most))
        .fetch_all(c)
        .await)
    .or_internal("looking for data keys that seal nothing")
}

/// Retires a key; `false` if somebody did or it is gone.
pub(super) async fn retire(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<bool, AppError> {
    on_tx!(tx, |c| sqlx::query(RETIRE)
        .bind(id)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected() > 0))
    .or_internal("retiring a data key")
}
