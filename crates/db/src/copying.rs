//! Whole tables as text, the same for both engines: for backups, and for the road from one engine to the other.
//!
//! A row is a JSON array of its cells. Whole numbers and moments (microseconds since 1970) are numbers, everything else is text, so that
//! nothing is rounded on its way.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use futures::TryStreamExt;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Executor, Row};
use uuid::Uuid;

use crate::{Db, Tx, on_db};

/// What lives only for a while: whoever was signed in signs in again, links in messages are asked for again. Or what every schema makes
/// anew.
const LEFT_OUT: [&str; 11] = [
    "_sqlx_migrations",
    "account_requests",
    "backup_rounds",
    "idempotency_keys",
    "invitations",
    "mail_links",
    "mails",
    "refresh_tokens",
    "sessions",
    "token_families",
    "uploads",
];

const SQLITE_TABLES: &str =
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
const SQLITE_COLUMNS: &str = "SELECT name, type FROM pragma_table_info($1) ORDER BY cid";
const SQLITE_PARENTS: &str = "SELECT DISTINCT \"table\" FROM pragma_foreign_key_list($1)";
const POSTGRES_TABLES: &str = "
    SELECT table_name::TEXT FROM information_schema.tables
    WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name";
const POSTGRES_COLUMNS: &str = "
    SELECT column_name::TEXT, data_type::TEXT FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position";
const POSTGRES_PARENTS: &str = "
    SELECT DISTINCT parent.relname::TEXT
    FROM pg_constraint
    JOIN pg_class AS child ON child.oid = pg_constraint.conrelid
    JOIN pg_class AS parent ON parent.oid = pg_constraint.confrelid
    JOIN pg_namespace ON pg_namespace.oid = child.relnamespace
    WHERE contype = 'f' AND nspname = current_schema() AND child.relname = $1";

/// Why a table cannot be copied.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The database did not answer, or refused a row.
    #[error("{0}")]
    Engine(#[from] sqlx::Error),
    /// The schema holds something that this version does not know how to copy.
    #[error("the column {table}.{column} has a type that cannot be copied")]
    UnknownType {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// A row is not what its table says.
    #[error("a row of {table} cannot be read")]
    BrokenRow {
        /// The table.
        table: String,
    },
}

/// A table and its columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns in order.
    pub columns: Vec<Column>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What its cells hold.
    pub kind: Kind,
}

/// What cells hold; the types that migrations use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// UUID.
    Id,
    /// TEXT.
    Text,
    /// BIGINT.
    Whole,
    /// DOUBLE PRECISION.
    Number,
    /// BOOLEAN.
    YesNo,
    /// BYTEA.
    Bytes,
    /// TIMESTAMPTZ.
    Moment,
    /// DATE.
    Day,
}

impl Kind {
    fn of(declared: &str) -> Option<Self> {
        Some(match declared.to_lowercase().as_str() {
            "uuid" => Self::Id,
            "text" => Self::Text,
            "bigint" => Self::Whole,
            "double precision" => Self::Number,
            "boolean" => Self::YesNo,
            "bytea" => Self::Bytes,
            "timestamptz" | "timestamp with time zone" => Self::Moment,
            "date" => Self::Day,
            _ => return None,
        })
    }
}

impl Table {
    fn select(&self) -> String {
        format!("SELECT {} FROM {}", self.column_list(), quoted(&self.name))
    }

    fn insert(&self) -> String {
        let places: Vec<String> = (1..=self.columns.len()).map(|place| format!("${place}")).collect();
        format!("INSERT INTO {} ({}) VALUES ({})", quoted(&self.name), self.column_list(), places.join(", "))
    }

    fn column_list(&self) -> String {
        let names: Vec<String> = self.columns.iter().map(|column| quoted(&column.name)).collect();
        names.join(", ")
    }

    fn broken(&self) -> CopyError {
        CopyError::BrokenRow { table: self.name.clone() }
    }
}

/// Every table that is copied, each after those that its rows refer to.
pub async fn tables(db: &Db) -> Result<Vec<Table>, CopyError> {
    let sql = |sqlite: &'static str, postgres: &'static str| match db {
        Db::Sqlite { .. } => sqlite,
        Db::Postgres(_) => postgres,
    };
    let names: Vec<String> =
        on_db!(db, |c| sqlx::query_scalar(sql(SQLITE_TABLES, POSTGRES_TABLES)).fetch_all(c).await)?;
    let mut waiting = BTreeMap::new();
    for name in names.into_iter().filter(|name| !LEFT_OUT.contains(&name.as_str())) {
        let columns: Vec<(String, String)> =
            on_db!(db, |c| sqlx::query_as(sql(SQLITE_COLUMNS, POSTGRES_COLUMNS))
                .bind(&name)
                .fetch_all(c)
                .await)?;
        let parents: Vec<String> = on_db!(db, |c| sqlx::query_scalar(sql(SQLITE_PARENTS, POSTGRES_PARENTS))
            .bind(&name)
            .fetch_all(c)
            .await)?;
        let column = |(column, declared): (String, String)| match Kind::of(&declared) {
            Some(kind) => Ok(Column { name: column, kind }),
            None => Err(CopyError::UnknownType { table: name.clone(), column }),
        };
        let columns = columns.into_iter().map(column).collect::<Result<_, _>>()?;
        let parents: BTreeSet<String> = parents.into_iter().filter(|parent| *parent != name).collect();
        waiting.insert(name.clone(), (Table { name, columns }, parents));
    }
    Ok(in_order(waiting))
}

fn in_order(mut waiting: BTreeMap<String, (Table, BTreeSet<String>)>) -> Vec<Table> {
    let mut ordered = Vec::with_capacity(waiting.len());
    while let Some(next) = waiting
        .iter()
        .find(|(_, (_, parents))| !parents.iter().any(|parent| waiting.contains_key(parent)))
        // Tables that refer to each other come in any order.
        .or_else(|| waiting.iter().next())
        .map(|(name, _)| name.clone())
    {
        ordered.extend(waiting.remove(&next).map(|(table, _)| table));
    }
    ordered
}

/// A look at the whole database at one moment: a transaction that sees nothing of what happens after it began.
pub struct Snapshot(Tx);

macro_rules! cells {
    ($row:expr, $table:expr) => {{
        let mut cells = Vec::with_capacity($table.columns.len());
        for (index, column) in $table.columns.iter().enumerate() {
            cells.push(match column.kind {
                Kind::Id => text($row.try_get::<Option<Uuid>, _>(index)?.map(|id| id.to_string())),
                Kind::Text => text($row.try_get::<Option<String>, _>(index)?),
                Kind::Whole => $row.try_get::<Option<i64>, _>(index)?.map_or(Value::Null, Value::from),
                Kind::Number => {
                    text($row.try_get::<Option<f64>, _>(index)?.map(|number| format!("{number:?}")))
                }
                Kind::YesNo => $row.try_get::<Option<bool>, _>(index)?.map_or(Value::Null, Value::from),
                Kind::Bytes => {
                    text($row.try_get::<Option<Vec<u8>>, _>(index)?.map(|bytes| kernel::hex(&bytes)))
                }
                Kind::Moment => $row
                    .try_get::<Option<DateTime<Utc>>, _>(index)?
                    .map_or(Value::Null, |moment| Value::from(moment.timestamp_micros())),
                Kind::Day => text($row.try_get::<Option<NaiveDate>, _>(index)?.map(|day| day.to_string())),
            });
        }
        Value::Array(cells).to_string()
    }};
}

fn text(cell: Option<String>) -> Value {
    cell.map_or(Value::Null, Value::String)
}

impl Snapshot {
    /// Looks at everything as it is now.
    pub async fn take(db: &Db) -> Result<Self, CopyError> {
        match db {
            Db::Sqlite { readers, .. } => {
                let mut tx = readers.begin().await?;
                // The first read decides what is seen.
                tx.execute("SELECT COUNT(*) FROM sqlite_master").await?;
                Ok(Self(Tx::Sqlite(tx)))
            }
            Db::Postgres(server) => {
                const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL app.everywhere = 'on'; \
                                     SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0";
                let mut tx = server.pool().begin_with(BEGIN).await?;
                tx.execute("SELECT 1").await?;
                Ok(Self(Tx::Postgres(tx)))
            }
        }
    }

    /// The transaction, for other questions about the same moment.
    pub fn tx(&mut self) -> &mut Tx {
        &mut self.0
    }

    /// Hands over every row of the table.
    pub async fn rows(
        &mut self,
        table: &Table,
        each: impl FnMut(&str) -> std::io::Result<()>,
    ) -> Result<(), CopyError> {
        rows(&mut self.0, table, each).await
    }
}

/// Hands over every row of the table as the transaction sees it.
pub async fn rows(
    tx: &mut Tx,
    table: &Table,
    mut each: impl FnMut(&str) -> std::io::Result<()>,
) -> Result<(), CopyError> {
    let select = AssertSqlSafe(table.select());
    let stopped = |cause: std::io::Error| CopyError::Engine(sqlx::Error::Io(cause));
    match tx {
        Tx::Sqlite(tx) => {
            let mut rows = sqlx::query(select).fetch(&mut **tx);
            while let Some(row) = rows.try_next().await? {
                each(&cells!(row, table)).map_err(stopped)?;
            }
        }
        Tx::Postgres(tx) => {
            let mut rows = sqlx::query(select).fetch(&mut **tx);
            while let Some(row) = rows.try_next().await? {
                each(&cells!(row, table)).map_err(stopped)?;
            }
        }
    }
    Ok(())
}

macro_rules! bound {
    ($query:expr, $table:expr, $line:expr) => {{
        let cells: Vec<Value> = serde_json::from_str($line).map_err(|_| $table.broken())?;
        if cells.len() != $table.columns.len() {
            return Err($table.broken());
        }
        let mut query = $query;
        for (column, cell) in $table.columns.iter().zip(cells) {
            let broken = || $table.broken();
            query = match column.kind {
                Kind::Id => query.bind(parsed::<Uuid>(cell).map_err(|()| broken())?),
                Kind::Text => query.bind(parsed::<String>(cell).map_err(|()| broken())?),
                Kind::Whole => query.bind(whole(&cell).map_err(|()| broken())?),
                Kind::Number => query.bind(parsed::<f64>(cell).map_err(|()| broken())?),
                Kind::YesNo => query.bind(cell.as_bool()),
                Kind::Bytes => query.bind(bytes(cell).map_err(|()| broken())?),
                Kind::Moment => {
                    let micros = whole(&cell).map_err(|()| broken())?;
                    query.bind(micros.and_then(DateTime::<Utc>::from_timestamp_micros))
                }
                Kind::Day => query.bind(parsed::<NaiveDate>(cell).map_err(|()| broken())?),
            };
        }
        query
    }};
}

fn parsed<T: std::str::FromStr>(cell: Value) -> Result<Option<T>, ()> {
    match cell {
        Value::Null => Ok(None),
        Value::String(text) => text.parse().map(Some).map_err(|_| ()),
        _ => Err(()),
    }
}

fn whole(cell: &Value) -> Result<Option<i64>, ()> {
    if cell.is_null() { Ok(None) } else { cell.as_i64().map(Some).ok_or(()) }
}

fn bytes(cell: Value) -> Result<Option<Vec<u8>>, ()> {
    let Some(text) = parsed::<String>(cell)? else { return Ok(None) };
    unhex(&text).map(Some).ok_or(())
}

/// Bytes that a row shows as hexadecimal digits; `None` if it shows something else.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    let pair = |start: usize| text.get(start..start + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    (0..text.len()).step_by(2).map(pair).collect()
}

/// Lets rows of a transaction be written in any order on SQLite, where they have to fit together at its end, and lets it take its time on
/// Postgres: also for files that are written in between.
pub async fn write_in_any_order(tx: &mut Tx) -> Result<(), CopyError> {
    match tx {
        Tx::Sqlite(tx) => tx.execute("PRAGMA defer_foreign_keys = ON").await.map(|_| ())?,
        Tx::Postgres(tx) => {
            const NO_HURRY: &str =
                "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0";
            tx.execute(NO_HURRY).await.map(|_| ())?;
        }
    }
    Ok(())
}

/// Writes a row that [`rows`] handed over.
pub async fn write(tx: &mut Tx, table: &Table, line: &str) -> Result<(), CopyError> {
    let insert = AssertSqlSafe(table.insert());
    match tx {
        Tx::Sqlite(tx) => bound!(sqlx::query(insert), table, line).execute(&mut **tx).await.map(|_| ())?,
        Tx::Postgres(tx) => bound!(sqlx::query(insert), table, line).execute(&mut **tx).await.map(|_| ())?,
    }
    Ok(())
}

/// How many rows the tables hold together.
pub async fn count(db: &Db, tables: &[Table]) -> Result<i64, CopyError> {
    let mut rows = 0;
    for table in tables {
        let count = format!("SELECT COUNT(*) FROM {}", quoted(&table.name));
        rows += crate::on_everywhere!(db, |c| sqlx::query_scalar::<_, i64>(AssertSqlSafe(count.clone()))
            .fetch_one(c)
            .await)?;
    }
    Ok(rows)
}

/// The newest migration of the schema.
pub async fn schema_version(db: &Db) -> Result<i64, CopyError> {
    const NEWEST: &str = "SELECT MAX(version) FROM _sqlx_migrations";
    Ok(on_db!(db, |c| sqlx::query_scalar(NEWEST).fetch_one(c).await)?)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
