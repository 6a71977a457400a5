//! Invitations.

use chrono::{DateTime, Utc};
use db::{Db, Tx, on_everywhere, on_scope, on_tx};
use kernel::{ApiKeyId, InvitationId, UserId, WorkspaceScope};
use uuid::Uuid;

const INSERT: &str = "
    INSERT INTO invitations
        (workspace_id, id, role, email_index, email_sealed, secret_hash, invited_by, made_with, created_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const LIST: &str = "
    SELECT workspace_id, id, role, email_index, email_sealed, invited_by, expires_at
    FROM invitations
    WHERE workspace_id = $1 AND expires_at > $2
      AND NOT EXISTS (SELECT 1 FROM api_keys
                      WHERE api_keys.workspace_id = invitations.workspace_id AND api_keys.id = invitations.made_with
                        AND (api_keys.revoked_at <= $2 OR api_keys.expires_at <= $2))
    ORDER BY created_at DESC";
const FIND: &str = "
    SELECT workspace_id, id, role, email_index, email_sealed, invited_by, expires_at
    FROM invitations
    WHERE secret_hash = $1 AND expires_at > $2
      AND NOT EXISTS (SELECT 1 FROM api_keys
                      WHERE api_keys.workspace_id = invitations.workspace_id AND api_keys.id = invitations.made_with
                        AND (api_keys.revoked_at <= $2 OR api_keys.expires_at <= $2))";
const DELETE: &str = "
    DELETE FROM invitations
    WHERE workspace_id = $1 AND id = $2
      AND NOT EXISTS (SELECT 1 FROM api_keys
                      WHERE api_keys.workspace_id = invitations.workspace_id AND api_keys.id = invitations.made_with
                        AND (api_keys.revoked_at <= $3 OR api_keys.expires_at <= $3))
    RETURNING role";
const DELETE_OF: &str = "DELETE FROM invitations WHERE workspace_id = $1 AND invited_by = $2";
const HAND_OVER: &str = "UPDATE invitations SET made_with = $3 WHERE workspace_id = $1 AND made_with = $2";
const DELETE_EVERYWHERE: &str = "DELETE FROM invitations WHERE invited_by = $1";
const DELETE_EXPIRED: &str = "DELETE FROM invitations WHERE expires_at <= $1";

/// An invitation about to be stored.
pub(crate) struct NewRow<'a> {
    pub(crate) id: InvitationId,
    pub(crate) role: &'a str,
    pub(crate) email: Option<(&'a str, &'a [u8])>,
    pub(crate) secret_hash: &'a [u8],
    pub(crate) invited_by: Option<UserId>,
    /// The key of the program that asks; the invitation ends with it.
    pub(crate) made_with: Option<ApiKeyId>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
pub(crate) struct InvitationRow {
    pub(crate) workspace_id: Uuid,
    pub(crate) id: Uuid,
    pub(crate) role: String,
    pub(crate) email_index: Option<String>,
    pub(crate) email_sealed: Option<Vec<u8>>,
    pub(crate) invited_by: Option<Uuid>,
    pub(crate) expires_at: DateTime<Utc>,
}

pub(crate) async fn insert(tx: &mut Tx, scope: WorkspaceScope, row: &NewRow<'_>) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(INSERT)
        .bind(scope.workspace_id().uuid())
        .bind(row.id.uuid())
        .bind(row.role)
        .bind(row.email.map(|(index, _)| index))
        .bind(row.email.map(|(_, sealed)| sealed))
        .bind(row.secret_hash)
        .bind(row.invited_by.map(UserId::uuid))
        .bind(row.made_with.map(ApiKeyId::uuid))
        .bind(row.created_at)
        .bind(row.expires_at)
        .execute(c)
        .await
        .map(|_| ()))
}

pub(crate) async fn list(
    db: &Db,
    scope: WorkspaceScope,
    now: DateTime<Utc>,
) -> Result<Vec<InvitationRow>, sqlx::Error> {
    on_scope!(db, scope, |c| sqlx::query_as(LIST)
        .bind(scope.workspace_id().uuid())
        .bind(now)
        .fetch_all(c)
        .await)
}

/// Whoever holds the secret need not belong to the workspace yet.
pub(crate) async fn find(
    db: &Db,
    secret_hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<InvitationRow>, sqlx::Error> {
    on_everywhere!(db, |c| sqlx::query_as(FIND).bind(secret_hash).bind(now).fetch_optional(c).await)
}

/// The role that it would have given; `None` if it is gone already.
pub(crate) async fn delete(
    tx: &mut Tx,
    scope: WorkspaceScope,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<String>, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query_scalar(DELETE)
        .bind(scope.workspace_id().uuid())
        .bind(id)
        .bind(now)
        .fetch_optional(c)
        .await)
}

/// Lets what was offered with one key end with another one.
pub(crate) async fn hand_over(
    tx: &mut Tx,
    scope: WorkspaceScope,
    (from, to): (ApiKeyId, ApiKeyId),
) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(HAND_OVER)
        .bind(scope.workspace_id().uuid())
        .bind(from.uuid())
        .bind(to.uuid())
        .execute(c)
        .await
        .map(|_| ()))
}

/// Takes back whatever a person has asked others to, and nobody has taken up.
pub(crate) async fn delete_of(tx: &mut Tx, scope: WorkspaceScope, person: UserId) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(DELETE_OF)
        .bind(scope.workspace_id().uuid())
        .bind(person.uuid())
        .execute(c)
        .await
        .map(|_| ()))
}

/// The same in every workspace, in a transaction that reaches everywhere.
pub(crate) async fn delete_everywhere(tx: &mut Tx, person: UserId) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(DELETE_EVERYWHERE).bind(person.uuid()).execute(c).await.map(|_| ()))
}

/// In a transaction that reaches everywhere.
pub(crate) async fn delete_expired(tx: &mut Tx, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(DELETE_EXPIRED).bind(now).execute(c).await.map(|_| ()))
}
