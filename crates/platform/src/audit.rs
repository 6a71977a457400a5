//! The audit log: who did what to which thing, written in the same transaction as the deed.

use db::{Tx, on_tx};
use kernel::{Actor, Ambient, AppError, AuditId, OrInternal, WorkspaceScope};

const INSERT: &str = "
    INSERT INTO audit_log (workspace_id, id, user_id, action, subject, detail, happened_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)";

/// One deed.
pub struct Entry<'a> {
    /// Dotted verb: `import.committed`.
    pub action: &'a str,
    /// What it was done to, usually an id.
    pub subject: String,
    /// A few words for a reader; no personal data.
    pub detail: String,
}

/// Adds the deed to the log of the workspace.
pub async fn record(
    tx: &mut Tx,
    ambient: &Ambient,
    actor: &Actor,
    scope: WorkspaceScope,
    entry: Entry<'_>,
) -> Result<(), AppError> {
    on_tx!(tx, |c| sqlx::query(INSERT)
        .bind(scope.workspace_id().uuid())
        .bind(ambient.id::<AuditId>().uuid())
        .bind(actor.user_id().map(kernel::UserId::uuid))
        .bind(entry.action)
        .bind(&entry.subject)
        .bind(&entry.detail)
        .bind(ambient.now())
        .execute(c)
        .await
        .map(|_| ()))
    .or_internal("writing the audit log")
}
