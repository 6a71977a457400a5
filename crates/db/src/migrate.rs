//! Bringing the schema up to date; the same files for both engines.

use sqlx::migrate::{MigrateError, Migrator};

use crate::Db;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

/// Runs every migration that has not run yet. Safe to call from several nodes at once.
pub async fn migrate(db: &Db) -> Result<(), MigrateError> {
    match db {
        Db::Sqlite { writer, .. } => MIGRATIONS.run(writer).await,
        Db::Postgres(pool) => MIGRATIONS.run(pool).await,
    }
}
