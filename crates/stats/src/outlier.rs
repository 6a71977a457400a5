//! Values to ask about: modified z-scores from the median absolute deviation. Nothing is ever deleted by them.

use crate::quantile::percentile;

/// The modified z-score beyond which the owner is asked to confirm a value.
pub const SUSPICIOUS: f64 = 3.5;

/// Makes the deviation comparable with a standard deviation: the upper quartile of the normal distribution.
const NORMAL_QUARTILE: f64 = 0.6745;
/// The width of the middle half of the normal distribution, in standard deviations.
const NORMAL_IQR: f64 = 1.349;

/// The median of the distances from the median; `None` for no values.
pub fn median_absolute_deviation(sorted: &[f64]) -> Option<f64> {
    let median = percentile(sorted, 0.5)?;
    let mut distances: Vec<f64> = sorted.iter().map(|value| (value - median).abs()).collect();
    distances.sort_by(f64::total_cmp);
    percentile(&distances, 0.5)
}

/// How many robust standard deviations `value` lies from the median of the others.
///
/// Where more than half of the values are equal, the middle half takes over as the yardstick; where that is a single
/// value too, there is none.
pub fn modified_z(value: f64, sorted: &[f64]) -> Option<f64> {
    let distance = value - percentile(sorted, 0.5)?;
    let deviation = median_absolute_deviation(sorted)?;
    let spread = percentile(sorted, 0.75)? - percentile(sorted, 0.25)?;
    let score = if deviation > 0.0 {
        NORMAL_QUARTILE * distance / deviation
    } else {
        distance / (spread / NORMAL_IQR)
    };
    score.is_finite().then_some(score)
}

/// The modified z-score on a logarithmic scale, for money; `None` unless the value and all others are above zero.
pub fn modified_z_of_logarithms(value: f64, sorted: &[f64]) -> Option<f64> {
    let is_positive = value > 0.0 && sorted.first().is_some_and(|least| *least > 0.0);
    if !is_positive {
        return None;
    }
    let logarithms: Vec<f64> = sorted.iter().map(|other| other.log10()).collect();
    modified_z(value.log10(), &logarithms)
}

/// Whether a modified z-score asks for the owner's confirmation.
pub fn is_suspicious(score: f64) -> bool {
    score.abs() > SUSPICIOUS
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn near(actual: Option<f64>, expected: f64) -> bool {
        actual.is_some_and(|actual| (actual - expected).abs() < 1e-9)
    }

    #[test]
    fn the_score_is_measured_in_robust_deviations() {
        let values = [1.0, 2.0, 3.0, 4.0, 5.0];
        assert!(near(median_absolute_deviation(&values), 1.0));
        assert!(near(modified_z(10.0, &values), 0.6745 * 7.0));
        assert!(
            is_suspicious(modified_z(10.0, &values).unwrap())
                && !is_suspicious(modified_z(8.0, &values).unwrap())
        );
    }

    #[test]
    fn without_deviation_the_middle_half_is_the_yardstick_and_then_nothing() {
        let mostly_equal = [1.0, 2.0, 2.0, 2.0, 2.0, 6.0, 6.0];
        assert!(near(median_absolute_deviation(&mostly_equal), 0.0));
        assert!(near(modified_z(6.0, &mostly_equal), 4.0 / (2.0 / 1.349)));
        assert_eq!(modified_z(9.0, &[3.0; 8]), None);
        assert_eq!(modified_z(3.0, &[3.0; 8]), None);
        assert_eq!(modified_z(1.0, &[]), None);
    }

    #[test]
    fn money_is_judged_by_factors() {
        let values = [1e3, 1e4, 1e5, 1e6, 1e7];
        assert!(near(modified_z_of_logarithms(1e8, &values), 0.6745 * 3.0));
        assert_eq!(modified_z_of_logarithms(0.0, &values), None);
        assert_eq!(modified_z_of_logarithms(5.0, &[0.0, 1.0]), None);
    }

    proptest! {
        #[test]
        fn moving_or_stretching_everything_changes_no_score(
            mut values in prop::collection::vec(-1e3..1e3_f64, 5..30), value in -1e4..1e4_f64,
            shift in -1e3..1e3_f64, factor in 0.5..20.0_f64,
        ) {
            values.sort_by(f64::total_cmp);
            let moved: Vec<f64> = values.iter().map(|other| other * factor + shift).collect();
            let (here, there) = (modified_z(value, &values), modified_z(value * factor + shift, &moved));
            if let (Some(here), Some(there)) = (here, there) {
                prop_assert!((here - there).abs() <= 1e-6 * here.abs().max(1.0));
            }
        }
    }
}
