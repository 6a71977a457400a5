//! Bands of annual recurring revenue, with edges into which the bands of the published sources nest.

use serde::{Deserialize, Serialize};

kernel::keyed! {
    /// How much recurring revenue a company has in a year; the upper edge belongs to the next band.
    RevenueBand {
        UpTo300k "0-0.3" "Under $0.3 M ARR",
        From300kTo1M "0.3-1" "$0.3–1 M ARR",
        From1MTo3M "1-3" "$1–3 M ARR",
        From3MTo5M "3-5" "$3–5 M ARR",
        From5MTo10M "5-10" "$5–10 M ARR",
        From10MTo20M "10-20" "$10–20 M ARR",
        From20MTo50M "20-50" "$20–50 M ARR",
        Over50M "50-" "Over $50 M ARR",
    }
}

impl RevenueBand {
    /// The band of an annual recurring revenue in US dollars; `None` if it is negative or not a number.
    pub fn of_arr_usd(arr: f64) -> Option<Self> {
        (arr >= 0.0).then(|| Self::ALL.iter().copied().find(|band| band.range().contains(arr)))?
    }

    /// Its edges.
    pub fn range(self) -> RevenueRange {
        let (lower, upper) = match self {
            Self::UpTo300k => (None, Some(0.3)),
            Self::From300kTo1M => (Some(0.3), Some(1.0)),
            Self::From1MTo3M => (Some(1.0), Some(3.0)),
            Self::From3MTo5M => (Some(3.0), Some(5.0)),
            Self::From5MTo10M => (Some(5.0), Some(10.0)),
            Self::From10MTo20M => (Some(10.0), Some(20.0)),
            Self::From20MTo50M => (Some(20.0), Some(50.0)),
            Self::Over50M => (Some(50.0), None),
        };
        RevenueRange { lower, upper }
    }

    /// The bands next to it, smaller first.
    pub fn neighbours(self) -> impl Iterator<Item = Self> {
        self.group().filter(move |band| *band != self)
    }

    /// The band and its neighbours, smallest first: the group that stands in where the band alone is too small.
    pub fn group(self) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |band| (*band as u8).abs_diff(self as u8) <= 1)
    }

    /// The edges of the band and its neighbours together.
    pub fn group_range(self) -> RevenueRange {
        let lower = self.group().next().and_then(|band| band.range().lower);
        RevenueRange { lower, upper: self.group().last().and_then(|band| band.range().upper) }
    }
}

/// A range of yearly revenue in millions of US dollars; the upper edge is outside, no edge means open.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RevenueRange {
    /// The lower edge.
    pub lower: Option<f64>,
    /// The upper edge.
    pub upper: Option<f64>,
}

impl RevenueRange {
    /// Companies of every size.
    pub const ALL: Self = Self { lower: None, upper: None };

    /// Whether the range leaves nobody out.
    pub fn is_all(self) -> bool {
        self.lower.is_none() && self.upper.is_none()
    }

    /// Whether it holds a revenue in US dollars.
    pub fn contains(self, usd: f64) -> bool {
        // The edge is multiplied, not the revenue divided, so that $300,000 is exactly on it.
        self.lower.is_none_or(|lower| usd >= lower * 1e6) && self.upper.is_none_or(|upper| usd < upper * 1e6)
    }

    /// The words for people: `$1–3 M`, `under $1 M`, `over $20 M`; `None` for companies of every size.
    pub fn words(self) -> Option<String> {
        match (self.lower, self.upper) {
            (Some(lower), Some(upper)) => Some(format!("${lower}–{upper} M")),
            (Some(lower), None) => Some(format!("over ${lower} M")),
            (None, Some(upper)) => Some(format!("under ${upper} M")),
            (None, None) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_revenue_has_one_band_and_edges_belong_to_the_upper() {
        for (arr, band) in [
            (0.0, RevenueBand::UpTo300k),
            (299_999.99, RevenueBand::UpTo300k),
            (300_000.0, RevenueBand::From300kTo1M),
            (1e6, RevenueBand::From1MTo3M),
            (2_999_999.0, RevenueBand::From1MTo3M),
            (3e6, RevenueBand::From3MTo5M),
            (5e6, RevenueBand::From5MTo10M),
            (1e7, RevenueBand::From10MTo20M),
            (2e7, RevenueBand::From20MTo50M),
            (5e7, RevenueBand::Over50M),
            (1e12, RevenueBand::Over50M),
        ] {
            assert_eq!(RevenueBand::of_arr_usd(arr), Some(band), "{arr}");
            assert_eq!(RevenueBand::ALL.iter().filter(|other| other.range().contains(arr)).count(), 1);
        }
        assert_eq!(RevenueBand::of_arr_usd(-1.0), None);
        assert_eq!(RevenueBand::of_arr_usd(f64::NAN), None);
    }

    #[test]
    fn labels_and_groups_agree_with_the_edges() {
        for band in RevenueBand::ALL {
            let words = band.range().words().unwrap();
            assert_eq!(band.label().to_lowercase(), format!("{words} ARR").to_lowercase());
            assert_eq!(RevenueBand::from_key(band.key()), Some(*band));
        }
        let group: Vec<_> = RevenueBand::From1MTo3M.group().map(RevenueBand::key).collect();
        assert_eq!(group, ["0.3-1", "1-3", "3-5"]);
        assert_eq!(RevenueBand::From1MTo3M.neighbours().count(), 2);
        assert_eq!(RevenueBand::UpTo300k.neighbours().count(), 1);
        assert_eq!(RevenueBand::Over50M.group_range().words().unwrap(), "over $20 M");
        assert_eq!(RevenueBand::UpTo300k.group_range().words().unwrap(), "under $1 M");
    }
}
