//! With which figures a company may be ranked among frozen peers.
//!
//! A rank tells how many peers lie below a value, so whoever could try value after value would find out each peer's. A
//! company that was counted is therefore ranked with what was counted, and any other with a few versions of its figures only.
//! What was told once stays told.

use kernel::{AppError, OrInternal, SnapshotId, WorkspaceScope};
use metrics::{CompanyFigures, MetricKey};
use sha2::{Digest, Sha256};

use super::{
    Benchmarks, COMPARED,
    freezing::{Frozen, rounded},
    peer_value,
};
use crate::{
    model::{MOST_VERSIONS, PeerValue, Profile, Ranked},
    store,
};

impl Benchmarks {
    /// With which figures the company is ranked; notes a version that is ranked for the first time.
    pub(super) async fn ranked(
        &self,
        (scope, snapshot): (WorkspaceScope, SnapshotId),
        (profile, own): (Profile, Option<&Frozen>),
        figures: &CompanyFigures,
    ) -> Result<Ranked, AppError> {
        let compared = compared(own, figures);
        let mut ranked = Ranked { has_changed: compared.has_changed, is_limited: false };
        if compared.uncounted.iter().any(Option::is_some) {
            let version =
                serde_json::to_vec(&(profile, &compared.uncounted)).or_internal("naming figures")?;
            let version = kernel::hex(&Sha256::digest(version));
            ranked.is_limited = !self.may_look((scope, snapshot), &version).await?;
        }
        Ok(ranked)
    }

    async fn may_look(
        &self,
        (scope, snapshot): (WorkspaceScope, SnapshotId),
        version: &str,
    ) -> Result<bool, AppError> {
        let look = store::Look { snapshot, scope, version, at: self.ambient.now() };
        if store::has_looked(&self.db, look).await.or_internal("looking up a comparison")? {
            return Ok(true);
        }
        // Whoever owns many companies looks no oftener than whoever owns one.
        let mut tx = self.db.begin_everywhere().await?;
        store::note_look(&mut tx, look, MOST_VERSIONS).await.or_internal("noting a comparison")?;
        tx.commit().await?;
        // Asked again, since another visit may have noted the same version meanwhile.
        store::has_looked(&self.db, look).await.or_internal("looking up a comparison")
    }
}

/// The compared figures of a company, beside those that were counted.
struct Compared {
    /// In the order of [`COMPARED`]; `None` for those that were counted, and for those without a value.
    uncounted: Vec<Option<PeerValue>>,
    /// Whether a counted figure is another one now.
    has_changed: bool,
}

fn compared(own: Option<&Frozen>, figures: &CompanyFigures) -> Compared {
    let mut compared = Compared { uncounted: Vec::new(), has_changed: false };
    let keys = COMPARED.iter().flat_map(|(_, keys)| keys.iter()).filter_map(|key| MetricKey::parse(key));
    for key in keys {
        let now = peer_value(&figures.derived.value(key, figures.last_month())).map(rounded);
        let counted = own.and_then(|own| own.values.get(key.as_str()));
        compared.has_changed |= counted.is_some_and(|counted| Some(*counted) != now);
        compared.uncounted.push(now.filter(|_| counted.is_none()));
    }
    compared
}
