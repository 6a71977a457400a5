//! What an uploaded column seems to hold.

use serde::{Deserialize, Serialize};

use crate::catalogue::MetricKey;

/// What a column is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnRole {
    /// The month of the row.
    Period,
    /// Values of one metric.
    Metric(MetricKey),
    /// Names of metrics, one per row (long layout).
    MetricName,
    /// Values of the metric that the row names (long layout).
    MetricValue,
}

/// What a look at some cells of the column tells. Everything may be unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleHints {
    /// Whether the cells are numbers.
    pub is_numeric: Option<bool>,
    /// Whether the cells are dates, months or quarters.
    pub is_date: Option<bool>,
    /// Whether every number other than 0 is negative, and there is one.
    pub is_all_negative: bool,
}

/// A proposal for one column, for a person to confirm.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    /// What the column seems to be for.
    pub role: ColumnRole,
    /// From 0 to 1; 1 is a header that the catalogue knows word for word.
    pub confidence: f64,
    /// Whether the file carries as negative what is stored as positive.
    pub is_sign_turned: bool,
    /// What values are multiplied by: 1000 for "MRR (k$)".
    pub scale: f64,
}

impl Suggestion {
    /// The metric, if the column holds one.
    pub fn key(&self) -> Option<MetricKey> {
        match self.role {
            ColumnRole::Metric(key) => Some(key),
            ColumnRole::Period | ColumnRole::MetricName | ColumnRole::MetricValue => None,
        }
    }
}

/// How the columns of a file belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// One row per month, one column per metric.
    Wide,
    /// One row per month and metric.
    Long,
    /// No column tells the month.
    WithoutPeriod,
}
