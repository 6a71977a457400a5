//! The data-table twin of a chart.

use kernel::{Currency, MISSING, Unit, figure};
use serde::{Deserialize, Serialize};

/// A value as people read it and as machines do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowValue {
    /// `$201 k`, or a dash where there is no value.
    pub shown: String,
    /// The unrounded number; `None` where there is none.
    pub raw: Option<f64>,
}

impl RowValue {
    /// The value in the one format of figures.
    pub fn figure(value: Option<f64>, unit: Unit, currency: Currency) -> Self {
        let raw = value.filter(|number| number.is_finite());
        let shown =
            raw.map_or_else(|| MISSING.to_owned(), |number| figure(number, unit, currency).to_string());
        Self { shown, raw }
    }
}

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// What the line is about: a month, a movement, a name.
    pub name: String,
    /// One value for each header after the first.
    pub values: Vec<RowValue>,
}

/// Everything a chart shows, as a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChartTable {
    /// The heads of the columns; the first is that of the names.
    pub headers: Vec<String>,
    /// The lines in reading order.
    pub rows: Vec<Row>,
}
