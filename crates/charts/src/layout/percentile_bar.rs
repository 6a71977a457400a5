//! The percentile bar: one rail in rank space, with the parts that the evidence allows.

use crate::{Drawing, Evidence, Mark, Paint, PercentileBar, Point, Rank, Rectangle, Role, Stroke};

use super::{Scale, empty, mark_synthetic_small, write_note};

/// Room for the dot at both ends.
const MARGIN: f64 = 6.0;
const RAIL: f64 = 10.0;

/// Draws the bar around the middle of the height; 30 pixels are what it needs.
pub(crate) fn percentile_bar(chart: &PercentileBar, width: f64, height: f64) -> Drawing {
    let mut drawing = empty(chart, width, height);
    if chart.evidence == Evidence::None {
        write_note(&mut drawing, "Too few peers report this.");
        return drawing;
    }
    let middle = height / 2.0;
    let across = Scale::new((0.0, 100.0), (MARGIN, width - MARGIN));
    draw_peers(&mut drawing, chart.evidence, across, middle);
    if let Some(rank) = chart.open_rank() {
        draw_you(&mut drawing, rank, across, middle);
    }
    if chart.synthetic {
        mark_synthetic_small(&mut drawing);
    }
    drawing
}

fn draw_peers(drawing: &mut Drawing, evidence: Evidence, across: Scale, middle: f64) {
    let mut band = |from: f64, to: f64, role: Role, radius: f64| {
        let (left, right) = (across.at(from), across.at(to));
        let fill = Paint::solid(role);
        drawing.rectangle(Rectangle {
            x: left,
            y: middle - RAIL / 2.0,
            width: right - left,
            height: RAIL,
            radius,
            fill,
        });
    };
    band(0.0, 100.0, Role::Band0, RAIL / 2.0);
    if evidence >= Evidence::Deciles {
        band(10.0, 25.0, Role::Band1, 0.0);
    }
    if evidence >= Evidence::Quartiles {
        band(25.0, 75.0, Role::Band2, 0.0);
    }
    if evidence >= Evidence::Deciles {
        band(75.0, 90.0, Role::Band3, 0.0);
    }
    let gap = Rectangle {
        x: across.at(50.0) - 1.0,
        y: middle - 7.0,
        width: 2.0,
        height: 14.0,
        radius: 0.0,
        fill: Paint::solid(Role::Surface),
    };
    drawing.rectangle(gap);
}

fn draw_you(drawing: &mut Drawing, rank: Rank, across: Scale, middle: f64) {
    let place = |percentile: f64| across.at(percentile.clamp(0.0, 100.0));
    let (low, high) = (place(rank.low), place(rank.high));
    drawing.rectangle(Rectangle {
        x: low,
        y: middle - 1.5,
        width: (high - low).max(0.0),
        height: 3.0,
        radius: 0.0,
        fill: Paint::faint(Role::You, 0.55),
    });
    drawing.marks.push(Mark::Circle {
        centre: Point::new(place(rank.percentile), middle),
        radius: 6.0,
        fill: Role::You,
        outline: Some(Stroke::solid(Role::Surface, 2.0)),
    });
}
