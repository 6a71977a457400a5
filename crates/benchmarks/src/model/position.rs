//! Where a company stands for one metric, ready to show.

use kernel::Direction;
use serde::{Deserialize, Serialize};
use stats::gate::Evidence;

use super::{Cohort, PeerCount, PeerValue, Quantiles};

/// How [`Evidence`] is written on the wire.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Evidence", rename_all = "snake_case")]
pub enum EvidenceWire {
    /// Too few peers to say anything.
    Nothing,
    /// The median and a rank.
    Median,
    /// The quartiles too.
    Quartiles,
    /// The 10th and 90th percentiles too.
    Deciles,
}

/// A step of the ladder from the closest peers to all companies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rung {
    /// 1 for the closest peers to 5 for all companies.
    pub level: u8,
    /// The peers of this step.
    pub cohort: Cohort,
}

impl Rung {
    /// How many steps there are.
    pub const LEVELS: u8 = 5;

    /// The words for people: `level 1 of 5: industry × band × stage`.
    pub fn words(self) -> String {
        format!("level {} of {}: {}", self.level, Self::LEVELS, self.cohort.dimensions())
    }
}

/// A percentile rank and its 95 % interval in whole per cent. The right is better: less-is-better metrics are flipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RankEstimate {
    /// The share of peers left behind, ties counted half.
    pub percentile: u8,
    /// The lower end of the interval.
    pub low: u8,
    /// The upper end of the interval.
    pub high: u8,
}

/// What a position allows to be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The whole interval lies above the middle.
    Ahead,
    /// The whole interval lies below the middle.
    Behind,
    /// The interval holds the middle.
    Middle,
    /// Neither way is better.
    Unjudged,
    /// Too few peers.
    Unknown,
}

impl Standing {
    /// The words for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Ahead => "ahead",
            Self::Behind => "behind",
            Self::Middle => "about the middle",
            Self::Unjudged => "neither way is better",
            Self::Unknown => "too few peers",
        }
    }
}

/// Where a company stands for one metric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// The key of the metric.
    pub metric: String,
    /// Which way is better.
    pub direction: Direction,
    /// The company's own value; `None` if it has none that can be compared.
    pub value: Option<PeerValue>,
    /// What the number of peers allows to be said.
    #[serde(with = "EvidenceWire")]
    pub evidence: Evidence,
    /// The frozen values of the cohort, in ascending order of value, as far as the evidence allows.
    pub quantiles: Quantiles,
    /// Whether some of the peers have no number for this ratio and are ranked beyond all others.
    pub has_undefined_peers: bool,
    /// The rank among the peers; absent without evidence.
    pub rank: Option<RankEstimate>,
    /// How many peers there are besides the company.
    pub peers: PeerCount,
    /// Which peers; absent if no step of the ladder has enough.
    pub rung: Option<Rung>,
}

impl Position {
    /// What may be said. It follows from the whole per cents that are shown, not from hidden decimals.
    pub fn standing(&self) -> Standing {
        match (self.rank, self.direction) {
            (None, _) => Standing::Unknown,
            (Some(_), Direction::Context) => Standing::Unjudged,
            (Some(rank), _) if rank.low > 50 => Standing::Ahead,
            (Some(rank), _) if rank.high < 50 => Standing::Behind,
            (Some(_), _) => Standing::Middle,
        }
    }
}
