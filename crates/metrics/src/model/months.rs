//! Stretches of months.

use kernel::Month;
use serde::{Deserialize, Serialize};

/// Consecutive months, both ends included; empty if the first one lies after the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MonthRange {
    /// The first month.
    pub first: Month,
    /// The last month.
    pub last: Month,
}

impl MonthRange {
    /// From `first` to `last`.
    pub fn new(first: Month, last: Month) -> Self {
        Self { first, last }
    }

    /// The `count` months that end with `last`.
    pub fn ending(last: Month, count: i32) -> Self {
        Self { first: last.plus(1 - count), last }
    }

    /// Each month in order.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = Month> + Clone {
        self.first.through(self.last)
    }

    /// How many months there are.
    pub fn count(self) -> usize {
        usize::try_from(self.last.since(self.first) + 1).unwrap_or(0)
    }

    /// Where `month` stands, counted from 0; `None` outside.
    pub fn position(self, month: Month) -> Option<usize> {
        let is_inside = self.first <= month && month <= self.last;
        is_inside.then(|| usize::try_from(month.since(self.first)).ok()).flatten()
    }

    /// `May 2026`, or `Apr 2026 – Jun 2026`.
    pub fn label(self) -> String {
        if self.first == self.last {
            return self.last.label();
        }
        format!("{} – {}", self.first.label(), self.last.label())
    }
}

/// How many months one figure stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// One month, compared with the month before.
    Month,
    /// Three months, compared with the three before.
    #[default]
    Quarter,
    /// Twelve months, compared with the twelve before.
    Year,
}

impl Window {
    /// Every window, shortest first.
    pub const ALL: [Self; 3] = [Self::Month, Self::Quarter, Self::Year];

    /// Its length.
    pub fn months(self) -> i32 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::Year => 12,
        }
    }

    /// The months of the window that ends with `last`.
    pub fn ending(self, last: Month) -> MonthRange {
        MonthRange::ending(last, self.months())
    }

    /// The last month of the window before the one that ends with `last`.
    pub fn before(self, last: Month) -> Month {
        last.plus(-self.months())
    }

    /// "month", "quarter", "year".
    pub fn noun(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }
}
