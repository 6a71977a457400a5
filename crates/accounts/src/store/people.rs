//! People and the identities that prove who they are.

use chrono::{DateTime, Utc};
use db::{Db, Tx, on_db, on_tx};
use kernel::UserId;
use uuid::Uuid;

use crate::Person;

const FIND: &str = "SELECT id, email, display_name, password_hash FROM users WHERE id = $1";
const FIND_BY_EMAIL: &str = "SELECT id, email, display_name, password_hash FROM users WHERE email = $1";
const FIND_BY_IDENTITY: &str = "
    SELECT users.id, users.email, users.display_name, users.password_hash
    FROM user_identities
    JOIN users ON users.id = user_identities.user_id
    WHERE user_identities.issuer = $1 AND user_identities.subject = $2";
const INSERT: &str = "
    INSERT INTO users (id, email, display_name, password_hash, created_at) VALUES ($1, $2, $3, $4, $5)";
const INSERT_IDENTITY: &str = "
    INSERT INTO user_identities (issuer, subject, user_id, created_at) VALUES ($1, $2, $3, $4)";

#[derive(sqlx::FromRow)]
pub(crate) struct PersonRow {
    id: Uuid,
    email: String,
    display_name: String,
    pub(crate) password_hash: Option<String>,
}

impl From<PersonRow> for Person {
    fn from(row: PersonRow) -> Self {
        Self { id: row.id.into(), display_name: row.display_name, email: row.email }
    }
}

/// A person about to be stored.
pub(crate) struct NewRow<'a> {
    pub(crate) id: UserId,
    pub(crate) email: &'a str,
    pub(crate) display_name: &'a str,
    pub(crate) password_hash: Option<&'a str>,
    pub(crate) created_at: DateTime<Utc>,
}

pub(crate) async fn find(db: &Db, id: UserId) -> Result<Option<PersonRow>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_as(FIND).bind(id.uuid()).fetch_optional(c).await)
}

pub(crate) async fn find_by_email(db: &Db, email: &str) -> Result<Option<PersonRow>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_as(FIND_BY_EMAIL).bind(email).fetch_optional(c).await)
}

pub(crate) async fn find_by_identity(
    db: &Db,
    issuer: &str,
    subject: &str,
) -> Result<Option<PersonRow>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_as(FIND_BY_IDENTITY).bind(issuer).bind(subject).fetch_optional(c).await)
}

pub(crate) async fn insert(tx: &mut Tx, row: NewRow<'_>) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(INSERT)
        .bind(row.id.uuid())
        .bind(row.email)
        .bind(row.display_name)
        .bind(row.password_hash)
        .bind(row.created_at)
        .execute(c)
        .await
        .map(|_| ()))
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
