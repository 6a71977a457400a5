//! Which rows a transaction on Postgres may see and write.

use kernel::WorkspaceScope;
use sqlx::{AssertSqlSafe, Executor, PgConnection, PgPool, Postgres, Transaction};
use uuid::Uuid;

/// The workspaces a transaction reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// None: only what belongs to no workspace.
    Instance,
    /// One.
    Workspace(Uuid),
    /// All; for the program's own deeds.
    Everywhere,
}

impl From<WorkspaceScope> for Reach {
    fn from(scope: WorkspaceScope) -> Self {
        Self::Workspace(scope.workspace_id().uuid())
    }
}

impl Reach {
    /// The statement that says so until the transaction ends. It is made of nothing but fixed text and the digits of an id.
    fn statement(self) -> Option<String> {
        match self {
            Self::Instance => None,
            Self::Workspace(id) => Some(format!("SET LOCAL app.ws = '{}'", id.hyphenated())),
            Self::Everywhere => Some("SET LOCAL app.everywhere = 'on'".to_owned()),
        }
    }
}

/// Starts a transaction that reaches so far, in one round trip.
pub(crate) async fn begin(
    pool: &PgPool,
    reach: Reach,
) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    match reach.statement() {
        None => pool.begin().await,
        Some(statement) => pool.begin_with(AssertSqlSafe(format!("BEGIN; {statement}"))).await,
    }
}

pub(crate) async fn set(connection: &mut PgConnection, reach: Reach) -> Result<(), sqlx::Error> {
    match reach.statement() {
        None => Ok(()),
        Some(statement) => connection.execute(sqlx::raw_sql(AssertSqlSafe(statement))).await.map(|_| ()),
    }
}
