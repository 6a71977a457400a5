//! Made-up peers for the demo: plausible, repeatable, and never mixed with real ones.

use std::collections::BTreeMap;

use accounts::{Industry, Stage};
use kernel::{Entropy, SeededEntropy};

use super::{Contribution, MetricRule};
use crate::model::{Extreme, PeerValue, Profile, RevenueBand};

/// How a metric is spread among made-up companies: median and spread, on a logarithmic scale where values are positive only.
struct Spread {
    key: &'static str,
    median: f64,
    deviation: f64,
    is_logarithmic: bool,
}

/// Medians close to the published figures, so that the demo looks like the world.
const SPREADS: [Spread; 17] = [
    Spread { key: "g_yoy", median: 0.36, deviation: 0.28, is_logarithmic: false },
    Spread { key: "cmgr", median: 0.026, deviation: 0.017, is_logarithmic: false },
    Spread { key: "mrr_net_new", median: 3_800.0, deviation: 0.8, is_logarithmic: true },
    Spread { key: "nrr", median: 1.01, deviation: 0.09, is_logarithmic: false },
    Spread { key: "grr", median: 0.89, deviation: 0.06, is_logarithmic: false },
    Spread { key: "logo_churn", median: 0.024, deviation: 0.55, is_logarithmic: true },
    Spread { key: "burn_mult", median: 1.6, deviation: 0.55, is_logarithmic: true },
    Spread { key: "cac_payback", median: 16.0, deviation: 0.45, is_logarithmic: true },
    Spread { key: "cac_ratio", median: 1.8, deviation: 0.4, is_logarithmic: true },
    Spread { key: "ltv_cac", median: 3.1, deviation: 0.5, is_logarithmic: true },
    Spread { key: "magic", median: 0.75, deviation: 0.4, is_logarithmic: true },
    Spread { key: "quick", median: 2.9, deviation: 0.45, is_logarithmic: true },
    Spread { key: "rev_fte", median: 92_000.0, deviation: 0.4, is_logarithmic: true },
    Spread { key: "gm", median: 0.74, deviation: 0.07, is_logarithmic: false },
    Spread { key: "ebitda_m", median: -0.22, deviation: 0.3, is_logarithmic: false },
    Spread { key: "rule40", median: 12.0, deviation: 34.0, is_logarithmic: false },
    Spread { key: "runway", median: 17.0, deviation: 0.5, is_logarithmic: true },
];

/// That many made-up companies; the same seed always gives the same ones.
pub fn synthetic_peers(companies: u32, seed: u64, rules: &[MetricRule<'_>]) -> Vec<Contribution> {
    let dice = Dice(SeededEntropy::new(seed));
    (0..companies).map(|_| company(&dice, rules)).collect()
}

fn company(dice: &Dice, rules: &[MetricRule<'_>]) -> Contribution {
    // More than half are like the demo company, so that it has close peers.
    let industry =
        if dice.chance(0.5) { Industry::Software } else { dice.pick(Industry::ALL, Industry::Other) };
    let band = if dice.chance(0.45) {
        RevenueBand::From1MTo3M
    } else {
        dice.pick(RevenueBand::ALL, RevenueBand::From300kTo1M)
    };
    let stage = if dice.chance(0.45) { Stage::Seed } else { dice.pick(Stage::ALL, Stage::SeriesA) };
    let values: BTreeMap<String, PeerValue> = SPREADS
        .iter()
        .filter(|spread| rules.iter().any(|rule| rule.key == spread.key) && dice.chance(0.9))
        .map(|spread| (spread.key.to_owned(), value(dice, spread)))
        .collect();
    Contribution {
        company: dice.0.uuid().into(),
        is_synthetic: true,
        owner: None,
        profile: Profile { industry: Some(industry), band: Some(band), stage: Some(stage) },
        values,
    }
}

fn value(dice: &Dice, spread: &Spread) -> PeerValue {
    // A few earn cash, so that their runway has no end.
    if spread.key == "runway" && dice.chance(0.08) {
        return PeerValue::Undefined(Extreme::Best);
    }
    let offset = dice.normal() * spread.deviation;
    let number = if spread.is_logarithmic { spread.median * offset.exp() } else { spread.median + offset };
    let number = if spread.key == "grr" { number.min(1.0) } else { number };
    PeerValue::Known(stats::rounding::significant(number, 3))
}

struct Dice(SeededEntropy);

impl Dice {
    /// Evenly between 0 and 1.
    fn even(&self) -> f64 {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        (f64::from(u32::from_le_bytes(bytes)) + 0.5) / (f64::from(u32::MAX) + 1.0)
    }

    fn chance(&self, share: f64) -> bool {
        self.even() < share
    }

    /// Standard normal, by the polar form of Box and Muller (1958).
    fn normal(&self) -> f64 {
        (-2.0 * self.even().ln()).sqrt() * (std::f64::consts::TAU * self.even()).cos()
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "the lists are short, and the product stays below their length"
    )]
    fn pick<T: Copy>(&self, from: &[T], otherwise: T) -> T {
        from.get((self.even() * from.len() as f64) as usize).copied().unwrap_or(otherwise)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Direction;

    #[test]
    fn the_same_seed_gives_the_same_companies_and_they_are_marked() {
        let rules = [MetricRule { key: "nrr", direction: Direction::High }];
        let peers = synthetic_peers(400, 7, &rules);
        assert_eq!(peers.len(), 400);
        assert!(peers.iter().all(|peer| peer.is_synthetic));
        let again = synthetic_peers(400, 7, &rules);
        assert!(
            peers
                .iter()
                .zip(&again)
                .all(|(one, other)| one.company == other.company && one.values == other.values)
        );
        let mut retention: Vec<f64> =
            peers.iter().filter_map(|peer| peer.values.get("nrr")?.known()).collect();
        retention.sort_by(f64::total_cmp);
        let median = stats::quantile::percentile(&retention, 0.5).unwrap();
        assert!((median - 1.01).abs() < 0.02, "{median}");
    }
}
