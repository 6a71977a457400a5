//! The values of peers as they may leave the server: quantiles, ranges of counts and reasons for silence.

use std::fmt;

use kernel::Direction;
use serde::{Deserialize, Serialize};
use stats::rounding::{CountRange, count_range};

use super::Cohort;

/// The end of the ranking at which a company without a number stands, as the null rule of the metric has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extreme {
    /// Behind every number: no growth to divide its burn by.
    Worst,
    /// Ahead of every number: no losses to divide by.
    Best,
}

/// What a company reports for a metric. A value nobody reported is absent instead, and never 0.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeerValue {
    /// A number, in the unit of the metric.
    Known(f64),
    /// A ratio without a value, ranked last (or first) and not dropped: dropping would flatter the cohort.
    ///
    /// Why it has none is the reason code of the metric's null rule in the catalogue; each metric has one.
    Undefined(Extreme),
}

impl PeerValue {
    /// The number, if there is one.
    pub fn known(self) -> Option<f64> {
        match self {
            Self::Known(value) => Some(value),
            Self::Undefined(_) => None,
        }
    }

    /// Where it sorts among numbers: undefined values beyond all of them, on their side.
    ///
    /// `None` if it cannot be ranked: not a finite number, or undefined where neither side is better.
    pub fn placement(self, direction: Direction) -> Option<f64> {
        match (self, direction) {
            (Self::Known(value), _) => value.is_finite().then_some(value),
            (Self::Undefined(_), Direction::Context) => None,
            (Self::Undefined(extreme), direction) => {
                let is_top = (extreme == Extreme::Best) == (direction == Direction::High);
                Some(if is_top { f64::INFINITY } else { f64::NEG_INFINITY })
            }
        }
    }
}

/// Percentile values in ascending order of value; absent where evidence is too thin or peers have no number there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Quantiles {
    /// The 10th percentile.
    pub p10: Option<f64>,
    /// The 25th percentile.
    pub p25: Option<f64>,
    /// The median.
    pub p50: Option<f64>,
    /// The 75th percentile.
    pub p75: Option<f64>,
    /// The 90th percentile.
    pub p90: Option<f64>,
}

impl Quantiles {
    /// From the worst to the best, the way a percentile bar is drawn: the right is always better.
    pub fn worst_to_best(self, direction: Direction) -> [Option<f64>; 5] {
        let mut values = [self.p10, self.p25, self.p50, self.p75, self.p90];
        if direction == Direction::Low {
            values.reverse();
        }
        values
    }
}

/// How many peers there are, as a range: the exact count never leaves the server. Serialised as the range's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "u32", into = "u32")]
pub struct PeerCount(CountRange);

impl PeerCount {
    /// The range to show for a count.
    pub fn of(peers: usize) -> Self {
        Self(count_range(peers))
    }
}

impl fmt::Display for PeerCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<u32> for PeerCount {
    fn from(count: u32) -> Self {
        Self::of(usize::try_from(count).unwrap_or(usize::MAX))
    }
}

impl From<PeerCount> for u32 {
    fn from(count: PeerCount) -> Self {
        Self::try_from(count.0.first()).unwrap_or(Self::MAX)
    }
}

/// Whose values a snapshot holds. The two never mix: made-up companies must not hide or outnumber real ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Population {
    /// Companies that agreed to be compared.
    Live,
    /// The demonstration set; it says so wherever it is shown.
    Synthetic,
}

/// Why nothing is shown for a cohort and metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closure {
    /// Fewer contributors than the median needs.
    TooFewPeers,
    /// Without the companies of one owner too few would be left, and that owner knows its own.
    OneOwner,
    /// Compared with this larger cohort, it would single out a few of the companies left over.
    SinglesOutRest(Cohort),
    /// So few companies changed since it was last shown that the change would single them out.
    TooFewChanged,
}

impl Closure {
    /// The sentence for people.
    pub fn words(self) -> String {
        match self {
            Self::TooFewPeers => "Too few peers report this".to_owned(),
            Self::OneOwner => "Too many of these peers belong to one owner".to_owned(),
            Self::SinglesOutRest(parent) => {
                format!("Shown beside “{}”, this would single out a few companies", parent.label())
            }
            Self::TooFewChanged => "Too few of these peers have changed since the last snapshot".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undefined_values_lie_beyond_all_numbers_on_their_side() {
        let worst = PeerValue::Undefined(Extreme::Worst);
        let best = PeerValue::Undefined(Extreme::Best);
        assert_eq!(worst.placement(Direction::Low), Some(f64::INFINITY));
        assert_eq!(worst.placement(Direction::High), Some(f64::NEG_INFINITY));
        assert_eq!(best.placement(Direction::High), Some(f64::INFINITY));
        assert_eq!(best.placement(Direction::Low), Some(f64::NEG_INFINITY));
        assert_eq!(worst.placement(Direction::Context), None);
        assert_eq!(PeerValue::Known(f64::NAN).placement(Direction::High), None);
        assert_eq!(serde_json::to_string(&worst).unwrap(), "{\"undefined\":\"worst\"}");
    }

    #[test]
    fn only_the_range_of_a_count_crosses_the_wire() {
        for peers in [0, 5, 6, 8, 17, 47, 1_000_000] {
            let json = serde_json::to_string(&PeerCount::of(peers)).unwrap();
            let back: PeerCount = serde_json::from_str(&json).unwrap();
            assert_eq!(back, PeerCount::of(peers));
        }
        assert_eq!(serde_json::to_string(&PeerCount::of(17)).unwrap(), "11");
    }
}
