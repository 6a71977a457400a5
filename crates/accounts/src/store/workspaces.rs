//! Workspaces and who belongs to them.

use chrono::{DateTime, Utc};
use db::{Db, Tx, on_db, on_everywhere, on_tx};
use kernel::{Role, UserId, WorkspaceId, WorkspaceScope};
use uuid::Uuid;

use crate::WorkspaceSummary;

const FIND_BY_SLUG: &str = "
    SELECT workspaces.id, workspaces.slug, workspaces.name, workspaces.is_synthetic, memberships.role,
           memberships.reads_personal_data, workspaces.deletion_due_at
    FROM workspaces
    LEFT JOIN memberships ON memberships.workspace_id = workspaces.id AND memberships.user_id = $2
    WHERE workspaces.slug = $1";
const FIND: &str = "
    SELECT id, slug, name, is_synthetic, NULL AS role, CAST(NULL AS BOOLEAN) AS reads_personal_data, deletion_due_at
    FROM workspaces
    WHERE id = $1";
const SCHEDULE_DELETION: &str = "UPDATE workspaces SET deletion_due_at = $2 WHERE id = $1";
// Everybody who belonged to a workspace without members was erased after the backup was made that brought it back.
const LIST_DUE: &str = "
    SELECT id FROM workspaces
    WHERE deletion_due_at <= $1
       OR (NOT is_synthetic AND NOT EXISTS (SELECT 1 FROM memberships WHERE workspace_id = workspaces.id))";
const DELETE: &str = "
    DELETE FROM workspaces
    WHERE id = $1
      AND (deletion_due_at <= $2
           OR (NOT is_synthetic AND NOT EXISTS (SELECT 1 FROM memberships WHERE workspace_id = workspaces.id)))";
const LIST_OF_USER: &str = "
    SELECT workspaces.id, workspaces.slug, workspaces.name, workspaces.is_synthetic, memberships.role,
           memberships.reads_personal_data, workspaces.deletion_due_at
    FROM memberships
    JOIN workspaces ON workspaces.id = memberships.workspace_id
    WHERE memberships.user_id = $1
    ORDER BY workspaces.name, workspaces.slug";
const COUNT_OWNED: &str = "
    SELECT CAST(COUNT(*) AS BIGINT) FROM memberships WHERE user_id = $1 AND role = 'owner'";
const ACTIVE_ROLE: &str = "
    SELECT memberships.role
    FROM memberships
    JOIN users ON users.id = memberships.user_id
    WHERE memberships.workspace_id = $1 AND memberships.user_id = $2 AND users.deactivated_at IS NULL";
const EXISTS: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM workspaces WHERE id = $1";
const IS_SYNTHETIC: &str = "SELECT is_synthetic FROM workspaces WHERE id = $1";
const LIST_SHARING: &str = "
    SELECT workspaces.id
    FROM workspaces
    JOIN company_profiles ON company_profiles.workspace_id = workspaces.id
    WHERE company_profiles.shares_with_peers = $1 AND workspaces.is_synthetic = $2
    ORDER BY workspaces.id";
const LIST_OWNERS_OF_SHARING: &str = "
    SELECT memberships.workspace_id, memberships.user_id
    FROM memberships
    JOIN workspaces ON workspaces.id = memberships.workspace_id
    JOIN company_profiles ON company_profiles.workspace_id = workspaces.id
    WHERE company_profiles.shares_with_peers = $1 AND workspaces.is_synthetic = $2 AND memberships.role = 'owner'
    ORDER BY memberships.workspace_id, memberships.user_id";
const FIND_SYNTHETIC: &str = "
    SELECT id, slug, name, is_synthetic, NULL AS role, CAST(NULL AS BOOLEAN) AS reads_personal_data, deletion_due_at
    FROM workspaces
    WHERE is_synthetic = $1
    ORDER BY created_at
    LIMIT 1";
const SLUG_EXISTS: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM workspaces WHERE slug = $1";
const INSERT: &str = "
    INSERT INTO workspaces (id, slug, name, is_synthetic, created_at) VALUES ($1, $2, $3, $4, $5)";
const INSERT_MEMBER: &str = "
    INSERT INTO memberships (workspace_id, user_id, role, created_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (workspace_id, user_id) DO UPDATE SET
        role = excluded.role, reads_personal_data = excluded.reads_personal_data";
const RENAME: &str = "UPDATE workspaces SET name = $2 WHERE id = $1";
const DELETE_SYNTHETIC: &str = "DELETE FROM workspaces WHERE is_synthetic = $1";

#[derive(sqlx::FromRow)]
pub(crate) struct WorkspaceRow {
    id: Uuid,
    slug: String,
    name: String,
    pub(crate) is_synthetic: bool,
    role: Option<String>,
    reads_personal_data: Option<bool>,
    pub(crate) deletion_due_at: Option<DateTime<Utc>>,
}

impl WorkspaceRow {
    pub(crate) fn id(&self) -> WorkspaceId {
        self.id.into()
    }

    pub(crate) fn slug(&self) -> &str {
        &self.slug
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Whether an owner lets that person see personal data.
    pub(crate) fn is_trusted(&self) -> bool {
        self.reads_personal_data == Some(true)
    }

    /// Whether the person it was looked up for may see it.
    pub(crate) fn is_visible(&self) -> bool {
        self.is_synthetic || self.role().is_some()
    }

    /// The role of the person it was looked up for.
    pub(crate) fn role(&self) -> Option<Role> {
        self.role.as_deref().and_then(Role::from_key)
    }
}

impl From<&WorkspaceRow> for WorkspaceSummary {
    fn from(row: &WorkspaceRow) -> Self {
        Self { id: row.id(), slug: row.slug.clone(), name: row.name.clone(), is_synthetic: row.is_synthetic }
    }
}

/// A workspace about to be stored.
pub(crate) struct NewRow<'a> {
    pub(crate) id: WorkspaceId,
    pub(crate) slug: &'a str,
    pub(crate) name: &'a str,
    pub(crate) is_synthetic: bool,
    pub(crate) created_at: DateTime<Utc>,
}

/// The role of a member who is not kept out.
pub(crate) async fn active_role(
    db: &Db,
    workspace: WorkspaceId,
    person: UserId,
) -> Result<Option<Role>, sqlx::Error> {
    let key: Option<String> = on_db!(db, |c| sqlx::query_scalar(ACTIVE_ROLE)
        .bind(workspace.uuid())
        .bind(person.uuid())
        .fetch_optional(c)
        .await)?;
    Ok(key.as_deref().and_then(Role::from_key))
}

pub(crate) async fn find_by_slug(
    db: &Db,
    slug: &str,
    user_id: Option<UserId>,
) -> Result<Option<WorkspaceRow>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_as(FIND_BY_SLUG)
        .bind(slug)
        .bind(user_id.map(UserId::uuid))
        .fetch_optional(c)
        .await)
}

pub(crate) async fn find(db: &Db, scope: WorkspaceScope) -> Result<Option<WorkspaceRow>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_as(FIND).bind(scope.workspace_id().uuid()).fetch_optional(c).await)
}

/// Sets when the workspace goes, or that it stays.
pub(crate) async fn schedule_deletion(
    tx: &mut Tx,
    scope: WorkspaceScope,
    due: Option<DateTime<Utc>>,
) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(SCHEDULE_DELETION)
        .bind(scope.workspace_id().uuid())
        .bind(due)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Workspaces whose time has come, and those that nobody belongs to.
pub(crate) async fn list_due(db: &Db, now: DateTime<Utc>) -> Result<Vec<Uuid>, sqlx::Error> {
    on_everywhere!(db, |c| sqlx::query_scalar(LIST_DUE).bind(now).fetch_all(c).await)
}

/// Removes the workspace with all that belongs to it, if its time has come; `false` if its owner changed their mind.
pub(crate) async fn delete_due(
    tx: &mut Tx,
    scope: WorkspaceScope,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(DELETE)
        .bind(scope.workspace_id().uuid())
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected() > 0))
}

pub(crate) async fn list_of_user(db: &Db, user_id: UserId) -> Result<Vec<WorkspaceRow>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_as(LIST_OF_USER).bind(user_id.uuid()).fetch_all(c).await)
}

/// How many workspaces the person owns.
pub(crate) async fn count_owned(tx: &mut Tx, user_id: UserId) -> Result<i64, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query_scalar(COUNT_OWNED).bind(user_id.uuid()).fetch_one(c).await)
}

pub(crate) async fn is_synthetic(db: &Db, scope: WorkspaceScope) -> Result<bool, sqlx::Error> {
    let found: Option<bool> = on_db!(db, |c| sqlx::query_scalar(IS_SYNTHETIC)
        .bind(scope.workspace_id().uuid())
        .fetch_optional(c)
        .await)?;
    Ok(found.unwrap_or(false))
}

pub(crate) async fn list_sharing(db: &Db) -> Result<Vec<Uuid>, sqlx::Error> {
    on_everywhere!(db, |c| sqlx::query_scalar(LIST_SHARING).bind(true).bind(false).fetch_all(c).await)
}

/// Every company that shares with each of its owners.
pub(crate) async fn list_owners_of_sharing(db: &Db) -> Result<Vec<(Uuid, Uuid)>, sqlx::Error> {
    on_everywhere!(db, |c| sqlx::query_as(LIST_OWNERS_OF_SHARING).bind(true).bind(false).fetch_all(c).await)
}

pub(crate) async fn find_synthetic(db: &Db) -> Result<Option<WorkspaceRow>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_as(FIND_SYNTHETIC).bind(true).fetch_optional(c).await)
}

pub(crate) async fn slug_exists(tx: &mut Tx, slug: &str) -> Result<bool, sqlx::Error> {
    let found: i64 = on_tx!(tx, |c| sqlx::query_scalar(SLUG_EXISTS).bind(slug).fetch_one(c).await)?;
    Ok(found > 0)
}

pub(crate) async fn insert(tx: &mut Tx, row: NewRow<'_>) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(INSERT)
        .bind(row.id.uuid())
        .bind(row.slug)
        .bind(row.name)
        .bind(row.is_synthetic)
        .bind(row.created_at)
        .execute(c)
        .await
        .map(|_| ()))
}

pub(crate) async fn insert_member(
    tx: &mut Tx,
    (workspace_id, user_id): (WorkspaceId, UserId),
    role: Role,
    created_at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(INSERT_MEMBER)
        .bind(workspace_id.uuid())
        .bind(user_id.uuid())
        .bind(role.key())
        .bind(created_at)
        .execute(c)
        .await
        .map(|_| ()))
}

pub(crate) async fn rename(tx: &mut Tx, id: WorkspaceId, name: &str) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(RENAME).bind(id.uuid()).bind(name).execute(c).await.map(|_| ()))
}

/// Removes every made-up workspace with all that belongs to it.
pub(crate) async fn delete_synthetic(tx: &mut Tx) -> Result<u64, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(DELETE_SYNTHETIC).bind(true).execute(c).await.map(|done| done.rows_affected()))
}

pub(crate) async fn exists(db: &Db, id: WorkspaceId) -> Result<bool, sqlx::Error> {
    let found: i64 = on_db!(db, |c| sqlx::query_scalar(EXISTS).bind(id.uuid()).fetch_one(c).await)?;
    Ok(found > 0)
}
