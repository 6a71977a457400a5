//! A chart as a file of its own: with its title above and its source below.

use crate::{Chart, Drawing, Label, Paint, Point, Rectangle, Role, Stroke, Weight};

use super::text;

const MARGIN: f64 = 24.0;
const HEAD: f64 = 60.0;
const FOOT: f64 = 52.0;

/// The chart on its own ground, `width` by `height` pixels in all, with its title and the line that says where the
/// numbers come from.
pub fn framed(chart: &dyn Chart, width: f64, height: f64, source: &str) -> Drawing {
    let inner = chart.draw(width - 2.0 * MARGIN, height - HEAD - FOOT);
    let mut drawing = Drawing {
        width,
        height,
        title: inner.title.clone(),
        alternative: inner.alternative.clone(),
        marks: Vec::new(),
    };
    let fill = Paint::solid(Role::Surface);
    drawing.rectangle(Rectangle { x: 0.0, y: 0.0, width, height, radius: 0.0, fill });
    let title = text::fitted(chart.title(), 16.0, width - 2.0 * MARGIN);
    drawing.text(
        Label::new(title, Point::new(MARGIN, 36.0), 16.0).weighted(Weight::SemiBold).coloured(Role::Ink),
    );
    drawing.marks.extend(inner.moved_marks(MARGIN, HEAD));
    let rule = height - 36.0;
    drawing.line(Point::new(MARGIN, rule), Point::new(width - MARGIN, rule), Stroke::solid(Role::Line, 1.0));
    let source = text::fitted(source, 11.0, width - 2.0 * MARGIN);
    drawing.text(Label::new(source, Point::new(MARGIN, height - 16.0), 11.0));
    drawing
}
