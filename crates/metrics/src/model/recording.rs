//! Figures that a program sends.

use kernel::Month;
use serde::{Deserialize, Serialize};

use super::ImportSummary;
use crate::catalogue::MetricKey;

/// So many are kept at once, all or none.
pub const MOST_OBSERVATIONS: usize = 10_000;

/// One figure of one month.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewObservation {
    /// The metric.
    pub metric: MetricKey,
    /// The month.
    pub month: Month,
    /// Its value, in the unit of the metric; amounts in major units of the company's currency.
    pub value: f64,
}

/// What became of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// What was kept, and can be undone; `None` if everything was kept before.
    pub import: Option<ImportSummary>,
    /// How many were kept before.
    pub unchanged: u64,
}
