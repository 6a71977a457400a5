//! The audit log: who did what to which thing, written in the same transaction as the deed.
//!
//! Each workspace has a chain, and the instance has one: every event holds the hash of the one before. [`verify`] walks the chains
//! and names the first event that does not fit. A tail that was cut off shows against a [`Head`] that was signed and logged before.

mod chain;
mod heads;
mod reading;

use db::{Tx, on_tx};
use kernel::{Actor, Ambient, AppError, OrInternal, WorkspaceId, WorkspaceScope};
use uuid::Uuid;

pub(crate) use chain::verify_in;
pub use chain::{Break, verify};
pub(crate) use heads::heads_in;
pub use heads::{Head, HeadError, heads, read_heads};
pub use reading::{
    AuditEvent, AuditFilter, Deed, DeedPlace, actions, actors, list, list_deeds, list_of_instance,
};

use crate::{idempotency, origin};
use chain::{EventRow, GENESIS};

const LAST: &str = "
    SELECT seq, hash FROM audit_events WHERE workspace_id = $1 ORDER BY seq DESC LIMIT 1";
const LOCK: &str = "SELECT CAST(pg_advisory_xact_lock(hashtextextended('audit ' || $1, 0)) AS TEXT)";
const INSERT: &str = "
    INSERT INTO audit_events
        (workspace_id, seq, happened_at, actor, action, subject, detail, place, request_id, prev_hash, hash)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

/// What those who watch over the instance are told of at once: who may do what, and who took data out or saw personal data.
const OF_SECURITY: [&str; 7] =
    ["api_key.", "authz.", "invitation.", "member.", "personal_data.", "report.shared", "workspace."];

/// Everything on the instance does; of what is done in a workspace, only some.
fn concerns_security(workspace: WorkspaceId, action: &str) -> bool {
    workspace.uuid().is_nil() || OF_SECURITY.iter().any(|beginning| action.starts_with(beginning))
}

/// One deed.
pub struct Entry<'a> {
    /// Dotted verb: `import.committed`.
    pub action: &'a str,
    /// What it was done to, usually an id.
    pub subject: String,
    /// A few words for a reader. The log outlives what it tells of, so nothing that somebody typed and no name: neither of a person nor of
    /// a file. Only the reasons that administrators give for what they do are in it, for they give them for the log.
    pub detail: String,
}

/// Adds the deed to the chain of the workspace.
pub async fn record(
    tx: &mut Tx,
    ambient: &Ambient,
    actor: &Actor,
    scope: WorkspaceScope,
    entry: Entry<'_>,
) -> Result<(), AppError> {
    append(tx, ambient, (scope.workspace_id(), actor.name()), entry).await
}

/// Adds what somebody did to the workspace without acting in it; named as in [`Actor::name`].
pub async fn record_by(
    tx: &mut Tx,
    ambient: &Ambient,
    (scope, actor): (WorkspaceScope, String),
    entry: Entry<'_>,
) -> Result<(), AppError> {
    append(tx, ambient, (scope.workspace_id(), actor), entry).await
}

/// Adds a deed that belongs to no workspace to the chain of the instance; `actor` as in [`Actor::name`].
pub async fn record_on_instance(
    tx: &mut Tx,
    ambient: &Ambient,
    actor: String,
    entry: Entry<'_>,
) -> Result<(), AppError> {
    append(tx, ambient, (WorkspaceId::from(Uuid::nil()), actor), entry).await
}

async fn append(
    tx: &mut Tx,
    ambient: &Ambient,
    (workspace, actor): (WorkspaceId, String),
    entry: Entry<'_>,
) -> Result<(), AppError> {
    const DOING: &str = "writing the audit log";
    // SQLite has one writer; on Postgres the next event of the chain waits for this one.
    if let Tx::Postgres(tx) = tx {
        sqlx::query(LOCK).bind(workspace.to_string()).execute(&mut **tx).await.or_internal(DOING)?;
    }
    idempotency::mark(tx, &entry.subject).await.or_internal(DOING)?;
    let last: Option<(i64, Vec<u8>)> =
        on_tx!(&mut *tx, |c| sqlx::query_as(LAST).bind(workspace.uuid()).fetch_optional(c).await)
            .or_internal(DOING)?;
    let (seq, prev_hash) = last.map_or_else(|| (0, GENESIS.to_vec()), |(seq, hash)| (seq + 1, hash));
    let mut row = EventRow {
        workspace_id: workspace.uuid(),
        seq,
        happened_at: ambient.now().timestamp_micros(),
        actor,
        action: entry.action.to_owned(),
        subject: entry.subject,
        detail: entry.detail,
        place: origin::place(),
        request_id: origin::request_id(),
        prev_hash,
        hash: Vec::new(),
    };
    row.hash = row.digest();
    on_tx!(tx, |c| sqlx::query(INSERT)
        .bind(row.workspace_id)
        .bind(row.seq)
        .bind(row.happened_at)
        .bind(&row.actor)
        .bind(&row.action)
        .bind(&row.subject)
        .bind(&row.detail)
        .bind(&row.place)
        .bind(&row.request_id)
        .bind(&row.prev_hash)
        .bind(&row.hash)
        .execute(c)
        .await
        .map(|_| ()))
    .or_internal(DOING)?;
    if concerns_security(workspace, &row.action) {
        tracing::info!(
            target: crate::SECURITY,
            workspace = (!workspace.uuid().is_nil()).then(|| workspace.to_string()),
            action = row.action,
            actor = row.actor,
            subject = row.subject,
            detail = row.detail,
            place = row.place,
            "A deed that concerns security"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_deeds_in_a_workspace_those_about_rights_concern_security() {
        let (instance, acme) = (WorkspaceId::from(Uuid::nil()), WorkspaceId::from(Uuid::from_u128(7)));
        for action in
            ["member.role_changed", "api_key.made", "authz.denied", "workspace.exported", "report.shared"]
        {
            assert!(concerns_security(acme, action), "{action}");
        }
        for action in ["dataset.uploaded", "import.committed", "report.created", "profile.saved"] {
            assert!(!concerns_security(acme, action), "{action}");
        }
        assert!(concerns_security(instance, "signed_in"));
    }
}
