//! The charts of a report as vector files in print colours.

use std::panic::{AssertUnwindSafe, catch_unwind};

use charts::{AnyChart, Chart, Theme};
use reports::document::ReportDocument;
use serde::Serialize;

/// Pixels of the drawing for each point of the page.
const PIXELS_PER_POINT: f64 = 4.0 / 3.0;
/// The width of a percentile bar in points, as the template reserves it.
pub(crate) const BAR_WIDTH: f64 = 162.0;
/// The width of the text in points: A4 without its margins.
const TEXT_WIDTH: f64 = 498.9;
const BAR_HEIGHT: f64 = 20.0;
const TREND_HEIGHT: f64 = 190.0;

/// How the template finds a chart.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct ChartFile {
    /// The name of its file; `None` makes a labelled placeholder.
    pub(crate) name: Option<String>,
    /// What the chart is called.
    pub(crate) title: String,
    /// The sentence that stands for it.
    pub(crate) alternative: String,
}

/// All charts of a document, in the order they are printed.
pub(crate) struct ChartFiles {
    /// The charts of the standing pages, page by page, then those of the trends.
    pub(crate) entries: Vec<ChartFile>,
    /// Names and contents of the files.
    pub(crate) files: Vec<(String, Vec<u8>)>,
}

impl ChartFiles {
    /// Draws every chart; one that cannot be drawn becomes a placeholder.
    pub(crate) fn draw(document: &ReportDocument) -> Self {
        let bars = document.standing.iter().flat_map(|section| &section.bars);
        let bars = bars.map(|bar| (bar as &dyn Chart, BAR_WIDTH - 12.0, BAR_HEIGHT));
        let trends = document
            .trends
            .iter()
            .map(|section| (&section.chart as &dyn Chart, TEXT_WIDTH, height_of(&section.chart)));
        let mut all = Self { entries: Vec::new(), files: Vec::new() };
        for (place, (chart, width, height)) in bars.chain(trends).enumerate() {
            all.add(place, chart, (width, height));
        }
        all
    }

    /// Turns a chart that Typst cannot read into a placeholder.
    pub(crate) fn give_up(&mut self, name: &str) {
        self.files.retain(|(file, _)| file != name);
        for entry in self.entries.iter_mut().filter(|entry| entry.name.as_deref() == Some(name)) {
            entry.name = None;
        }
    }

    fn add(&mut self, place: usize, chart: &dyn Chart, (width, height): (f64, f64)) {
        // A chart is the least important part of a report: whatever goes wrong in one must not take the rest with it.
        let svg = catch_unwind(AssertUnwindSafe(|| {
            chart.draw(width * PIXELS_PER_POINT, height * PIXELS_PER_POINT).to_svg(Theme::Print)
        }));
        let name = svg.ok().map(|svg| {
            let name = format!("chart-{place}.svg");
            self.files.push((name.clone(), svg.into_bytes()));
            name
        });
        self.entries.push(ChartFile {
            name,
            title: chart.title().to_owned(),
            alternative: chart.alternative(),
        });
    }
}

fn height_of(chart: &AnyChart) -> f64 {
    match chart {
        AnyChart::Bars(bars) => bars.bars.iter().fold(18.0, |height, _| height + 19.0),
        AnyChart::Sparkline(_) | AnyChart::Percentile(_) => BAR_HEIGHT,
        AnyChart::Trend(_) | AnyChart::Waterfall(_) => TREND_HEIGHT,
    }
}
