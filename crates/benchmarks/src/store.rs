//! SQL of frozen peers. Groups belong to no workspace, and what leaves them has passed the gates of the engine. What a company brought, and
//! looked at, is its own.

use chrono::{DateTime, Utc};
use db::{Db, Tx, on_db, on_everywhere, on_scope, on_tx};
use kernel::{SnapshotId, WorkspaceId, WorkspaceScope};
use uuid::Uuid;

use crate::engine::{Cell, PublishedCell};
use crate::model::{Cohort, Population};

const INSERT_SNAPSHOT: &str = "
    INSERT INTO benchmark_snapshots (id, population, quarter, hash, has_open, taken_at) VALUES ($1, $2, $3, $4, $5, $6)";
const INSERT_CONTRIBUTION: &str = "
    INSERT INTO benchmark_contributions (snapshot_id, company_id, profile, company_values) VALUES ($1, $2, $3, $4)";
const INSERT_CELL: &str = "
    INSERT INTO benchmark_cells
        (snapshot_id, metric, cohort, contributors, closure, quantiles, has_undefined, placements)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const NEWEST: &str = "
    SELECT id, quarter, hash, has_open, taken_at
    FROM benchmark_snapshots
    WHERE population = $1
    ORDER BY taken_at DESC
    LIMIT 1";
const LIST: &str = "
    SELECT id, quarter, hash, has_open, taken_at
    FROM benchmark_snapshots
    WHERE population = $1
    ORDER BY taken_at DESC";
const CONTRIBUTIONS: &str = "
    SELECT company_id, profile, company_values FROM benchmark_contributions WHERE snapshot_id = $1";
const CONTRIBUTION: &str = "
    SELECT company_id, profile, company_values
    FROM benchmark_contributions
    WHERE snapshot_id = $1 AND company_id = $2";
const CONTRIBUTIONS_OF_COMPANY: &str = "
    SELECT benchmark_snapshots.quarter, benchmark_snapshots.hash, benchmark_snapshots.taken_at,
           benchmark_contributions.profile, benchmark_contributions.company_values
    FROM benchmark_contributions
    JOIN benchmark_snapshots ON benchmark_snapshots.id = benchmark_contributions.snapshot_id
    WHERE benchmark_contributions.company_id = $1
    ORDER BY benchmark_snapshots.taken_at DESC";
const CELLS_OF_COHORT: &str = "
    SELECT metric, cohort, contributors, closure, quantiles, has_undefined, placements
    FROM benchmark_cells
    WHERE snapshot_id = $1 AND cohort = $2";
const CELLS: &str = "
    SELECT metric, cohort, contributors, closure, quantiles, has_undefined, placements
    FROM benchmark_cells
    WHERE snapshot_id = $1";
const HAS_LOOKED: &str = "
    SELECT CAST(COUNT(*) AS BIGINT) FROM benchmark_looks WHERE snapshot_id = $1 AND company_id = $2 AND version = $3";
const NOTE_LOOK: &str = "
    INSERT INTO benchmark_looks (snapshot_id, company_id, version, looked_at)
    SELECT $1, $2, $3, $4
    WHERE (SELECT COUNT(*) FROM benchmark_looks
           WHERE snapshot_id = $1
             AND (company_id = $2
                  OR company_id IN (SELECT others.workspace_id
                                    FROM memberships AS own
                                    JOIN memberships AS others ON others.user_id = own.user_id AND others.role = 'owner'
                                    WHERE own.workspace_id = $2 AND own.role = 'owner'))) < $5
    ON CONFLICT DO NOTHING";
const LOCK_LOOKS: &str = "SELECT CAST(pg_advisory_xact_lock(hashtextextended('looks ' || $1, 0)) AS TEXT)";
const FORGET_CONTRIBUTIONS: &str = "DELETE FROM benchmark_contributions WHERE company_id = $1";
const FORGET_LOOKS: &str = "DELETE FROM benchmark_looks WHERE company_id = $1";
const FORGET_GONE: &str = "
    DELETE FROM benchmark_contributions
    WHERE snapshot_id IN (SELECT id FROM benchmark_snapshots WHERE population = $1)
      AND company_id NOT IN (SELECT id FROM workspaces)";
const FORGET_GONE_LOOKS: &str = "
    DELETE FROM benchmark_looks
    WHERE snapshot_id IN (SELECT id FROM benchmark_snapshots WHERE population = $1)
      AND company_id NOT IN (SELECT id FROM workspaces)";
const DELETE_POPULATION: &str = "DELETE FROM benchmark_snapshots WHERE population = $1";
const DELETE_SNAPSHOT: &str = "DELETE FROM benchmark_snapshots WHERE id = $1";

#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct SnapshotRow {
    id: Uuid,
    pub(crate) quarter: String,
    pub(crate) hash: String,
    pub(crate) has_open: bool,
    pub(crate) taken_at: DateTime<Utc>,
}

impl SnapshotRow {
    pub(crate) fn id(&self) -> SnapshotId {
        self.id.into()
    }
}

/// A snapshot about to be stored.
pub(crate) struct NewSnapshot<'a> {
    pub(crate) id: SnapshotId,
    pub(crate) population: Population,
    pub(crate) quarter: &'a str,
    pub(crate) hash: &'a str,
    pub(crate) has_open: bool,
    pub(crate) taken_at: DateTime<Utc>,
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct ContributionRow {
    company_id: Uuid,
    pub(crate) profile: String,
    pub(crate) company_values: String,
}

impl ContributionRow {
    pub(crate) fn company(&self) -> WorkspaceId {
        self.company_id.into()
    }
}

/// What a company brought to one snapshot, with what names that.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct OwnContributionRow {
    pub(crate) quarter: String,
    pub(crate) hash: String,
    pub(crate) taken_at: DateTime<Utc>,
    pub(crate) profile: String,
    pub(crate) company_values: String,
}

/// A company about to be ranked among frozen peers.
#[derive(Clone, Copy)]
pub(crate) struct Look<'a> {
    pub(crate) snapshot: SnapshotId,
    pub(crate) scope: WorkspaceScope,
    /// What names its figures and profile.
    pub(crate) version: &'a str,
    pub(crate) at: DateTime<Utc>,
}

/// A cell as it is read back: what may be shown, and the sorted values.
#[derive(Clone, Debug)]
pub(crate) struct StoredCell {
    pub(crate) published: PublishedCell,
    pub(crate) placements: Vec<f64>,
}

#[derive(sqlx::FromRow)]
struct CellRow {
    metric: String,
    cohort: String,
    contributors: i64,
    closure: Option<String>,
    quantiles: String,
    has_undefined: bool,
    placements: Vec<u8>,
}

impl CellRow {
    fn into_cell(self) -> Option<StoredCell> {
        let placements = self
            .placements
            .chunks_exact(8)
            .filter_map(|bytes| Some(f64::from_be_bytes(bytes.try_into().ok()?)));
        Some(StoredCell {
            placements: placements.collect(),
            published: PublishedCell {
                metric: self.metric,
                cohort: Cohort::from_key(&self.cohort)?,
                contributors: usize::try_from(self.contributors).ok()?,
                closure: match self.closure {
                    Some(json) => Some(serde_json::from_str(&json).ok()?),
                    None => None,
                },
                quantiles: serde_json::from_str(&self.quantiles).ok()?,
                has_undefined: self.has_undefined,
            },
        })
    }
}

pub(crate) fn population_key(population: Population) -> &'static str {
    match population {
        Population::Live => "live",
        Population::Synthetic => "synthetic",
    }
}

pub(crate) async fn insert_snapshot(tx: &mut Tx, snapshot: NewSnapshot<'_>) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(INSERT_SNAPSHOT)
        .bind(snapshot.id.uuid())
        .bind(population_key(snapshot.population))
        .bind(snapshot.quarter)
        .bind(snapshot.hash)
        .bind(snapshot.has_open)
        .bind(snapshot.taken_at)
        .execute(c)
        .await
        .map(|_| ()))
}

pub(crate) async fn insert_contribution(
    tx: &mut Tx,
    snapshot: SnapshotId,
    company: WorkspaceId,
    (profile, values): (&str, &str),
) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(INSERT_CONTRIBUTION)
        .bind(snapshot.uuid())
        .bind(company.uuid())
        .bind(profile)
        .bind(values)
        .execute(c)
        .await
        .map(|_| ()))
}

pub(crate) async fn insert_cell(
    tx: &mut Tx,
    snapshot: SnapshotId,
    cell: &Cell,
    (closure, quantiles): (Option<String>, String),
) -> Result<(), sqlx::Error> {
    let placements: Vec<u8> = cell.members.iter().flat_map(|member| member.placement.to_be_bytes()).collect();
    on_tx!(tx, |c| sqlx::query(INSERT_CELL)
        .bind(snapshot.uuid())
        .bind(&cell.published.metric)
        .bind(cell.published.cohort.key())
        .bind(i64::try_from(cell.published.contributors).unwrap_or(i64::MAX))
        .bind(&closure)
        .bind(&quantiles)
        .bind(cell.published.has_undefined)
        .bind(&placements)
        .execute(c)
        .await
        .map(|_| ()))
}

pub(crate) async fn newest(db: &Db, population: Population) -> Result<Option<SnapshotRow>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_as(NEWEST).bind(population_key(population)).fetch_optional(c).await)
}

pub(crate) async fn list(db: &Db, population: Population) -> Result<Vec<SnapshotRow>, sqlx::Error> {
    on_db!(db, |c| sqlx::query_as(LIST).bind(population_key(population)).fetch_all(c).await)
}

pub(crate) async fn contributions(
    db: &Db,
    snapshot: SnapshotId,
) -> Result<Vec<ContributionRow>, sqlx::Error> {
    on_everywhere!(db, |c| sqlx::query_as(CONTRIBUTIONS).bind(snapshot.uuid()).fetch_all(c).await)
}

pub(crate) async fn contribution(
    db: &Db,
    scope: WorkspaceScope,
    snapshot: SnapshotId,
) -> Result<Option<ContributionRow>, sqlx::Error> {
    on_scope!(db, scope, |c| sqlx::query_as(CONTRIBUTION)
        .bind(snapshot.uuid())
        .bind(scope.workspace_id().uuid())
        .fetch_optional(c)
        .await)
}

/// What the company brought to every snapshot, the newest first.
pub(crate) async fn contributions_of_company(
    db: &Db,
    scope: WorkspaceScope,
) -> Result<Vec<OwnContributionRow>, sqlx::Error> {
    let company = scope.workspace_id().uuid();
    on_scope!(db, scope, |c| sqlx::query_as(CONTRIBUTIONS_OF_COMPANY).bind(company).fetch_all(c).await)
}

/// The cells of one cohort, all metrics.
pub(crate) async fn cells_of_cohort(
    db: &Db,
    snapshot: SnapshotId,
    cohort: Cohort,
) -> Result<Vec<StoredCell>, sqlx::Error> {
    let rows: Vec<CellRow> = on_db!(db, |c| sqlx::query_as(CELLS_OF_COHORT)
        .bind(snapshot.uuid())
        .bind(cohort.key())
        .fetch_all(c)
        .await)?;
    Ok(rows.into_iter().filter_map(CellRow::into_cell).collect())
}

/// Every cell.
pub(crate) async fn cells(db: &Db, snapshot: SnapshotId) -> Result<Vec<StoredCell>, sqlx::Error> {
    let rows: Vec<CellRow> = on_db!(db, |c| sqlx::query_as(CELLS).bind(snapshot.uuid()).fetch_all(c).await)?;
    Ok(rows.into_iter().filter_map(CellRow::into_cell).collect())
}

pub(crate) async fn delete_population(tx: &mut Tx, population: Population) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(DELETE_POPULATION)
        .bind(population_key(population))
        .execute(c)
        .await
        .map(|_| ()))
}

pub(crate) async fn delete_snapshot(tx: &mut Tx, snapshot: SnapshotId) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(DELETE_SNAPSHOT).bind(snapshot.uuid()).execute(c).await.map(|_| ()))
}

pub(crate) async fn has_looked(db: &Db, look: Look<'_>) -> Result<bool, sqlx::Error> {
    on_scope!(db, look.scope, |c| sqlx::query_scalar::<_, i64>(HAS_LOOKED)
        .bind(look.snapshot.uuid())
        .bind(look.scope.workspace_id().uuid())
        .bind(look.version)
        .fetch_one(c)
        .await)
    .map(|count| count > 0)
}

/// Notes a look unless there were `most` others, of this company and of all others of its owners; in a transaction that reaches everywhere.
pub(crate) async fn note_look(tx: &mut Tx, look: Look<'_>, most: i64) -> Result<(), sqlx::Error> {
    // Those who look at once would all find room. SQLite has one writer.
    if let Tx::Postgres(tx) = &mut *tx {
        sqlx::query(LOCK_LOOKS).bind(look.snapshot.to_string()).execute(&mut **tx).await?;
    }
    on_tx!(tx, |c| sqlx::query(NOTE_LOOK)
        .bind(look.snapshot.uuid())
        .bind(look.scope.workspace_id().uuid())
        .bind(look.version)
        .bind(look.at)
        .bind(most)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Removes what a company that is gone added to frozen groups, and what it looked at; in a transaction that reaches everywhere.
/// The groups keep their results, which name nobody.
pub(crate) async fn forget(tx: &mut Tx, company: WorkspaceId) -> Result<(), sqlx::Error> {
    for sql in [FORGET_CONTRIBUTIONS, FORGET_LOOKS] {
        on_tx!(&mut *tx, |c| sqlx::query(sql).bind(company.uuid()).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}

/// The same for every real company that is gone.
pub(crate) async fn forget_gone(tx: &mut Tx) -> Result<(), sqlx::Error> {
    let live = population_key(Population::Live);
    for sql in [FORGET_GONE, FORGET_GONE_LOOKS] {
        on_tx!(&mut *tx, |c| sqlx::query(sql).bind(live).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}
