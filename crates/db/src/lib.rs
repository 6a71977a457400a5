//! One SQL text for two databases.
//!
//! [`Db`] is a pool of either engine. [`on_db!`] and [`on_tx!`] repeat an *expression* for both, so that the SQL, its
//! binds and its row type are written once. Every write transaction begins with [`Db::begin`], which takes the write
//! lock at once on SQLite (`BEGIN IMMEDIATE`): a deferred upgrade would fail without waiting.
//!
//! On Postgres every row of a workspace stands behind row-level security (see [`walls`]): it is seen only by a transaction that has
//! said which workspace it is for. [`on_scope!`] and [`Db::begin_in`] say so; [`on_everywhere!`] and [`Db::begin_everywhere`] are for
//! the few deeds of the program itself that go across workspaces.
//!
//! A Postgres that restarts is waited for, and a read whose connection was lost is made once more (see [`PgServer`]). Whatever says no
//! more than "not now" becomes [`AppError::Unavailable`]: a database that is away, a disk that is full, somebody else in the way.
//!
//! **Architecture invariant:** SQL stays in the subset both engines share; see `docs/ARCHITECTURE.md`.

mod causes;
mod connect;
pub mod copying;
mod file;
mod migrate;
mod reach;
mod server;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
pub mod walls;

pub use connect::{ConnectError, DbSettings, is_line_agreed};
pub use file::{Hold, hold};
pub use migrate::{MigrationError, migrate};
pub use reach::Reach;
pub use server::{PgServer, bounded};
pub use sqlx;

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{AppError, OrInternal, WorkspaceScope};
use sqlx::{Postgres, Sqlite, SqlitePool, Transaction};

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
    Postgres(PgServer),
}

/// An open write transaction.
pub enum Tx {
    /// Holds SQLite's write lock.
    Sqlite(Transaction<'static, Sqlite>),
    /// An ordinary transaction.
    Postgres(Transaction<'static, Postgres>),
}

/// Evaluates an expression with a connection of whichever engine is in use; for reads of what belongs to no workspace.
#[macro_export]
macro_rules! on_db {
    ($db:expr, |$connection:ident| $body:expr) => {
        match $db {
            $crate::Db::Sqlite { readers: $connection, .. } => $body,
            $crate::Db::Postgres(server) => $crate::read_again!(server, {
                let mut held = match server.acquire().await {
                    Ok(held) => held,
                    Err(cause) => break Err(cause),
                };
                let $connection = &mut *held;
                $crate::bounded(Box::pin(async { $body })).await
            }),
        }
    };
}

/// Evaluates a query of one workspace with a connection of whichever engine is in use; for reads.
#[macro_export]
macro_rules! on_scope {
    ($db:expr, $scope:expr, |$connection:ident| $body:expr) => {
        $crate::on_reach!($db, $crate::Reach::from($scope), |$connection| $body)
    };
}

/// Evaluates a query across workspaces; for the program's own deeds.
#[macro_export]
macro_rules! on_everywhere {
    ($db:expr, |$connection:ident| $body:expr) => {
        $crate::on_reach!($db, $crate::Reach::Everywhere, |$connection| $body)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! on_reach {
    ($db:expr, $reach:expr, |$connection:ident| $body:expr) => {
        match $db {
            $crate::Db::Sqlite { readers: $connection, .. } => $body,
            $crate::Db::Postgres(server) => $crate::read_again!(server, {
                let mut tx = match server.begin($reach).await {
                    Ok(tx) => tx,
                    Err(cause) => break Err(cause),
                };
                let outcome = {
                    let $connection = &mut *tx;
                    $crate::bounded(Box::pin(async { $body })).await
                };
                // Nothing was written, so nothing is lost with the end of the transaction.
                let _ended = tx.commit().await;
                outcome
            }),
        }
    };
}

/// Makes a read once more whose connection was lost.
#[doc(hidden)]
#[macro_export]
macro_rules! read_again {
    ($server:ident, $read:block) => {{
        let mut is_second = false;
        loop {
            let outcome = $read;
            match outcome {
                Err(cause) if !is_second && $server.has_lost(&cause) => is_second = true,
                outcome => break outcome,
            }
        }
    }};
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
                $crate::bounded(Box::pin(async { $body })).await
            }
        }
    };
}

impl Db {
    /// Starts a write transaction that reaches no workspace; it is rolled back unless committed.
    pub async fn begin(&self) -> Result<Tx, AppError> {
        self.begin_reaching(Reach::Instance).await
    }

    /// Starts a write transaction in one workspace.
    pub async fn begin_in(&self, scope: WorkspaceScope) -> Result<Tx, AppError> {
        self.begin_reaching(scope.into()).await
    }

    /// Starts a write transaction across workspaces; for the program's own deeds.
    pub async fn begin_everywhere(&self) -> Result<Tx, AppError> {
        self.begin_reaching(Reach::Everywhere).await
    }

    async fn begin_reaching(&self, reach: Reach) -> Result<Tx, AppError> {
        match self {
            Self::Sqlite { writer, .. } => writer.begin_with("BEGIN IMMEDIATE").await.map(Tx::Sqlite),
            Self::Postgres(server) => server.begin(reach).await.map(Tx::Postgres),
        }
        .or_internal("opening a transaction")
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

    /// Whether it has been away so long that nobody waits for it any more.
    pub fn is_left_alone(&self) -> bool {
        match self {
            Self::Sqlite { .. } => false,
            Self::Postgres(server) => server.is_left_alone(),
        }
    }

    /// How many connections there are, and how many of them wait for work.
    pub fn connections(&self) -> (u32, usize) {
        match self {
            Self::Sqlite { writer, readers } => {
                (writer.size() + readers.size(), writer.num_idle() + readers.num_idle())
            }
            Self::Postgres(server) => (server.pool().size(), server.pool().num_idle()),
        }
    }

    /// Takes what was deleted out of the files of the database as far as it can: SQLite overwrites deleted rows, but its log keeps what was
    /// written until it is folded in. Readers of the moment may keep a part of it for a while.
    pub async fn tidy(&self) -> Result<(), AppError> {
        match self {
            Self::Sqlite { writer, .. } => sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
                .execute(writer)
                .await
                .map(|_| ())
                .or_internal("tidying the database"),
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Waits for running queries and closes every connection.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(server) => server.pool().close().await,
        }
    }
}

impl Tx {
    /// Goes on in a workspace, for instance one that this transaction has just made.
    pub async fn enter(&mut self, scope: WorkspaceScope) -> Result<(), AppError> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(tx) => reach::set(tx, scope.into()).await.or_internal("entering a workspace"),
        }
    }

    /// How much the clock of the database is ahead of the one that `own` reads, so that nodes whose clocks differ agree. However long the
    /// answer takes, nobody is told of a later moment than the database knows. Nothing where the database is a file, which has no clock.
    pub async fn clock_ahead_of(
        &mut self,
        own: impl FnOnce() -> DateTime<Utc>,
    ) -> Result<TimeDelta, sqlx::Error> {
        match self {
            Self::Sqlite(_) => Ok(TimeDelta::zero()),
            Self::Postgres(tx) => {
                let asked =
                    sqlx::query_scalar::<_, DateTime<Utc>>("SELECT clock_timestamp()").fetch_one(&mut **tx);
                let clock = bounded(Box::pin(asked)).await?;
                Ok(clock - own())
            }
        }
    }

    /// Makes everything written durable and visible at once. If the connection breaks off meanwhile, nobody knows whether that happened,
    /// and the error says so.
    pub async fn commit(self) -> Result<(), AppError> {
        let outcome = match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => bounded(Box::pin(tx.commit())).await,
        };
        match outcome {
            Err(cause) if causes::is_lost(&cause) => {
                tracing::warn!(%cause, "A commit was not answered");
                Err(AppError::Unavailable { message: causes::UNCERTAIN.to_owned() })
            }
            outcome => outcome.or_internal("committing a transaction"),
        }
    }
}

/// Whether a write failed because such a row exists already.
pub fn is_unique_violation(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}
