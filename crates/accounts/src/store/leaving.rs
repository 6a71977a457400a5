//! People who go.

use db::{Db, Tx, on_db, on_tx};
use kernel::{UserId, WorkspaceId};
use uuid::Uuid;

use crate::Identity;

const IDENTITIES: &str = "
    SELECT issuer, subject, created_at FROM user_identities WHERE user_id = $1 ORDER BY created_at";
const OWNED: &str = "
    SELECT workspaces.id, workspaces.name,
           (SELECT CAST(COUNT(*) AS BIGINT) FROM memberships
            WHERE memberships.workspace_id = workspaces.id) AS members,
           (SELECT CAST(COUNT(*) AS BIGINT) FROM memberships
            WHERE memberships.workspace_id = workspaces.id AND memberships.role = 'owner') AS owners
    FROM memberships AS own
    JOIN workspaces ON workspaces.id = own.workspace_id
    WHERE own.user_id = $1 AND own.role = 'owner'
    ORDER BY workspaces.name, workspaces.id";
const LIST_OWNED: &str = "
    SELECT workspace_id FROM memberships WHERE user_id = $1 AND role = 'owner' ORDER BY workspace_id";
const LOCK: &str = "UPDATE workspaces SET members_version = members_version + 1 WHERE id = $1";
const DELETE_WORKSPACE: &str = "DELETE FROM workspaces WHERE id = $1";
const DELETE_FAILURES: &str = "
    DELETE FROM sign_in_failures
    WHERE account_index = (SELECT email_index FROM users WHERE id = $1)";
const DELETE_INVITATIONS: &str = "
    DELETE FROM invitations
    WHERE invited_by = $1 OR email_index = (SELECT email_index FROM users WHERE id = $1)";
const DELETE_PERSON: &str = "DELETE FROM users WHERE id = $1";

/// A workspace of which the person is an owner.
#[derive(sqlx::FromRow)]
pub(crate) struct OwnedRow {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) members: i64,
    pub(crate) owners: i64,
}

pub(crate) async fn identities(db: &Db, id: UserId) -> Result<Vec<Identity>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_as(IDENTITIES).bind(id.uuid()).fetch_all(c).await)
}

/// Waits for whoever changes the members of the person's workspaces at the moment, in the order of their ids.
pub(crate) async fn lock_owned(tx: &mut Tx, id: UserId) -> Result<(), sqlx::Error> {
    let ids: Vec<Uuid> =
        on_tx!(&mut *tx, |c| sqlx::query_scalar(LIST_OWNED).bind(id.uuid()).fetch_all(c).await)?;
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
