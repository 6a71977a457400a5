//! The sparkline: the line alone, with the room that its stroke needs.

use crate::{Drawing, Mark, MonthValue, Point, Role, Sparkline, Stroke};

use super::{Scale, empty, mark_synthetic_small, trend::runs};

/// Draws a trend without axes, from edge to edge.
pub(crate) fn sparkline(chart: &Sparkline, width: f64, height: f64) -> Drawing {
    let mut drawing = empty(chart, width, height);
    let points: Vec<MonthValue> =
        chart.points.iter().filter(|point| point.value.is_finite()).copied().collect();
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return drawing;
    };
    let low = points.iter().map(|point| point.value).fold(f64::INFINITY, f64::min);
    let high = points.iter().map(|point| point.value).fold(f64::NEG_INFINITY, f64::max);
    let top = if chart.synthetic { 10.0 } else { 3.0 };
    let across = Scale::new((0.0, f64::from(last.month.since(first.month))), (2.0, width - 2.0));
    let down = Scale::new((low, high), (height - 3.0, top));
    let place = |point: &MonthValue| {
        Point::new(across.at(f64::from(point.month.since(first.month))), down.at(point.value))
    };
    for run in runs(&points) {
        match run.as_slice() {
            [only] => drawing.marks.push(Mark::Circle {
                centre: place(only),
                radius: 1.6,
                fill: Role::Series1,
                outline: None,
            }),
            several => drawing.marks.push(Mark::Line {
                points: several.iter().map(place).collect(),
                stroke: Stroke::solid(Role::Series1, 1.6),
            }),
        }
    }
    if chart.synthetic {
        mark_synthetic_small(&mut drawing);
    }
    drawing
}
