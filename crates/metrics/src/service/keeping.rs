//! Keeping what was computed from figures, until they change.

use accounts::DataState;
use kernel::{Actor, AppError, Permission, WorkspaceId};
use platform::CacheKey;
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use super::Metrics;
use crate::{
    catalogue::MetricKey,
    model::{Exchange, FiguresQuery},
};

impl Metrics {
    /// The answer to `query`, as it was kept or as `compute` makes it. `state` was read in this request. `compute` may use nothing but the
    /// figures and the profile of the workspace and what stands in the query, and must not call this itself. What differs from one
    /// reader to another, and what says who a person is, is not for this.
    pub async fn kept<T: Serialize + DeserializeOwned>(
        &self,
        actor: &Actor,
        state: DataState,
        query: impl Serialize,
        compute: impl Future<Output = Result<T, AppError>>,
    ) -> Result<T, AppError> {
        let scope = actor.require(Permission::View)?;
        let key = CacheKey::new(scope, state.version, &(&*self.basis, query))?;
        self.cache.get(key, compute).await
    }

    /// Computes the dashboard of a workspace before somebody asks for it; for the program itself.
    pub async fn warm(&self, workspace: WorkspaceId) -> Result<(), AppError> {
        self.dashboard(&Actor::system(workspace), FiguresQuery::default()).await.map(|_| ())
    }
}

/// What names the version of the program, its catalogue and its rates.
pub(super) fn basis_of(exchange: &Exchange) -> String {
    let catalogue: Vec<_> = MetricKey::all().map(MetricKey::metric).collect();
    let text = format!("{} {catalogue:?} {exchange:?}", env!("CARGO_PKG_VERSION"));
    kernel::hex(&Sha256::digest(text))
}
