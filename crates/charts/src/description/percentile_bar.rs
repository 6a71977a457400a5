//! The signature: where a company stands among its peers, right is always better.

use kernel::{Currency, Unit, figure, ordinal};
use serde::{Deserialize, Serialize};

use crate::{Chart, ChartTable, Drawing, Row, RowValue, layout};

/// How much the number of peers allows to be said. Says no exact number, so that a description can
/// travel to a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// Fewer than 6 peers: nothing.
    None,
    /// 6 to 10 peers: the median and your rank.
    Median,
    /// 11 to 28 peers: also the quartiles.
    Quartiles,
    /// 29 peers and more: also the outer tenths.
    Deciles,
}

impl Evidence {
    /// Peers from which the median has an interval inside the sample.
    pub const MEDIAN_PEERS: u32 = 6;
    /// Peers from which the quartiles have one.
    pub const QUARTILE_PEERS: u32 = 11;
    /// Peers from which P10 and P90 have one.
    pub const DECILE_PEERS: u32 = 29;

    /// What that many peers besides the viewer allow.
    pub fn for_peers(peers: u32) -> Self {
        match peers {
            0..Self::MEDIAN_PEERS => Self::None,
            Self::MEDIAN_PEERS..Self::QUARTILE_PEERS => Self::Median,
            Self::QUARTILE_PEERS..Self::DECILE_PEERS => Self::Quartiles,
            _ => Self::Deciles,
        }
    }
}

/// A percentile rank and its 95 % interval, 0 to 100, turned so that more is better.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rank {
    /// The rank.
    pub percentile: f64,
    /// The lower end of its interval.
    pub low: f64,
    /// The upper end of its interval.
    pub high: f64,
}

impl Rank {
    /// `67th`.
    pub fn shown(&self) -> String {
        ordinal(whole(self.percentile))
    }

    /// `52–79`.
    pub fn interval_shown(&self) -> String {
        format!("{}–{}", whole(self.low), whole(self.high))
    }
}

/// The values of peers at the reference points, the worst first; `None` where the evidence does not allow one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReferencePoints {
    /// One peer in ten does worse.
    pub p10: Option<f64>,
    /// One in four does worse.
    pub p25: Option<f64>,
    /// Half of them do worse.
    pub p50: Option<f64>,
    /// Three in four do worse.
    pub p75: Option<f64>,
    /// Nine in ten do worse.
    pub p90: Option<f64>,
}

/// Where a company stands among its peers. Drawn in rank space: right is always better.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PercentileBar {
    /// The metric.
    pub title: String,
    /// What its values are measured in.
    pub unit: Unit,
    /// The currency, where the unit is money.
    pub currency: Currency,
    /// The company's own value.
    pub you: Option<f64>,
    /// The rank of that value; `None` without a value or without evidence.
    pub rank: Option<Rank>,
    /// How much the peers allow to be said.
    pub evidence: Evidence,
    /// How many peers, as it may be published: `41–50`, `fewer than 6`.
    pub peers: String,
    /// What peers have at the reference points.
    pub reference: ReferencePoints,
    /// Whether the numbers are made up for a demonstration.
    pub synthetic: bool,
}

impl PercentileBar {
    /// The reference points that the evidence allows, with their names, the worst first.
    pub fn open_reference_points(&self) -> Vec<(&'static str, Option<f64>)> {
        let points = &self.reference;
        let all = [
            (Evidence::Deciles, "P10", points.p10),
            (Evidence::Quartiles, "P25", points.p25),
            (Evidence::Median, "Median", points.p50),
            (Evidence::Quartiles, "P75", points.p75),
            (Evidence::Deciles, "P90", points.p90),
        ];
        all.into_iter()
            .filter(|(needed, _, _)| self.evidence >= *needed)
            .map(|(_, name, value)| (name, value))
            .collect()
    }

    /// The rank, where there is evidence for one.
    pub fn open_rank(&self) -> Option<Rank> {
        self.rank.filter(|_| self.evidence > Evidence::None)
    }
}

impl Chart for PercentileBar {
    fn title(&self) -> &str {
        &self.title
    }

    fn alternative(&self) -> String {
        let you = self.you.map_or_else(
            || format!("{}: you have no value", self.title),
            |value| format!("{}: you have {}", self.title, figure(value, self.unit, self.currency)),
        );
        if self.evidence == Evidence::None {
            return format!("{you}. Too few peers report this.");
        }
        let rank = self.open_rank().map_or_else(String::new, |rank| {
            format!(", percentile {} (95 % interval {})", whole(rank.percentile), rank.interval_shown())
        });
        let median = self.reference.p50.map_or_else(String::new, |value| {
            format!(", the median of peers is {}", figure(value, self.unit, self.currency))
        });
        format!("{you}{rank}{median}. Peers: {}.", self.peers)
    }

    fn is_synthetic(&self) -> bool {
        self.synthetic
    }

    fn table(&self) -> ChartTable {
        let row = |name: &str, value: RowValue| Row { name: name.to_owned(), values: vec![value] };
        let mut rows = vec![row("You", RowValue::figure(self.you, self.unit, self.currency))];
        if let Some(rank) = self.open_rank() {
            let shown = format!("{} ({})", rank.shown(), rank.interval_shown());
            rows.push(row("Percentile (95 % interval)", RowValue { shown, raw: Some(rank.percentile) }));
        }
        rows.extend(
            self.open_reference_points()
                .into_iter()
                .map(|(name, value)| row(name, RowValue::figure(value, self.unit, self.currency))),
        );
        rows.push(row("Peers", RowValue { shown: self.peers.clone(), raw: None }));
        ChartTable { headers: vec!["Position".to_owned(), self.title.clone()], rows }
    }

    fn draw(&self, width: f64, height: f64) -> Drawing {
        layout::percentile_bar(self, width, height)
    }
}

/// The nearest whole percentile, between 0 and 100.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 0..=100 before the cast"
)]
fn whole(percentile: f64) -> u32 {
    percentile.clamp(0.0, 100.0).round() as u32
}
