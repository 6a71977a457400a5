//! One description of a chart, drawn the same on page, in files and in reports.
//!
//! A description ([`TrendChart`], [`PercentileBar`] …) says what is shown. [`Chart::draw`] lays it out for a width and a
//! height as a [`Drawing`] of marks coloured by meaning, and the drawing becomes SVG ([`Drawing::to_svg`]), PNG
//! (`files`, server) or part of a PDF. [`Chart::table`] is the twin for whoever prefers numbers.
//!
//! **Architecture invariant:** without the `server` feature everything compiles for the browser; nothing here does I/O
//! or reads a clock, and the same description always gives the same drawing.

mod description;
mod drawing;
#[cfg(feature = "server")]
mod echarts;
#[cfg(feature = "server")]
pub mod files;
#[cfg(feature = "server")]
pub mod fonts;
mod layout;
mod svg;
mod theme;

pub use description::{
    AnyChart, Bar, BarChart, Chart, ChartTable, Evidence, MonthValue, MonthlySeries, Movement, MrrBridge,
    PercentileBar, Rank, ReferencePoints, Row, RowValue, Sparkline, TrendChart, WaterfallChart,
};
pub use drawing::{Anchor, Drawing, Label, Mark, Paint, Point, Rectangle, Stroke, Weight};
#[cfg(feature = "server")]
pub use echarts::{trend_option, waterfall_option};
pub use layout::framed;
pub use theme::{Palette, Role, Theme};

#[cfg(test)]
mod tests;
