//! Reported values, one for each metric and month.

use chrono::NaiveDate;
use db::{Db, Tx, on_scope, on_tx};
use kernel::{Currency, ImportId, Money, Month, WorkspaceScope};
use uuid::Uuid;

use crate::{catalogue::MetricKey, engine::FoundValue};

const LIST: &str = "
    SELECT metric, month, minor, number, import_id, line
    FROM observations
    WHERE workspace_id = $1";
const PUT: &str = "
    INSERT INTO observations (workspace_id, metric, month, minor, number, import_id, line)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (workspace_id, metric, month) DO UPDATE SET
        minor = excluded.minor, number = excluded.number, import_id = excluded.import_id, line = excluded.line";
const DELETE: &str = "
    DELETE FROM observations WHERE workspace_id = $1 AND metric = $2 AND month = $3 AND import_id = $4";

/// A value as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct ObservationRow {
    pub(crate) metric: String,
    pub(crate) month: NaiveDate,
    pub(crate) minor: Option<i64>,
    pub(crate) number: Option<f64>,
    pub(crate) import_id: Uuid,
    pub(crate) line: i64,
}

impl ObservationRow {
    /// The metric; `None` if a later version dropped it from the catalogue.
    pub(crate) fn key(&self) -> Option<MetricKey> {
        MetricKey::parse(&self.metric)
    }

    pub(crate) fn month(&self) -> Month {
        Month::of(self.month)
    }

    /// The value, money in major units of `currency`.
    pub(crate) fn value(&self, currency: Currency) -> f64 {
        let major = self.minor.map(|minor| Money { minor, currency }.major());
        major.or(self.number).unwrap_or_default()
    }

    pub(crate) fn import_id(&self) -> ImportId {
        self.import_id.into()
    }
}

pub(crate) async fn list(db: &Db, scope: WorkspaceScope) -> Result<Vec<ObservationRow>, sqlx::Error> {
    on_scope!(db, scope, |c| sqlx::query_as(LIST).bind(scope.workspace_id().uuid()).fetch_all(c).await)
}

/// The same list inside a transaction.
pub(crate) async fn list_in(tx: &mut Tx, scope: WorkspaceScope) -> Result<Vec<ObservationRow>, sqlx::Error> {
    on_tx!(tx, |c| sqlx::query_as(LIST).bind(scope.workspace_id().uuid()).fetch_all(c).await)
}

pub(crate) async fn put(
    tx: &mut Tx,
    scope: WorkspaceScope,
    import_id: ImportId,
    value: &FoundValue,
) -> Result<(), sqlx::Error> {
    let number = if value.minor.is_some() { None } else { Some(value.value) };
    on_tx!(tx, |c| sqlx::query(PUT)
        .bind(scope.workspace_id().uuid())
        .bind(value.key.as_str())
        .bind(value.month.first_day())
        .bind(value.minor)
        .bind(number)
        .bind(import_id.uuid())
        .bind(value.line.cast_signed())
        .execute(c)
        .await
        .map(|_| ()))
}

/// Puts an earlier value back.
pub(crate) async fn put_row(
    tx: &mut Tx,
    scope: WorkspaceScope,
    row: &ObservationRow,
) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(PUT)
        .bind(scope.workspace_id().uuid())
        .bind(&row.metric)
        .bind(row.month)
        .bind(row.minor)
        .bind(row.number)
        .bind(row.import_id)
        .bind(row.line)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Removes a value that `import_id` brought.
pub(crate) async fn delete(
    tx: &mut Tx,
    scope: WorkspaceScope,
    (metric, month): (&str, NaiveDate),
    import_id: ImportId,
) -> Result<(), sqlx::Error> {
    on_tx!(tx, |c| sqlx::query(DELETE)
        .bind(scope.workspace_id().uuid())
        .bind(metric)
        .bind(month)
        .bind(import_id.uuid())
        .execute(c)
        .await
        .map(|_| ()))
}
