//! Column mappings, committed imports and what they replaced.

use chrono::{DateTime, NaiveDate, Utc};
use db::{Db, Tx, on_scope, on_tx};
use kernel::{DatasetId, ImportId, UserId, WorkspaceScope};
use uuid::Uuid;

use super::observations::ObservationRow;
use crate::{
    engine::FoundValue,
    model::{ImportRecord, ImportSummary},
};

const FIND_MAPPING: &str = "SELECT mapping FROM column_mappings WHERE workspace_id = $1 AND dataset_id = $2";
const LIST_MAPPINGS: &str = "
    SELECT dataset_id, mapping FROM column_mappings WHERE workspace_id = $1 ORDER BY dataset_id";
const SAVE_MAPPING: &str = "
    INSERT INTO column_mappings (workspace_id, dataset_id, mapping) VALUES ($1, $2, $3)
    ON CONFLICT (workspace_id, dataset_id) DO UPDATE SET mapping = excluded.mapping";
const INSERT: &str = "
    INSERT INTO imports (workspace_id, id, dataset_id, file_name, added, changed, committed_by, committed_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const LIST: &str = "
    SELECT id, dataset_id, file_name, added, changed, committed_by, committed_at, undone_at
    FROM imports
    WHERE workspace_id = $1
    ORDER BY committed_at DESC, id DESC";
const LIST_AFTER: &str = "
    SELECT id, dataset_id, file_name, added, changed, committed_by, committed_at, undone_at
    FROM imports
    WHERE workspace_id = $1 AND (committed_at < $2 OR (committed_at = $2 AND id < $3))
    ORDER BY committed_at DESC, id DESC
    LIMIT $4";
const FIND: &str = "
    SELECT id, dataset_id, file_name, added, changed, committed_by, committed_at, undone_at
    FROM imports
    WHERE workspace_id = $1 AND id = $2";
const INSERT_CHANGE: &str = "
    INSERT INTO import_changes
        (workspace_id, import_id, metric, month, before_minor, before_number, before_import_id, before_line)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const LIST_CHANGES: &str = "
    SELECT metric, month, before_minor, before_number, before_import_id, before_line
    FROM import_changes
    WHERE workspace_id = $1 AND import_id = $2";
const PASS_ON: &str = "
    UPDATE import_changes
    SET before_minor = $5, before_number = $6, before_import_id = $7, before_line = $8
    WHERE workspace_id = $1 AND before_import_id = $2 AND metric = $3 AND month = $4";
const DELETE_CHANGES: &str = "DELETE FROM import_changes WHERE workspace_id = $1 AND import_id = $2";
const MARK_UNDONE: &str = "
    UPDATE imports SET undone_at = $3 WHERE workspace_id = $1 AND id = $2 AND undone_at IS NULL";

#[derive(sqlx::FromRow)]
struct ImportRow {
    id: Uuid,
    dataset_id: Uuid,
    file_name: String,
    added: i64,
    changed: i64,
    committed_by: Option<Uuid>,
    committed_at: DateTime<Utc>,
    undone_at: Option<DateTime<Utc>>,
}

impl From<ImportRow> for ImportSummary {
    fn from(row: ImportRow) -> Self {
        Self {
            id: row.id.into(),
            dataset_id: row.dataset_id.into(),
            file_name: row.file_name,
            has_file: true,
            added: row.added.unsigned_abs(),
            changed: row.changed.unsigned_abs(),
            committed_at: row.committed_at,
            undone_at: row.undone_at,
        }
    }
}

impl From<ImportRow> for ImportRecord {
    fn from(row: ImportRow) -> Self {
        Self { committed_by: row.committed_by.map(UserId::from), summary: row.into() }
    }
}

/// What an import replaced in one metric and month; nothing if there was no value before.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct ChangeRow {
    pub(crate) metric: String,
    pub(crate) month: NaiveDate,
    before_minor: Option<i64>,
    before_number: Option<f64>,
    before_import_id: Option<Uuid>,
    before_line: Option<i64>,
}

impl ChangeRow {
    /// The value before, as it was stored.
    pub(crate) fn before(&self) -> Option<ObservationRow> {
        Some(ObservationRow {
            metric: self.metric.clone(),
            month: self.month,
            minor: self.before_minor,
            number: self.before_number,
            import_id: self.before_import_id?,
            line: self.before_line.unwrap_or_default(),
        })
    }
}

pub(crate) async fn find_mapping(
    db: &Db,
    scope: WorkspaceScope,
    dataset_id: DatasetId,
) -> Result<Option<String>, sqlx::Error> {
    on_scope!(db, scope, |c| sqlx::query_scalar(FIND_MAPPING)
        .bind(scope.workspace_id().uuid())
        .bind(dataset_id.uuid())
        .fetch_optional(c)
        .await)
}

/// What was chosen for the columns of every file.
pub(crate) async fn list_mappings(
    db: &Db,
    scope: WorkspaceScope,
) -> Result<Vec<(Uuid, String)>, sqlx::Error> {
    on_scope!(db, scope, |c| sqlx::query_as(LIST_MAPPINGS)
        .bind(scope.workspace_id().uuid())
        .fetch_all(c)
        .await)
}

pub(crate) async fn save_mapping(
    tx: &mut Tx,
    scope: WorkspaceScope,
    dataset_id: DatasetId,
    mapping: &str,
) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(SAVE_MAPPING)
        .bind(scope.workspace_id().uuid())
        .bind(dataset_id.uuid())
        .bind(mapping)
        .execute(c)
        .await
        .map(|_| ()))
}

pub(crate) async fn insert(
    tx: &mut Tx,
    scope: WorkspaceScope,
    import: &ImportSummary,
    committed_by: Option<Uuid>,
) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(INSERT)
        .bind(scope.workspace_id().uuid())
        .bind(import.id.uuid())
        .bind(import.dataset_id.uuid())
        .bind(&import.file_name)
        .bind(import.added.cast_signed())
        .bind(import.changed.cast_signed())
        .bind(committed_by)
        .bind(import.committed_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Every import of the workspace, newest first.
pub(crate) async fn list(db: &Db, scope: WorkspaceScope) -> Result<Vec<ImportSummary>, sqlx::Error> {
    Ok(rows(db, scope).await?.into_iter().map(ImportSummary::from).collect())
}

/// Every import of the workspace with who committed it, newest first.
pub(crate) async fn list_records(db: &Db, scope: WorkspaceScope) -> Result<Vec<ImportRecord>, sqlx::Error> {
    Ok(rows(db, scope).await?.into_iter().map(ImportRecord::from).collect())
}

async fn rows(db: &Db, scope: WorkspaceScope) -> Result<Vec<ImportRow>, sqlx::Error> {
    on_scope!(db, scope, |c| sqlx::query_as(LIST).bind(scope.workspace_id().uuid()).fetch_all(c).await)
}

pub(crate) async fn list_after(
    db: &Db,
    scope: WorkspaceScope,
    (at, id): (DateTime<Utc>, Uuid),
    most: u32,
) -> Result<Vec<ImportSummary>, sqlx::Error> {
    let rows: Vec<ImportRow> = on_scope!(db, scope, |c| sqlx::query_as(LIST_AFTER)
        .bind(scope.workspace_id().uuid())
        .bind(at)
        .bind(id)
        .bind(i64::from(most))
        .fetch_all(c)
        .await)?;
    Ok(rows.into_iter().map(ImportSummary::from).collect())
}

pub(crate) async fn find(
    db: &Db,
    scope: WorkspaceScope,
    id: ImportId,
) -> Result<Option<ImportSummary>, sqlx::Error> {
    let row: Option<ImportRow> = on_scope!(db, scope, |c| sqlx::query_as(FIND)
        .bind(scope.workspace_id().uuid())
        .bind(id.uuid())
        .fetch_optional(c)
        .await)?;
    Ok(row.map(ImportSummary::from))
}

pub(crate) async fn insert_change(
    tx: &mut Tx,
    scope: WorkspaceScope,
    import_id: ImportId,
    value: &FoundValue,
    before: Option<&ObservationRow>,
) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(INSERT_CHANGE)
        .bind(scope.workspace_id().uuid())
        .bind(import_id.uuid())
        .bind(value.key.as_str())
        .bind(value.month.first_day())
        .bind(before.and_then(|row| row.minor))
        .bind(before.and_then(|row| row.number))
        .bind(before.map(|row| row.import_id))
        .bind(before.map(|row| row.line))
        .execute(c)
        .await
        .map(|_| ()))
}

pub(crate) async fn list_changes(
    tx: &mut Tx,
    scope: WorkspaceScope,
    import_id: ImportId,
) -> Result<Vec<ChangeRow>, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query_as(LIST_CHANGES)
        .bind(scope.workspace_id().uuid())
        .bind(import_id.uuid())
        .fetch_all(c)
        .await)
}

/// Where a later import replaced this one's value, it replaced what stood before it instead.
pub(crate) async fn pass_on(
    tx: &mut Tx,
    scope: WorkspaceScope,
    import_id: ImportId,
    change: &ChangeRow,
) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(PASS_ON)
        .bind(scope.workspace_id().uuid())
        .bind(import_id.uuid())
        .bind(&change.metric)
        .bind(change.month)
        .bind(change.before_minor)
        .bind(change.before_number)
        .bind(change.before_import_id)
        .bind(change.before_line)
        .execute(c)
        .await
        .map(|_| ()))
}

pub(crate) async fn delete_changes(
    tx: &mut Tx,
    scope: WorkspaceScope,
    import_id: ImportId,
) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(DELETE_CHANGES)
        .bind(scope.workspace_id().uuid())
        .bind(import_id.uuid())
        .execute(c)
        .await
        .map(|_| ()))
}

/// `false` if it was undone already.
pub(crate) async fn mark_undone(
    tx: &mut Tx,
    scope: WorkspaceScope,
    import_id: ImportId,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(MARK_UNDONE)
        .bind(scope.workspace_id().uuid())
        .bind(import_id.uuid())
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected() > 0))
}
