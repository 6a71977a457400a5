//! What charts say, before anyone decides how wide they are.

mod bars;
mod percentile_bar;
mod sparkline;
mod table;
mod trend;
mod waterfall;

pub use bars::{Bar, BarChart};
pub use percentile_bar::{Evidence, PercentileBar, Rank, ReferencePoints};
pub use sparkline::Sparkline;
pub use table::{ChartTable, Row, RowValue};
pub use trend::{MonthValue, MonthlySeries, TrendChart};
pub use waterfall::{Movement, MrrBridge, WaterfallChart};

use serde::{Deserialize, Serialize};

use crate::Drawing;

/// What every chart can do: say what it shows, list it and draw it.
pub trait Chart {
    /// What the chart is called.
    fn title(&self) -> &str;

    /// One sentence with the numbers, for whoever cannot see the chart.
    fn alternative(&self) -> String;

    /// Whether the numbers are made up for a demonstration.
    fn is_synthetic(&self) -> bool;

    /// The numbers as a table: the chart's twin.
    fn table(&self) -> ChartTable;

    /// The chart drawn for that width and height in pixels.
    fn draw(&self, width: f64, height: f64) -> Drawing;
}

/// Any chart, for lists and documents that hold several kinds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AnyChart {
    /// A small trend without axes.
    Sparkline(Sparkline),
    /// Values by month.
    Trend(TrendChart),
    /// A sum that moves from start to end.
    Waterfall(WaterfallChart),
    /// Values by name.
    Bars(BarChart),
    /// A position among peers.
    Percentile(PercentileBar),
}

impl AnyChart {
    fn inner(&self) -> &dyn Chart {
        match self {
            Self::Sparkline(chart) => chart,
            Self::Trend(chart) => chart,
            Self::Waterfall(chart) => chart,
            Self::Bars(chart) => chart,
            Self::Percentile(chart) => chart,
        }
    }
}

impl Chart for AnyChart {
    fn title(&self) -> &str {
        self.inner().title()
    }
    fn alternative(&self) -> String {
        self.inner().alternative()
    }
    fn is_synthetic(&self) -> bool {
        self.inner().is_synthetic()
    }
    fn table(&self) -> ChartTable {
        self.inner().table()
    }
    fn draw(&self, width: f64, height: f64) -> Drawing {
        self.inner().draw(width, height)
    }
}
