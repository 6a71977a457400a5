//! The database behind a deployment, as its owner sees it, past the program.

use std::{collections::BTreeMap, path::PathBuf};

use sqlx::{
    Connection, PgConnection, Row, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode},
};

use crate::{Failure, stage::Owned};

/// Where the truth lies.
#[derive(Clone, Debug)]
pub(crate) enum Database {
    /// The file of SQLite.
    Sqlite(PathBuf),
    /// A database of Postgres.
    Postgres(Owned),
}

impl Database {
    /// Carries out SQL as the superuser, or past the program in its file.
    pub(crate) async fn execute(&self, sql: &str) -> Result<u64, Failure> {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        match self {
            Self::Sqlite(_) => {
                Ok(sqlx::raw_sql(sql).execute(&mut self.sqlite().await?).await?.rows_affected())
            }
            Self::Postgres(owned) => {
                let mut connection = PgConnection::connect(&owned.superuser_url).await?;
                Ok(sqlx::raw_sql(sql).execute(&mut connection).await?.rows_affected())
            }
        }
    }

    /// Carries out SQL as the role that the program works as; SQLite knows no roles.
    pub(crate) async fn execute_as_program(&self, sql: &str) -> Result<u64, Failure> {
        let Self::Postgres(owned) = self else { return self.execute(sql).await };
        let mut connection = PgConnection::connect(&owned.url).await?;
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        Ok(sqlx::raw_sql(sql).execute(&mut connection).await?.rows_affected())
    }

    /// Carries out statements one after the other on one connection, as the role that owns the schema.
    pub(crate) async fn execute_as_owner(&self, statements: &[&str]) -> Result<(), Failure> {
        let Self::Postgres(owned) = self else { return Err("a file of SQLite has no owner".into()) };
        let mut connection = PgConnection::connect(&owned.owner_url).await?;
        for statement in statements {
            let sql = sqlx::AssertSqlSafe((*statement).to_owned());
            sqlx::raw_sql(sql)
                .execute(&mut connection)
                .await
                .map_err(|cause| format!("{statement}: {cause}"))?;
        }
        Ok(connection.close().await?)
    }

    /// The first column of every row, as text. The query has to cast it to text.
    pub(crate) async fn texts(&self, sql: &str) -> Result<Vec<String>, Failure> {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        let texts = match self {
            Self::Sqlite(_) => {
                let rows = sqlx::query(sql).fetch_all(&mut self.sqlite().await?).await?;
                rows.iter().map(|row| row.try_get::<Option<String>, _>(0)).collect::<Result<Vec<_>, _>>()?
            }
            Self::Postgres(owned) => {
                let mut connection = PgConnection::connect(&owned.superuser_url).await?;
                let rows = sqlx::query(sql).fetch_all(&mut connection).await?;
                rows.iter().map(|row| row.try_get::<Option<String>, _>(0)).collect::<Result<Vec<_>, _>>()?
            }
        };
        Ok(texts.into_iter().map(Option::unwrap_or_default).collect())
    }

    /// The number that a query gives.
    pub(crate) async fn count(&self, sql: &str) -> Result<u64, Failure> {
        let texts = self.texts(&format!("SELECT CAST(({sql}) AS TEXT)")).await?;
        Ok(texts.first().ok_or("the query gave nothing")?.parse()?)
    }

    /// How many rows each table has.
    pub(crate) async fn counts(&self) -> Result<BTreeMap<String, u64>, Failure> {
        let mut counts = BTreeMap::new();
        for table in self.tables().await? {
            let count = self.count(&format!("SELECT count(*) FROM {table}")).await?;
            counts.insert(table, count);
        }
        Ok(counts)
    }

    /// The names of all tables of the program.
    pub(crate) async fn tables(&self) -> Result<Vec<String>, Failure> {
        let sql = match self {
            Self::Sqlite(_) => {
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
            }
            Self::Postgres(_) => {
                "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
            }
        };
        self.texts(sql).await
    }

    async fn sqlite(&self) -> Result<SqliteConnection, Failure> {
        let Self::Sqlite(file) = self else { return Err("this is no SQLite file".into()) };
        // What the program would set, except what its triggers need: an attacker with the file sets nothing for us.
        let options = SqliteConnectOptions::new()
            .filename(file)
            .journal_mode(SqliteJournalMode::Wal)
            .busy_timeout(std::time::Duration::from_secs(10));
        Ok(SqliteConnection::connect_with(&options).await?)
    }
}
