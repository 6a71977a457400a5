//! Reading the chains: of one workspace, of the instance, and what one person did.

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
const LIST_DEEDS: &str = "
    SELECT happened_at, workspace_id, seq, action, subject, detail, place, request_id
    FROM audit_events
    WHERE actor = $1 AND action <> $2 AND happened_at <= $3
      AND (happened_at < $3 OR workspace_id < $4 OR (workspace_id = $4 AND seq < $5))
    ORDER BY happened_at DESC, workspace_id DESC, seq DESC
    LIMIT $6";
const ACTIONS: &str = "SELECT DISTINCT action FROM audit_events WHERE workspace_id = $1 ORDER BY action";
const ACTORS: &str = "SELECT DISTINCT actor FROM audit_events WHERE workspace_id = $1 ORDER BY actor";

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

/// One deed of somebody, for themselves. Its place in a chain is left out: where one is missing, something else happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deed {
    /// When.
    pub happened_at: DateTime<Utc>,
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

/// Where a page of somebody's deeds ended. It is for the program alone, since it holds a place in a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeedPlace {
    happened_at: i64,
    workspace_id: Uuid,
    seq: i64,
}

impl DeedPlace {
    /// Before every deed there is.
    const START: Self = Self { happened_at: i64::MAX, workspace_id: Uuid::nil(), seq: 0 };
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

/// At most `most` deeds of one actor but those with the verb `untold`, whatever workspace they belong to, newest first, from `after` on;
/// and where they end, if there may be more. For the actor alone.
pub async fn list_deeds(
    db: &Db,
    (actor, untold): (&str, &str),
    after: Option<DeedPlace>,
    most: u32,
) -> Result<(Vec<Deed>, Option<DeedPlace>), AppError> {
    type Row = (i64, Uuid, i64, String, String, String, String, String);
    let after = after.unwrap_or(DeedPlace::START);
    let rows: Vec<Row> = on_everywhere!(db, |c| sqlx::query_as(LIST_DEEDS)
        .bind(actor)
        .bind(untold)
        .bind(after.happened_at)
        .bind(after.workspace_id)
        .bind(after.seq)
        .bind(i64::from(most))
        .fetch_all(c)
        .await)
    .or_internal("reading the audit log")?;
    let is_full = u32::try_from(rows.len()) == Ok(most);
    let end = rows.last().filter(|_| is_full).map(|row| DeedPlace {
        happened_at: row.0,
        workspace_id: row.1,
        seq: row.2,
    });
    let deed = |(at, _, _, action, subject, detail, place, request_id): Row| {
        let happened_at = DateTime::from_timestamp_micros(at).unwrap_or_default();
        Deed { happened_at, action, subject, detail, place, request_id }
    };
    Ok((rows.into_iter().map(deed).collect(), end))
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

/// Everybody who did something that the chain of the workspace holds, as it names them: `person:<id>`, `program`.
pub async fn actors(db: &Db, scope: WorkspaceScope) -> Result<Vec<String>, AppError> {
    on_scope!(db, scope, |c| sqlx::query_scalar(ACTORS).bind(scope.workspace_id().uuid()).fetch_all(c).await)
        .or_internal("reading the audit log")
}
