//! Freezing peers once a quarter.
//!
//! While nothing has been shown yet, a new snapshot may replace the one of the same quarter, so that a young instance does not
//! wait for months. Once a cell is open, nothing changes until the next quarter: nobody can see who came or went in between.

use std::collections::{BTreeMap, HashMap, HashSet};

use db::{Tx, is_unique_violation};
use kernel::{Actor, AppError, Currency, Month, OrInternal, SnapshotId, WorkspaceId};
use sha2::{Digest, Sha256};
use stats::rounding::significant;

use super::{Benchmarks, arr_usd, peer_value, profile_of, rules};
use crate::{
    engine::{Cell, Contribution, Member, Snapshot, holdings, synthetic_peers},
    model::{PeerValue, Population, Profile},
    store::{self, NewSnapshot},
};

/// Figures older than this no longer count.
const OLDEST_MONTHS: i32 = 18;
/// Digits to which values are kept, so that nobody can feel for the exact figure of a peer by trying out values.
pub(super) const DIGITS: usize = 3;

impl Benchmarks {
    /// Takes a snapshot of all companies that share, if one is due; tells whether it was.
    pub async fn freeze_if_due(&self) -> Result<bool, AppError> {
        let now = self.ambient.now();
        let this_month = Month::of(now.date_naive());
        let quarter = this_month.quarter().to_string();
        let newest = store::newest(&self.db, Population::Live).await.or_internal("looking for a snapshot")?;
        if newest.as_ref().is_some_and(|newest| newest.quarter == quarter && newest.has_open) {
            return Ok(false);
        }
        let contributions = self.contributions(this_month).await?;
        if contributions.is_empty() {
            return Ok(false);
        }
        let replaced = newest.filter(|newest| newest.quarter == quarter).map(|newest| newest.id());
        self.freeze(Population::Live, &quarter, &contributions, replaced).await
    }

    /// Replaces the made-up peers of the demo with that many new ones.
    pub async fn load_synthetic(&self, companies: u32) -> Result<(), AppError> {
        const SEED: u64 = 1;
        self.remove_synthetic().await?;
        let contributions = synthetic_peers(companies, SEED, &rules());
        let quarter = Month::of(self.ambient.now().date_naive()).quarter().previous().to_string();
        self.freeze(Population::Synthetic, &quarter, &contributions, None).await.map(|_| ())
    }

    /// Removes the made-up peers of the demo.
    pub async fn remove_synthetic(&self) -> Result<(), AppError> {
        let mut tx = self.db.begin_everywhere().await?;
        store::delete_population(&mut tx, Population::Synthetic)
            .await
            .or_internal("removing synthetic peers")?;
        tx.commit().await
    }

    /// `false` if another node froze the same quarter a moment before.
    async fn freeze(
        &self,
        population: Population,
        quarter: &str,
        contributions: &[Contribution],
        replaced: Option<SnapshotId>,
    ) -> Result<bool, AppError> {
        let last_published = self.last_published(population).await?;
        let snapshot = Snapshot::freeze(population, contributions, &rules(), &last_published);
        let hash = kernel::hex(&Sha256::digest(snapshot.canonical_bytes()));
        let id: SnapshotId = self.ambient.id();
        let mut tx = self.db.begin_everywhere().await?;
        if let Some(replaced) = replaced {
            store::delete_snapshot(&mut tx, replaced).await.or_internal("replacing a snapshot")?;
        }
        let row = NewSnapshot {
            id,
            population,
            quarter,
            hash: &hash,
            has_open: snapshot.cells.iter().any(|cell| cell.published.is_open()),
            taken_at: self.ambient.now(),
        };
        match store::insert_snapshot(&mut tx, row).await {
            Err(error) if is_unique_violation(&error) => return Ok(false),
            outcome => outcome.or_internal("saving a snapshot")?,
        }
        insert_all(&mut tx, id, contributions, &snapshot.cells).await?;
        tx.commit().await?;
        tracing::info!(%id, quarter, companies = contributions.len(), "Peers were frozen");
        Ok(true)
    }

    /// What every company that shares brings now. Of companies that share an owner only the oldest counts, so that nobody makes up the peers
    /// that another one is seen among.
    async fn contributions(&self, this_month: Month) -> Result<Vec<Contribution>, AppError> {
        let mut contributions = Vec::new();
        let holdings = holdings(&self.accounts.list_owners_of_sharing().await?);
        let mut counted = HashSet::new();
        // Ids grow with time.
        for workspace in self.accounts.list_sharing().await? {
            let owner = holdings.get(&workspace).cloned();
            if owner.as_ref().is_some_and(|owner| counted.contains(owner)) {
                continue;
            }
            let actor = Actor::system(workspace);
            // Everyone is compared in dollars, whatever the company keeps its books in.
            let Some(figures) = self.metrics.figures(&actor, Some(Currency::Usd)).await? else { continue };
            let last = figures.last_month();
            if this_month.since(last) > OLDEST_MONTHS {
                continue;
            }
            let values = rules().into_iter().filter_map(|rule| {
                let key = metrics::MetricKey::parse(rule.key)?;
                Some((rule.key.to_owned(), rounded(peer_value(&figures.derived.value(key, last))?)))
            });
            counted.extend(owner.clone());
            let arr = arr_usd(&self.metrics, &figures.derived, Currency::Usd);
            contributions.push(Contribution {
                company: workspace,
                is_synthetic: false,
                owner,
                profile: profile_of(&figures.profile, arr),
                values: values.collect(),
            });
        }
        Ok(contributions)
    }

    /// The newest open cell of each metric and cohort, with its members, from all earlier snapshots.
    async fn last_published(&self, population: Population) -> Result<Vec<Cell>, AppError> {
        let mut newest: HashMap<(String, crate::model::Cohort), Cell> = HashMap::new();
        for snapshot in store::list(&self.db, population).await.or_internal("listing snapshots")? {
            let cells = store::cells(&self.db, snapshot.id()).await.or_internal("loading cells")?;
            let companies = self.companies_of(snapshot.id()).await?;
            for cell in cells.into_iter().filter(|cell| cell.published.is_open()) {
                let key = (cell.published.metric.clone(), cell.published.cohort);
                newest.entry(key).or_insert_with(|| {
                    let members = members(&cell.published, &companies);
                    Cell { published: cell.published, members }
                });
            }
        }
        Ok(newest.into_values().collect())
    }

    async fn companies_of(&self, snapshot: SnapshotId) -> Result<Vec<Frozen>, AppError> {
        let rows = store::contributions(&self.db, snapshot).await.or_internal("loading contributions")?;
        rows.iter().map(Frozen::read).collect()
    }
}

/// What one company brought to a snapshot.
pub(super) struct Frozen {
    pub(super) company: WorkspaceId,
    pub(super) profile: Profile,
    pub(super) values: BTreeMap<String, PeerValue>,
}

impl Frozen {
    /// Reads it back from its row.
    pub(super) fn read(row: &store::ContributionRow) -> Result<Self, AppError> {
        Ok(Self {
            company: row.company(),
            profile: serde_json::from_str(&row.profile).or_internal("reading a frozen profile")?,
            values: serde_json::from_str(&row.company_values).or_internal("reading frozen values")?,
        })
    }
}

/// A value with the digits that are compared.
pub(super) fn rounded(value: PeerValue) -> PeerValue {
    match value {
        PeerValue::Known(number) => PeerValue::Known(significant(number, DIGITS)),
        undefined @ PeerValue::Undefined(_) => undefined,
    }
}

fn members(cell: &crate::engine::PublishedCell, companies: &[Frozen]) -> Vec<Member> {
    let direction = metrics::MetricKey::parse(&cell.metric).map(|key| key.metric().direction());
    let member = |frozen: &Frozen| {
        let value = frozen.values.get(&cell.metric)?;
        Some(Member { company: frozen.company, placement: value.placement(direction?)? })
    };
    let mut members: Vec<Member> =
        companies.iter().filter(|frozen| cell.cohort.contains(frozen.profile)).filter_map(member).collect();
    members.sort_by(|one, other| one.placement.total_cmp(&other.placement));
    members
}

async fn insert_all(
    tx: &mut Tx,
    id: SnapshotId,
    contributions: &[Contribution],
    cells: &[Cell],
) -> Result<(), AppError> {
    for contribution in contributions {
        let profile = serde_json::to_string(&contribution.profile).or_internal("noting a profile")?;
        let values = serde_json::to_string(&contribution.values).or_internal("noting values")?;
        store::insert_contribution(tx, id, contribution.company, (&profile, &values))
            .await
            .or_internal("saving a contribution")?;
    }
    for cell in cells {
        let closure = cell.published.closure.map(|closure| serde_json::to_string(&closure));
        let closure = closure.transpose().or_internal("noting why a cell is closed")?;
        let quantiles = serde_json::to_string(&cell.published.quantiles).or_internal("noting quantiles")?;
        store::insert_cell(tx, id, cell, (closure, quantiles)).await.or_internal("saving a cell")?;
    }
    Ok(())
}
