//! The trend chart: rules, areas, lines, and the last value in words.

use kernel::{Month, figure};

use crate::{
    Anchor, Drawing, Label, Mark, MonthValue, MonthlySeries, Paint, Point, Role, Stroke, TrendChart, Weight,
};

use super::axis::{ValueAxis, draw_months, draw_value_axis, label_room, month_labels, value_axis};
use super::{Scale, empty, mark_synthetic, text, write_note};

const BELOW: f64 = 28.0;
const RIGHT: f64 = 10.0;

/// Where a chart's values lie on the drawing.
struct Plot {
    first: Month,
    across: Scale,
    down: Scale,
    axis: ValueAxis,
}

impl Plot {
    fn x(&self, month: Month) -> f64 {
        self.across.at(f64::from(month.since(self.first)))
    }

    fn point(&self, value: &MonthValue) -> Point {
        Point::new(self.x(value.month), self.down.at(value.value))
    }
}

/// Draws the chart with its axes.
pub(crate) fn trend(chart: &TrendChart, width: f64, height: f64) -> Drawing {
    let mut drawing = empty(chart, width, height);
    let values: Vec<MonthValue> = chart.all_series().flat_map(MonthlySeries::known_points).collect();
    let months = || values.iter().map(|value| value.month);
    let (Some(first), Some(last)) = (months().min(), months().max()) else {
        write_note(&mut drawing, "No values yet.");
        return drawing;
    };
    let has_legend = chart.all_series().count() > 1;
    let top = if has_legend || chart.synthetic { 46.0 } else { 28.0 };
    let amounts: Vec<f64> = values.iter().map(|value| value.value).collect();
    let axis = value_axis(&amounts, chart.unit, height - top - BELOW);
    let left = label_room(&axis, chart.unit, chart.currency) + 10.0;
    let (right, bottom) = (width - RIGHT, height - BELOW);
    let plot = Plot {
        first,
        across: Scale::new((0.0, f64::from(last.since(first))), (left, right)),
        down: Scale::new((axis.low, axis.high), (bottom, top)),
        axis,
    };
    draw_value_axis(&mut drawing, &plot.axis, (chart.unit, chart.currency), plot.down, (left, right));
    draw_months(&mut drawing, &month_labels(first, last, right - left), |month| plot.x(month), height - 8.0);
    draw_series(&mut drawing, chart, &plot);
    if has_legend {
        draw_legend(&mut drawing, chart);
    }
    if chart.synthetic {
        mark_synthetic(&mut drawing);
    }
    drawing
}

/// The points in stretches without missing months. The usual distance between points is the smallest one found.
pub(crate) fn runs(points: &[MonthValue]) -> Vec<Vec<MonthValue>> {
    let distances = points.iter().zip(points.iter().skip(1)).map(|(one, next)| next.month.since(one.month));
    let usual = distances.filter(|distance| *distance > 0).min().unwrap_or(1);
    let mut runs: Vec<Vec<MonthValue>> = Vec::new();
    for point in points {
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(|last| point.month.since(last.month) <= usual) => {
                run.push(*point);
            }
            _ => runs.push(vec![*point]),
        }
    }
    runs
}

fn draw_series(drawing: &mut Drawing, chart: &TrendChart, plot: &Plot) {
    if let Some(main) = chart.series.first()
        && plot.axis.begins_at_zero()
    {
        draw_area(drawing, main, plot);
    }
    if let Some(comparison) = &chart.comparison {
        draw_line(drawing, comparison, plot, Stroke::dashed(Role::Ink3, 1.2));
    }
    for (place, series) in chart.series.iter().enumerate() {
        draw_line(drawing, series, plot, Stroke::solid(Role::series(place), 2.0));
    }
    draw_last_values(drawing, chart, plot);
}

fn draw_area(drawing: &mut Drawing, series: &MonthlySeries, plot: &Plot) {
    let points = series.known_points();
    let floor = plot.down.at(0.0);
    for run in runs(&points) {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
        let mut corners: Vec<Point> = run.iter().map(|value| plot.point(value)).collect();
        corners.extend([Point::new(plot.x(last.month), floor), Point::new(plot.x(first.month), floor)]);
        drawing.marks.push(Mark::Area { points: corners, fill: Paint::faint(Role::Series1, 0.09) });
    }
}

fn draw_line(drawing: &mut Drawing, series: &MonthlySeries, plot: &Plot, stroke: Stroke) {
    let points = series.known_points();
    for run in runs(&points) {
        let places: Vec<Point> = run.iter().map(|value| plot.point(value)).collect();
        match places.as_slice() {
            [only] => drawing.marks.push(Mark::Circle {
                centre: *only,
                radius: stroke.width,
                fill: stroke.role,
                outline: None,
            }),
            _ => drawing.marks.push(Mark::Line { points: places, stroke }),
        }
    }
}

/// Names the last value of each series, the lower of two close ones below its point.
fn draw_last_values(drawing: &mut Drawing, chart: &TrendChart, plot: &Plot) {
    let mut taken: Vec<f64> = Vec::new();
    for (place, series) in chart.series.iter().enumerate() {
        let Some(last) = series.known_points().pop() else { continue };
        let at = plot.point(&last);
        let fill = Role::series(place);
        drawing.marks.push(Mark::Circle { centre: at, radius: 4.0, fill, outline: None });
        let above = at.y - 10.0;
        let is_free = |y: f64| taken.iter().all(|other| (other - y).abs() >= 14.0);
        let Some(y) = [above, at.y + 18.0].into_iter().find(|y| is_free(*y)) else { continue };
        taken.push(y);
        let words = figure(last.value, chart.unit, chart.currency).to_string();
        let needed = text::width(&words, 12.0);
        let x = (at.x + needed / 2.0).min(drawing.width - 2.0).max(needed);
        drawing.text(
            Label::new(words, Point::new(x, y), 12.0)
                .anchored(Anchor::End)
                .weighted(Weight::SemiBold)
                .coloured(Role::Ink),
        );
    }
}

fn draw_legend(drawing: &mut Drawing, chart: &TrendChart) {
    let mut left = 0.0;
    let limit = drawing.width - if chart.synthetic { 84.0 } else { 0.0 };
    let solid = chart.series.iter().enumerate();
    let entries = solid.map(|(place, series)| (series, Stroke::solid(Role::series(place), 2.0)));
    let dashed = chart.comparison.iter().map(|series| (series, Stroke::dashed(Role::Ink3, 1.2)));
    for (series, stroke) in entries.chain(dashed) {
        let words = text::fitted(&series.label, 11.0, (limit - left - 26.0).max(0.0));
        drawing.line(Point::new(left, 9.0), Point::new(left + 20.0, 9.0), stroke);
        left += 26.0;
        let needed = text::width(&words, 11.0);
        drawing.text(Label::new(words, Point::new(left, 13.0), 11.0).coloured(Role::Ink2));
        left += needed + 16.0;
    }
}
