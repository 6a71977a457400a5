//! A snapshot: all cells of all metrics, frozen together.

use std::collections::BTreeMap;

use kernel::WorkspaceId;

use super::cells::{Cell, Contributor, MetricRule, cells_of};
use crate::model::{Cohort, PeerValue, Population, Profile, Quantiles};

/// What one company contributes: one vote, its latest period.
#[derive(Clone, Debug)]
pub struct Contribution {
    /// The company.
    pub company: WorkspaceId,
    /// Whether it is made up for demonstration.
    pub is_synthetic: bool,
    /// What names the companies that share an owner with it, if any do.
    pub owner: Option<String>,
    /// Where it belongs.
    pub profile: Profile,
    /// Its values by metric key; what it has not reported is absent.
    pub values: BTreeMap<String, PeerValue>,
}

/// All cells of one population, in the order of the metrics and then of the cohorts.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Whose values these are.
    pub population: Population,
    /// The cells.
    pub cells: Vec<Cell>,
}

impl Snapshot {
    /// Freezes the contributions of one population; those of the other are left out.
    ///
    /// `last_published` holds, for each metric and cohort, the cell that was last shown open. For very large
    /// populations call [`cells_of`] for each metric instead; the cells are the same.
    pub fn freeze(
        population: Population,
        contributions: &[Contribution],
        rules: &[MetricRule<'_>],
        last_published: &[Cell],
    ) -> Self {
        let is_wanted =
            |contribution: &&Contribution| contribution.is_synthetic == (population == Population::Synthetic);
        let mut rules = rules.to_vec();
        rules.sort_by_key(|rule| rule.key);
        let cells = rules.into_iter().flat_map(|rule| {
            let contributors: Vec<Contributor<'_>> = contributions
                .iter()
                .filter(is_wanted)
                .filter_map(|contribution| contributor(contribution, rule.key))
                .collect();
            cells_of(rule, &contributors, last_published)
        });
        Self { population, cells: cells.collect() }
    }

    /// The cell of a metric and cohort.
    pub fn find(&self, metric: &str, cohort: Cohort) -> Option<&Cell> {
        let key =
            |cell: &Cell| (cell.published.metric.as_str(), cell.published.cohort).cmp(&(metric, cohort));
        self.cells.binary_search_by(key).ok().and_then(|place| self.cells.get(place))
    }

    /// The bytes to hash: equal exactly if the snapshots show the same and rest on the same values.
    pub fn canonical_bytes(&self) -> Vec<u8> {
        let mut bytes = format!("quartile snapshot 1 {:?}\n", self.population).into_bytes();
        for cell in &self.cells {
            let published = &cell.published;
            let closure = published.closure.map(|closure| format!("{closure:?}")).unwrap_or_default();
            let line = format!("{} {} {closure}\n", published.metric, published.cohort.key());
            bytes.extend(line.into_bytes());
            bytes.extend(values(published.quantiles).into_iter().flat_map(f64::to_be_bytes));
            bytes.extend(u64::try_from(cell.members.len()).unwrap_or(u64::MAX).to_be_bytes());
            for member in &cell.members {
                bytes.extend(member.company.uuid().as_bytes());
                bytes.extend(member.placement.to_be_bytes());
            }
        }
        bytes
    }
}

fn contributor<'a>(contribution: &'a Contribution, metric: &str) -> Option<Contributor<'a>> {
    Some(Contributor {
        company: contribution.company,
        owner: contribution.owner.as_deref(),
        profile: contribution.profile,
        value: *contribution.values.get(metric)?,
    })
}

/// Absent values as NaN, which no published value is.
fn values(quantiles: Quantiles) -> [f64; 5] {
    let Quantiles { p10, p25, p50, p75, p90 } = quantiles;
    [p10, p25, p50, p75, p90].map(|value| value.unwrap_or(f64::NAN))
}
