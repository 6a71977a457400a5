//! Batches of a stream that comes twice: each is carried out once, like a request under an `Idempotency-Key`.

use kernel::{Actor, AppError, Currency};
use metrics::model::{NewObservation, Recorded};
use platform::idempotency::{Claim, KeptAnswer, with_claim};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    rest::{
        problem::Problem,
        v1::once::{Claimed, claim_as},
    },
    services::Services,
};

const DONE: u16 = 200;

/// What became of a batch that was kept.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Kept {
    /// Figures that are new.
    pub(super) added: u64,
    /// Figures that replaced others.
    pub(super) changed: u64,
    /// Figures that were kept before, or came twice in the batch.
    pub(super) unchanged: u64,
    /// The import that the batch is; `None` if it changed nothing.
    pub(super) import_id: Option<String>,
    /// Whether an earlier stream under the same key kept it.
    #[serde(skip)]
    pub(super) is_replayed: bool,
}

impl Kept {
    fn of(recorded: &Recorded, figures: usize) -> Self {
        let import = recorded.import.as_ref();
        let (added, changed) = import.map_or((0, 0), |import| (import.added, import.changed));
        Self {
            added,
            changed,
            unchanged: (figures as u64).saturating_sub(added + changed),
            import_id: import.map(|import| import.id.to_string()),
            is_replayed: false,
        }
    }
}

/// Keeps a batch.
pub(super) async fn keep(
    services: &Services,
    actor: &Actor,
    (currency, batch): (Currency, &[NewObservation]),
) -> Result<Kept, AppError> {
    let recorded = Box::pin(services.metrics.record(actor, currency, batch)).await?;
    Ok(Kept::of(&recorded, batch.len()))
}

/// Keeps a batch, unless that was done under its key before.
pub(super) async fn keep_once(
    services: &Services,
    actor: &Actor,
    key: &str,
    batch: (Currency, &[NewObservation]),
) -> Result<Kept, Problem> {
    let claimed = claim_as(services, (&actor.name(), key), fingerprint(actor, batch)).await?;
    match claimed {
        Claimed::New(claim) => {
            let kept = with_claim(claim.clone(), keep(services, actor, batch)).await;
            settle(services, &claim, &kept).await;
            Ok(kept?)
        }
        Claimed::Answered(answer) => {
            let kept: Kept = serde_json::from_slice(&answer.body).unwrap_or_default();
            Ok(Kept { is_replayed: true, ..kept })
        }
        // The program ended between the deed and its answer; nobody counted.
        Claimed::Done(import_id) => {
            Ok(Kept { import_id: Some(import_id), is_replayed: true, ..Kept::default() })
        }
    }
}

/// Remembers what became of a batch. One that was refused may come again with other figures.
async fn settle(services: &Services, claim: &Claim, kept: &Result<Kept, AppError>) {
    let settled = match kept.as_ref().ok().and_then(|kept| serde_json::to_vec(kept).ok()) {
        Some(body) => {
            let answer = KeptAnswer { status: DONE, headers: Vec::new(), body };
            services.idempotency.keep(claim, &answer).await
        }
        None => services.idempotency.give_up(claim).await,
    };
    if let Err(error) = settled {
        tracing::error!(%error, "What became of a batch could not be noted");
    }
}

fn fingerprint(actor: &Actor, (currency, batch): (Currency, &[NewObservation])) -> [u8; 32] {
    let mut hash = Sha256::new()
        .chain_update("RecordObservations")
        .chain_update(actor.workspace_id().uuid().as_bytes())
        .chain_update(currency.code());
    for wish in batch {
        hash.update(wish.metric.as_str());
        hash.update(wish.month.to_string());
        hash.update(wish.value.to_be_bytes());
    }
    hash.finalize().into()
}
