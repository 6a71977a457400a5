//! The chain: how an event is hashed, and where a chain is broken.

use db::{Db, Tx, on_everywhere, on_tx};
use kernel::{AppError, OrInternal, WorkspaceId};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What the first event of a chain holds in place of a hash.
pub(super) const GENESIS: [u8; 32] = [0; 32];
const DOMAIN: &[u8] = b"quartile audit event 1";

const DOING: &str = "verifying the audit log";

const CHAINS: &str = "SELECT DISTINCT workspace_id FROM audit_events ORDER BY workspace_id";
const SOME: &str = "
    SELECT workspace_id, seq, happened_at, actor, action, subject, detail, place, request_id, prev_hash, hash
    FROM audit_events
    WHERE workspace_id = $1 AND seq > $2
    ORDER BY seq
    LIMIT 1000";

#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct EventRow {
    pub(super) workspace_id: Uuid,
    pub(super) seq: i64,
    pub(super) happened_at: i64,
    pub(super) actor: String,
    pub(super) action: String,
    pub(super) subject: String,
    pub(super) detail: String,
    pub(super) place: String,
    pub(super) request_id: String,
    pub(super) prev_hash: Vec<u8>,
    pub(super) hash: Vec<u8>,
}

impl EventRow {
    /// SHA-256 over every field with its length before it, so that no two events are written alike.
    pub(super) fn digest(&self) -> Vec<u8> {
        let mut hasher = Sha256::new();
        let (seq, happened_at) = (self.seq.to_be_bytes(), self.happened_at.to_be_bytes());
        let fields: [&[u8]; 11] = [
            DOMAIN,
            self.workspace_id.as_bytes(),
            &seq,
            &happened_at,
            self.actor.as_bytes(),
            self.action.as_bytes(),
            self.subject.as_bytes(),
            self.detail.as_bytes(),
            self.place.as_bytes(),
            self.request_id.as_bytes(),
            &self.prev_hash,
        ];
        for field in fields {
            hasher.update((field.len() as u64).to_be_bytes());
            hasher.update(field);
        }
        hasher.finalize().to_vec()
    }
}

/// The first event that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// Whose chain; the nil workspace is the instance.
    pub workspace: WorkspaceId,
    /// The event's place in it.
    pub seq: i64,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl std::fmt::Display for Break {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "the chain of workspace {} is broken at event {}: {}",
            self.workspace, self.seq, self.reason
        )
    }
}

/// Walks every chain. `Ok` holds how many events there are, or the first break of each broken chain.
pub async fn verify(db: &Db) -> Result<Result<u64, Vec<Break>>, AppError> {
    walk(Log::Kept(db)).await
}

/// Walks every chain as the transaction sees it.
pub(crate) async fn verify_in(tx: &mut Tx) -> Result<Result<u64, Vec<Break>>, AppError> {
    walk(Log::Written(tx)).await
}

/// Where the events are.
enum Log<'a> {
    /// In the database.
    Kept(&'a Db),
    /// In a transaction that is not over yet.
    Written(&'a mut Tx),
}

impl Log<'_> {
    async fn chains(&mut self) -> Result<Vec<Uuid>, AppError> {
        match self {
            Self::Kept(db) => on_everywhere!(db, |c| sqlx::query_scalar(CHAINS).fetch_all(c).await),
            Self::Written(tx) => on_tx!(tx, |c| sqlx::query_scalar(CHAINS).fetch_all(c).await),
        }
        .or_internal(DOING)
    }

    async fn some(&mut self, chain: Uuid, after: i64) -> Result<Vec<EventRow>, AppError> {
        match self {
            Self::Kept(db) => {
                on_everywhere!(db, |c| sqlx::query_as(SOME).bind(chain).bind(after).fetch_all(c).await)
            }
            Self::Written(tx) => {
                on_tx!(tx, |c| sqlx::query_as(SOME).bind(chain).bind(after).fetch_all(c).await)
            }
        }
        .or_internal(DOING)
    }
}

async fn walk(mut log: Log<'_>) -> Result<Result<u64, Vec<Break>>, AppError> {
    let (mut events, mut breaks) = (0, Vec::new());
    for chain in log.chains().await? {
        let (mut last, mut prev_hash) = (-1, GENESIS.to_vec());
        'chain: loop {
            let rows = log.some(chain, last).await?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                if let Some(reason) = fault(&row, last, &prev_hash) {
                    breaks.push(Break { workspace: chain.into(), seq: row.seq, reason });
                    break 'chain;
                }
                events += 1;
                (last, prev_hash) = (row.seq, row.hash);
            }
        }
    }
    Ok(if breaks.is_empty() { Ok(events) } else { Err(breaks) })
}

fn fault(row: &EventRow, last: i64, prev_hash: &[u8]) -> Option<&'static str> {
    if row.seq != last + 1 {
        return Some("events before it are missing");
    }
    if row.prev_hash != prev_hash {
        return Some("it does not follow the event before it");
    }
    (row.digest() != row.hash).then_some("it was changed")
}
