//! Reading the chain of one workspace.

use chrono::{DateTime, Utc};
use db::{Db, on_everywhere, on_scope};
use kernel::{AppError, OrInternal, WorkspaceScope};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

const LIST: &str = "
    SELECT seq, happened_at, actor, action, subject, detail, place, request_id
    FROM audit_events
    WHERE workspace_id = $1 AND seq < $2 AND ($3 IS NULL OR action = $3) AND ($4 IS NULL OR actor = $4)
      AND ($5 IS NULL OR happened_at >= $5) AND ($6 IS NULL OR happened_at < $6)
    ORDER BY seq DESC
    LIMIT $7";
const LIST_OF_ACTOR: &str = "
    SELECT seq, happened_at, actor, action, subject, detail, place, request_id
    FROM audit_events
    WHERE actor = $1
    ORDER BY happened_at DESC, seq DESC
    LIMIT $2";
const ACTIONS: &str = "SELECT DISTINCT action FROM audit_events WHERE workspace_id = $1 ORDER BY action";

/// One deed, as it is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEvent {
    /// Its place in the chain, from 0.
    pub seq: i64,
    /// When.
    pub happened_at: DateTime<Utc>,
    /// Who: `person:<id>`, `key:<id>`, `program`, `stranger`.
    pub actor: String,
    /// Dotted verb: `import.committed`.
    pub action: String,
    /// What it was done to.
    pub subject: String,
    /// A few words.
    pub detail: String,
    /// From which network address.
    pub place: String,
    /// The request, as it is in the log.
    pub request_id: String,
}

/// Which events are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFilter {
    /// Only those before this place.
    pub before: Option<i64>,
    /// Only this verb.
    pub action: Option<String>,
    /// Only this actor.
    pub actor: Option<String>,
    /// From this moment on.
    pub from: Option<DateTime<Utc>>,
    /// Until before this moment.
    pub until: Option<DateTime<Utc>>,
}

type Row = (i64, i64, String, String, String, String, String, String);

/// At most `most` events of the workspace, newest first.
pub async fn list(
    db: &Db,
    scope: WorkspaceScope,
    filter: &AuditFilter,
    most: u32,
) -> Result<Vec<AuditEvent>, AppError> {
    let rows: Vec<Row> = on_scope!(db, scope, |c| sqlx::query_as(LIST)
        .bind(scope.workspace_id().uuid())
        .bind(filter.before.unwrap_or(i64::MAX))
        .bind(&filter.action)
        .bind(&filter.actor)
        .bind(filter.from.map(|at| at.timestamp_micros()))
        .bind(filter.until.map(|at| at.timestamp_micros()))
        .bind(i64::from(most))
        .fetch_all(c)
        .await)
    .or_internal("reading the audit log")?;
    Ok(rows.into_iter().map(AuditEvent::from).collect())
}

/// At most `most` events before `before` that belong to no workspace, newest first.
pub async fn list_of_instance(db: &Db, before: Option<i64>, most: u32) -> Result<Vec<AuditEvent>, AppError> {
    const NOTHING: Option<&str> = None;
    let rows: Vec<Row> = on_everywhere!(db, |c| sqlx::query_as(LIST)
        .bind(Uuid::nil())
        .bind(before.unwrap_or(i64::MAX))
        .bind(NOTHING)
        .bind(NOTHING)
        .bind(None::<i64>)
        .bind(None::<i64>)
        .bind(i64::from(most))
        .fetch_all(c)
        .await)
    .or_internal("reading the audit log")?;
    Ok(rows.into_iter().map(AuditEvent::from).collect())
}

/// At most `most` events of one actor, whatever workspace they belong to, newest first; for the actor alone.
pub async fn list_of_actor(db: &Db, actor: &str, most: u32) -> Result<Vec<AuditEvent>, AppError> {
    let rows: Vec<Row> = on_everywhere!(db, |c| sqlx::query_as(LIST_OF_ACTOR)
        .bind(actor)
        .bind(i64::from(most))
        .fetch_all(c)
        .await)
    .or_internal("reading the audit log")?;
    Ok(rows.into_iter().map(AuditEvent::from).collect())
}

impl From<Row> for AuditEvent {
    fn from((seq, at, actor, action, subject, detail, place, request_id): Row) -> Self {
        let happened_at = DateTime::from_timestamp_micros(at).unwrap_or_default();
        Self { seq, happened_at, actor, action, subject, detail, place, request_id }
    }
}

/// Every verb that the chain of the workspace holds.
pub async fn actions(db: &Db, scope: WorkspaceScope) -> Result<Vec<String>, AppError> {
    on_scope!(db, scope, |c| sqlx::query_scalar(ACTIONS).bind(scope.workspace_id().uuid()).fetch_all(c).await)
        .or_internal("reading the audit log")
}
