//! Where the company stands and how it came there.

use charts::{AnyChart, PercentileBar};
use serde::{Deserialize, Serialize};

/// A page about one group of metrics.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StandingSection {
    /// The group: `Retention`.
    pub group: String,
    /// The finding, which is the page's heading: `Customers stay and grow`.
    pub finding: String,
    /// What follows from the bars, in paragraphs.
    pub paragraphs: Vec<String>,
    /// One bar for each metric; they carry value, median, rank and peers.
    pub bars: Vec<PercentileBar>,
    /// Who the peers are and how the figures were made.
    pub note: Option<String>,
}

/// A chart with what it says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrendSection {
    /// The finding, which is the chart's heading.
    pub finding: String,
    /// What follows from the chart, in paragraphs.
    pub paragraphs: Vec<String>,
    /// A trend, a bridge or bars.
    pub chart: AnyChart,
}
