//! Wrapped data keys.

use chrono::{DateTime, Utc};
use db::{Db, Tx, on_db, on_tx};
use kernel::{Ambient, AppError, OrInternal};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    envelope::{DataKey, decrypt, encrypt},
    ring::KeyRing,
};

const INSERT: &str = "
    INSERT INTO data_keys (id, owner, purpose, wrapped, ring_version, created_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (id) DO NOTHING";
const CURRENT: &str = "
    SELECT id, owner, purpose, wrapped, ring_version, created_at FROM data_keys
    WHERE owner = $1 AND purpose = $2 AND retired_at IS NULL
    ORDER BY created_at DESC, id DESC
    LIMIT 1";
const FIND: &str =
    "SELECT id, owner, purpose, wrapped, ring_version, created_at FROM data_keys WHERE id = $1";
const COUNT_BY_RING: &str = "
    SELECT ring_version, CAST(COUNT(*) AS BIGINT) FROM data_keys GROUP BY ring_version ORDER BY ring_version";
const LIST_OLDER: &str = "
    SELECT id, owner, purpose, wrapped, ring_version, created_at FROM data_keys
    WHERE ring_version <> $1
    ORDER BY created_at, id
    LIMIT $2";
const REPLACE: &str = "
    UPDATE data_keys SET wrapped = $3, ring_version = $4 WHERE id = $1 AND ring_version = $2";
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
        Self { id: key.id(), owner, purpose: purpose.to_owned(), wrapped, ring_version, created_at }
    }

    /// The same key, wrapped with the newest version of the ring.
    pub(super) fn wrapped_anew(&self, key: &DataKey, ring: &KeyRing, ambient: &Ambient) -> Self {
        Self { created_at: self.created_at, ..Self::wrap(key, self.owner, &self.purpose, ring, ambient) }
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

pub(super) async fn insert_unless_there(tx: &mut Tx, row: &KeyRow) -> Result<(), AppError> {
    on_tx!(tx, |c| sqlx::query(INSERT)
        .bind(row.id)
        .bind(row.owner)
        .bind(&row.purpose)
        .bind(&row.wrapped)
        .bind(row.ring_version)
        .bind(row.created_at)
        .execute(c)
        .await
        .map(|_| ()))
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
