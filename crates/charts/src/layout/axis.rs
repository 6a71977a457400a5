//! Axes: round steps between values, and as many months as there is room for.

use kernel::{Currency, Month, Unit, figure};

use crate::{Anchor, Drawing, Label, Point, Role, Stroke};

use super::{Scale, text};

const LABEL_SIZE: f64 = 11.0;
/// Pixels that a month label wants for itself.
const MONTH_ROOM: f64 = 64.0;
/// Pixels between two rules of the value axis, at least.
const RULE_ROOM: f64 = 36.0;

/// The reach of a value axis and the round values on it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ValueAxis {
    /// The lowest value drawn.
    pub(crate) low: f64,
    /// The highest value drawn.
    pub(crate) high: f64,
    /// The distance between two rules.
    pub(crate) step: f64,
    /// Where the rules are.
    pub(crate) ticks: Vec<f64>,
}

impl ValueAxis {
    /// Whether lengths on this axis begin at 0, so that areas may be filled.
    pub(crate) fn begins_at_zero(&self) -> bool {
        self.low == 0.0
    }
}

/// An axis that holds the values. Money and counts begin at 0; ratios only if they come near it.
pub(crate) fn value_axis(values: &[f64], unit: Unit, height: f64) -> ValueAxis {
    let (mut low, mut high) = extent(values);
    let needs_zero = unit.is_money() || unit == Unit::Count;
    let is_near_zero = low < (high - low);
    if low >= 0.0 && (needs_zero || is_near_zero) {
        low = 0.0;
    }
    if high < 0.0 && needs_zero {
        high = 0.0;
    }
    if high - low < smallest_step(unit) {
        high = low + smallest_step(unit) * 4.0;
    }
    let intervals = (height / RULE_ROOM).floor().clamp(2.0, 5.0);
    let step = round_step((high - low) / intervals).max(smallest_step(unit));
    let low = (low / step + 1e-9).floor() * step;
    let first = (low / step).round();
    let count = ((high - low) / step + 1e-9).floor();
    let ticks = std::iter::successors(Some(0.0), |place| Some(place + 1.0))
        .take_while(|place| *place <= count)
        .map(|place| (first + place) * step)
        .collect();
    ValueAxis { low, high, step, ticks }
}

/// The words beside a rule: as figures are shown everywhere, with a bare 0 for no money.
pub(crate) fn tick_label(value: f64, unit: Unit, currency: Currency) -> String {
    if value == 0.0 && unit.is_money() { "0".to_owned() } else { figure(value, unit, currency).to_string() }
}

/// The pixels that the widest tick label needs.
pub(crate) fn label_room(axis: &ValueAxis, unit: Unit, currency: Currency) -> f64 {
    axis.ticks
        .iter()
        .map(|tick| text::width(&tick_label(*tick, unit, currency), LABEL_SIZE))
        .fold(0.0, f64::max)
}

/// Draws the rules from `left` to `right` and their labels.
pub(crate) fn draw_value_axis(
    drawing: &mut Drawing,
    axis: &ValueAxis,
    (unit, currency): (Unit, Currency),
    scale: Scale,
    (left, right): (f64, f64),
) {
    for tick in &axis.ticks {
        let y = scale.at(*tick);
        drawing.line(Point::new(left, y), Point::new(right, y), Stroke::solid(Role::Line, 1.0));
        let at = Point::new(left - 8.0, y + 4.0);
        drawing.text(Label::new(tick_label(*tick, unit, currency), at, LABEL_SIZE).anchored(Anchor::End));
    }
}

/// Months to label and their words, thinned to the width.
pub(crate) fn month_labels(first: Month, last: Month, width: f64) -> Vec<(Month, String)> {
    let count = f64::from(last.since(first)) + 1.0;
    let room = (width / MONTH_ROOM).max(1.0);
    let every =
        [1, 3, 6, 12, 24, 60, 120].into_iter().find(|every| count / f64::from(*every) <= room).unwrap_or(240);
    let months: Vec<Month> = first.through(last).filter(|month| is_on_grid(*month, every)).collect();
    let has_january = months.iter().any(|month| month.month() == 1);
    months
        .into_iter()
        .enumerate()
        .map(|(place, month)| {
            let names_year = month.month() == 1 || (place == 0 && !has_january);
            (month, month_words(month, every, names_year))
        })
        .collect()
}

/// Draws the month labels below the chart.
pub(crate) fn draw_months(
    drawing: &mut Drawing,
    labels: &[(Month, String)],
    x_of: impl Fn(Month) -> f64,
    y: f64,
) {
    for (month, words) in labels {
        let (x, half) = (x_of(*month), text::width(words, LABEL_SIZE) / 2.0);
        let is_at_edge = x + half > drawing.width;
        let (x, anchor) = if is_at_edge { (drawing.width, Anchor::End) } else { (x, Anchor::Middle) };
        drawing.text(Label::new(words.clone(), Point::new(x, y), LABEL_SIZE).anchored(anchor));
    }
}

fn is_on_grid(month: Month, every: i32) -> bool {
    (month.year() * 12 + month.month().cast_signed() - 1).rem_euclid(every) == 0
}

fn month_words(month: Month, every: i32, names_year: bool) -> String {
    if every >= 12 {
        return month.year().to_string();
    }
    if names_year {
        return format!("{} ’{:02}", month.short_name(), month.year().rem_euclid(100));
    }
    month.short_name().to_owned()
}

fn extent(values: &[f64]) -> (f64, f64) {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if low.is_finite() && high.is_finite() { (low, high) } else { (0.0, 0.0) }
}

/// The first of 1, 2, 5, 10, 20 … that is not much below `rough`: one rule more does no harm.
fn round_step(rough: f64) -> f64 {
    if rough <= 0.0 || !rough.is_finite() {
        return 1.0;
    }
    let magnitude = 10_f64.powf(rough.log10().floor());
    let factor = [1.0, 2.0, 5.0, 10.0].into_iter().find(|factor| factor * magnitude >= rough * 0.8);
    factor.unwrap_or(10.0) * magnitude
}

/// The smallest step whose labels still differ.
fn smallest_step(unit: Unit) -> f64 {
    match unit {
        Unit::Share | Unit::SharePerMonth => 0.001,
        Unit::Times | Unit::Months | Unit::Points => 0.1,
        Unit::Count => 1.0,
        Unit::Money | Unit::MoneyPerMonth | Unit::MoneyPerYear => 0.01,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(values: &[f64], unit: Unit, height: f64) -> Vec<String> {
        let axis = value_axis(values, unit, height);
        axis.ticks
            .iter()
            .map(|tick| tick_label(*tick, unit, Currency::Usd).replace(kernel::THIN_SPACE, " "))
            .collect()
    }

    #[test]
    fn money_begins_at_zero_and_takes_round_steps() {
        assert_eq!(
            labels(&[118_000.0, 201_300.0], Unit::MoneyPerMonth, 204.0),
            ["0", "$50 k", "$100 k", "$150 k", "$200 k"]
        );
        assert_eq!(labels(&[2.41e6], Unit::Money, 204.0), ["0", "$500 k", "$1 M", "$1.5 M", "$2 M"]);
        assert_eq!(labels(&[-40.0, 60.0], Unit::Money, 204.0), ["−$40", "−$20", "0", "$20", "$40", "$60"]);
    }

    #[test]
    fn ratios_keep_their_neighbourhood_and_labels_stay_different() {
        assert_eq!(labels(&[1.01, 1.08], Unit::Share, 204.0), ["100 %", "102 %", "104 %", "106 %", "108 %"]);
        assert_eq!(labels(&[0.5, 0.5], Unit::Share, 204.0), ["50 %", "50.1 %", "50.2 %", "50.3 %", "50.4 %"]);
        assert_eq!(labels(&[3.0, 5.0], Unit::Count, 204.0), ["0", "1", "2", "3", "4", "5"]);
        assert!(!labels(&[], Unit::Share, 204.0).is_empty());
    }

    #[test]
    fn months_thin_out_with_the_width_and_name_each_new_year() {
        let month = |text: &str| text.parse::<Month>().unwrap();
        let words = |first, last, width| -> Vec<String> {
            month_labels(month(first), month(last), width).into_iter().map(|(_, words)| words).collect()
        };
        assert_eq!(
            words("2024-10", "2026-09", 600.0),
            ["Oct", "Jan ’25", "Apr", "Jul", "Oct", "Jan ’26", "Apr", "Jul"]
        );
        assert_eq!(words("2024-10", "2026-09", 300.0), ["Jan ’25", "Jul", "Jan ’26", "Jul"]);
        assert_eq!(words("2026-03", "2026-06", 600.0), ["Mar ’26", "Apr", "May", "Jun"]);
        assert_eq!(words("2010-01", "2020-12", 700.0).first().map(String::as_str), Some("2010"));
    }
}
