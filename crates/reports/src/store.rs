//! SQL of generated reports.

use chrono::{DateTime, Utc};
use db::{Db, Tx, on_everywhere, on_scope, on_tx};
use kernel::{Actor, ReportId, UserId, WorkspaceScope};
use uuid::Uuid;

use crate::model::{Access, BENCHMARK, ReportGrant, ReportRecord, ReportSummary};

const INSERT: &str = "
    INSERT INTO reports (workspace_id, id, title, period, snapshot, file_key, size_bytes, created_by, created_at, for_everyone)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const LIST: &str = "
    SELECT reports.id, title, period, snapshot, file_key, size_bytes, created_by, created_at, for_everyone, report_grants.access AS given
    FROM reports
    LEFT JOIN report_grants ON report_grants.workspace_id = reports.workspace_id
        AND report_grants.report_id = reports.id AND report_grants.user_id = $2
    WHERE reports.workspace_id = $1 AND ($3 OR for_everyone OR created_by = $2 OR report_grants.access IS NOT NULL)
        AND (created_at < $4 OR (created_at = $4 AND reports.id > $5))
    ORDER BY created_at DESC, reports.id
    LIMIT $6";
const FIND: &str = "
    SELECT reports.id, title, period, snapshot, file_key, size_bytes, created_by, created_at, for_everyone, report_grants.access AS given
    FROM reports
    LEFT JOIN report_grants ON report_grants.workspace_id = reports.workspace_id
        AND report_grants.report_id = reports.id AND report_grants.user_id = $2
    WHERE reports.workspace_id = $1 AND ($3 OR for_everyone OR created_by = $2 OR report_grants.access IS NOT NULL)
        AND reports.id = $4";
const DELETE: &str = "DELETE FROM reports WHERE workspace_id = $1 AND id = $2";
const SET_AUDIENCE: &str = "
    UPDATE reports SET for_everyone = COALESCE($3, for_everyone) WHERE workspace_id = $1 AND id = $2 RETURNING id";
const GRANTS: &str = "SELECT user_id, access FROM report_grants WHERE workspace_id = $1 AND report_id = $2";
const GRANTS_IN: &str = "
    SELECT workspace_id, report_id, user_id, access FROM report_grants WHERE workspace_id = $1 ORDER BY report_id, user_id";
const GRANTS_OF: &str = "
    SELECT workspace_id, report_id, user_id, access FROM report_grants WHERE user_id = $1 ORDER BY workspace_id, report_id";
const GRANT: &str = "
    INSERT INTO report_grants (workspace_id, report_id, user_id, access) VALUES ($1, $2, $3, $4)
    ON CONFLICT (workspace_id, report_id, user_id) DO UPDATE SET access = excluded.access";
const REVOKE: &str = "DELETE FROM report_grants WHERE workspace_id = $1 AND report_id = $2 AND user_id = $3";

#[derive(sqlx::FromRow)]
pub(crate) struct ReportRow {
    id: Uuid,
    title: String,
    period: String,
    snapshot: String,
    pub(crate) file_key: String,
    size_bytes: i64,
    created_by: Option<Uuid>,
    created_at: DateTime<Utc>,
    for_everyone: bool,
    given: Option<String>,
}

impl ReportRow {
    /// What `actor` sees of it.
    pub(crate) fn seen_by(self, actor: &Actor) -> ReportSummary {
        let access = self.access(actor);
        ReportSummary {
            id: self.id.into(),
            title: self.title,
            period: self.period,
            snapshot: self.snapshot,
            size_bytes: self.size_bytes.unsigned_abs(),
            created_at: self.created_at,
            for_everyone: self.for_everyone,
            access,
        }
    }

    /// What is kept about it.
    pub(crate) fn into_record(self) -> ReportRecord {
        ReportRecord {
            id: self.id.into(),
            kind: BENCHMARK,
            file_name: self.file_name(),
            title: self.title,
            period: self.period,
            snapshot: self.snapshot,
            size_bytes: self.size_bytes.unsigned_abs(),
            created_by: self.created_by.map(UserId::from),
            created_at: self.created_at,
            for_everyone: self.for_everyone,
        }
    }

    /// What its file is called where it is saved.
    pub(crate) fn file_name(&self) -> String {
        let period = self.period.replace(" – ", "-").replace(' ', "-").to_lowercase();
        format!("benchmark-report-{period}.pdf")
    }

    /// What `actor` may do with it: a grant adds to the role, and never takes away.
    pub(crate) fn access(&self, actor: &Actor) -> Access {
        let given = self.given.as_deref().and_then(Access::from_key);
        let by_role = if actor.may(kernel::Permission::CreateReports) { Access::Edit } else { Access::Read };
        given.unwrap_or(Access::Read).max(by_role)
    }
}

pub(crate) async fn insert(
    tx: &mut Tx,
    scope: WorkspaceScope,
    report: &ReportSummary,
    (file_key, created_by): (&str, Option<Uuid>),
) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(INSERT)
        .bind(scope.workspace_id().uuid())
        .bind(report.id.uuid())
        .bind(&report.title)
        .bind(&report.period)
        .bind(&report.snapshot)
        .bind(file_key)
        .bind(report.size_bytes.cast_signed())
        .bind(created_by)
        .bind(report.created_at)
        .bind(report.for_everyone)
        .execute(c)
        .await
        .map(|_| ()))
}

/// At most so many reports that `actor` sees and that stand after that one, newest first.
pub(crate) async fn list(
    db: &Db,
    scope: WorkspaceScope,
    actor: &Actor,
    ((at, id), most): ((DateTime<Utc>, Uuid), u32),
) -> Result<Vec<ReportRow>, sqlx::Error> {
    on_scope!(db, scope, |c| sqlx::query_as(LIST)
        .bind(scope.workspace_id().uuid())
        .bind(actor.user_id().map(UserId::uuid))
        .bind(actor.sees_the_work_of_others())
        .bind(at)
        .bind(id)
        .bind(i64::from(most))
        .fetch_all(c)
        .await)
}

/// One of the reports that `actor` sees.
pub(crate) async fn find(
    db: &Db,
    scope: WorkspaceScope,
    (actor, id): (&Actor, ReportId),
) -> Result<Option<ReportRow>, sqlx::Error> {
    on_scope!(db, scope, |c| sqlx::query_as(FIND)
        .bind(scope.workspace_id().uuid())
        .bind(actor.user_id().map(UserId::uuid))
        .bind(actor.sees_the_work_of_others())
        .bind(id.uuid())
        .fetch_optional(c)
        .await)
}

pub(crate) async fn delete(tx: &mut Tx, scope: WorkspaceScope, id: ReportId) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(DELETE)
        .bind(scope.workspace_id().uuid())
        .bind(id.uuid())
        .execute(c)
        .await
        .map(|_| ()))
}

/// Sets who sees the report; `false` if it is not there any more. Whoever removes it waits for the end of the transaction.
pub(crate) async fn set_audience(
    tx: &mut Tx,
    scope: WorkspaceScope,
    (id, for_everyone): (ReportId, Option<bool>),
) -> Result<bool, sqlx::Error> {
    let id_there: Option<Uuid> = on_tx!(tx, |c| sqlx::query_scalar(SET_AUDIENCE)
        .bind(scope.workspace_id().uuid())
        .bind(id.uuid())
        .bind(for_everyone)
        .fetch_optional(c)
        .await)?;
    Ok(id_there.is_some())
}

/// Who was let see a report by name, and what each may do.
pub(crate) async fn list_grants(
    db: &Db,
    scope: WorkspaceScope,
    id: ReportId,
) -> Result<Vec<(Uuid, String)>, sqlx::Error> {
    on_scope!(db, scope, |c| sqlx::query_as(GRANTS)
        .bind(scope.workspace_id().uuid())
        .bind(id.uuid())
        .fetch_all(c)
        .await)
}

/// Everything that was shared by name in the workspace.
pub(crate) async fn list_grants_in(db: &Db, scope: WorkspaceScope) -> Result<Vec<ReportGrant>, sqlx::Error> {
    on_scope!(db, scope, |c| sqlx::query_as(GRANTS_IN).bind(scope.workspace_id().uuid()).fetch_all(c).await)
}

/// Everything that was shared with the person, in whatever workspace.
pub(crate) async fn list_grants_of(db: &Db, person: UserId) -> Result<Vec<ReportGrant>, sqlx::Error> {
    on_everywhere!(db, |c| sqlx::query_as(GRANTS_OF).bind(person.uuid()).fetch_all(c).await)
}

/// Lets a member see a report; an error of a foreign key for anybody else.
pub(crate) async fn grant(
    tx: &mut Tx,
    scope: WorkspaceScope,
    (id, person): (ReportId, UserId),
    access: Access,
) -> Result<(), sqlx::Error> {
    let workspace = scope.workspace_id().uuid();
    on_tx!(tx, |c| sqlx::query(GRANT)
        .bind(workspace)
        .bind(id.uuid())
        .bind(person.uuid())
        .bind(access.key())
        .execute(c)
        .await
        .map(|_| ()))
}

/// Takes away what was granted.
pub(crate) async fn revoke(
    tx: &mut Tx,
    scope: WorkspaceScope,
    (id, person): (ReportId, UserId),
) -> Result<(), sqlx::Error> {
    let workspace = scope.workspace_id().uuid();
    on_tx!(tx, |c| sqlx::query(REVOKE)
        .bind(workspace)
        .bind(id.uuid())
        .bind(person.uuid())
        .execute(c)
        .await
        .map(|_| ()))
}
