//! What people asked for by leaving an address, and the links that were sent to them.

use chrono::{DateTime, Utc};
use db::{Db, Tx, on_db, on_tx};
use uuid::Uuid;

const INSERT: &str = "INSERT INTO account_requests (id, kind, sealed, created_at) VALUES ($1, $2, $3, $4)";
const FIND: &str = "SELECT kind, sealed FROM account_requests WHERE id = $1";
const DELETE: &str = "DELETE FROM account_requests WHERE id = $1";
const DELETE_OLD: &str = "DELETE FROM account_requests WHERE created_at < $1";
const INSERT_LINK: &str =
    "INSERT INTO mail_links (secret_hash, purpose, subject, expires_at) VALUES ($1, $2, $3, $4)";
const FIND_LINK: &str =
    "SELECT subject FROM mail_links WHERE secret_hash = $1 AND purpose = $2 AND expires_at > $3";
const COUNT_LINKS: &str = "
    SELECT CAST(COUNT(*) AS BIGINT) FROM mail_links WHERE subject = $1 AND purpose = $2 AND expires_at > $3";
const USE_LINK: &str = "DELETE FROM mail_links WHERE secret_hash = $1 AND purpose = $2 AND expires_at > $3";
const DELETE_LINKS: &str = "DELETE FROM mail_links WHERE subject = $1 AND purpose = $2";
const DELETE_OLD_LINKS: &str = "DELETE FROM mail_links WHERE expires_at <= $1";

#[derive(sqlx::FromRow)]
pub(crate) struct RequestRow {
    pub(crate) kind: String,
    pub(crate) sealed: Vec<u8>,
}

pub(crate) async fn insert(
    tx: &mut Tx,
    id: Uuid,
    row: &RequestRow,
    created_at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(INSERT)
        .bind(id)
        .bind(&row.kind)
        .bind(&row.sealed)
        .bind(created_at)
        .execute(c)
        .await
        .map(|_| ()))
}

pub(crate) async fn find(db: &Db, id: Uuid) -> Result<Option<RequestRow>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_as(FIND).bind(id).fetch_optional(c).await)
}

pub(crate) async fn delete(tx: &mut Tx, id: Uuid) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(DELETE).bind(id).execute(c).await.map(|_| ()))
}

/// Removes requests from before `before` and links that are worth nothing at `now`.
pub(crate) async fn sweep(tx: &mut Tx, before: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    on_tx!(&mut *tx, |c| sqlx::query(DELETE_OLD).bind(before).execute(c).await.map(|_| ()))?;
    on_tx!(tx, |c| sqlx::query(DELETE_OLD_LINKS).bind(now).execute(c).await.map(|_| ()))
}

/// A link: the hash of its secret, and what it is good for.
pub(crate) struct Link<'a> {
    pub(crate) secret_hash: &'a [u8],
    pub(crate) purpose: &'a str,
}

pub(crate) async fn insert_link(
    tx: &mut Tx,
    link: &Link<'_>,
    subject: Uuid,
    expires_at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(INSERT_LINK)
        .bind(link.secret_hash)
        .bind(link.purpose)
        .bind(subject)
        .bind(expires_at)
        .execute(c)
        .await
        .map(|_| ()))
}

pub(crate) async fn find_link(
    db: &Db,
    link: &Link<'_>,
    now: DateTime<Utc>,
) -> Result<Option<Uuid>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_scalar(FIND_LINK)
        .bind(link.secret_hash)
        .bind(link.purpose)
        .bind(now)
        .fetch_optional(c)
        .await)
}

/// How many links of that purpose lead there and are still good.
pub(crate) async fn count_links(
    tx: &mut Tx,
    (subject, purpose): (Uuid, &str),
    now: DateTime<Utc>,
) -> Result<i64, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query_scalar(COUNT_LINKS).bind(subject).bind(purpose).bind(now).fetch_one(c).await)
}

/// Whether a link of that purpose leads there and is still good.
pub(crate) async fn has_link(
    db: &Db,
    (subject, purpose): (Uuid, &str),
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let links: i64 = on_db!(db, |c| sqlx::query_scalar(COUNT_LINKS)
        .bind(subject)
        .bind(purpose)
        .bind(now)
        .fetch_one(c)
        .await)?;
    Ok(links > 0)
}

/// Uses the link up; `false` if it was used or ran out before.
pub(crate) async fn use_link(tx: &mut Tx, link: &Link<'_>, now: DateTime<Utc>) -> Result<bool, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(USE_LINK)
        .bind(link.secret_hash)
        .bind(link.purpose)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected() == 1))
}

pub(crate) async fn delete_links(tx: &mut Tx, subject: Uuid, purpose: &str) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(DELETE_LINKS).bind(subject).bind(purpose).execute(c).await.map(|_| ()))
}
