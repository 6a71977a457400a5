//! Databases for tests: every [`db_test!`](crate::db_test) runs on SQLite, and on Postgres when a server is named.

use std::{
    str::FromStr,
    sync::atomic::{AtomicU32, Ordering},
};

use sqlx::{Connection, Executor, PgConnection, postgres::PgConnectOptions};

use crate::{Db, migrate};

/// Names the Postgres server that tests may make schemas in; `cargo xtask test` starts one and sets it.
pub const POSTGRES_VARIABLE: &str = "QUARTILE_TEST_POSTGRES";

/// A migrated, empty database that disappears with the value.
pub struct TestDb {
    /// The database.
    pub db: Db,
    folder: Option<tempfile::TempDir>,
}

impl TestDb {
    /// A fresh SQLite file.
    #[expect(clippy::expect_used, reason = "a test that cannot make its database has to fail loudly")]
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("temporary folder");
        let db = Db::open_sqlite(&folder.path().join("test.db"), 2).await.expect("SQLite");
        migrate(&db).await.expect("migrations");
        Self { db, folder: Some(folder) }
    }

    /// A fresh schema on the named server, or `None` where no server is named.
    #[expect(clippy::expect_used, reason = "a test that cannot make its database has to fail loudly")]
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are told of the server by the command that started it"
    )]
    pub async fn postgres() -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let url = std::env::var(POSTGRES_VARIABLE).ok()?;
        let options = PgConnectOptions::from_str(&url).expect("address of the test server");
        let schema = format!("t{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let mut connection = PgConnection::connect_with(&options).await.expect("Postgres");
        let statement = sqlx::AssertSqlSafe(format!("CREATE SCHEMA {schema}"));
        connection.execute(sqlx::raw_sql(statement)).await.expect("schema");
        let db = Db::open_postgres(options.options([("search_path", &schema)]), 4).await.expect("pool");
        migrate(&db).await.expect("migrations");
        Some(Self { db, folder: None })
    }

    /// Whether this is the SQLite variant.
    pub fn is_sqlite(&self) -> bool {
        self.folder.is_some()
    }
}

/// Defines one test that runs on SQLite and, where a server is named, on Postgres.
///
/// ```ignore
/// db_test!(a_name_is_taken_once, |db: Db| { ... });
/// ```
#[macro_export]
macro_rules! db_test {
    ($(#[$meta:meta])* $name:ident, |$db:ident: Db| $body:block) => {
        mod $name {
            use super::*;
            async fn claim($db: $crate::Db) $body

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let test = $crate::testing::TestDb::sqlite().await;
                claim(test.db.clone()).await;
            }

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(test) = $crate::testing::TestDb::postgres().await {
                    claim(test.db.clone()).await;
                }
            }
        }
    };
}
