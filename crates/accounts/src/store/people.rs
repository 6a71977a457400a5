//! People and the identities that prove who they are. Addresses are sealed and found by their index.

use chrono::{DateTime, Utc};
use db::{Db, Tx, on_db, on_tx};
use kernel::UserId;
use uuid::Uuid;

const FIND: &str = "
    SELECT id, email_index, email_sealed, email_confirmed_at, display_name, password_hash, deactivated_at
    FROM users
    WHERE id = $1";
const FIND_BY_INDEX: &str = "
    SELECT id, email_index, email_sealed, email_confirmed_at, display_name, password_hash, deactivated_at
    FROM users
    WHERE email_index = $1";
const FIND_BY_IDENTITY: &str = "
    SELECT users.id, email_index, email_sealed, email_confirmed_at, display_name, password_hash, deactivated_at
    FROM user_identities
    JOIN users ON users.id = user_identities.user_id
    WHERE user_identities.issuer = $1 AND user_identities.subject = $2";
const LIST_UNSEALED: &str = "
    SELECT id, email_index, email_sealed, email_confirmed_at, display_name, password_hash, deactivated_at
    FROM users
    WHERE email_sealed IS NULL";
const INSERT: &str = "
    INSERT INTO users (id, email_index, email_sealed, email_confirmed_at, display_name, password_hash, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)";
const SEAL: &str = "UPDATE users SET email_index = $2, email_sealed = $3 WHERE id = $1";
const SET_PASSWORD: &str = "
    UPDATE users SET password_hash = $2, email_confirmed_at = COALESCE(email_confirmed_at, $3) WHERE id = $1";
const LOCK: &str = "UPDATE users SET display_name = display_name WHERE id = $1 AND deactivated_at IS NULL";
const INSERT_IDENTITY: &str = "
    INSERT INTO user_identities (issuer, subject, user_id, created_at) VALUES ($1, $2, $3, $4)";
const DELETE_IDENTITIES: &str = "DELETE FROM user_identities WHERE user_id = $1";
const HAS_IDENTITY: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM user_identities WHERE user_id = $1";

#[derive(sqlx::FromRow)]
pub(crate) struct PersonRow {
    pub(crate) id: Uuid,
    pub(crate) email_index: String,
    pub(crate) email_sealed: Option<Vec<u8>>,
    pub(crate) email_confirmed_at: Option<DateTime<Utc>>,
    pub(crate) display_name: String,
    pub(crate) password_hash: Option<String>,
    pub(crate) deactivated_at: Option<DateTime<Utc>>,
}

/// A person about to be stored.
pub(crate) struct NewRow<'a> {
    pub(crate) id: UserId,
    pub(crate) email_index: &'a str,
    pub(crate) email_sealed: &'a [u8],
    pub(crate) email_confirmed_at: Option<DateTime<Utc>>,
    pub(crate) display_name: &'a str,
    pub(crate) password_hash: Option<&'a str>,
    pub(crate) created_at: DateTime<Utc>,
}

pub(crate) async fn find(db: &Db, id: UserId) -> Result<Option<PersonRow>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_as(FIND).bind(id.uuid()).fetch_optional(c).await)
}

pub(crate) async fn find_by_index(db: &Db, index: &str) -> Result<Option<PersonRow>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_as(FIND_BY_INDEX).bind(index).fetch_optional(c).await)
}

pub(crate) async fn find_by_identity(
    db: &Db,
    issuer: &str,
    subject: &str,
) -> Result<Option<PersonRow>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_as(FIND_BY_IDENTITY).bind(issuer).bind(subject).fetch_optional(c).await)
}

/// People whose address stands unsealed in place of its index, from before addresses were sealed.
pub(crate) async fn list_unsealed(db: &Db) -> Result<Vec<PersonRow>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_as(LIST_UNSEALED).fetch_all(c).await)
}

pub(crate) async fn insert(tx: &mut Tx, row: NewRow<'_>) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(INSERT)
        .bind(row.id.uuid())
        .bind(row.email_index)
        .bind(row.email_sealed)
        .bind(row.email_confirmed_at)
        .bind(row.display_name)
        .bind(row.password_hash)
        .bind(row.created_at)
        .execute(c)
        .await
        .map(|_| ()))
}

pub(crate) async fn seal(tx: &mut Tx, id: Uuid, index: &str, sealed: &[u8]) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(SEAL).bind(id).bind(index).bind(sealed).execute(c).await.map(|_| ()))
}

/// Sets the password of someone who has just shown that the address is theirs.
pub(crate) async fn set_password(
    tx: &mut Tx,
    id: UserId,
    hash: &str,
    confirmed_at: Option<DateTime<Utc>>,
) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(SET_PASSWORD)
        .bind(id.uuid())
        .bind(hash)
        .bind(confirmed_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Waits for whoever else counts what is the person's; `false` if there is nobody with that id who is not kept out.
pub(crate) async fn lock(tx: &mut Tx, id: UserId) -> Result<bool, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(LOCK).bind(id.uuid()).execute(c).await.map(|done| done.rows_affected() > 0))
}

pub(crate) async fn insert_identity(
    tx: &mut Tx,
    (issuer, subject): (&str, &str),
    user_id: UserId,
    created_at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(INSERT_IDENTITY)
        .bind(issuer)
        .bind(subject)
        .bind(user_id.uuid())
        .bind(created_at)
        .execute(c)
        .await
        .map(|_| ()))
}

pub(crate) async fn delete_identities(tx: &mut Tx, user_id: UserId) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(DELETE_IDENTITIES).bind(user_id.uuid()).execute(c).await.map(|_| ()))
}

pub(crate) async fn has_identity(db: &Db, id: UserId) -> Result<bool, sqlx::Error> {
    let found: i64 = on_db!(db, |c| sqlx::query_scalar(HAS_IDENTITY).bind(id.uuid()).fetch_one(c).await)?;
    Ok(found > 0)
}
