//! Opening either engine with the settings that keep data safe.

use std::{net::IpAddr, path::Path, str::FromStr, time::Duration};

use sqlx::{
    Connection,
    postgres::{PgConnectOptions, PgPoolOptions, PgSslMode},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::time::timeout;

use crate::{
    Db, causes, file,
    server::{Patience, PgServer},
};

/// Where the truth is kept.
#[derive(Clone, Debug)]
pub struct DbSettings {
    /// `sqlite` for the file `quartile.db` in the data folder, or a `postgres://` address.
    pub url: String,
    /// On Postgres, the address for the role that owns the schema and may change it.
    pub owner_url: Option<String>,
    /// Connections that Postgres may be asked for, or SQLite readers.
    pub connections: u32,
}

/// Why the database cannot be opened, for the operator.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The address is of no known kind.
    #[error("database.url must be `sqlite` or start with `postgres://`")]
    UnknownUrl,
    /// The engine refused.
    #[error("the database cannot be opened: {0}")]
    Engine(#[from] sqlx::Error),
    /// A file beside the database cannot be used.
    #[error("the file {file} cannot be used: {cause}")]
    File {
        /// The file.
        file: String,
        /// What the operating system said.
        cause: std::io::Error,
    },
    /// Everybody on this machine may read or change the database.
    #[error("the database {file} can be read or changed by others. Run: chmod 600 {file}*")]
    Readable {
        /// The file.
        file: String,
    },
    /// Another program works on the same file.
    #[error(
        "another Quartile works with the folder {folder} already. Stop it, or give this one a folder of its own with server.data"
    )]
    InUse {
        /// The folder.
        folder: String,
    },
    /// The folder lies on another machine.
    #[error(
        "the folder {folder} lies on another machine ({system}), where SQLite loses data. Stop the program, move the folder to a disk of this one, and name it in server.data"
    )]
    Network {
        /// The folder.
        folder: String,
        /// How it is reached.
        system: &'static str,
    },
    /// The file is not what it should be.
    #[error(
        "the database {file} is damaged, and nothing was written to it ({finding}). Move the data folder away, keep it, and put the last backup into a new one: quartile backup restore FILE"
    )]
    Damaged {
        /// The file.
        file: String,
        /// The first thing that is wrong.
        finding: String,
    },
    /// The data folder cannot be made.
    #[error("the folder {folder} cannot be made: {cause}")]
    Folder {
        /// The folder.
        folder: String,
        /// What the operating system said.
        cause: std::io::Error,
    },
}

impl Db {
    /// Opens the database named by the settings; SQLite's file lives in `data_folder`.
    pub async fn open(settings: &DbSettings, data_folder: &Path) -> Result<Self, ConnectError> {
        if settings.url == "sqlite" {
            file::make_folder(data_folder)?;
            file::refuse_network(data_folder)?;
            return Self::open_sqlite(&data_folder.join("quartile.db"), settings.connections).await;
        }
        if settings.url.starts_with("postgres://") || settings.url.starts_with("postgresql://") {
            return Self::open_postgres(PgConnectOptions::from_str(&settings.url)?, settings.connections)
                .await;
        }
        Err(ConnectError::UnknownUrl)
    }

    /// Opens an SQLite file: one writer, several readers.
    pub async fn open_sqlite(file: &Path, readers: u32) -> Result<Self, ConnectError> {
        kernel::recognise(causes::plainly);
        file::prepare(file)?;
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .busy_timeout(Duration::from_secs(5))
            .journal_mode(SqliteJournalMode::Wal)
            // FULL, because what was answered with success must survive a loss of power.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .pragma("trusted_schema", "OFF")
            .pragma("recursive_triggers", "ON")
            .pragma("secure_delete", "ON")
            .pragma("journal_size_limit", "67108864");
        // A file does not go away as a server does, and whether a connection still works is asked when it comes back to its pool: asked
        // again before each use, that would cost as much as a small query.
        let common = SqlitePoolOptions::new().test_before_acquire(false);
        let writer = common
            .clone()
            .max_connections(1)
            // On a full disk SQLite ends a transaction by itself, and then it cannot be rolled back: such a connection would never begin
            // another one.
            .after_release(|connection, _| {
                Box::pin(async move {
                    // Whatever was asked of it before is done after that.
                    connection.ping().await?;
                    Ok(!connection.is_in_transaction())
                })
            })
            .connect_with(options.clone())
            .await;
        let writer = writer.map_err(|cause| file::named(cause, file))?;
        let readers = common.max_connections(readers.max(1));
        let readers = readers.connect_with(options.pragma("query_only", "ON")).await?;
        Ok(Self::Sqlite { writer, readers })
    }

    /// Opens a pool of Postgres connections with bounds on how long anything may take.
    pub async fn open_postgres(options: PgConnectOptions, connections: u32) -> Result<Self, ConnectError> {
        kernel::recognise(causes::plainly);
        let options = options.application_name("quartile").options([
            ("statement_timeout", "15s"),
            ("lock_timeout", "3s"),
            ("idle_in_transaction_session_timeout", "30s"),
            ("timezone", "UTC"),
        ]);
        let pool = PgPoolOptions::new()
            .max_connections(connections.max(2))
            .acquire_timeout(Duration::from_secs(3))
            // A connection that hangs would keep its place in the pool for as long as the system believes in it: a quarter of an hour.
            .after_release(|connection, _| {
                Box::pin(async move {
                    let answered = timeout(Duration::from_secs(3), connection.ping()).await;
                    answered.unwrap_or(Err(sqlx::Error::PoolTimedOut)).map(|()| true)
                })
            })
            .connect_with(options)
            .await?;
        Ok(Self::Postgres(PgServer::new(pool, Patience::default())))
    }
}

/// Whether the line to a Postgres server stays on this machine, is encrypted, or was said to need no encryption. Without a word of it a line
/// is encrypted only if whoever answers offers that.
pub fn is_line_agreed(url: &str) -> bool {
    let Ok(options) = PgConnectOptions::from_str(url) else { return false };
    let host = options.get_host().trim_matches(['[', ']']);
    let is_here = options.get_socket().is_some()
        || host.starts_with('/')
        || host == "localhost"
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    is_here || !matches!(options.get_ssl_mode(), PgSslMode::Allow | PgSslMode::Prefer)
}
