//! Intervals that say how sure a rank or a quantile is.

use crate::{rank::MidRank, real};

/// The standard normal deviate of a two-sided 95 % interval.
pub const Z_95: f64 = 1.959_963_984_540_054;
/// The confidence of every interval shown.
pub const CONFIDENCE: f64 = 0.95;

/// Two ends with the truth between them, at the confidence of whoever made it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// Whether the value lies between the ends or on one.
    pub fn contains(self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

/// The 95 % Wilson score interval of a proportion, as fractions 0 to 1. Successes may be halves, from ties.
///
/// `None` unless `0 ≤ successes ≤ n` and `n > 0`.
pub fn wilson(successes: f64, n: f64) -> Option<Interval> {
    let is_possible = n.is_finite() && n > 0.0 && (0.0..=n).contains(&successes);
    if !is_possible {
        return None;
    }
    let share = successes / n;
    let square = Z_95 * Z_95;
    let scale = 1.0 + square / n;
    let middle = (share + square / (2.0 * n)) / scale;
    let half = Z_95 / scale * (share * (1.0 - share) / n + square / (4.0 * n * n)).sqrt();
    Some(Interval { low: (middle - half).max(0.0), high: (middle + half).min(1.0) })
}

/// The 95 % interval of a percentile rank, in per cent.
pub fn rank_interval(rank: MidRank) -> Option<Interval> {
    let interval = wilson(rank.score(), real(rank.others()))?;
    Some(Interval { low: interval.low * 100.0, high: interval.high * 100.0 })
}

/// The ranks (1-based, in a sorted sample of `n`) of the two values that hold the quantile between them.
///
/// Exact, by the binomial distribution, for any continuous population. Each tail gets half of the error; where the
/// sample ends before that, it gets what it needs and the other tail the rest. `None` if even the whole sample does
/// not reach the confidence, which is what makes the evidence gates.
pub fn order_statistics(n: usize, fraction: f64, confidence: f64) -> Option<(usize, usize)> {
    let is_possible = n > 0 && fraction > 0.0 && fraction < 1.0 && confidence > 0.0 && confidence < 1.0;
    if !is_possible {
        return None;
    }
    let error = 1.0 - confidence;
    let lower = Tail::of(binomial(n, fraction));
    let upper = Tail::of(binomial(n, 1.0 - fraction));
    let (low, high) = match (lower.rank(error / 2.0), upper.rank(error / 2.0)) {
        (Some(low), Some(high)) => (low, high),
        (None, Some(_)) => (1, upper.rank(error - lower.least)?),
        (Some(_), None) => (lower.rank(error - upper.least)?, 1),
        (None, None) => return None,
    };
    Some((low, n + 1 - high))
}

/// The cumulated probabilities that at most 0, 1, 2 … values fall below the quantile.
struct Tail {
    cumulated: Vec<f64>,
    least: f64,
}

impl Tail {
    fn of(probabilities: Vec<f64>) -> Self {
        let mut sum = 0.0;
        let cumulated: Vec<f64> = probabilities
            .into_iter()
            .map(|probability| {
                sum += probability;
                sum
            })
            .collect();
        Self { least: cumulated.first().copied().unwrap_or(1.0), cumulated }
    }

    /// The greatest rank that lies beyond the quantile with at most this probability.
    fn rank(&self, error: f64) -> Option<usize> {
        let rank = self.cumulated.partition_point(|probability| *probability <= error);
        (rank > 0).then_some(rank)
    }
}

/// The probabilities of 0 to n successes, worked outwards from the likeliest so that nothing underflows on the way.
fn binomial(n: usize, chance: f64) -> Vec<f64> {
    let odds = chance / (1.0 - chance);
    let ratio = |successes: usize| odds * real(n - successes) / real(successes + 1);
    let likeliest = (0..n).find(|successes| ratio(*successes) < 1.0).unwrap_or(n);
    let mut above = vec![1.0];
    let mut weight = 1.0;
    for successes in likeliest..n {
        weight *= ratio(successes);
        above.push(weight);
    }
    weight = 1.0;
    let mut weights: Vec<f64> = (0..likeliest)
        .rev()
        .map(|successes| {
            weight /= ratio(successes);
            weight
        })
        .collect();
    weights.reverse();
    weights.append(&mut above);
    let total: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / total).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn whole_percents(share: f64, n: f64) -> (f64, f64) {
        let interval = wilson(share * n, n).unwrap();
        ((interval.low * 100.0).round(), (interval.high * 100.0).round())
    }

    /// The smallest sample whose own range holds the quantile, and from which every larger one does.
    fn smallest_sample(fraction: f64) -> usize {
        let has_interval = |n: usize| order_statistics(n, fraction, CONFIDENCE).is_some();
        let first = (1..200).find(|n| has_interval(*n)).unwrap();
        assert!((first..400).all(has_interval));
        first
    }

    #[test]
    fn the_67th_percentile_is_as_sure_as_the_known_answers() {
        assert_eq!(whole_percents(0.67, 12.0), (39.0, 86.0));
        assert_eq!(whole_percents(0.67, 30.0), (49.0, 81.0));
        assert_eq!(whole_percents(0.67, 100.0), (57.0, 75.0));
        assert_eq!(whole_percents(0.67, 300.0), (61.0, 72.0));
    }

    #[test]
    fn a_rank_has_its_interval_in_per_cent() {
        let rank = MidRank::from_counts(20, 0, 30).unwrap();
        let interval = rank_interval(rank).unwrap();
        assert!(interval.contains(rank.percentile()) && interval.contains(49.0) && !interval.contains(48.0));
    }

    #[test]
    fn impossible_proportions_have_no_interval() {
        for (successes, n) in [(1.0, 0.0), (3.0, 2.0), (-1.0, 2.0), (f64::NAN, 2.0), (1.0, f64::INFINITY)] {
            assert_eq!(wilson(successes, n), None);
        }
    }

    #[test]
    fn twenty_values_hold_their_median_and_upper_quartile_between_known_ranks() {
        assert_eq!(order_statistics(20, 0.5, CONFIDENCE), Some((6, 15)));
        assert_eq!(order_statistics(20, 0.75, CONFIDENCE), Some((11, 19)));
        assert_eq!(order_statistics(20, 0.25, CONFIDENCE), Some((2, 10)));
    }

    #[test]
    fn the_evidence_gates_follow_from_the_binomial_distribution() {
        assert_eq!(smallest_sample(0.5), 6);
        assert_eq!((smallest_sample(0.25), smallest_sample(0.75)), (11, 11));
        assert_eq!((smallest_sample(0.1), smallest_sample(0.9)), (29, 29));
    }

    #[test]
    fn impossible_questions_have_no_ranks() {
        for (n, fraction, confidence) in [(0, 0.5, 0.95), (50, 0.0, 0.95), (50, 1.0, 0.95), (50, 0.5, 1.0)] {
            assert_eq!(order_statistics(n, fraction, confidence), None);
        }
    }

    #[test]
    fn large_samples_neither_underflow_nor_lose_the_quantile() {
        let (low, high) = order_statistics(1_000_000, 0.5, CONFIDENCE).unwrap();
        // The normal approximation: 500,000 ± 1.96 · 500.
        assert!((499_018..=499_023).contains(&low) && (500_978..=500_983).contains(&high));
    }

    proptest! {
        #[test]
        fn wilson_holds_the_share_and_mirrors(n in 1_u32..500, halves in 0_u32..1000) {
            let successes = f64::from(halves % (2 * n + 1)) / 2.0;
            let n = f64::from(n);
            let here = wilson(successes, n).unwrap();
            let there = wilson(n - successes, n).unwrap();
            let share = successes / n;
            prop_assert!(0.0 <= here.low && here.low <= share + 1e-12 && share <= here.high + 1e-12 && here.high <= 1.0);
            prop_assert!((here.low + there.high - 1.0).abs() < 1e-9);
        }

        #[test]
        fn the_two_ranks_reach_the_confidence_and_mirror(n in 1_usize..150, hundredths in 5_u32..=95) {
            let fraction = f64::from(hundredths) / 100.0;
            if let Some((low, high)) = order_statistics(n, fraction, CONFIDENCE) {
                let coverage: f64 = binomial(n, fraction)[low..high].iter().sum();
                prop_assert!(1 <= low && low < high && high <= n && coverage >= CONFIDENCE - 1e-9);
                let mirrored = order_statistics(n, 1.0 - fraction, CONFIDENCE);
                prop_assert_eq!(mirrored, Some((n + 1 - high, n + 1 - low)));
            }
        }
    }
}
