//! What a figure is measured in, and which way is better.

use serde::{Deserialize, Serialize};

/// What a figure is measured in. Shares are stored as fractions (0.42) and shown as per cent (42 %).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// An amount of money.
    Money,
    /// Money for each month.
    MoneyPerMonth,
    /// Money for each year.
    MoneyPerYear,
    /// A fraction shown as per cent.
    Share,
    /// A fraction for each month, shown as per cent.
    SharePerMonth,
    /// How many times.
    Times,
    /// Months of time.
    Months,
    /// Things or people.
    Count,
    /// Percentage points or score points.
    Points,
}

impl Unit {
    /// Whether the figure needs a currency.
    pub fn is_money(self) -> bool {
        matches!(self, Self::Money | Self::MoneyPerMonth | Self::MoneyPerYear)
    }

    /// Whether the figure is a fraction shown as per cent.
    pub fn is_share(self) -> bool {
        matches!(self, Self::Share | Self::SharePerMonth)
    }
}

/// Which way is better. Storage never flips signs; whoever compares asks here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More is better.
    High,
    /// Less is better.
    Low,
    /// Neither: position without a judgement.
    Context,
}
