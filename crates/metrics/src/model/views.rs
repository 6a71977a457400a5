//! What pages and files show of a company's figures.

use charts::{TrendChart, WaterfallChart};
use kernel::{Currency, DatasetId, Month};
use serde::{Deserialize, Serialize};

use super::{Dashboard, Provenance, Value, Window};
use crate::catalogue::MetricKey;

/// Which part of a company's figures is wanted; each choice stands in the address of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FiguresQuery {
    /// The last month; the newest with data if not given.
    pub month: Option<Month>,
    /// How many months are taken together.
    pub window: Option<Window>,
    /// The currency that amounts are shown in; the company's own if not given.
    pub currency: Option<Currency>,
}

/// Which currency amounts are shown in, and how they came to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShownCurrency {
    /// The currency shown.
    pub currency: Currency,
    /// Where the fixed rate comes from, if amounts were converted.
    pub converted_by: Option<String>,
}

/// The dashboard with everything around it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DashboardView {
    /// The company's name.
    pub company: String,
    /// Whether all of it is made up.
    pub is_synthetic: bool,
    /// The currency of all amounts.
    pub shown: ShownCurrency,
    /// What there is to see; `None` before the first import.
    pub content: Option<DashboardContent>,
}

/// Figures, charts and notes of one period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DashboardContent {
    /// Key figures, bridge and notes.
    pub dashboard: Dashboard,
    /// Trends, the most important first.
    pub trends: Vec<Trend>,
    /// How MRR moved; `None` if the movements are not known.
    pub waterfall: Option<WaterfallChart>,
    /// Months with data, newest first.
    pub months: Vec<Month>,
    /// Where the newest figures come from.
    pub source: Option<SourceFile>,
}

/// The course of one metric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trend {
    /// The metric.
    pub key: MetricKey,
    /// Its chart.
    pub chart: TrendChart,
}

/// A file that figures come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFile {
    /// The file.
    pub dataset_id: DatasetId,
    /// Its name.
    pub name: String,
}

/// One figure opened: what it means, where it comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FigureView {
    /// The metric.
    pub key: MetricKey,
    /// The month.
    pub month: Month,
    /// The currency of all amounts.
    pub shown: ShownCurrency,
    /// The value.
    pub value: Value,
    /// Whether it was reported or computed.
    pub provenance: Provenance,
    /// The values it was computed from.
    pub inputs: Vec<InputValue>,
    /// The row it was read from, if it was reported.
    pub source: Option<SourceRow>,
    /// Its course.
    pub trend: Option<TrendChart>,
}

/// A value that a computed figure rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InputValue {
    /// The metric.
    pub key: MetricKey,
    /// The month.
    pub month: Month,
    /// The value.
    pub value: Value,
    /// The row it was read from, if it was reported.
    pub source: Option<SourceRow>,
}

/// A row of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRow {
    /// The file.
    pub file: SourceFile,
    /// The line in it.
    pub line: u64,
}

/// Every figure by month, for files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FiguresTable {
    /// The company's name.
    pub company: String,
    /// Whether all of it is made up.
    pub is_synthetic: bool,
    /// The currency of all amounts.
    pub currency: Currency,
    /// The months, oldest first.
    pub months: Vec<Month>,
    /// The metrics with at least one value, each with a value for each month.
    pub rows: Vec<(MetricKey, Vec<Option<f64>>)>,
}
