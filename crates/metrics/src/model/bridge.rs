//! How MRR moved from the start to the end of a stretch of months.

use kernel::Month;
use serde::{Deserialize, Serialize};

use super::{Cell, MonthRange};

/// The MRR bridge. Every movement is a positive number; contraction and churn are subtracted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bridge {
    /// The months it spans.
    pub months: MonthRange,
    /// MRR at the end of the month before the first.
    pub start: Option<f64>,
    /// Won from customers who never paid before.
    pub new: Option<f64>,
    /// Won from customers who came back; `None` also if the company counts it inside `new`.
    pub reactivated: Option<f64>,
    /// More from customers who stayed.
    pub expansion: Option<f64>,
    /// Less from customers who stayed.
    pub contraction: Option<f64>,
    /// Lost with customers who left.
    pub churned: Option<f64>,
    /// MRR at the end of the last month.
    pub end: Option<f64>,
    /// `end` minus what start and movements add up to; `None` as long as something is missing.
    pub gap: Option<f64>,
    /// Whether the bridge closes over the whole stretch and in each of its months; `None` if that is unknown.
    pub closes: Option<bool>,
    /// How large a gap rounding alone can explain.
    pub tolerance: f64,
    /// Months whose own bridge does not close, with their gaps; they can cancel each other over the stretch.
    pub monthly_gaps: Vec<(Month, f64)>,
    /// Whether reactivation was never reported, so that it is part of `new`.
    pub is_reactivation_in_new: bool,
    /// What has to be reported before the bridge can be checked.
    pub missing: Vec<Cell>,
}
