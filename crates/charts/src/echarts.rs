//! Options for ECharts, the rich twin of the drawn charts, built with charming.
//!
//! Numbers are scaled for the axis only; what a tooltip shows is the text of our one formatter of figures, which travels
//! as a third dimension beside month and value.

use charming::component::{Axis, Grid, Legend};
use charming::datatype::{CompositeValue, DataPoint};
use charming::element::{
    AreaStyle, AxisLabel, AxisTick, AxisType, Color, ItemStyle, LineStyle, LineStyleType, SplitLine,
    TextStyle, Tooltip, Trigger,
};
use charming::series::{Bar, Line};
use kernel::{Currency, Unit, delta, figure};
use serde_json::{Value, json};

use crate::layout::{floor_of, value_axis};
use crate::{Chart, MonthlySeries, Role, Theme, TrendChart, WaterfallChart};

/// The height the interactive charts are laid out for.
const HEIGHT: f64 = 320.0;
/// The invisible series of a bridge.
const LIFT: &str = "Level";

/// The option for a trend: hover for the month's figures of every series. Under [`Theme::Page`] its colours are references
/// to the page's tokens, which whoever draws it resolves.
pub fn trend_option(chart: &TrendChart, theme: Theme) -> Value {
    let values: Vec<f64> =
        chart.all_series().flat_map(|series| &series.points).map(|point| point.value).collect();
    let axis = value_axis(&values, chart.unit, HEIGHT);
    let reading = AxisReading::for_unit(chart.unit, chart.currency, axis.high.abs().max(axis.low.abs()));
    let months: Vec<String> = chart.table().rows.into_iter().map(|row| row.name).collect();
    let mut option = frame(theme, Trigger::Axis).x_axis(category_axis(months, theme)).y_axis(value_scale(
        &reading,
        (axis.low, axis.high),
        axis.step,
        theme,
    ));
    // A single line is named by the heading of the chart.
    if chart.all_series().nth(1).is_some() {
        option = option.legend(
            Legend::new().left("left").top("top").text_style(TextStyle::new().color(ink(theme, Role::Ink2))),
        );
    }
    for (place, series) in chart.series.iter().enumerate() {
        let role = Role::series(place);
        let mut line = line_of(series, chart, &reading)
            .line_style(LineStyle::new().width(2.0).color(ink(theme, role)))
            .item_style(ItemStyle::new().color(ink(theme, role)));
        if place == 0 && axis.begins_at_zero() {
            line = line.area_style(AreaStyle::new().color(ink(theme, role)).opacity(0.09));
        }
        option = option.series(line);
    }
    if let Some(comparison) = &chart.comparison {
        let style = LineStyle::new().width(1.2).type_(LineStyleType::Dashed).color(ink(theme, Role::Ink3));
        option = option.series(
            line_of(comparison, chart, &reading)
                .line_style(style)
                .item_style(ItemStyle::new().color(ink(theme, Role::Ink3))),
        );
    }
    finished(&option, chart, theme)
}

/// The option for a bridge: an invisible column lifts each visible one to its level.
pub fn waterfall_option(chart: &WaterfallChart, theme: Theme) -> Value {
    let levels = chart.levels();
    let floor = floor_of(chart);
    let mut values = levels.clone();
    values.push(floor);
    let axis = value_axis(&values, chart.unit, HEIGHT);
    let reading = AxisReading::for_unit(chart.unit, chart.currency, axis.high.abs().max(axis.low.abs()));
    let lowest = (floor / axis.step).floor() * axis.step;
    let names: Vec<String> = chart.table().rows.into_iter().map(|row| row.name).collect();
    let (hidden, visible) = columns(chart, &reading, theme);
    let option = frame(theme, Trigger::Item)
        .x_axis(category_axis(names, theme))
        .y_axis(value_scale(&reading, (lowest, axis.high), axis.step, theme))
        .series(Bar::new().name(LIFT).stack("bridge").item_style(ItemStyle::new().opacity(0.0)).data(hidden))
        .series(Bar::new().name(chart.title.clone()).stack("bridge").data(visible));
    finished(&option, chart, theme)
}

/// How values are written on an axis that can only put a text around a number.
struct AxisReading {
    factor: f64,
    words: String,
}

impl AxisReading {
    fn for_unit(unit: Unit, currency: Currency, largest: f64) -> Self {
        let (factor, suffix) = match unit {
            Unit::Share | Unit::SharePerMonth => (100.0, "%"),
            Unit::Times => (1.0, "×"),
            Unit::Months => (1.0, "mo"),
            Unit::Points => (1.0, "pts"),
            _ if largest >= 1e9 => (1e-9, "B"),
            _ if largest >= 1e6 => (1e-6, "M"),
            _ if unit.is_money() && largest >= 1e3 => (1e-3, "k"),
            _ => (1.0, ""),
        };
        let symbol = if unit.is_money() { currency.symbol() } else { "" };
        let gap = if suffix.is_empty() { "" } else { "\u{2009}" };
        Self { factor, words: format!("{symbol}{{value}}{gap}{suffix}") }
    }

    /// The value in the axis's own scale, without the noise of binary fractions.
    fn scaled(&self, value: f64) -> f64 {
        (value * self.factor * 1e6).round() / 1e6
    }
}

fn frame(theme: Theme, trigger: Trigger) -> charming::Chart {
    let tooltip = Tooltip::new()
        .trigger(trigger)
        .background_color(ink(theme, Role::Surface))
        .border_color(ink(theme, Role::LineStrong));
    charming::Chart::new()
        .color(vec![
            ink(theme, Role::Series1),
            ink(theme, Role::Series2),
            ink(theme, Role::Series3),
            ink(theme, Role::Series4),
            ink(theme, Role::Series5),
        ])
        .grid(Grid::new().left(8).right(16).top(40).bottom(8).contain_label(true))
        .tooltip(tooltip)
}

fn category_axis(names: Vec<String>, theme: Theme) -> Axis {
    Axis::new()
        .type_(AxisType::Category)
        .data(names)
        .axis_tick(AxisTick::new().show(false))
        .axis_label(AxisLabel::new().color(ink(theme, Role::Ink3)).font_size(11.0))
}

/// An axis that ends with a rule; left to itself it would end wherever the values do, with a label of its own.
fn value_scale(reading: &AxisReading, (low, high): (f64, f64), step: f64, theme: Theme) -> Axis {
    let last_rule = (high / step - 1e-9).ceil() * step;
    Axis::new()
        .type_(AxisType::Value)
        .min(reading.scaled(low))
        .max(reading.scaled(last_rule))
        .interval(reading.scaled(step))
        .axis_label(
            AxisLabel::new().formatter(reading.words.as_str()).color(ink(theme, Role::Ink3)).font_size(11.0),
        )
        .split_line(SplitLine::new().line_style(LineStyle::new().color(ink(theme, Role::Line))))
}

fn line_of(series: &MonthlySeries, chart: &TrendChart, reading: &AxisReading) -> Line {
    let points: Vec<DataPoint> = series
        .points
        .iter()
        .map(|point| {
            let shown = figure(point.value, chart.unit, chart.currency).to_string();
            triple(&point.month.label(), reading.scaled(point.value), &shown)
        })
        .collect();
    Line::new().name(series.label.clone()).show_symbol(false).data(points)
}

fn columns(chart: &WaterfallChart, reading: &AxisReading, theme: Theme) -> (Vec<f64>, Vec<DataPoint>) {
    let column = |name: &str, height: f64, shown: &str, role: Role| {
        let item = charming::datatype::DataPointItem::new(parts(name, reading.scaled(height), shown));
        DataPoint::Item(item.item_style(ItemStyle::new().color(ink(theme, role))))
    };
    let sum = |value: f64| figure(value, chart.unit, chart.currency).to_string();
    let mut hidden = vec![0.0];
    let mut visible = vec![column("Start", chart.start, &sum(chart.start), Role::LineStrong)];
    let mut level = chart.start;
    for movement in &chart.movements {
        let role = if movement.amount < 0.0 { Role::Series2 } else { Role::Series1 };
        let shown = delta(movement.amount, chart.unit, chart.currency).to_string();
        hidden.push(reading.scaled(level.min(level + movement.amount)));
        visible.push(column(&movement.label, movement.amount.abs(), &shown, role));
        level += movement.amount;
    }
    hidden.push(0.0);
    visible.push(column("End", chart.end, &sum(chart.end), Role::LineStrong));
    (hidden, visible)
}

fn triple(name: &str, value: f64, shown: &str) -> DataPoint {
    DataPoint::Value(parts(name, value, shown))
}

fn parts(name: &str, value: f64, shown: &str) -> CompositeValue {
    CompositeValue::Array(vec![name.into(), value.into(), shown.into()])
}

fn ink(theme: Theme, role: Role) -> Color {
    Color::from(theme.colour(role))
}

/// What charming has no words for: tooltips drawn on the canvas (a strict policy forbids the styles of the usual ones),
/// names and kinds of dimensions, and the description for screen readers.
fn finished(option: &charming::Chart, chart: &dyn Chart, theme: Theme) -> Value {
    let mut option = serde_json::to_value(option).unwrap_or_default();
    if let Some(tooltip) = first_object(&mut option, "tooltip") {
        tooltip.insert("renderMode".to_owned(), json!("richText"));
        tooltip.insert("textStyle".to_owned(), json!({ "color": theme.colour(Role::Ink), "fontSize": 12 }));
    }
    if let Some(axis) = first_object(&mut option, "xAxis") {
        axis.insert(
            "axisLine".to_owned(),
            json!({ "lineStyle": { "color": theme.colour(Role::LineStrong) } }),
        );
    }
    let dimensions = json!([
        { "name": "name", "type": "ordinal" },
        { "name": "value", "type": "number" },
        { "name": "shown", "type": "ordinal" }
    ]);
    for series in option.get_mut("series").and_then(Value::as_array_mut).into_iter().flatten() {
        let Some(fields) = series.as_object_mut() else { continue };
        if fields.get("name").and_then(Value::as_str) == Some(LIFT) {
            fields.insert("silent".to_owned(), json!(true));
            fields.insert("tooltip".to_owned(), json!({ "show": false }));
        } else {
            fields.insert("dimensions".to_owned(), dimensions.clone());
            fields.insert("encode".to_owned(), json!({ "x": 0, "y": 1, "tooltip": [2] }));
        }
    }
    if let Some(fields) = option.as_object_mut() {
        fields.insert("animation".to_owned(), json!(false));
        fields.insert(
            "aria".to_owned(),
            json!({ "enabled": true, "label": { "description": chart.alternative() } }),
        );
        if chart.is_synthetic() {
            fields.insert("title".to_owned(), synthetic_mark(theme));
        }
    }
    option
}

fn synthetic_mark(theme: Theme) -> Value {
    json!({
        "text": "synthetic",
        "right": 0,
        "top": 0,
        "padding": [3, 8],
        "borderRadius": 9,
        "backgroundColor": theme.colour(Role::WarnSoft),
        "textStyle": { "fontSize": 11, "fontWeight": 500, "color": theme.colour(Role::Warn) }
    })
}

fn first_object<'a>(option: &'a mut Value, key: &str) -> Option<&'a mut serde_json::Map<String, Value>> {
    match option.get_mut(key)? {
        Value::Array(items) => items.first_mut()?.as_object_mut(),
        other => other.as_object_mut(),
    }
}
