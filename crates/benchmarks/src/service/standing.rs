//! Where one company stands.

use std::sync::Arc;

use accounts::CompanyProfile;
use charts::{Evidence as DrawnEvidence, PercentileBar, Rank, ReferencePoints};
use kernel::{Actor, AppError, Currency, OrInternal, Permission, SnapshotId, WorkspaceScope};
use metrics::{CompanyFigures, MetricKey, model::Value};
use stats::{gate::Evidence, rank::MidRank};

use super::{
    Benchmarks, COMPARED, arr_usd,
    freezing::{Frozen, rounded},
    label, peer_value, profile_of,
};
use crate::{
    engine::{
        Finding, MetricRule, PublishedCell, Subject, Viewer, choose, headline, ladder, position, summary,
    },
    model::{
        Cohort, Obstacle, Population, Position, Profile, PublishedReference, Ranked, Rung, StandingGroup,
        StandingRow, StandingView,
    },
    published::{CompanyTraits, for_company, reference},
    store::{self, SnapshotRow, StoredCell},
};

/// How far back the value beside the newest one lies.
const MONTHS_BEFORE: i32 = 3;
/// What is said of figures none of which is ranked any more.
const UNRANKED: &str = "This version of your figures gets no percentiles.";
/// Published figures shown for each metric.
const MOST_PUBLISHED: usize = 3;

/// The frozen peers of one visit.
struct Peers {
    rungs: Vec<Rung>,
    cells: Vec<Arc<Vec<StoredCell>>>,
    own: Option<Frozen>,
}

impl Peers {
    const NONE: Self = Self { rungs: Vec::new(), cells: Vec::new(), own: None };

    fn find(&self, metric: &str, cohort: Cohort) -> Option<&StoredCell> {
        let mut cells = self.cells.iter().flat_map(|cells| cells.iter());
        cells.find(|cell| cell.published.metric == metric && cell.published.cohort == cohort)
    }
}

impl Benchmarks {
    /// Every compared metric with its place among live peers and the published figures that fit.
    pub async fn standing(&self, actor: &Actor) -> Result<StandingView, AppError> {
        let state = self.accounts.data_state(actor).await?;
        let population = if state.is_synthetic { Population::Synthetic } else { Population::Live };
        let snapshot = store::newest(&self.db, population).await.or_internal("looking for a snapshot")?;
        // A snapshot never changes, and which of its looks are left follows from the figures, or in a minute from what others of the same
        // owner looked at.
        let query = ("standing", snapshot.as_ref().map(SnapshotRow::id));
        let compute = Box::pin(self.compute_standing(actor, state.is_synthetic, snapshot));
        self.metrics.kept(actor, state, query, compute).await
    }

    async fn compute_standing(
        &self,
        actor: &Actor,
        is_synthetic: bool,
        snapshot: Option<SnapshotRow>,
    ) -> Result<StandingView, AppError> {
        let scope = actor.require(Permission::View)?;
        let company = self.accounts.profile(actor).await?;
        // Peers were frozen in dollars, so the company is compared in dollars too; ratios are the same in every currency.
        let figures = self.metrics.figures(actor, Some(Currency::Usd)).await?;
        let arr =
            figures.as_ref().and_then(|figures| arr_usd(&self.metrics, &figures.derived, Currency::Usd));
        let profile = profile_of(&company, arr);
        let obstacle = match &snapshot {
            _ if !company.shares_with_peers && !is_synthetic => Some(Obstacle::NotSharing),
            None => Some(Obstacle::NoSnapshot),
            Some(_) => None,
        };
        let peers = match &snapshot {
            Some(snapshot) if obstacle.is_none() => self.peers(scope, snapshot.id(), profile).await?,
            _ => Peers::NONE,
        };
        let ranked = match (&snapshot, &figures) {
            (Some(snapshot), Some(figures)) if obstacle.is_none() && !is_synthetic => {
                let visit = (scope, snapshot.id());
                self.ranked(visit, (profile, peers.own.as_ref()), figures).await?
            }
            _ => Ranked::default(),
        };
        let traits = traits(&company, arr, figures.as_ref());
        let groups = groups(figures.as_ref(), (&peers, ranked), traits, is_synthetic);
        let is_unranked = ranked.is_limited && !has_ranks(&groups);
        let findings: Vec<Finding<'_>> = groups
            .iter()
            .flat_map(|group| &group.rows)
            .filter(|row| row.value.known().is_some())
            .map(|row| Finding::new(topic(row.key), &row.position))
            .collect();
        Ok(StandingView {
            company: company.name,
            is_synthetic,
            currency: Currency::Usd,
            month: figures.as_ref().map(CompanyFigures::last_month),
            profile,
            obstacle,
            ranked,
            snapshot: snapshot.map(|row| label(row.quarter, &row.hash, row.taken_at)),
            headline: if is_unranked { String::new() } else { headline(&findings) },
            summary: if is_unranked { UNRANKED.to_owned() } else { summary(&findings) },
            groups,
        })
    }

    async fn peers(
        &self,
        scope: WorkspaceScope,
        snapshot: SnapshotId,
        profile: Profile,
    ) -> Result<Peers, AppError> {
        let own =
            store::contribution(&self.db, scope, snapshot).await.or_internal("loading a contribution")?;
        let own = own.as_ref().map(Frozen::read).transpose()?;
        let rungs = ladder(profile);
        let mut cells = Vec::with_capacity(rungs.len());
        for rung in &rungs {
            cells.push(self.cells_of(snapshot, rung.cohort).await?);
        }
        Ok(Peers { rungs, cells, own })
    }

    async fn cells_of(&self, snapshot: SnapshotId, cohort: Cohort) -> Result<Arc<Vec<StoredCell>>, AppError> {
        if let Some(cells) = self.cells.get(&(snapshot, cohort)).await {
            return Ok(cells);
        }
        let loaded = store::cells_of_cohort(&self.db, snapshot, cohort).await.or_internal("loading cells")?;
        let loaded = Arc::new(loaded);
        self.cells.insert((snapshot, cohort), loaded.clone()).await;
        Ok(loaded)
    }
}

fn has_ranks(groups: &[StandingGroup]) -> bool {
    groups.iter().flat_map(|group| &group.rows).any(|row| row.position.rank.is_some())
}

/// What decides which published figures fit; the figures are in US dollars.
fn traits(company: &CompanyProfile, arr_usd: Option<f64>, figures: Option<&CompanyFigures>) -> CompanyTraits {
    let account_revenue = figures.zip(MetricKey::parse("arpa"));
    let account_revenue =
        account_revenue.and_then(|(figures, key)| figures.derived.known(key, figures.last_month()));
    CompanyTraits {
        arr_usd,
        industry: company.industry,
        stage: company.stage,
        // What an average account pays in a year; the contracts themselves are not known.
        contract_value_usd: account_revenue.map(|month| month * 12.0),
        account_revenue_usd: account_revenue,
    }
}

fn groups(
    figures: Option<&CompanyFigures>,
    (peers, ranked): (&Peers, Ranked),
    traits: CompanyTraits,
    is_synthetic: bool,
) -> Vec<StandingGroup> {
    let row = |key: &&str| {
        Some(standing_row(MetricKey::parse(key)?, figures, (peers, ranked), (traits, is_synthetic)))
    };
    COMPARED
        .iter()
        .map(|(name, keys)| StandingGroup {
            name: (*name).to_owned(),
            rows: keys.iter().filter_map(row).collect(),
        })
        .collect()
}

fn standing_row(
    key: MetricKey,
    figures: Option<&CompanyFigures>,
    (peers, ranked): (&Peers, Ranked),
    (traits, is_synthetic): (CompanyTraits, bool),
) -> StandingRow {
    let metric = key.metric();
    let value = figures.map_or(Value::Missing { inputs: Vec::new() }, |figures| {
        figures.derived.value(key, figures.last_month())
    });
    let position = place(key, &value, (peers, ranked));
    let published: Vec<PublishedReference> = for_company(key.as_str(), traits)
        .into_iter()
        .take(MOST_PUBLISHED)
        .map(|figure| reference(figure, value.known(), metric.direction()))
        .collect();
    StandingRow {
        key,
        label: metric.label.to_owned(),
        unit: metric.unit,
        bar: bar(key, &value, &position, is_synthetic),
        before: figures
            .and_then(|figures| figures.derived.known(key, figures.last_month().plus(-MONTHS_BEFORE))),
        value,
        position,
        published,
    }
}

/// A figure that was counted is ranked as it was counted; see [`super::looking`].
fn place(key: MetricKey, value: &Value, (peers, ranked): (&Peers, Ranked)) -> Position {
    let rule = MetricRule { key: key.as_str(), direction: key.metric().direction() };
    let counted = peers.own.as_ref().and_then(|own| Some((own.profile, *own.values.get(rule.key)?)));
    let viewer = Viewer { frozen: counted.map(|(profile, _)| profile) };
    let now = peer_value(value).map(rounded).filter(|_| !ranked.is_limited);
    let subject_value = counted.map(|(_, value)| value).or(now);
    let find = |cohort| peers.find(rule.key, cohort).map(|cell| &cell.published);
    let step: Option<(Rung, &PublishedCell)> = choose(&peers.rungs, viewer, find);
    let rank = step.and_then(|(_, published)| {
        let cell = peers.find(rule.key, published.cohort)?;
        let placement = subject_value?.placement(rule.direction)?;
        let is_member = counted.is_some_and(|(profile, _)| published.cohort.contains(profile));
        rank(&cell.placements, placement, is_member.then_some(placement))
    });
    position(Subject { rule, value: subject_value, viewer }, step, rank)
}

/// The mid-rank of `placement` among the sorted values, without the company's own.
fn rank(placements: &[f64], placement: f64, own: Option<f64>) -> Option<MidRank> {
    let below = placements.partition_point(|peer| *peer < placement);
    let not_above = placements.partition_point(|peer| *peer <= placement);
    let own_below = usize::from(own.is_some_and(|own| own < placement));
    let own_equal = usize::from(own.is_some_and(|own| own <= placement)) - own_below;
    let others = placements.len() - usize::from(own.is_some());
    MidRank::from_counts(below - own_below, not_above - below - own_equal, others)
}

fn bar(key: MetricKey, value: &Value, position: &Position, synthetic: bool) -> PercentileBar {
    let metric = key.metric();
    let quantiles = position.quantiles;
    PercentileBar {
        title: metric.label.to_owned(),
        unit: metric.unit,
        currency: Currency::Usd,
        you: value.known(),
        rank: position.rank.map(|rank| Rank {
            percentile: f64::from(rank.percentile),
            low: f64::from(rank.low),
            high: f64::from(rank.high),
        }),
        evidence: match position.evidence {
            Evidence::Nothing => DrawnEvidence::None,
            Evidence::Median => DrawnEvidence::Median,
            Evidence::Quartiles => DrawnEvidence::Quartiles,
            Evidence::Deciles => DrawnEvidence::Deciles,
        },
        peers: position.peers.to_string(),
        reference: ReferencePoints {
            p10: quantiles.p10,
            p25: quantiles.p25,
            p50: quantiles.p50,
            p75: quantiles.p75,
            p90: quantiles.p90,
        },
        synthetic,
    }
}

/// What a headline calls the metric.
fn topic(key: MetricKey) -> &'static str {
    match key.as_str() {
        "g_yoy" | "cmgr" | "mrr_net_new" => "growth",
        "nrr" | "grr" | "logo_churn" => "retention",
        "cac_payback" => "payback",
        "burn_mult" | "runway" => "burn",
        "gm" => "gross margin",
        "ebitda_m" | "rule40" => "profitability",
        "rev_fte" => "revenue per employee",
        _ => "sales efficiency",
    }
}
