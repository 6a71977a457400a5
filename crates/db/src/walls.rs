//! Row-level security on Postgres: the third wall between workspaces, after types and keys.
//!
//! The schema belongs to one role; the program works as another, which owns nothing and cannot step around the policies. Every
//! table with a column of [`WORKSPACE_COLUMNS`] shows its rows only to a transaction that named that workspace, except [`OPEN`] ones.

use sqlx::{AssertSqlSafe, Executor, PgConnection, PgPool, SqlitePool};

/// Tables with a `workspace_id` that are read before it is known which workspace is meant: who belongs where, and who looks in.
pub const OPEN: [&str; 2] = ["memberships", "emergency_looks"];

/// Columns that say whose a row is. Frozen peers are of companies; those of the demo's peers belong to no workspace, and nobody names them.
pub const WORKSPACE_COLUMNS: [&str; 2] = ["workspace_id", "company_id"];

/// Tables in which the program only ever adds rows.
const APPEND_ONLY: [&str; 1] = ["audit_events"];

/// Tables that the program only reads.
const READ_ONLY: [&str; 1] = ["_sqlx_migrations"];

const TABLES: &str =
    "SELECT table_name::TEXT FROM information_schema.tables WHERE table_schema = current_schema()";
const TENANT_TABLES: &str = "
    SELECT table_name::TEXT, column_name::TEXT FROM information_schema.columns
    WHERE table_schema = current_schema() AND column_name = ANY($1)
    ORDER BY table_name";
const WALLED: &str = "SELECT tablename::TEXT FROM pg_policies WHERE schemaname = current_schema() AND policyname = 'workspace'";
const GUARDED: &str = "
    SELECT DISTINCT event_object_table::TEXT FROM information_schema.triggers
    WHERE trigger_schema = current_schema() AND trigger_name = 'no_changes'";
const WEAKNESSES: &str = "
    SELECT rolsuper, rolbypassrls,
           EXISTS (SELECT 1 FROM pg_tables
                   WHERE schemaname = current_schema() AND pg_has_role(current_user, tableowner, 'USAGE'))
    FROM pg_roles WHERE rolname = current_user";

/// Why the program does not work as that role; one sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum WallError {
    /// The role can step around the policies.
    #[error(
        "the role of database.url {0}, so it could read every workspace whatever the policies say. Make a role without rights, let database.url name it, and let database.owner_url name the one that owns the tables (docs/DEPLOYMENT.md)"
    )]
    TooStrong(&'static str),
    /// The server did not answer.
    #[error("the roles of the database cannot be checked: {0}")]
    Engine(#[from] sqlx::Error),
}

/// Gives the program's role what it needs, and no more, and puts up the policies that are missing. For the owner of the schema.
pub async fn build(owner: &mut PgConnection, role: &str) -> Result<(), sqlx::Error> {
    let role = quoted(role);
    let schema: String = sqlx::query_scalar("SELECT current_schema()::TEXT").fetch_one(&mut *owner).await?;
    run(owner, format!("GRANT USAGE ON SCHEMA {} TO {role}", quoted(&schema))).await?;
    let tables: Vec<String> = sqlx::query_scalar(TABLES).fetch_all(&mut *owner).await?;
    for table in &tables {
        let rights = match table.as_str() {
            name if READ_ONLY.contains(&name) => "SELECT",
            name if APPEND_ONLY.contains(&name) => "SELECT, INSERT",
            _ => "SELECT, INSERT, UPDATE, DELETE",
        };
        run(owner, format!("GRANT {rights} ON {} TO {role}", quoted(table))).await?;
    }
    let walled: Vec<String> = sqlx::query_scalar(WALLED).fetch_all(&mut *owner).await?;
    let tenants: Vec<(String, String)> =
        sqlx::query_as(TENANT_TABLES).bind(WORKSPACE_COLUMNS).fetch_all(&mut *owner).await?;
    for (table, column) in &tenants {
        if !walled.contains(table) && !OPEN.contains(&table.as_str()) {
            wall(owner, &quoted(table), &quoted(column)).await?;
        }
    }
    let guarded: Vec<String> = sqlx::query_scalar(GUARDED).fetch_all(&mut *owner).await?;
    for table in APPEND_ONLY.iter().filter(|table| !guarded.iter().any(|guarded| guarded == *table)) {
        refuse_changes(owner, &quoted(table)).await?;
    }
    Ok(())
}

/// Refuses changes to append-only tables on SQLite, where there are no rights to withhold. `INSERT OR REPLACE` is caught too, because
/// connections are opened with `recursive_triggers`.
pub async fn build_sqlite(writer: &SqlitePool) -> Result<(), sqlx::Error> {
    for table in APPEND_ONLY {
        for deed in ["UPDATE", "DELETE"] {
            let trigger = format!(
                "CREATE TRIGGER IF NOT EXISTS {table}_no_{} BEFORE {deed} ON {table}
                 BEGIN SELECT raise(ABORT, '{table} is append-only'); END",
                deed.to_lowercase()
            );
            writer.execute(sqlx::raw_sql(AssertSqlSafe(trigger))).await?;
        }
    }
    Ok(())
}

/// The same on Postgres, for whoever has more rights than the program.
async fn refuse_changes(owner: &mut PgConnection, table: &str) -> Result<(), sqlx::Error> {
    run(
        owner,
        format!(
            "CREATE OR REPLACE FUNCTION refuse_changes() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
             DROP TRIGGER IF EXISTS no_changes ON {table};
             CREATE TRIGGER no_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
                 FOR EACH STATEMENT EXECUTE FUNCTION refuse_changes();"
        ),
    )
    .await
}

async fn wall(owner: &mut PgConnection, table: &str, column: &str) -> Result<(), sqlx::Error> {
    // Rows of no workspace are the program's own, like the jobs that send messages.
    let may = format!(
        "{column} IS NULL
            OR {column} = nullif(current_setting('app.ws', true), '')::uuid
            OR current_setting('app.everywhere', true) = 'on'"
    );
    run(
        owner,
        format!(
            "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
             ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
             CREATE POLICY workspace ON {table} USING ({may}) WITH CHECK ({may});"
        ),
    )
    .await
}

/// Refuses a role that could step around the policies.
pub async fn check(pool: &PgPool) -> Result<(), WallError> {
    let (is_super, bypasses, owns): (bool, bool, bool) = sqlx::query_as(WEAKNESSES).fetch_one(pool).await?;
    match (is_super, bypasses, owns) {
        (true, _, _) => Err(WallError::TooStrong("is a superuser")),
        (_, true, _) => Err(WallError::TooStrong("may bypass row-level security")),
        (_, _, true) => Err(WallError::TooStrong("owns tables")),
        _ => Ok(()),
    }
}

async fn run(connection: &mut PgConnection, statement: String) -> Result<(), sqlx::Error> {
    connection.execute(sqlx::raw_sql(AssertSqlSafe(statement))).await.map(|_| ())
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
