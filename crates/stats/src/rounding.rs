//! What is shown instead of exact figures: significant digits and ranges of counts.

use std::fmt;

/// The value rounded to so many significant digits; ties go to the even digit. Not a number stays as it is.
pub fn significant(value: f64, digits: usize) -> f64 {
    // The formatter rounds the exact decimal value, which multiplying by powers of ten would not.
    let places = digits.saturating_sub(1);
    if value.is_finite() { format!("{value:.places$e}").parse().unwrap_or(value) } else { value }
}

/// The first counts of the ranges shown. A count below the second is "fewer than" it.
const STARTS: [usize; 11] = [0, 6, 11, 21, 31, 41, 51, 101, 201, 501, 1001];

/// A range that holds a count, shown in its place: never the count itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CountRange {
    first: usize,
    last: Option<usize>,
}

/// The range to show for a count.
pub fn count_range(count: usize) -> CountRange {
    let place = STARTS.partition_point(|start| *start <= count);
    let first = place.checked_sub(1).and_then(|place| STARTS.get(place)).copied().unwrap_or(0);
    CountRange { first, last: STARTS.get(place).map(|next| next - 1) }
}

impl CountRange {
    /// The smallest count in the range; [`count_range`] of it is the same range.
    pub fn first(self) -> usize {
        self.first
    }

    /// The greatest count in the range; `None` where it is open.
    pub fn last(self) -> Option<usize> {
        self.last
    }
}

impl fmt::Display for CountRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.first, self.last) {
            (0, Some(last)) => write!(f, "fewer than {}", last + 1),
            (first, Some(last)) => write!(f, "{}–{}", grouped(first), grouped(last)),
            (first, None) => write!(f, "over {}", grouped(first.saturating_sub(1))),
        }
    }
}

fn grouped(count: usize) -> String {
    if count < 1000 { count.to_string() } else { format!("{},{:03}", count / 1000, count % 1000) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn three_digits_are_kept() {
        for (value, expected) in [
            (0.123_456, 0.123),
            (1_234_567.0, 1_230_000.0),
            (-98_765.0, -98_800.0),
            (999.6, 1000.0),
            (0.0, 0.0),
            (1.0e-9, 1.0e-9),
            (0.067_449, 0.0674),
        ] {
            assert_eq!(significant(value, 3).to_bits(), f64::to_bits(expected), "{value}");
        }
        assert!(significant(f64::INFINITY, 3).is_infinite() && significant(f64::NAN, 3).is_nan());
    }

    #[test]
    fn counts_are_shown_as_ranges() {
        let shown = |count| count_range(count).to_string();
        assert_eq!([shown(0), shown(5)], ["fewer than 6", "fewer than 6"]);
        assert_eq!([shown(6), shown(10), shown(11), shown(20)], ["6–10", "6–10", "11–20", "11–20"]);
        assert_eq!([shown(21), shown(40), shown(50)], ["21–30", "31–40", "41–50"]);
        assert_eq!([shown(51), shown(101), shown(201)], ["51–100", "101–200", "201–500"]);
        assert_eq!([shown(501), shown(1000), shown(1001)], ["501–1,000", "501–1,000", "over 1,000"]);
        assert_eq!(shown(usize::MAX), "over 1,000");
    }

    proptest! {
        #[test]
        fn rounding_keeps_order_and_is_stable(first in -1e12..1e12_f64, second in -1e12..1e12_f64, digits in 1_usize..9) {
            let (low, high) = (significant(first.min(second), digits), significant(first.max(second), digits));
            prop_assert!(low <= high);
            prop_assert_eq!(significant(low, digits).to_bits(), low.to_bits());
            prop_assert!((significant(first, 3) - first).abs() <= first.abs() * 0.005_000_001);
        }

        #[test]
        fn a_range_holds_its_count_and_starts_at_itself(count in 0_usize..5000) {
            let range = count_range(count);
            prop_assert!(range.first() <= count && range.last().is_none_or(|last| count <= last));
            prop_assert_eq!(count_range(range.first()), range);
        }
    }
}
