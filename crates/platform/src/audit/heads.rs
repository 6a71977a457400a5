//! Signed heads: what a chain ended with at some moment. Kept outside the database, in the log and in backups, they show that the tail of
//! a chain was cut off later.

use db::{Db, Tx, on_everywhere};
use kernel::{AppError, OrInternal, WorkspaceId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Vault, vault::IndexKey};

const HEADS: &str = "
    SELECT events.workspace_id, events.seq, events.hash
    FROM (SELECT workspace_id, MAX(seq) AS seq FROM audit_events GROUP BY workspace_id) AS ends
    JOIN audit_events AS events ON events.workspace_id = ends.workspace_id AND events.seq = ends.seq
    ORDER BY events.workspace_id";
const HASH_AT: &str = "SELECT hash FROM audit_events WHERE workspace_id = $1 AND seq = $2";
const KEY: &str = "audit head";

/// What a chain ended with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Whose chain; the nil workspace is the instance.
    pub workspace: WorkspaceId,
    /// The place of its last event.
    pub seq: i64,
    /// The hash of that event, as hexadecimal digits.
    pub hash: String,
    /// Made with a key of this instance, so that nobody else writes heads.
    pub signature: String,
}

/// What is wrong with a head that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeadError {
    /// Somebody else wrote it, or it was changed.
    Forged,
    /// The chain has no event there any longer.
    Cut,
    /// The chain has another event there.
    Differs,
}

impl Head {
    fn signed(key: &IndexKey, (workspace, seq, hash): (Uuid, i64, Vec<u8>)) -> Self {
        let (workspace, hash) = (WorkspaceId::from(workspace), kernel::hex(&hash));
        let signature = key.index(KEY, &format!("{workspace} {seq} {hash}"));
        Self { workspace, seq, hash, signature }
    }

    /// Whether whoever has that key signed it.
    pub(crate) fn is_signed_with(&self, key: &IndexKey) -> bool {
        key.index(KEY, &format!("{} {} {}", self.workspace, self.seq, self.hash)) == self.signature
    }

    /// Compares the head with the chain as it is now.
    pub async fn compare(&self, db: &Db, vault: &Vault) -> Result<Option<HeadError>, AppError> {
        if !self.is_signed_with(vault.index_key()) {
            return Ok(Some(HeadError::Forged));
        }
        let hash: Option<Vec<u8>> = on_everywhere!(db, |c| sqlx::query_scalar(HASH_AT)
            .bind(self.workspace.uuid())
            .bind(self.seq)
            .fetch_optional(c)
            .await)
        .or_internal("comparing a head")?;
        Ok(match hash {
            None => Some(HeadError::Cut),
            Some(hash) if kernel::hex(&hash) != self.hash => Some(HeadError::Differs),
            Some(_) => None,
        })
    }
}

/// The heads of all chains.
pub async fn heads(db: &Db, vault: &Vault) -> Result<Vec<Head>, AppError> {
    let rows: Vec<(Uuid, i64, Vec<u8>)> =
        on_everywhere!(db, |c| sqlx::query_as(HEADS).fetch_all(c).await).or_internal("listing heads")?;
    Ok(rows.into_iter().map(|row| Head::signed(vault.index_key(), row)).collect())
}

/// The heads of all chains as the transaction sees them.
pub(crate) async fn heads_in(tx: &mut Tx, key: &IndexKey) -> Result<Vec<Head>, AppError> {
    // Going through the chains of years may take longer than a request may.
    let rows: Result<Vec<(Uuid, i64, Vec<u8>)>, _> = match tx {
        Tx::Sqlite(tx) => sqlx::query_as(HEADS).fetch_all(&mut **tx).await,
        Tx::Postgres(tx) => sqlx::query_as(HEADS).fetch_all(&mut **tx).await,
    };
    let rows = rows.or_internal("listing heads")?;
    Ok(rows.into_iter().map(|row| Head::signed(key, row)).collect())
}

/// The heads in a log of JSON lines, or in a list of heads; other lines are passed over.
pub fn read_heads(text: &str) -> Vec<Head> {
    #[derive(Deserialize)]
    struct Line {
        audit_head: String,
    }
    let of_line = |line: &str| {
        let line: Line = serde_json::from_str(line).ok()?;
        serde_json::from_str(&line.audit_head).ok()
    };
    text.lines().filter_map(of_line).collect()
}
