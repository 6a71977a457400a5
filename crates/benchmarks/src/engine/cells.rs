//! The cells of one metric: each cohort with its frozen values and what may be shown of them.

use std::collections::BTreeMap;

use kernel::{Direction, WorkspaceId};
use stats::{
    gate::{Evidence, MEDIAN_PEERS},
    quantile::percentile,
    rank::MidRank,
    rounding::significant,
};

use super::{disclosure, renewal};
use crate::model::{Closure, Cohort, PeerValue, Profile, Quantiles};

/// Published values keep this many digits, so that a single changed value rarely shows.
const DIGITS: usize = 3;

/// What the engine needs to know of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetricRule<'a> {
    /// Its key.
    pub key: &'a str,
    /// Which way is better.
    pub direction: Direction,
}

/// A company's frozen value of one metric.
#[derive(Clone, Copy, Debug)]
pub struct Contributor<'a> {
    /// The company.
    pub company: WorkspaceId,
    /// Who owns it together with others, if anybody does.
    pub owner: Option<&'a str>,
    /// Where it belonged at the freeze.
    pub profile: Profile,
    /// The value.
    pub value: PeerValue,
}

/// A company in a cell and where its value sorts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Member {
    /// The company.
    pub company: WorkspaceId,
    /// Its value; beyond all numbers if it is undefined.
    pub placement: f64,
}

/// A cell as it may be stored and shown to every viewer alike. The exact count stays on the server.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishedCell {
    /// The key of the metric.
    pub metric: String,
    /// The peers.
    pub cohort: Cohort,
    /// How many companies contribute.
    pub contributors: usize,
    /// Why nothing is shown; `None` if the cell is open.
    pub closure: Option<Closure>,
    /// Rounded percentile values as far as the evidence allows; none if the cell is closed.
    pub quantiles: Quantiles,
    /// Whether some contributors have no number and are ranked beyond all others; not said of a closed cell.
    pub has_undefined: bool,
}

impl PublishedCell {
    /// Whether anything is shown.
    pub fn is_open(&self) -> bool {
        self.closure.is_none()
    }
}

/// A cell with the values behind it.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// What may be shown.
    pub published: PublishedCell,
    /// The contributors, in ascending order of value and then of company.
    pub members: Vec<Member>,
}

impl Cell {
    /// The mid-rank of a value among the members other than `viewer`; `None` if there are no others.
    pub fn rank(&self, placement: f64, viewer: Option<WorkspaceId>) -> Option<MidRank> {
        let below = self.members.partition_point(|member| member.placement < placement);
        let not_above = self.members.partition_point(|member| member.placement <= placement);
        let own = self.members.iter().find(|member| Some(member.company) == viewer);
        let own_below = usize::from(own.is_some_and(|own| own.placement < placement));
        let own_equal = usize::from(own.is_some_and(|own| own.placement <= placement)) - own_below;
        let others = self.members.len() - usize::from(own.is_some());
        MidRank::from_counts(below - own_below, not_above - below - own_equal, others)
    }
}

/// Builds every cell of a metric that has a contributor, in the order of the cohorts.
///
/// `last_published` holds, for each cohort, the cell that was last shown open, whichever snapshot that was.
pub fn cells_of(
    rule: MetricRule<'_>,
    contributors: &[Contributor<'_>],
    last_published: &[Cell],
) -> Vec<Cell> {
    let ranked: Vec<(Contributor<'_>, f64)> = contributors
        .iter()
        .filter_map(|contributor| Some((*contributor, contributor.value.placement(rule.direction)?)))
        .collect();
    let mut drafts: BTreeMap<Cohort, Vec<usize>> = BTreeMap::new();
    for (place, (contributor, _)) in ranked.iter().enumerate() {
        for cohort in Cohort::all_of(contributor.profile) {
            drafts.entry(cohort).or_default().push(place);
        }
    }
    let mut cells: Vec<Cell> =
        drafts.into_iter().map(|(cohort, places)| draft(rule, cohort, &places, &ranked)).collect();
    renewal::close_barely_changed(&mut cells, last_published);
    let profiles: Vec<Profile> = ranked.iter().map(|(contributor, _)| contributor.profile).collect();
    disclosure::close_singling_out(&mut cells, &profiles);
    for cell in &mut cells {
        cell.published.quantiles = quantiles(cell);
        let has_undefined = cell.members.iter().any(|member| member.placement.is_infinite());
        cell.published.has_undefined = cell.published.is_open() && has_undefined;
    }
    cells
}

fn draft(rule: MetricRule<'_>, cohort: Cohort, places: &[usize], ranked: &[(Contributor<'_>, f64)]) -> Cell {
    let here: Vec<&(Contributor<'_>, f64)> = places.iter().filter_map(|place| ranked.get(*place)).collect();
    let mut members: Vec<Member> = here
        .iter()
        .map(|(contributor, placement)| Member { company: contributor.company, placement: *placement })
        .collect();
    members.sort_by(|a, b| a.placement.total_cmp(&b.placement).then(a.company.cmp(&b.company)));
    let outside_largest_owner =
        members.len() - largest_holding(here.iter().filter_map(|(contributor, _)| contributor.owner));
    let closure = if members.len() < MEDIAN_PEERS {
        Some(Closure::TooFewPeers)
    } else if outside_largest_owner < disclosure::FEWEST_OTHERS {
        Some(Closure::OneOwner)
    } else {
        None
    };
    Cell {
        published: PublishedCell {
            metric: rule.key.to_owned(),
            cohort,
            contributors: members.len(),
            closure,
            quantiles: Quantiles::default(),
            has_undefined: false,
        },
        members,
    }
}

/// How many companies the owner of most has. Companies without a shared owner stand for themselves.
fn largest_holding<'a>(owners: impl Iterator<Item = &'a str>) -> usize {
    let mut holdings: BTreeMap<&str, usize> = BTreeMap::new();
    for owner in owners {
        *holdings.entry(owner).or_default() += 1;
    }
    holdings.into_values().max().unwrap_or(1)
}

fn quantiles(cell: &Cell) -> Quantiles {
    let evidence = match cell.published.closure {
        None => Evidence::for_peers(cell.members.len()),
        Some(_) => Evidence::Nothing,
    };
    let values: Vec<f64> = cell.members.iter().map(|member| member.placement).collect();
    let at = |fraction: f64, needed: Evidence| {
        (evidence >= needed)
            .then(|| percentile(&values, fraction))
            .flatten()
            .filter(|value| value.is_finite())
            .map(|value| significant(value, DIGITS))
    };
    Quantiles {
        p10: at(0.1, Evidence::Deciles),
        p25: at(0.25, Evidence::Quartiles),
        p50: at(0.5, Evidence::Median),
        p75: at(0.75, Evidence::Quartiles),
        p90: at(0.9, Evidence::Deciles),
    }
}
