//! Who runs the instance, and what they see of it: no row of a workspace's data.

use chrono::{DateTime, Utc};
use db::{Db, Tx, on_db, on_tx};
use kernel::{PageRequest, UserId};
use uuid::Uuid;

use crate::PausedPlace;

const IS_ADMINISTRATOR: &str = "
    SELECT CAST(COUNT(*) AS BIGINT)
    FROM administrators
    JOIN users ON users.id = administrators.user_id
    WHERE administrators.user_id = $1 AND users.deactivated_at IS NULL";
const COUNT: &str = "
    SELECT CAST(COUNT(*) AS BIGINT)
    FROM administrators
    JOIN users ON users.id = administrators.user_id
    WHERE users.deactivated_at IS NULL";
const GRANT: &str = "
    INSERT INTO administrators (user_id, granted_at) VALUES ($1, $2) ON CONFLICT (user_id) DO NOTHING";
const REVOKE: &str = "DELETE FROM administrators WHERE user_id = $1";
// Whoever changes who runs the instance waits for the others who do, so that one of them always stays.
const LOCK: &str = "SELECT CAST(pg_advisory_xact_lock(hashtextextended('administrators', 0)) AS TEXT)";
const LIST_PEOPLE: &str = "
    SELECT users.id, users.email_index, users.email_sealed, users.display_name, users.created_at, users.deactivated_at,
           (SELECT CAST(COUNT(*) AS BIGINT) FROM administrators WHERE administrators.user_id = users.id) AS administrator,
           (SELECT CAST(COUNT(*) AS BIGINT) FROM memberships WHERE memberships.user_id = users.id) AS workspaces,
           (SELECT CAST(COUNT(*) AS BIGINT) FROM sessions
            WHERE sessions.user_id = users.id AND sessions.expires_at > $1) AS sessions,
           (SELECT MAX(blocked_until) FROM sign_in_failures
            WHERE sign_in_failures.account_index = users.email_index AND blocked_until > $1) AS paused_until
    FROM users
    WHERE LOWER(users.display_name) LIKE $2 ESCAPE '\\' OR users.display_name LIKE $3 ESCAPE '\\'
       OR users.display_name LIKE $4 ESCAPE '\\' OR users.email_index = $5
    ORDER BY users.created_at DESC, users.id DESC
    LIMIT $6 OFFSET $7";
const COUNT_PEOPLE: &str = "
    SELECT CAST(COUNT(*) AS BIGINT) FROM users
    WHERE LOWER(display_name) LIKE $1 ESCAPE '\\' OR display_name LIKE $2 ESCAPE '\\'
       OR display_name LIKE $3 ESCAPE '\\' OR email_index = $4";
const LIST_WORKSPACES: &str = "
    SELECT workspaces.slug, workspaces.name, workspaces.is_synthetic, workspaces.created_at,
           workspaces.deletion_due_at,
           (SELECT CAST(COUNT(*) AS BIGINT) FROM memberships
            WHERE memberships.workspace_id = workspaces.id) AS members,
           (SELECT MAX(ends_at) FROM emergency_looks
            WHERE emergency_looks.workspace_id = workspaces.id AND user_id = $1 AND ends_at > $2) AS look_ends_at
    FROM workspaces
    WHERE LOWER(workspaces.name) LIKE $3 ESCAPE '\\' OR workspaces.name LIKE $4 ESCAPE '\\'
       OR workspaces.name LIKE $5 ESCAPE '\\' OR workspaces.slug LIKE $3 ESCAPE '\\'
    ORDER BY workspaces.created_at DESC, workspaces.id DESC
    LIMIT $6 OFFSET $7";
const COUNT_WORKSPACES: &str = "
    SELECT CAST(COUNT(*) AS BIGINT) FROM workspaces
    WHERE LOWER(name) LIKE $1 ESCAPE '\\' OR name LIKE $2 ESCAPE '\\' OR name LIKE $3 ESCAPE '\\'
       OR slug LIKE $1 ESCAPE '\\'";
const SET_DEACTIVATED: &str = "UPDATE users SET deactivated_at = $2 WHERE id = $1";
const LIST_PAUSED: &str = "
    SELECT place, failures, blocked_until
    FROM sign_in_failures
    WHERE place IS NOT NULL AND blocked_until > $1
    ORDER BY blocked_until DESC, place
    LIMIT 200";
const FORGET_PLACE: &str = "DELETE FROM sign_in_failures WHERE place = $1";
const FORGET_ACCOUNT: &str = "
    DELETE FROM sign_in_failures
    WHERE account_index = (SELECT email_index FROM users WHERE id = $1)";

#[derive(sqlx::FromRow)]
pub(crate) struct PersonRow {
    pub(crate) id: Uuid,
    pub(crate) email_index: String,
    pub(crate) email_sealed: Option<Vec<u8>>,
    pub(crate) display_name: String,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) deactivated_at: Option<DateTime<Utc>>,
    pub(crate) administrator: i64,
    pub(crate) workspaces: i64,
    pub(crate) sessions: i64,
    pub(crate) paused_until: Option<DateTime<Utc>>,
}

#[derive(sqlx::FromRow)]
pub(crate) struct WorkspaceRow {
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) is_synthetic: bool,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) deletion_due_at: Option<DateTime<Utc>>,
    pub(crate) members: i64,
    pub(crate) look_ends_at: Option<DateTime<Utc>>,
}

pub(crate) async fn is_administrator(db: &Db, id: UserId) -> Result<bool, sqlx::Error> {
    let found: i64 = on_db!(db, |c| sqlx::query_scalar(IS_ADMINISTRATOR).bind(id.uuid()).fetch_one(c).await)?;
    Ok(found > 0)
}

/// The same within a transaction.
pub(crate) async fn is_administrator_in(tx: &mut Tx, id: UserId) -> Result<bool, sqlx::Error> {
    let found: i64 = on_tx!(tx, |c| sqlx::query_scalar(IS_ADMINISTRATOR).bind(id.uuid()).fetch_one(c).await)?;
    Ok(found > 0)
}

/// Waits for others who change who runs the instance; on SQLite whoever writes has waited already.
pub(crate) async fn lock(tx: &mut Tx) -> Result<(), sqlx::Error> {
    match tx {
        Tx::Postgres(tx) => sqlx::query(LOCK).execute(&mut **tx).await.map(|_| ()),
        Tx::Sqlite(_) => Ok(()),
    }
}

/// How many administrators can sign in, within a transaction.
pub(crate) async fn count_in(tx: &mut Tx) -> Result<i64, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query_scalar(COUNT).fetch_one(c).await)
}

pub(crate) async fn grant(tx: &mut Tx, id: UserId, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(GRANT).bind(id.uuid()).bind(now).execute(c).await.map(|_| ()))
}

/// `false` if the person was none.
pub(crate) async fn revoke(tx: &mut Tx, id: UserId) -> Result<bool, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(REVOKE).bind(id.uuid()).execute(c).await.map(|done| done.rows_affected() > 0))
}

/// People whose name is like one of the patterns, the first in small letters, or whose address has that index, newest first, and how many
/// there are.
pub(crate) async fn list_people(
    db: &Db,
    ([small, typed, capitalised], index): (&[String; 3], &str),
    page: PageRequest,
    now: DateTime<Utc>,
) -> Result<(Vec<PersonRow>, i64), sqlx::Error> {
    let rows = on_db!(db, |c| sqlx::query_as(LIST_PEOPLE)
        .bind(now)
        .bind(small)
        .bind(typed)
        .bind(capitalised)
        .bind(index)
        .bind(i64::from(page.size))
        .bind(page.offset())
        .fetch_all(c)
        .await)?;
    let total = on_db!(db, |c| sqlx::query_scalar(COUNT_PEOPLE)
        .bind(small)
        .bind(typed)
        .bind(capitalised)
        .bind(index)
        .fetch_one(c)
        .await)?;
    Ok((rows, total))
}

/// Workspaces whose name is like one of the patterns or whose address is like the first, which is in small letters, newest first, and how
/// many there are; `looker` is who may look into them.
pub(crate) async fn list_workspaces(
    db: &Db,
    [small, typed, capitalised]: &[String; 3],
    page: PageRequest,
    (looker, now): (UserId, DateTime<Utc>),
) -> Result<(Vec<WorkspaceRow>, i64), sqlx::Error> {
    let rows = on_db!(db, |c| sqlx::query_as(LIST_WORKSPACES)
        .bind(looker.uuid())
        .bind(now)
        .bind(small)
        .bind(typed)
        .bind(capitalised)
        .bind(i64::from(page.size))
        .bind(page.offset())
        .fetch_all(c)
        .await)?;
    let total = on_db!(db, |c| sqlx::query_scalar(COUNT_WORKSPACES)
        .bind(small)
        .bind(typed)
        .bind(capitalised)
        .fetch_one(c)
        .await)?;
    Ok((rows, total))
}

/// `false` if there is no such person.
pub(crate) async fn set_deactivated(
    tx: &mut Tx,
    id: UserId,
    at: Option<DateTime<Utc>>,
) -> Result<bool, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(SET_DEACTIVATED)
        .bind(id.uuid())
        .bind(at)
        .execute(c)
        .await
        .map(|done| done.rows_affected() > 0))
}

pub(crate) async fn list_paused(db: &Db, now: DateTime<Utc>) -> Result<Vec<PausedPlace>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_as(LIST_PAUSED).bind(now).fetch_all(c).await)
}

pub(crate) async fn forget_place(tx: &mut Tx, place: &str) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(FORGET_PLACE).bind(place).execute(c).await.map(|_| ()))
}

pub(crate) async fn forget_account(tx: &mut Tx, id: UserId) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(FORGET_ACCOUNT).bind(id.uuid()).execute(c).await.map(|_| ()))
}
