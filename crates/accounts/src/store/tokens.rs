//! Families of refresh tokens, and the keys that sign access tokens.

use chrono::{DateTime, Utc};
use db::{Db, Tx, on_db, on_tx};
use kernel::UserId;
use uuid::Uuid;

const INSERT_FAMILY: &str = "
    INSERT INTO token_families (id, user_id, device, started_at, seen_at) VALUES ($1, $2, $3, $4, $4)";
const FIND_FAMILY: &str = "
    SELECT token_families.user_id, token_families.device, token_families.started_at
    FROM token_families
    JOIN users ON users.id = token_families.user_id
    WHERE token_families.id = $1 AND token_families.revoked_at IS NULL AND users.deactivated_at IS NULL";
const SEE_FAMILY: &str = "UPDATE token_families SET seen_at = $2 WHERE id = $1";
const REVOKE_FAMILY: &str = "UPDATE token_families SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
const REVOKE_ONE_OF: &str = "
    UPDATE token_families SET revoked_at = $3 WHERE id = $2 AND user_id = $1 AND revoked_at IS NULL";
const LIST_FAMILIES: &str = "
    SELECT id, device, started_at, seen_at
    FROM token_families
    WHERE user_id = $1 AND revoked_at IS NULL AND started_at > $2 AND seen_at > $3
    ORDER BY seen_at DESC, started_at DESC";
const REVOKE_ALL_OF: &str =
    "UPDATE token_families SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL";
const INSERT: &str =
    "INSERT INTO refresh_tokens (hash, family, generation, expires_at) VALUES ($1, $2, $3, $4)";
const CLAIM: &str = "
    UPDATE refresh_tokens SET rotated_at = $2, successor_sealed = $3
    WHERE hash = $1 AND rotated_at IS NULL AND expires_at > $2
    RETURNING family, generation";
const FIND: &str = "
    SELECT family, generation, expires_at, rotated_at, successor_sealed FROM refresh_tokens WHERE hash = $1";
const IS_LIVE: &str = "
    SELECT CAST(COUNT(*) AS BIGINT) FROM refresh_tokens WHERE family = $1 AND generation = $2 AND rotated_at IS NULL";
const DELETE_OLD: &str = "DELETE FROM token_families WHERE started_at <= $1";
const LOCK_SIGNING: &str = "SELECT CAST(pg_advisory_xact_lock(hashtextextended('signing keys', 0)) AS TEXT)";
const COUNT_SIGNING: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM signing_keys WHERE created_at > $1";
const INSERT_SIGNING: &str = "INSERT INTO signing_keys (id, sealed, created_at) VALUES ($1, $2, $3)";
const LIST_SIGNING: &str =
    "SELECT id, sealed, created_at FROM signing_keys WHERE created_at > $1 ORDER BY created_at DESC, id DESC";

#[derive(sqlx::FromRow)]
pub(crate) struct FamilyRow {
    pub(crate) user_id: Uuid,
    pub(crate) device: String,
    pub(crate) started_at: DateTime<Utc>,
}

/// One line of a person's list.
#[derive(sqlx::FromRow)]
pub(crate) struct ListedRow {
    pub(crate) id: Uuid,
    pub(crate) device: String,
    pub(crate) started_at: DateTime<Utc>,
    pub(crate) seen_at: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
pub(crate) struct TokenRow {
    pub(crate) family: Uuid,
    pub(crate) generation: i64,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) rotated_at: Option<DateTime<Utc>>,
    pub(crate) successor_sealed: Option<Vec<u8>>,
}

#[derive(sqlx::FromRow)]
pub(crate) struct SigningRow {
    pub(crate) id: Uuid,
    pub(crate) sealed: Vec<u8>,
    pub(crate) created_at: DateTime<Utc>,
}

pub(crate) async fn insert_family(
    tx: &mut Tx,
    id: Uuid,
    (user_id, device): (UserId, &str),
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(INSERT_FAMILY)
        .bind(id)
        .bind(user_id.uuid())
        .bind(device)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))
}

/// The family, if neither it nor its person has ended.
pub(crate) async fn find_family(db: &Db, id: Uuid) -> Result<Option<FamilyRow>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_as(FIND_FAMILY).bind(id).fetch_optional(c).await)
}

/// The same inside a transaction.
pub(crate) async fn find_family_in(tx: &mut Tx, id: Uuid) -> Result<Option<FamilyRow>, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query_as(FIND_FAMILY).bind(id).fetch_optional(c).await)
}

pub(crate) async fn see_family(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(SEE_FAMILY).bind(id).bind(now).execute(c).await.map(|_| ()))
}

/// `false` if it had ended before.
pub(crate) async fn revoke_family(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<bool, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(REVOKE_FAMILY)
        .bind(id)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected() > 0))
}

/// The families of a person that have not ended, began after the first moment and were seen after the second.
pub(crate) async fn list_families(
    db: &Db,
    user_id: UserId,
    (started_after, seen_after): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<ListedRow>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_as(LIST_FAMILIES)
        .bind(user_id.uuid())
        .bind(started_after)
        .bind(seen_after)
        .fetch_all(c)
        .await)
}

/// `false` if the person has no such family, or it had ended before.
pub(crate) async fn revoke_one_of(
    tx: &mut Tx,
    user_id: UserId,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(REVOKE_ONE_OF)
        .bind(user_id.uuid())
        .bind(id)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected() > 0))
}

pub(crate) async fn revoke_all_of(tx: &mut Tx, id: UserId, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(REVOKE_ALL_OF).bind(id.uuid()).bind(now).execute(c).await.map(|_| ()))
}

pub(crate) async fn insert(
    tx: &mut Tx,
    hash: &[u8],
    (family, generation): (Uuid, i64),
    expires_at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(INSERT)
        .bind(hash)
        .bind(family)
        .bind(generation)
        .bind(expires_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Rotates the token if nobody has yet; its family and generation.
pub(crate) async fn claim(
    tx: &mut Tx,
    hash: &[u8],
    now: DateTime<Utc>,
    successor: &[u8],
) -> Result<Option<(Uuid, i64)>, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query_as(CLAIM).bind(hash).bind(now).bind(successor).fetch_optional(c).await)
}

pub(crate) async fn find(db: &Db, hash: &[u8]) -> Result<Option<TokenRow>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_as(FIND).bind(hash).fetch_optional(c).await)
}

/// Whether the token of that generation is there and nobody has rotated it.
pub(crate) async fn is_live(db: &Db, family: Uuid, generation: i64) -> Result<bool, sqlx::Error> {
    let found: i64 =
        on_db!(db, |c| sqlx::query_scalar(IS_LIVE).bind(family).bind(generation).fetch_one(c).await)?;
    Ok(found > 0)
}

/// Removes families that began before `before`, with their tokens.
pub(crate) async fn sweep(tx: &mut Tx, before: DateTime<Utc>) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(DELETE_OLD).bind(before).execute(c).await.map(|_| ()))
}

/// Waits for whoever makes a key at the moment.
pub(crate) async fn lock_signing(tx: &mut Tx) -> Result<(), sqlx::Error> {
    match tx {
        Tx::Postgres(tx) => sqlx::query(LOCK_SIGNING).execute(&mut **tx).await.map(|_| ()),
        // It has one writer.
        Tx::Sqlite(_) => Ok(()),
    }
}

/// How many keys were made after that moment.
pub(crate) async fn count_signing(tx: &mut Tx, after: DateTime<Utc>) -> Result<i64, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query_scalar(COUNT_SIGNING).bind(after).fetch_one(c).await)
}

pub(crate) async fn insert_signing(tx: &mut Tx, row: &SigningRow) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(INSERT_SIGNING)
        .bind(row.id)
        .bind(&row.sealed)
        .bind(row.created_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Signing keys made after `after`, newest first.
pub(crate) async fn list_signing(db: &Db, after: DateTime<Utc>) -> Result<Vec<SigningRow>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_as(LIST_SIGNING).bind(after).fetch_all(c).await)
}
