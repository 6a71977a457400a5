//! Bringing the schema up to date; the same files for both engines.

use std::str::FromStr;

use sqlx::{
    Connection, PgConnection,
    migrate::{Migrate, MigrateError, Migrator},
    postgres::PgConnectOptions,
};

use crate::{Db, DbSettings, on_db, walls};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

/// Why the schema is not up to date; one sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// A migration failed, or this program is older than the schema.
    #[error("the database schema cannot be brought up to date: {0}")]
    Failed(#[from] MigrateError),
    /// The server did not answer.
    #[error("the database schema cannot be brought up to date: {0}")]
    Engine(#[from] sqlx::Error),
    /// The program may not change the schema.
    #[error(
        "the database schema is not up to date and database.owner_url is not set, so this program may not change it. Run `quartile migrate` with database.owner_url set"
    )]
    NoOwner,
    /// A newer program has changed the schema.
    #[error(
        "the database has schema {found}, and this program knows {own}: a newer Quartile has worked with it. Start that one, or restore a backup of before"
    )]
    Newer {
        /// The newest migration that was run.
        found: i64,
        /// The newest one that this program has.
        own: i64,
    },
    /// The program's role is too strong.
    #[error("{0}")]
    Wall(#[from] walls::WallError),
}

/// Runs every migration that has not run yet; on Postgres as the owner of the schema, and with the walls between workspaces put
/// up. Safe to call from several nodes at once.
pub async fn migrate(db: &Db, settings: &DbSettings) -> Result<(), MigrationError> {
    refuse_newer(db).await?;
    match db {
        Db::Sqlite { writer, .. } => {
            MIGRATIONS.run(writer).await?;
            Ok(walls::build_sqlite(writer).await?)
        }
        Db::Postgres(server) => {
            if let Some(url) = &settings.owner_url {
                let role = PgConnectOptions::from_str(&settings.url)?.get_username().to_owned();
                migrate_postgres(&PgConnectOptions::from_str(url)?, &role).await?;
            } else {
                let mut connection = server.acquire().await?;
                let applied =
                    connection.list_applied_migrations("_sqlx_migrations").await.unwrap_or_default();
                if applied.len() < MIGRATIONS.iter().count() {
                    return Err(MigrationError::NoOwner);
                }
            }
            Ok(walls::check(server.pool()).await?)
        }
    }
}

async fn refuse_newer(db: &Db) -> Result<(), MigrationError> {
    const NEWEST: &str = "SELECT MAX(version) FROM _sqlx_migrations";
    let own = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
    // Before the first start there is no such table, and perhaps no right to look.
    let found = on_db!(db, |c| sqlx::query_scalar::<_, Option<i64>>(NEWEST).fetch_one(c).await);
    match found.unwrap_or_default() {
        Some(found) if found > own => Err(MigrationError::Newer { found, own }),
        _ => Ok(()),
    }
}

/// Migrates as the owner and gives `role` its rights.
pub(crate) async fn migrate_postgres(owner: &PgConnectOptions, role: &str) -> Result<(), MigrationError> {
    let mut connection = PgConnection::connect_with(owner).await?;
    MIGRATIONS.run(&mut connection).await?;
    // Two nodes that start at once would put up the same policy twice.
    let lock = "SELECT pg_advisory_lock(hashtext('quartile walls' || current_schema()))";
    sqlx::query(lock).execute(&mut connection).await?;
    walls::build(&mut connection, role).await?;
    connection.close().await?;
    Ok(())
}
