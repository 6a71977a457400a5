//! Where sealed values are: what has to be known of a column so that its values can be sealed anew.

use db::{Db, Tx, on_everywhere, on_tx};
use kernel::{AppError, OrInternal};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{Owner, Place};

/// A column of sealed values.
#[derive(Clone, Copy, Debug)]
pub struct SealedColumn {
    /// The table.
    pub table: &'static str,
    /// The column, as places name it.
    pub column: &'static str,
    /// What finds a row.
    pub key: RowKey,
    /// Whose values they are.
    pub owners: Owners,
}

/// What finds a row of a sealed column, and is its row in places.
#[derive(Clone, Copy, Debug)]
pub enum RowKey {
    /// An id in the column `id`.
    Id,
    /// A hash in the column `hash`; places hold its first half.
    Hash,
}

/// Whose the values of a column are.
#[derive(Clone, Copy, Debug)]
pub enum Owners {
    /// The instance's.
    Instance,
    /// Each the person's whom the row is about.
    People,
    /// Each the workspace's that the row belongs to.
    Workspaces,
}

/// A value as it stands.
#[derive(sqlx::FromRow)]
pub(super) struct Value {
    pub(super) key: Vec<u8>,
    workspace: Option<Uuid>,
    pub(super) sealed: Vec<u8>,
}

/// Which of the two ways to write ids and bytes.
#[derive(Clone, Copy)]
pub(super) enum Engine {
    Sqlite,
    Postgres,
}

impl From<&Db> for Engine {
    fn from(db: &Db) -> Self {
        match db {
            Db::Sqlite { .. } => Self::Sqlite,
            Db::Postgres(_) => Self::Postgres,
        }
    }
}

impl From<&Tx> for Engine {
    fn from(tx: &Tx) -> Self {
        match tx {
            Tx::Sqlite(_) => Self::Sqlite,
            Tx::Postgres(_) => Self::Postgres,
        }
    }
}

impl SealedColumn {
    /// Where the value stands.
    pub(super) fn place(&self, value: &Value) -> Place {
        let row = value.key.get(..16).and_then(|id| Uuid::from_slice(id).ok()).unwrap_or_default();
        let owner = match self.owners {
            Owners::Instance => Owner::Instance,
            Owners::People => Owner::Person(row.into()),
            Owners::Workspaces => Owner::Workspace(value.workspace.unwrap_or_default().into()),
        };
        Place { table: self.table, column: self.column, row, owner }
    }

    /// Values after the last one that keys of older versions sealed.
    pub(super) async fn list_older(
        &self,
        db: &Db,
        (newest, last): (i64, &[u8]),
        most: u32,
    ) -> Result<Vec<Value>, AppError> {
        let engine = Engine::from(db);
        let (key, shown, given) = self.key_in(engine);
        let workspace = match self.owners {
            Owners::Workspaces => "workspace_id",
            Owners::Instance | Owners::People => "CAST(NULL AS UUID)",
        };
        let (table, column, sealing) = (self.table, self.column, self.sealing_key(engine));
        let select = format!(
            "SELECT {shown} AS key, {workspace} AS workspace, {column} AS sealed FROM {table}
             WHERE {key} > {given}
               AND {sealing} IN (SELECT id FROM data_keys WHERE purpose = 'seal' AND made_version < $2)
             ORDER BY {key}
             LIMIT $3"
        );
        on_everywhere!(db, |c| sqlx::query_as(AssertSqlSafe(select.as_str()))
            .bind(last)
            .bind(newest)
            .bind(i64::from(most))
            .fetch_all(c)
            .await)
        .or_internal("listing sealed values")
    }

    /// Puts another seal on the value, unless somebody wrote it meanwhile.
    pub(super) async fn replace(&self, tx: &mut Tx, value: &Value, sealed: &[u8]) -> Result<bool, AppError> {
        let (key, _, given) = self.key_in(Engine::from(&*tx));
        let (table, column) = (self.table, self.column);
        let replace = format!("UPDATE {table} SET {column} = $2 WHERE {key} = {given} AND {column} = $3");
        on_tx!(tx, |c| sqlx::query(AssertSqlSafe(replace))
            .bind(&value.key)
            .bind(sealed)
            .bind(&value.sealed)
            .execute(c)
            .await
            .map(|done| done.rows_affected() > 0))
        .or_internal("sealing a value anew")
    }

    /// Whether a value of the column is sealed with the key of `data_keys`, as a condition.
    pub(super) fn holds(&self, engine: Engine) -> String {
        let (table, sealing) = (self.table, self.sealing_key(engine));
        let theirs = match self.owners {
            // The few keys of the instance are known by their owner, so that no other key is looked for.
            Owners::Instance => {
                let nil = match engine {
                    Engine::Sqlite => "zeroblob(16)",
                    Engine::Postgres => "CAST('00000000-0000-0000-0000-000000000000' AS UUID)",
                };
                return format!(
                    "CASE WHEN data_keys.owner = {nil}
                     THEN EXISTS (SELECT 1 FROM {table} WHERE {sealing} = data_keys.id) ELSE FALSE END"
                );
            }
            Owners::People => "id",
            Owners::Workspaces => "workspace_id",
        };
        format!(
            "EXISTS (SELECT 1 FROM {table} WHERE {table}.{theirs} = data_keys.owner AND {sealing} = data_keys.id)"
        )
    }

    /// The key of a row: its column, as bytes, and as the first parameter, which is bytes.
    fn key_in(&self, engine: Engine) -> (&'static str, &'static str, &'static str) {
        match (self.key, engine) {
            (RowKey::Id, Engine::Sqlite) => ("id", "id", "$1"),
            (RowKey::Id, Engine::Postgres) => ("id", "uuid_send(id)", "CAST(encode($1, 'hex') AS UUID)"),
            (RowKey::Hash, _) => ("hash", "hash", "$1"),
        }
    }

    /// The id of the key that sealed a value, as it stands in its envelope.
    fn sealing_key(&self, engine: Engine) -> String {
        let column = format!("{}.{}", self.table, self.column);
        let id = match engine {
            Engine::Sqlite => format!("substr({column}, 2, 16)"),
            Engine::Postgres => format!("CAST(encode(substr({column}, 2, 16), 'hex') AS UUID)"),
        };
        format!("CASE WHEN length({column}) > 16 THEN {id} END")
    }
}
