//! How often one company may be placed among the same frozen peers with other figures.
//!
//! Every place tells how many peers lie below a value, so whoever could try value after value would find out each peer's. The
//! answer for figures that were placed before stays open: it tells nothing new. (core.md D10 e)

use kernel::{AppError, OrInternal, SnapshotId, WorkspaceId};
use metrics::{CompanyFigures, MetricKey};
use sha2::{Digest, Sha256};

use super::{Benchmarks, COMPARED, freezing::rounded, peer_value};
use crate::{
    model::{MOST_VERSIONS, Profile},
    store,
};

impl Benchmarks {
    /// Whether these figures may be placed; the first time they are, that is noted.
    pub(super) async fn may_look(
        &self,
        (snapshot, company): (SnapshotId, WorkspaceId),
        profile: Profile,
        figures: &CompanyFigures,
    ) -> Result<bool, AppError> {
        let version = version_of(profile, figures).or_internal("naming figures")?;
        let noted = store::has_looked(&self.db, (snapshot, company), &version).await;
        if noted.or_internal("looking up a comparison")? {
            return Ok(true);
        }
        let mut tx = self.db.begin().await?;
        let look = store::Look { snapshot, company, version: &version, at: self.ambient.now() };
        let is_noted =
            store::note_look(&mut tx, look, MOST_VERSIONS).await.or_internal("noting a comparison")?;
        tx.commit().await?;
        Ok(is_noted)
    }
}

/// A name for everything that decides where a company is placed.
fn version_of(profile: Profile, figures: &CompanyFigures) -> Result<String, serde_json::Error> {
    let keys = COMPARED.iter().flat_map(|(_, keys)| keys.iter()).filter_map(|key| MetricKey::parse(key));
    let values: Vec<_> =
        keys.map(|key| peer_value(&figures.derived.value(key, figures.last_month())).map(rounded)).collect();
    Ok(kernel::hex(&Sha256::digest(serde_json::to_vec(&(profile, values))?)))
}
