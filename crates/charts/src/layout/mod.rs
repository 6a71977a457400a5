//! From a description and a size to a drawing: pure functions, the same on server and in the browser.

mod axis;
mod bars;
mod frame;
mod percentile_bar;
mod sparkline;
mod text;
mod trend;
mod waterfall;

pub(crate) use bars::bars;
pub use frame::framed;
pub(crate) use percentile_bar::percentile_bar;
pub(crate) use sparkline::sparkline;
pub(crate) use trend::trend;
#[cfg(feature = "server")]
pub(crate) use waterfall::floor_of;
pub(crate) use waterfall::waterfall;

#[cfg(feature = "server")]
pub(crate) use axis::value_axis;

use crate::{Anchor, Chart, Drawing, Label, Paint, Point, Rectangle, Role, Weight};

/// The words of the amber mark.
const SYNTHETIC: &str = "synthetic";

/// A linear way from values to pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scale {
    value: (f64, f64),
    pixel: (f64, f64),
}

impl Scale {
    /// Maps the values between `value.0` and `value.1` to the pixels between `pixel.0` and `pixel.1`.
    pub(crate) fn new(value: (f64, f64), pixel: (f64, f64)) -> Self {
        Self { value, pixel }
    }

    /// Where that value is drawn.
    pub(crate) fn at(self, value: f64) -> f64 {
        let extent = self.value.1 - self.value.0;
        let share = if extent == 0.0 { 0.5 } else { (value - self.value.0) / extent };
        self.pixel.0 + share * (self.pixel.1 - self.pixel.0)
    }
}

/// An empty drawing that carries the chart's words.
fn empty(chart: &dyn Chart, width: f64, height: f64) -> Drawing {
    let synthetic = if chart.is_synthetic() { " Synthetic data." } else { "" };
    Drawing {
        width,
        height,
        title: chart.title().to_owned(),
        alternative: format!("{}{synthetic}", chart.alternative()),
        marks: Vec::new(),
    }
}

/// The amber mark for charts with room for a chip, in the upper right corner.
fn mark_synthetic(drawing: &mut Drawing) {
    let width = text::width(SYNTHETIC, 11.0) + 14.0;
    let left = drawing.width - width;
    let fill = Paint::solid(Role::WarnSoft);
    drawing.rectangle(Rectangle { x: left, y: 0.0, width, height: 18.0, radius: 9.0, fill });
    drawing.text(
        Label::new(SYNTHETIC, Point::new(left + width / 2.0, 13.0), 11.0)
            .anchored(Anchor::Middle)
            .weighted(Weight::Medium)
            .coloured(Role::Warn),
    );
}

/// The amber mark for charts as small as a table cell.
fn mark_synthetic_small(drawing: &mut Drawing) {
    let at = Point::new(drawing.width, 7.0);
    drawing.text(Label::new(SYNTHETIC, at, 8.0).anchored(Anchor::End).coloured(Role::Warn));
}

/// Says why nothing is drawn.
fn write_note(drawing: &mut Drawing, note: &str) {
    let at = Point::new(0.0, drawing.height / 2.0 + 4.0);
    let content = text::fitted(note, 12.0, drawing.width);
    drawing.text(Label::new(content, at, 12.0));
}
