//! Databases for tests: every [`db_test!`](crate::db_test) runs on SQLite, and on Postgres when a server is named.

use std::{
    str::FromStr,
    sync::atomic::{AtomicU32, Ordering},
};

use sqlx::{Connection, Executor, PgConnection, postgres::PgConnectOptions};

use crate::{Db, DbSettings, migrate, migrate::migrate_postgres};

/// Names the Postgres server that tests may make schemas in; `cargo xtask test` starts one and sets it.
const POSTGRES_VARIABLE: &str = "QUARTILE_TEST_POSTGRES";
/// The role that the program works as in tests.
const ROLE: &str = "quartile_app";

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
        let settings = DbSettings { url: "sqlite".to_owned(), owner_url: None, connections: 2 };
        migrate(&db, &settings).await.expect("migrations");
        Self { db, folder: Some(folder) }
    }

    /// A fresh schema on the named server, used through a role without rights; `None` where no server is named.
    #[expect(clippy::expect_used, reason = "a test that cannot make its database has to fail loudly")]
    pub async fn postgres() -> Option<Self> {
        let urls = PostgresUrls::new().await?;
        let options = |url: &str| PgConnectOptions::from_str(url).expect("address of the test server");
        migrate_postgres(&options(&urls.owner), ROLE).await.expect("migrations");
        let db = Db::open_postgres(options(&urls.app), 4).await.expect("pool");
        Some(Self { db, folder: None })
    }

    /// Whether this is the SQLite variant.
    pub fn is_sqlite(&self) -> bool {
        self.folder.is_some()
    }
}

/// Runs statements as whoever owns the schema, for what the program itself may not do.
#[expect(clippy::expect_used, reason = "a test that cannot prepare its database has to fail loudly")]
#[expect(clippy::disallowed_methods, reason = "tests are told of the server by the command that started it")]
pub async fn as_owner(db: &Db, statements: &str) {
    let statements = sqlx::AssertSqlSafe(statements.to_owned());
    match db {
        Db::Sqlite { writer, .. } => {
            writer.execute(sqlx::raw_sql(statements)).await.expect("statements");
        }
        Db::Postgres(server) => {
            let schema: String = sqlx::query_scalar("SELECT current_schema()::TEXT")
                .fetch_one(server.pool())
                .await
                .expect("schema");
            let url = std::env::var(POSTGRES_VARIABLE).expect("address of the test server");
            let options = PgConnectOptions::from_str(&url).expect("address of the test server");
            let options = options.options([("search_path", &schema)]);
            let mut connection = PgConnection::connect_with(&options).await.expect("Postgres");
            connection.execute(sqlx::raw_sql(statements)).await.expect("statements");
        }
    }
}

/// Two ways to a fresh schema on the named server.
pub struct PostgresUrls {
    /// For the program: a role that owns nothing.
    pub app: String,
    /// For migrations: the role that owns the schema.
    pub owner: String,
}

impl PostgresUrls {
    /// Makes the schema, and the role if it is not there yet; `None` where no server is named.
    #[expect(clippy::expect_used, reason = "a test that cannot make its database has to fail loudly")]
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are told of the server by the command that started it"
    )]
    pub async fn new() -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let url = std::env::var(POSTGRES_VARIABLE).ok()?;
        let mut connection = PgConnection::connect(&url).await.expect("Postgres");
        let schema = format!("t{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        // An earlier process may have had the same number. Tests of several processes make the role at the same time.
        let statement = format!(
            "DROP SCHEMA IF EXISTS {schema} CASCADE;
             CREATE SCHEMA {schema};
             DO $$ BEGIN
                 PERFORM pg_advisory_xact_lock(4711);
                 IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}') THEN CREATE ROLE {ROLE} LOGIN; END IF;
             END $$;"
        );
        connection.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(statement))).await.expect("schema");
        let (_, rest) = url.split_once("://").expect("address of the test server");
        let (_, place) = rest.split_once('@').unwrap_or(("", rest));
        let search_path = format!("?options=-c%20search_path%3D{schema}");
        Some(Self {
            app: format!("postgres://{ROLE}@{place}{search_path}"),
            owner: format!("{url}{search_path}"),
        })
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
