//! SQL of uploaded files.

pub(crate) mod uploads;

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, Utc};
use db::{Db, Tx, on_everywhere, on_scope, on_tx};
use kernel::{DatasetId, PageRequest, WorkspaceScope};
use uuid::Uuid;

use crate::{Dataset, DatasetState, DatasetSummary, FileProfile, Overrides};

const INSERT: &str = "
    INSERT INTO datasets
        (workspace_id, id, name, size_bytes, sha256, file_key, uploaded_by, uploaded_at, state, overrides)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'reading', $9)";
const FIND: &str = "
    SELECT id, name, size_bytes, sha256, file_key, uploaded_by, uploaded_at, state, problem, overrides, profile,
           row_count, table_key
    FROM datasets
    WHERE workspace_id = $1 AND id = $2";
const LIST: &str = "
    SELECT id, name, size_bytes, uploaded_at, state, row_count
    FROM datasets
    WHERE workspace_id = $1
    ORDER BY uploaded_at DESC, id
    LIMIT $2 OFFSET $3";
const LIST_AFTER: &str = "
    SELECT id, name, size_bytes, uploaded_at, state, row_count
    FROM datasets
    WHERE workspace_id = $1 AND (uploaded_at < $2 OR (uploaded_at = $2 AND id > $3))
    ORDER BY uploaded_at DESC, id
    LIMIT $4";
const COUNT: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM datasets WHERE workspace_id = $1";
const SAVE_READING: &str = "
    UPDATE datasets
    SET state = 'ready', problem = NULL, profile = $3, row_count = $4, table_key = $5, is_classified = $7
    WHERE workspace_id = $1 AND id = $2 AND overrides = $6";
// What was found in it before stays, so that nobody forgets what in it is personal. Without a number of rows nobody is shown it.
const SAVE_PROBLEM: &str = "
    UPDATE datasets
    SET state = 'unreadable', problem = $3, row_count = NULL, table_key = NULL
    WHERE workspace_id = $1 AND id = $2 AND overrides = $4 AND ($5 OR state = 'reading')";
const SAVE_OVERRIDES: &str = "
    UPDATE datasets SET overrides = $3, state = 'reading', problem = NULL
    WHERE workspace_id = $1 AND id = $2 AND overrides = $4";
const DELETE: &str = "DELETE FROM datasets WHERE workspace_id = $1 AND id = $2";
const FILE_KEYS: &str = "SELECT file_key, table_key FROM datasets WHERE workspace_id = $1";
const LIST_UNCLASSIFIED: &str =
    "SELECT workspace_id, id FROM datasets WHERE state = 'ready' AND is_classified = $1";
const IDS: &str = "SELECT id FROM datasets WHERE workspace_id = $1";

#[derive(Clone, sqlx::FromRow)]
pub(crate) struct DatasetRow {
    id: Uuid,
    name: String,
    size_bytes: i64,
    sha256: String,
    pub(crate) file_key: String,
    pub(crate) uploaded_by: Option<Uuid>,
    uploaded_at: DateTime<Utc>,
    state: String,
    problem: Option<String>,
    pub(crate) overrides: String,
    profile: Option<String>,
    row_count: Option<i64>,
    pub(crate) table_key: Option<String>,
}

impl DatasetRow {
    pub(crate) fn overrides(&self) -> Overrides {
        serde_json::from_str(&self.overrides).unwrap_or_default()
    }

    /// What was found when it was last understood, also if it is not any more, with what somebody has called personal since.
    pub(crate) fn last_profile(&self) -> Option<FileProfile> {
        let mut profile: FileProfile = serde_json::from_str(self.profile.as_deref()?).ok()?;
        let called = self.overrides().personal;
        for column in &mut profile.format.columns {
            if let Some(kind) = called.get(&column.index).filter(|kind| kind.is_personal()) {
                column.personal = Some(*kind);
            }
        }
        Some(profile)
    }

    pub(crate) fn into_dataset(self) -> Dataset {
        let overrides = self.overrides();
        let profile = self.last_profile().filter(|_| self.row_count.is_some());
        Dataset {
            summary: DatasetSummary {
                id: self.id.into(),
                name: self.name,
                size_bytes: self.size_bytes.unsigned_abs(),
                uploaded_at: self.uploaded_at,
                state: DatasetState::from_key(&self.state),
                row_count: self.row_count.map(i64::unsigned_abs),
            },
            sha256: self.sha256,
            problem: self.problem,
            overrides,
            profile,
            has_table: self.table_key.is_some(),
        }
    }
}

#[derive(sqlx::FromRow)]
struct SummaryRow {
    id: Uuid,
    name: String,
    size_bytes: i64,
    uploaded_at: DateTime<Utc>,
    state: String,
    row_count: Option<i64>,
}

impl From<SummaryRow> for DatasetSummary {
    fn from(row: SummaryRow) -> Self {
        Self {
            id: row.id.into(),
            name: row.name,
            size_bytes: row.size_bytes.unsigned_abs(),
            uploaded_at: row.uploaded_at,
            state: DatasetState::from_key(&row.state),
            row_count: row.row_count.map(i64::unsigned_abs),
        }
    }
}

/// A file about to be listed.
pub(crate) struct NewRow<'a> {
    pub(crate) id: DatasetId,
    pub(crate) name: &'a str,
    pub(crate) size_bytes: u64,
    pub(crate) sha256: &'a str,
    pub(crate) file_key: &'a str,
    pub(crate) uploaded_by: Option<Uuid>,
    pub(crate) uploaded_at: DateTime<Utc>,
    pub(crate) overrides: &'a str,
}

/// What was found in a file.
pub(crate) struct Reading<'a> {
    pub(crate) profile: &'a str,
    pub(crate) row_count: u64,
    pub(crate) table_key: Option<&'a str>,
    /// The choices it was read with; a result for older choices is not stored.
    pub(crate) overrides: &'a str,
}

/// Why a file was not understood.
pub(crate) struct Problem<'a> {
    pub(crate) sentence: &'a str,
    /// The choices it was to be read with; what is said of older choices is not stored.
    pub(crate) overrides: &'a str,
    /// Whether that was found in it; if it was given up, a file that was read meanwhile stays as it is.
    pub(crate) is_found: bool,
}

pub(crate) async fn insert(tx: &mut Tx, scope: WorkspaceScope, row: NewRow<'_>) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(INSERT)
        .bind(scope.workspace_id().uuid())
        .bind(row.id.uuid())
        .bind(row.name)
        .bind(row.size_bytes.cast_signed())
        .bind(row.sha256)
        .bind(row.file_key)
        .bind(row.uploaded_by)
        .bind(row.uploaded_at)
        .bind(row.overrides)
        .execute(c)
        .await
        .map(|_| ()))
}

pub(crate) async fn find(
    db: &Db,
    scope: WorkspaceScope,
    id: DatasetId,
) -> Result<Option<DatasetRow>, sqlx::Error> {
    on_scope!(db, scope, |c| sqlx::query_as(FIND)
        .bind(scope.workspace_id().uuid())
        .bind(id.uuid())
        .fetch_optional(c)
        .await)
}

pub(crate) async fn list(
    db: &Db,
    scope: WorkspaceScope,
    page: PageRequest,
) -> Result<(Vec<DatasetSummary>, u64), sqlx::Error> {
    let workspace = scope.workspace_id().uuid();
    let rows: Vec<SummaryRow> = on_scope!(db, scope, |c| sqlx::query_as(LIST)
        .bind(workspace)
        .bind(i64::from(page.size))
        .bind(page.offset())
        .fetch_all(c)
        .await)?;
    let total: i64 = on_scope!(db, scope, |c| sqlx::query_scalar(COUNT).bind(workspace).fetch_one(c).await)?;
    Ok((rows.into_iter().map(DatasetSummary::from).collect(), total.unsigned_abs()))
}

pub(crate) async fn list_after(
    db: &Db,
    scope: WorkspaceScope,
    (at, id): (DateTime<Utc>, Uuid),
    most: u32,
) -> Result<Vec<DatasetSummary>, sqlx::Error> {
    let rows: Vec<SummaryRow> = on_scope!(db, scope, |c| sqlx::query_as(LIST_AFTER)
        .bind(scope.workspace_id().uuid())
        .bind(at)
        .bind(id)
        .bind(i64::from(most))
        .fetch_all(c)
        .await)?;
    Ok(rows.into_iter().map(DatasetSummary::from).collect())
}

pub(crate) async fn save_reading(
    tx: &mut Tx,
    scope: WorkspaceScope,
    id: DatasetId,
    reading: Reading<'_>,
) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(SAVE_READING)
        .bind(scope.workspace_id().uuid())
        .bind(id.uuid())
        .bind(reading.profile)
        .bind(reading.row_count.cast_signed())
        .bind(reading.table_key)
        .bind(reading.overrides)
        .bind(true)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Says why nobody understands the file.
pub(crate) async fn save_problem(
    tx: &mut Tx,
    scope: WorkspaceScope,
    id: DatasetId,
    problem: Problem<'_>,
) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(SAVE_PROBLEM)
        .bind(scope.workspace_id().uuid())
        .bind(id.uuid())
        .bind(problem.sentence)
        .bind(problem.overrides)
        .bind(problem.is_found)
        .execute(c)
        .await
        .map(|_| ()))
}

pub(crate) async fn save_overrides(
    tx: &mut Tx,
    scope: WorkspaceScope,
    id: DatasetId,
    (before, overrides): (&str, &str),
) -> Result<bool, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(SAVE_OVERRIDES)
        .bind(scope.workspace_id().uuid())
        .bind(id.uuid())
        .bind(overrides)
        .bind(before)
        .execute(c)
        .await
        .map(|done| done.rows_affected() > 0))
}

pub(crate) async fn delete(tx: &mut Tx, scope: WorkspaceScope, id: DatasetId) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(DELETE)
        .bind(scope.workspace_id().uuid())
        .bind(id.uuid())
        .execute(c)
        .await
        .map(|_| ()))
}

/// The keys of all files that the entries of a workspace name.
pub(crate) async fn file_keys(db: &Db, scope: WorkspaceScope) -> Result<HashSet<String>, sqlx::Error> {
    let keys: Vec<(String, Option<String>)> = on_scope!(db, scope, |c| sqlx::query_as(FILE_KEYS)
        .bind(scope.workspace_id().uuid())
        .fetch_all(c)
        .await)?;
    Ok(keys.into_iter().flat_map(|(file, table)| std::iter::once(file).chain(table)).collect())
}

/// Files of any workspace that were read before anybody looked for personal data in them.
pub(crate) async fn list_unclassified(db: &Db) -> Result<Vec<(Uuid, Uuid)>, sqlx::Error> {
    on_everywhere!(db, |c| sqlx::query_as(LIST_UNCLASSIFIED).bind(false).fetch_all(c).await)
}

pub(crate) async fn ids(db: &Db, scope: WorkspaceScope) -> Result<BTreeSet<DatasetId>, sqlx::Error> {
    let ids: Vec<Uuid> = on_scope!(db, scope, |c| sqlx::query_scalar(IDS)
        .bind(scope.workspace_id().uuid())
        .fetch_all(c)
        .await)?;
    Ok(ids.into_iter().map(DatasetId::from).collect())
}
