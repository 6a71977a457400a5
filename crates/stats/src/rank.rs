//! Where a value stands among others: mid-rank, with ties counted half.

use crate::real;

/// How many of the others lie below a value and how many equal it. The subject is not among the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MidRank {
    below: usize,
    equal: usize,
    others: usize,
}

impl MidRank {
    /// Counts by binary search in the sorted values of the others; `None` for no others or a value that is not a number.
    pub fn among(value: f64, sorted_others: &[f64]) -> Option<Self> {
        if value.is_nan() {
            return None;
        }
        let below = sorted_others.partition_point(|other| *other < value);
        let not_above = sorted_others.partition_point(|other| *other <= value);
        Self::from_counts(below, not_above.checked_sub(below)?, sorted_others.len())
    }

    /// From counts made elsewhere, such as in SQL; `None` for no others or counts that exceed them.
    pub fn from_counts(below: usize, equal: usize, others: usize) -> Option<Self> {
        let is_possible = others > 0 && below.checked_add(equal).is_some_and(|counted| counted <= others);
        is_possible.then_some(Self { below, equal, others })
    }

    /// How many of the others lie below.
    pub fn below(self) -> usize {
        self.below
    }

    /// How many of the others have the same value.
    pub fn equal(self) -> usize {
        self.equal
    }

    /// How many others there are, always at least one.
    pub fn others(self) -> usize {
        self.others
    }

    /// Those below plus half of those equal: the successes of the rank's interval.
    pub fn score(self) -> f64 {
        real(self.below) + real(self.equal) / 2.0
    }

    /// The percentile rank, 0 to 100.
    pub fn percentile(self) -> f64 {
        100.0 * self.score() / real(self.others)
    }

    /// The rank where less is better: `100 − percentile`, exactly.
    pub fn flipped(self) -> Self {
        Self { below: self.others - self.below - self.equal, ..self }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rank(value: f64, others: &[f64]) -> MidRank {
        let mut sorted = others.to_vec();
        sorted.sort_by(f64::total_cmp);
        MidRank::among(value, &sorted).unwrap()
    }

    fn values() -> impl Strategy<Value = Vec<f64>> {
        // Few distinct values, so that ties are common.
        prop::collection::vec((-6_i32..6).prop_map(f64::from), 1..40)
    }

    #[test]
    fn ties_count_half() {
        let rank = rank(20.0, &[10.0, 20.0, 20.0, 30.0]);
        assert_eq!((rank.below(), rank.equal(), rank.others()), (1, 2, 4));
        assert!((rank.percentile() - 50.0).abs() < f64::EPSILON);
        assert!((super::MidRank::from_counts(2, 1, 10).unwrap().percentile() - 25.0).abs() < f64::EPSILON);
    }

    #[test]
    fn nobody_to_compare_with_is_no_rank() {
        assert_eq!(MidRank::among(1.0, &[]), None);
        assert_eq!(MidRank::among(f64::NAN, &[1.0]), None);
        assert_eq!(MidRank::from_counts(3, 3, 5), None);
        assert_eq!(MidRank::from_counts(usize::MAX, 1, 5), None);
    }

    #[test]
    fn an_undefined_value_ties_with_the_undefined_and_loses_to_every_number() {
        let others = [1.0, 2.0, f64::INFINITY];
        assert_eq!(rank(f64::INFINITY, &others).below(), 2);
        assert_eq!(rank(f64::INFINITY, &others).equal(), 1);
    }

    proptest! {
        #[test]
        fn the_order_of_the_others_does_not_matter(others in values(), value in -7_i32..7) {
            let mut reversed = others.clone();
            reversed.reverse();
            let brute_below = others.iter().filter(|other| **other < f64::from(value)).count();
            prop_assert_eq!(rank(f64::from(value), &others), rank(f64::from(value), &reversed));
            prop_assert_eq!(rank(f64::from(value), &others).below(), brute_below);
        }

        #[test]
        fn a_greater_value_never_ranks_lower(others in values(), first in -7_i32..7, second in -7_i32..7) {
            let low = rank(f64::from(first.min(second)), &others).percentile();
            let high = rank(f64::from(first.max(second)), &others).percentile();
            prop_assert!((0.0..=100.0).contains(&low) && low <= high && high <= 100.0);
        }

        #[test]
        fn less_is_better_mirrors_more_is_better(others in values(), value in -7_i32..7) {
            let mirrored: Vec<f64> = others.iter().map(|other| -other).collect();
            let here = rank(f64::from(value), &others);
            prop_assert_eq!(here.flipped(), rank(f64::from(-value), &mirrored));
            prop_assert!((here.percentile() + here.flipped().percentile() - 100.0).abs() < 1e-9);
            prop_assert_eq!(here.flipped().flipped(), here);
        }

        #[test]
        fn equals_among_equals_stand_in_the_middle(value in -1e9..1e9_f64, count in 1_usize..50) {
            prop_assert!((rank(value, &vec![value; count]).percentile() - 50.0).abs() < f64::EPSILON);
        }
    }
}
