//! Percentile values by Hyndman–Fan type 7, so that SQL, exports and spreadsheets agree to the last digit.

use crate::real;

/// The value below which `fraction` (0 to 1) of the sorted values lie, interpolated between neighbours.
///
/// `None` for no values or a fraction outside 0 to 1. Between a number and an infinity lies the infinity: whoever
/// ranks undefined values as infinitely bad gets "undefined" there, not a number nobody reported.
pub fn percentile(sorted: &[f64], fraction: f64) -> Option<f64> {
    if !(0.0..=1.0).contains(&fraction) {
        return None;
    }
    let position = real(sorted.len().checked_sub(1)?) * fraction;
    let below = whole(position);
    let share = position - real(below);
    let low = *sorted.get(below)?;
    let high = sorted.get(below + 1).copied().unwrap_or(low);
    Some(between(low, high, share))
}

/// The percentile values at each of `fractions`; `None` for no values or a fraction outside 0 to 1.
pub fn quantiles<const COUNT: usize>(sorted: &[f64], fractions: [f64; COUNT]) -> Option<[f64; COUNT]> {
    let mut values = [0.0; COUNT];
    for (value, fraction) in values.iter_mut().zip(fractions) {
        *value = percentile(sorted, fraction)?;
    }
    Some(values)
}

#[expect(clippy::float_cmp, reason = "only values equal in every bit need no interpolation")]
fn between(low: f64, high: f64, share: f64) -> f64 {
    if share == 0.0 || low == high || low.is_infinite() {
        low
    } else if high.is_infinite() {
        high
    } else {
        low + share * (high - low)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the position is the product of a count and a fraction, so it is never negative and fits"
)]
fn whole(position: f64) -> usize {
    position.floor() as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KNOWN: [f64; 8] = [12.0, 18.0, 25.0, 31.0, 44.0, 60.0, 95.0, 180.0];

    fn sorted(mut values: Vec<f64>) -> Vec<f64> {
        values.sort_by(f64::total_cmp);
        values
    }

    #[test]
    fn type_seven_gives_the_known_answers() {
        assert_eq!(percentile(&KNOWN, 0.75), Some(68.75));
        assert_eq!(percentile(&KNOWN, 0.5), Some(37.5));
        assert_eq!(quantiles(&KNOWN, [0.0, 1.0]), Some([12.0, 180.0]));
        assert_eq!(percentile(&[7.0], 0.9), Some(7.0));
    }

    #[test]
    fn nothing_comes_of_nothing_or_of_impossible_fractions() {
        assert_eq!(percentile(&[], 0.5), None);
        for fraction in [-0.1, 1.1, f64::NAN] {
            assert_eq!(percentile(&KNOWN, fraction), None);
        }
    }

    #[test]
    fn no_number_is_invented_between_a_number_and_an_infinity() {
        let values = [f64::NEG_INFINITY, 1.0, 2.0, f64::INFINITY, f64::INFINITY];
        assert_eq!(percentile(&values, 0.1), Some(f64::NEG_INFINITY));
        assert_eq!(percentile(&values, 0.25), Some(1.0));
        assert_eq!(percentile(&values, 0.6), Some(f64::INFINITY));
        assert_eq!(percentile(&values, 0.9), Some(f64::INFINITY));
    }

    proptest! {
        #[test]
        fn percentiles_stay_inside_the_sample_and_never_fall(
            values in prop::collection::vec(-1e9..1e9_f64, 1..60), first in 0.0..=1.0_f64, second in 0.0..=1.0_f64,
        ) {
            let values = sorted(values);
            let (low, high) = (first.min(second), first.max(second));
            let [low, high] = quantiles(&values, [low, high]).unwrap();
            let slack = 1e-6;
            prop_assert!(values[0] <= low && low <= high + slack && high <= values[values.len() - 1] + slack);
        }

        #[test]
        fn mirrored_values_have_mirrored_percentiles(
            values in prop::collection::vec(-1e6..1e6_f64, 1..60), fraction in 0.0..=1.0_f64,
        ) {
            let mirrored = sorted(values.iter().map(|value| -value).collect());
            let here = percentile(&sorted(values), fraction).unwrap();
            let there = percentile(&mirrored, 1.0 - fraction).unwrap();
            prop_assert!((here + there).abs() < 1e-3);
        }
    }
}
