//! SQL of generated reports.

use chrono::{DateTime, Utc};
use db::{Db, Tx, on_scope, on_tx};
use kernel::{ReportId, WorkspaceScope};
use uuid::Uuid;

use crate::model::ReportSummary;

const INSERT: &str = "
    INSERT INTO reports (workspace_id, id, title, period, snapshot, file_key, size_bytes, created_by, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const LIST: &str = "
    SELECT id, title, period, snapshot, file_key, size_bytes, created_at
    FROM reports
    WHERE workspace_id = $1
    ORDER BY created_at DESC, id DESC
    LIMIT 200";
const FIND: &str = "
    SELECT id, title, period, snapshot, file_key, size_bytes, created_at
    FROM reports
    WHERE workspace_id = $1 AND id = $2";
const DELETE: &str = "DELETE FROM reports WHERE workspace_id = $1 AND id = $2";

#[derive(sqlx::FromRow)]
pub(crate) struct ReportRow {
    id: Uuid,
    title: String,
    period: String,
    snapshot: String,
    pub(crate) file_key: String,
    size_bytes: i64,
    created_at: DateTime<Utc>,
}

impl From<ReportRow> for ReportSummary {
    fn from(row: ReportRow) -> Self {
        Self {
            id: row.id.into(),
            title: row.title,
            period: row.period,
            snapshot: row.snapshot,
            size_bytes: row.size_bytes.unsigned_abs(),
            created_at: row.created_at,
        }
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
        .execute(c)
        .await
        .map(|_| ()))
}

pub(crate) async fn list(db: &Db, scope: WorkspaceScope) -> Result<Vec<ReportSummary>, sqlx::Error> {
    let rows: Vec<ReportRow> =
        on_scope!(db, scope, |c| sqlx::query_as(LIST).bind(scope.workspace_id().uuid()).fetch_all(c).await)?;
    Ok(rows.into_iter().map(ReportSummary::from).collect())
}

pub(crate) async fn find(
    db: &Db,
    scope: WorkspaceScope,
    id: ReportId,
) -> Result<Option<ReportRow>, sqlx::Error> {
    on_scope!(db, scope, |c| sqlx::query_as(FIND)
        .bind(scope.workspace_id().uuid())
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
