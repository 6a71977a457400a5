//! What the database holds, past the program.

use crate::{Failure, stage::Database};

/// Every row that bears the id of a workspace, as text, in order. What the program notes about being asked (audit, last use) is left
/// out: that may grow.
pub(crate) async fn rows_of_workspace(database: &Database, slug: &str) -> Result<Vec<String>, Failure> {
    let mut all = Vec::new();
    for table in database.tables().await? {
        if ["audit_events", "idempotency_keys", "benchmark_looks", "jobs", "jobs_with_lanes"]
            .contains(&table.as_str())
        {
            continue;
        }
        let columns = columns(database, &table).await?;
        if !columns.iter().any(|column| column == "workspace_id") {
            continue;
        }
        let kept: Vec<&String> = columns.iter().filter(|column| *column != "last_used_at").collect();
        let as_text: Vec<String> = kept.iter().map(|column| text_of(database, column)).collect();
        let sql = format!(
            "SELECT '{table}: ' || {} FROM {table} WHERE workspace_id = (SELECT id FROM workspaces WHERE slug = '{slug}') ORDER BY 1",
            as_text.join(" || '|' || ")
        );
        all.extend(database.texts(&sql).await?);
    }
    Ok(all)
}

/// Every row of every table that people fill, as text, in order, to see whether a request wrote anything.
pub(crate) async fn all_rows(database: &Database, except: &[&str]) -> Result<Vec<String>, Failure> {
    let mut all = Vec::new();
    for table in database.tables().await? {
        if except.contains(&table.as_str()) {
            continue;
        }
        let columns = columns(database, &table).await?;
        let as_text: Vec<String> = columns.iter().map(|column| text_of(database, column)).collect();
        let sql = format!("SELECT '{table}: ' || {} FROM {table} ORDER BY 1", as_text.join(" || '|' || "));
        all.extend(database.texts(&sql).await?);
    }
    Ok(all)
}

async fn columns(database: &Database, table: &str) -> Result<Vec<String>, Failure> {
    let sql = match database {
        Database::Sqlite(_) => format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid"),
        Database::Postgres(_) => format!(
            "SELECT column_name::text FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '{table}' ORDER BY ordinal_position"
        ),
    };
    database.texts(&sql).await
}

fn text_of(database: &Database, column: &str) -> String {
    match database {
        Database::Sqlite(_) => format!("coalesce(quote({column}), '')"),
        Database::Postgres(_) => format!("coalesce({column}::text, '')"),
    }
}
