//! Horizontal bars with names before and values behind them.

use crate::{Anchor, Bar, BarChart, Drawing, Label, Paint, Point, Rectangle, Role, RowValue, Stroke, Weight};

use super::{Scale, empty, mark_synthetic, text, write_note};

const LABEL_SIZE: f64 = 12.0;

/// Draws one row for each bar; the rows share the height.
pub(crate) fn bars(chart: &BarChart, width: f64, height: f64) -> Drawing {
    let mut drawing = empty(chart, width, height);
    if chart.bars.is_empty() {
        write_note(&mut drawing, "No values yet.");
        return drawing;
    }
    let top = if chart.synthetic { 24.0 } else { 0.0 };
    let slot = (height - top) / chart.bars.iter().fold(0.0, |count, _| count + 1.0);
    let shown = |bar: &Bar| RowValue::figure(bar.value, chart.unit, chart.currency).shown;
    let widest = |words: &dyn Fn(&Bar) -> String| {
        chart.bars.iter().map(|bar| text::width(&words(bar), LABEL_SIZE)).fold(0.0, f64::max)
    };
    let left = widest(&|bar| bar.label.clone()).min(width * 0.35) + 10.0;
    let right = (width - widest(&shown) - 10.0).max(left + 1.0);
    let values = || chart.bars.iter().filter_map(|bar| bar.value).filter(|value| value.is_finite());
    let (low, high) = (values().fold(0.0, f64::min), values().fold(0.0, f64::max));
    let across = Scale::new((low, if high > low { high } else { low + 1.0 }), (left, right));

    let mut middle = top + slot / 2.0;
    for bar in &chart.bars {
        let name = text::fitted(&bar.label, LABEL_SIZE, left - 10.0);
        drawing.text(Label::new(name, Point::new(0.0, middle + 4.0), LABEL_SIZE).coloured(Role::Ink2));
        if let Some(value) = bar.value.filter(|value| value.is_finite()) {
            drawing.rectangle(shape(bar, (across.at(0.0), across.at(value)), middle, slot));
        }
        drawing.text(
            Label::new(shown(bar), Point::new(width, middle + 4.0), LABEL_SIZE)
                .anchored(Anchor::End)
                .weighted(if bar.emphasised { Weight::SemiBold } else { Weight::Regular })
                .coloured(Role::Ink),
        );
        middle += slot;
    }
    let zero = across.at(0.0);
    drawing.line(Point::new(zero, top), Point::new(zero, height), Stroke::solid(Role::LineStrong, 1.0));
    if chart.synthetic {
        mark_synthetic(&mut drawing);
    }
    drawing
}

fn shape(bar: &Bar, (zero, end): (f64, f64), middle: f64, slot: f64) -> Rectangle {
    let thickness = (slot * 0.6).min(22.0);
    Rectangle {
        x: zero.min(end),
        y: middle - thickness / 2.0,
        width: (end - zero).abs(),
        height: thickness,
        radius: 2.0,
        fill: Paint::solid(if bar.emphasised { Role::Series1 } else { Role::Band2 }),
    }
}
