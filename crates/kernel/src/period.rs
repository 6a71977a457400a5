//! Months and quarters: the periods that figures belong to.

use std::{fmt, ops::RangeInclusive, str::FromStr};

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

const MONTH_NAMES: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The years that somebody may write.
const TYPED: RangeInclusive<i32> = 1900..=2200;
/// The years that months may lie in which are computed from those, like the year before: whatever the program writes down it reads again.
const COMPUTED: RangeInclusive<i32> = 1800..=2300;

/// A calendar month. Serialised as `2026-09`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month {
    /// Months since year 0.
    index: i32,
}

/// The text is not a period.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a month. Write it like 2026-09")]
pub struct ParsePeriodError(pub String);

impl Month {
    /// The month of that year, 1 to 12; years 1900 to 2200.
    pub fn new(year: i32, month: u32) -> Option<Self> {
        Self::within(TYPED, year, month)
    }

    fn within(years: RangeInclusive<i32>, year: i32, month: u32) -> Option<Self> {
        let in_range = years.contains(&year) && (1..=12).contains(&month);
        in_range.then(|| Self { index: year * 12 + month.cast_signed() - 1 })
    }

    fn read(text: &str, years: RangeInclusive<i32>) -> Result<Self, ParsePeriodError> {
        let parsed = text
            .split_once('-')
            .filter(|(year, month)| year.len() == 4 && month.len() == 2)
            .filter(|_| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-'))
            .and_then(|(year, month)| Self::within(years, year.parse().ok()?, month.parse().ok()?));
        parsed.ok_or_else(|| ParsePeriodError(text.to_owned()))
    }

    /// The month that holds `date`.
    pub fn of(date: NaiveDate) -> Self {
        Self { index: date.year() * 12 + date.month0().cast_signed() }
    }

    /// The calendar year.
    pub fn year(self) -> i32 {
        self.index.div_euclid(12)
    }

    /// 1 to 12.
    pub fn month(self) -> u32 {
        self.index.rem_euclid(12).cast_unsigned() + 1
    }

    /// `months` later, or earlier if negative.
    pub fn plus(self, months: i32) -> Self {
        Self { index: self.index + months }
    }

    /// How many months `self` lies after `other`.
    pub fn since(self, other: Self) -> i32 {
        self.index - other.index
    }

    /// The first day, which is what the databases store.
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year(), self.month(), 1).unwrap_or_default()
    }

    /// The quarter that holds the month.
    pub fn quarter(self) -> Quarter {
        Quarter { index: self.index.div_euclid(3) }
    }

    /// Three letters: `Sep`.
    pub fn short_name(self) -> &'static str {
        usize::try_from(self.index.rem_euclid(12))
            .ok()
            .and_then(|i| MONTH_NAMES.get(i))
            .copied()
            .unwrap_or("")
    }

    /// `Sep 2026`.
    pub fn label(self) -> String {
        format!("{} {}", self.short_name(), self.year())
    }

    /// Every month from `self` to `last`, both included.
    pub fn through(self, last: Self) -> impl DoubleEndedIterator<Item = Self> + Clone {
        (self.index..=last.index).map(|index| Self { index })
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.month())
    }
}

impl FromStr for Month {
    type Err = ParsePeriodError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::read(text, TYPED)
    }
}

impl TryFrom<String> for Month {
    type Error = ParsePeriodError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::read(&text, COMPUTED)
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

/// A calendar quarter. Shown as `2026 Q3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quarter {
    /// Quarters since year 0.
    index: i32,
}

impl Quarter {
    /// The quarter before.
    pub fn previous(self) -> Self {
        Self { index: self.index - 1 }
    }

    /// Its first month.
    pub fn first_month(self) -> Month {
        Month { index: self.index * 3 }
    }

    /// Its last month.
    pub fn last_month(self) -> Month {
        Month { index: self.index * 3 + 2 }
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} Q{}", self.index.div_euclid(4), self.index.rem_euclid(4) + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_that_follows_from_the_first_or_last_that_may_be_typed_is_read_as_it_was_written() {
        for month in [Month::new(1900, 1).unwrap().plus(-24), Month::new(2200, 12).unwrap().plus(24)] {
            let text = serde_json::to_string(&month).unwrap();
            assert_eq!(serde_json::from_str::<Month>(&text).unwrap(), month);
            assert!(month.to_string().parse::<Month>().is_err(), "nobody may type {month}");
        }
    }

    #[test]
    fn months_count_across_years_and_read_back_what_they_write() {
        let november: Month = "2025-11".parse().unwrap();
        assert_eq!(november.plus(3).to_string(), "2026-02");
        assert_eq!(november.plus(-11).to_string(), "2024-12");
        assert_eq!(november.plus(3).since(november), 3);
        assert_eq!(november.quarter().to_string(), "2025 Q4");
        assert_eq!(november.quarter().last_month().label(), "Dec 2025");
        assert_eq!(november.through(november.plus(2)).count(), 3);
        for wrong in ["2025-13", "2025-1", "25-01", "", "2025-00", "9999-01"] {
            assert!(wrong.parse::<Month>().is_err(), "{wrong}");
        }
    }
}
