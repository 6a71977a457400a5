//! People who go.

use chrono::{DateTime, Utc};
use db::{Db, Tx, on_db, on_tx};
use kernel::{Role, UserId, WorkspaceId};
use uuid::Uuid;

use crate::{EndedProgram, Identity, WorkspaceOfPerson};

const IDENTITIES: &str = "
    SELECT issuer, subject, created_at FROM user_identities WHERE user_id = $1 ORDER BY created_at";
const MEMBERSHIPS: &str = "
    SELECT workspaces.id, workspaces.slug, workspaces.name, memberships.role, memberships.reads_personal_data,
           memberships.created_at AS joined_at
    FROM memberships
    JOIN workspaces ON workspaces.id = memberships.workspace_id
    WHERE memberships.user_id = $1
    ORDER BY workspaces.name, workspaces.slug";
const ENDED_PROGRAMS: &str = "
    SELECT device, started_at, seen_at, revoked_at
    FROM token_families
    WHERE user_id = $1 AND (revoked_at IS NOT NULL OR seen_at <= $2)
    ORDER BY seen_at DESC, started_at DESC";
const ADMINISTRATOR_SINCE: &str = "SELECT granted_at FROM administrators WHERE user_id = $1";
const OWNED: &str = "
    SELECT workspaces.id, workspaces.name,
           (SELECT CAST(COUNT(*) AS BIGINT) FROM memberships
            WHERE memberships.workspace_id = workspaces.id) AS members,
           (SELECT CAST(COUNT(*) AS BIGINT) FROM memberships
            JOIN users ON users.id = memberships.user_id
            WHERE memberships.workspace_id = workspaces.id AND memberships.role = 'owner'
              AND users.deactivated_at IS NULL AND users.id <> $1) AS other_owners
    FROM memberships AS own
    JOIN workspaces ON workspaces.id = own.workspace_id
    WHERE own.user_id = $1 AND own.role = 'owner'
    ORDER BY workspaces.name, workspaces.id";
const LIST_WORKSPACES: &str = "SELECT workspace_id FROM memberships WHERE user_id = $1 ORDER BY workspace_id";
const LOCK: &str = "UPDATE workspaces SET members_version = members_version + 1 WHERE id = $1";
const DELETE_WORKSPACE: &str = "DELETE FROM workspaces WHERE id = $1";
const DELETE_FAILURES: &str = "
    DELETE FROM sign_in_failures
    WHERE account_index = (SELECT email_index FROM users WHERE id = $1)";
const DELETE_INVITATIONS: &str = "
    DELETE FROM invitations
    WHERE invited_by = $1 OR email_index = (SELECT email_index FROM users WHERE id = $1)";
const DELETE_PERSON: &str = "DELETE FROM users WHERE id = $1";

/// A workspace that the person belongs to.
#[derive(sqlx::FromRow)]
pub(crate) struct MembershipRow {
    id: Uuid,
    slug: String,
    name: String,
    role: String,
    reads_personal_data: bool,
    joined_at: DateTime<Utc>,
}

impl From<MembershipRow> for WorkspaceOfPerson {
    fn from(row: MembershipRow) -> Self {
        Self {
            id: row.id.into(),
            slug: row.slug,
            name: row.name,
            role: Role::from_key(&row.role).unwrap_or(Role::Viewer),
            reads_personal_data: row.reads_personal_data,
            joined_at: row.joined_at,
        }
    }
}

/// A workspace of which the person is an owner.
#[derive(sqlx::FromRow)]
pub(crate) struct OwnedRow {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) members: i64,
    pub(crate) other_owners: i64,
}

pub(crate) async fn identities(db: &Db, id: UserId) -> Result<Vec<Identity>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_as(IDENTITIES).bind(id.uuid()).fetch_all(c).await)
}

pub(crate) async fn memberships(db: &Db, id: UserId) -> Result<Vec<MembershipRow>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_as(MEMBERSHIPS).bind(id.uuid()).fetch_all(c).await)
}

/// Sign-ins of programs that were ended, or were not used since that moment.
pub(crate) async fn ended_programs(
    db: &Db,
    id: UserId,
    idle_since: DateTime<Utc>,
) -> Result<Vec<EndedProgram>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_as(ENDED_PROGRAMS).bind(id.uuid()).bind(idle_since).fetch_all(c).await)
}

pub(crate) async fn administrator_since(db: &Db, id: UserId) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_scalar(ADMINISTRATOR_SINCE).bind(id.uuid()).fetch_optional(c).await)
}

/// Waits for whoever changes the members of the person's workspaces at the moment, in the order of their ids. One of those changes may make
/// the person the owner.
pub(crate) async fn lock_workspaces(tx: &mut Tx, id: UserId) -> Result<(), sqlx::Error> {
    let ids: Vec<Uuid> =
        on_tx!(&mut *tx, |c| sqlx::query_scalar(LIST_WORKSPACES).bind(id.uuid()).fetch_all(c).await)?;
    for workspace in ids {
        on_tx!(&mut *tx, |c| sqlx::query(LOCK).bind(workspace).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}

pub(crate) async fn owned(tx: &mut Tx, id: UserId) -> Result<Vec<OwnedRow>, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query_as(OWNED).bind(id.uuid()).fetch_all(c).await)
}

/// Removes a workspace with everything in it.
pub(crate) async fn delete_workspace(tx: &mut Tx, id: WorkspaceId) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(DELETE_WORKSPACE).bind(id.uuid()).execute(c).await.map(|_| ()))
}

/// Removes the person with sessions, tokens, memberships and whatever else hangs on them.
pub(crate) async fn delete_person(tx: &mut Tx, id: UserId) -> Result<(), sqlx::Error> {
    for sql in [DELETE_FAILURES, DELETE_INVITATIONS, DELETE_PERSON] {
        on_tx!(&mut *tx, |c| sqlx::query(sql).bind(id.uuid()).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}
