//! Tables to take away: one description, written as CSV and as XLSX.
//!
//! **Architecture invariant:** files hold exact numbers, never rounded ones; what has no value is an empty cell, never 0; and
//! no text of a file is ever run as a formula by the program that opens it.

mod delimited;
mod figures;
mod spreadsheet;
#[cfg(test)]
mod tests;

pub use delimited::to_csv;
pub use figures::{figures_table, figures_title, sources_table};
pub use spreadsheet::{SpreadsheetError, to_xlsx};

use chrono::{DateTime, Utc};
use kernel::{Currency, Month, Unit};

/// A table with everything that a file says about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// What it shows; the name of its sheet.
    pub title: String,
    /// The columns from left to right; the first one names the rows.
    pub columns: Vec<Column>,
    /// The rows from top to bottom, one cell for each column.
    pub rows: Vec<Vec<Cell>>,
    /// What there is to know about it: names and sentences of the second sheet.
    pub about: Vec<(String, String)>,
    /// When it was made.
    pub generated_at: DateTime<Utc>,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// What it holds, without its unit.
    pub label: String,
    /// What its cells are.
    pub kind: ColumnKind,
}

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Words.
    Text,
    /// Months.
    Month,
    /// Numbers of a unit; the currency counts where the unit is money.
    Figure(Unit, Currency),
}

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// No value.
    Empty,
    /// Words; never a formula, whatever they begin with.
    Text(String),
    /// A month.
    Month(Month),
    /// An exact number; shares are fractions.
    Number(f64),
}

impl Column {
    /// A column of words.
    pub fn text(label: impl Into<String>) -> Self {
        Self { label: label.into(), kind: ColumnKind::Text }
    }

    /// A column of months.
    pub fn month() -> Self {
        Self { label: "Month".to_owned(), kind: ColumnKind::Month }
    }

    /// A column of figures.
    pub fn figure(label: impl Into<String>, unit: Unit, currency: Currency) -> Self {
        Self { label: label.into(), kind: ColumnKind::Figure(unit, currency) }
    }

    /// The label with the unit of the numbers as they stand in the file. `share` says what a fraction is called there.
    fn header(&self, share: &str) -> String {
        let ColumnKind::Figure(unit, currency) = self.kind else { return self.label.clone() };
        let unit = match unit {
            Unit::Money => currency.code().to_owned(),
            Unit::MoneyPerMonth => format!("{} per month", currency.code()),
            Unit::MoneyPerYear => format!("{} per year", currency.code()),
            Unit::Share => share.to_owned(),
            Unit::SharePerMonth => format!("{share} per month"),
            Unit::Times => "times".to_owned(),
            Unit::Months => "months".to_owned(),
            Unit::Points => "points".to_owned(),
            Unit::Count => return self.label.clone(),
        };
        format!("{} ({unit})", self.label)
    }
}

impl Cell {
    /// A number, or an empty cell where there is none.
    pub fn number(value: Option<f64>) -> Self {
        // Adding 0 turns −0 into 0.
        value.filter(|number| number.is_finite()).map_or(Self::Empty, |number| Self::Number(number + 0.0))
    }

    /// Words.
    pub fn text(words: impl Into<String>) -> Self {
        Self::Text(words.into())
    }
}
