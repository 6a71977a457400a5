//! One SQL text for two databases.
//!
//! [`Db`] is a pool of either engine. [`on_db!`] and [`on_tx!`] repeat an *expression* for both, so that the SQL, its
//! binds and its row type are written once. Every write transaction begins with [`Db::begin`], which takes the write
//! lock at once on SQLite (`BEGIN IMMEDIATE`): a deferred upgrade would fail without waiting.
//!
//! **Architecture invariant:** SQL stays in the subset both engines share; see `docs/ARCHITECTURE.md`.

mod connect;
mod migrate;
#[cfg(feature = "testing")]
pub mod testing;

pub use connect::{ConnectError, DbSettings};
pub use migrate::migrate;
pub use sqlx;

use kernel::{AppError, OrInternal};
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};

/// A pool of connections to one of the two engines.
#[derive(Clone)]
pub enum Db {
    /// A file on this machine; one writer at a time.
    Sqlite {
        /// The only connection that writes.
        writer: SqlitePool,
        /// Read-only connections.
        readers: SqlitePool,
    },
    /// A server shared by any number of nodes.
    Postgres(PgPool),
}

/// An open write transaction.
pub enum Tx {
    /// Holds SQLite's write lock.
    Sqlite(Transaction<'static, Sqlite>),
    /// An ordinary transaction.
    Postgres(Transaction<'static, Postgres>),
}

/// Evaluates an expression with a connection pool of whichever engine is in use; for reads.
#[macro_export]
macro_rules! on_db {
    ($db:expr, |$connection:ident| $body:expr) => {
        match $db {
            $crate::Db::Sqlite { readers: $connection, .. } => $body,
            $crate::Db::Postgres($connection) => $body,
        }
    };
}

/// Evaluates an expression with the connection of a write transaction.
#[macro_export]
macro_rules! on_tx {
    ($tx:expr, |$connection:ident| $body:expr) => {
        match $tx {
            $crate::Tx::Sqlite(tx) => {
                let $connection = &mut **tx;
                $body
            }
            $crate::Tx::Postgres(tx) => {
                let $connection = &mut **tx;
                $body
            }
        }
    };
}

impl Db {
    /// Starts a write transaction; it is rolled back unless committed.
    pub async fn begin(&self) -> Result<Tx, AppError> {
        match self {
            Self::Sqlite { writer, .. } => writer
                .begin_with("BEGIN IMMEDIATE")
                .await
                .map(Tx::Sqlite)
                .or_internal("opening a transaction"),
            Self::Postgres(pool) => pool.begin().await.map(Tx::Postgres).or_internal("opening a transaction"),
        }
    }

    /// Which engine this is, for logs and health reports.
    pub fn engine(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "sqlite",
            Self::Postgres(_) => "postgres",
        }
    }

    /// Asks the database for the number one.
    pub async fn ping(&self) -> Result<(), sqlx::Error> {
        on_db!(self, |c| sqlx::query("SELECT 1").execute(c).await.map(|_| ()))
    }

    /// Waits for running queries and closes every connection.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// Makes everything written durable and visible at once.
    pub async fn commit(self) -> Result<(), AppError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
        .or_internal("committing a transaction")
    }
}

/// Whether a write failed because such a row exists already.
pub fn is_unique_violation(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}
