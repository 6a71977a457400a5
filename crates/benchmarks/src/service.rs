//! Use cases of comparing.

mod freezing;
mod looking;
mod standing;

use std::sync::Arc;

use accounts::{Accounts, CompanyProfile};
use chrono::{DateTime, Utc};
use db::Db;
use kernel::{Actor, Ambient, AppError, Currency, OrInternal, Permission, SnapshotId, WorkspaceId};
use metrics::{
    Metrics,
    model::{Derived, Value},
};
use moka::future::Cache;

use crate::{
    engine::MetricRule,
    model::{Cohort, Extreme, OwnContribution, PeerValue, Profile, RevenueBand, SnapshotLabel},
    store::{self, StoredCell},
};

/// The metrics that companies are compared by, in the groups in which they are shown.
pub(crate) const COMPARED: [(&str, &[&str]); 5] = [
    ("Growth", &["g_yoy", "cmgr", "mrr_net_new"]),
    ("Retention", &["nrr", "grr", "logo_churn"]),
    ("Efficiency", &["burn_mult", "cac_payback", "cac_ratio", "ltv_cac", "magic", "quick", "rev_fte"]),
    ("Margin", &["gm", "ebitda_m", "rule40"]),
    ("Cash", &["runway"]),
];

/// Frozen peers and published figures.
#[derive(Clone)]
pub struct Benchmarks {
    db: Db,
    ambient: Ambient,
    accounts: Accounts,
    metrics: Metrics,
    /// Cells never change once frozen, so they are kept as long as there is room.
    cells: Cache<(SnapshotId, Cohort), Arc<Vec<StoredCell>>>,
}

impl Benchmarks {
    /// The service over `db`.
    pub fn new((db, ambient): (Db, Ambient), accounts: Accounts, metrics: Metrics) -> Self {
        const ROOM_BYTES: u64 = 96 * 1024 * 1024;
        let weight = |_: &(SnapshotId, Cohort), cells: &Arc<Vec<StoredCell>>| {
            let bytes: usize = cells.iter().map(|cell| 256 + cell.placements.len() * 8).sum();
            u32::try_from(bytes).unwrap_or(u32::MAX)
        };
        let cells = Cache::builder().max_capacity(ROOM_BYTES).weigher(weight).build();
        Self { db, ambient, accounts, metrics, cells }
    }

    /// What the company itself brought to each of the frozen peers, the newest first, for those who take everything out of the workspace.
    pub async fn own_contributions(&self, actor: &Actor) -> Result<Vec<OwnContribution>, AppError> {
        const DOING: &str = "loading what a company brought";
        let scope = actor.require(Permission::ControlWorkspace)?;
        let rows = store::contributions_of_company(&self.db, scope).await.or_internal(DOING)?;
        let contribution = |row: store::OwnContributionRow| {
            Ok(OwnContribution {
                profile: serde_json::from_str(&row.profile).or_internal(DOING)?,
                values: serde_json::from_str(&row.company_values).or_internal(DOING)?,
                snapshot: label(row.quarter, &row.hash, row.taken_at),
            })
        };
        rows.into_iter().map(contribution).collect()
    }

    /// Removes what a company that is gone added to frozen groups. The groups keep their results, which name nobody.
    pub async fn forget(&self, company: WorkspaceId) -> Result<(), AppError> {
        let mut tx = self.db.begin_everywhere().await?;
        store::forget(&mut tx, company).await.or_internal("forgetting a company")?;
        tx.commit().await
    }

    /// The same for every real company that is gone, whatever cut its deletion off.
    pub async fn forget_gone(&self) -> Result<(), AppError> {
        let mut tx = self.db.begin_everywhere().await?;
        store::forget_gone(&mut tx).await.or_internal("forgetting companies")?;
        tx.commit().await
    }
}

/// The metrics that companies are compared by, by their stable names.
pub fn compared() -> impl Iterator<Item = &'static str> {
    COMPARED.iter().flat_map(|(_, keys)| keys.iter().copied())
}

/// What names frozen peers: too little of their digest to try out with it what others brought.
fn label(quarter: String, hash: &str, taken_at: DateTime<Utc>) -> SnapshotLabel {
    SnapshotLabel { quarter, hash: hash.chars().take(8).collect(), taken_at }
}

/// Every metric that is compared, with its direction.
fn rules() -> Vec<MetricRule<'static>> {
    compared()
        .filter_map(metrics::MetricKey::parse)
        .map(|key| MetricRule { key: key.as_str(), direction: key.metric().direction() })
        .collect()
}

/// What a company is compared within; its band follows from its own figures.
fn profile_of(profile: &CompanyProfile, arr_usd: Option<f64>) -> Profile {
    Profile {
        industry: profile.industry,
        band: arr_usd.and_then(RevenueBand::of_arr_usd),
        stage: profile.stage,
    }
}

/// A value as it is compared: known, placed at an end because its rule says so, or not at all.
fn peer_value(value: &Value) -> Option<PeerValue> {
    match value {
        Value::Known(number) => Some(PeerValue::Known(*number)),
        Value::Missing { .. } => None,
        Value::Undefined { reason } => match reason.standing() {
            metrics::catalogue::Standing::Worst => Some(PeerValue::Undefined(Extreme::Worst)),
            metrics::catalogue::Standing::Best => Some(PeerValue::Undefined(Extreme::Best)),
            metrics::catalogue::Standing::Unranked => None,
        },
    }
}

/// Annual recurring revenue in the last month, in US dollars.
fn arr_usd(metrics: &Metrics, derived: &Derived, currency: Currency) -> Option<f64> {
    let arr = derived.known(metrics::MetricKey::ARR, derived.months().last)?;
    Some(arr * metrics.exchange().factor(currency, Currency::Usd)?)
}
