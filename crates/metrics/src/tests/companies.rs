//! Builders of small companies.

use kernel::Month;

use crate::{
    MetricKey,
    engine::derive,
    model::{Derived, MonthRange, Observations, Value},
};

pub(super) fn month(text: &str) -> Month {
    text.parse().unwrap()
}

pub(super) fn key(text: &str) -> MetricKey {
    MetricKey::parse(text).unwrap_or_else(|| panic!("no metric {text}"))
}

/// Each series starts in January 2025 and goes on month by month; NaN leaves a month out.
pub(super) fn company(series: &[(&str, &[f64])]) -> Observations {
    let january = month("2025-01");
    let cells = series.iter().flat_map(|(name, values)| {
        (0..).zip(*values).map(move |(i, value)| (key(name), january.plus(i), *value))
    });
    cells.collect()
}

/// The same value in each of `months` months from January 2025.
pub(super) fn steady(series: &[(&str, f64)], months: i32) -> Observations {
    let january = month("2025-01");
    series
        .iter()
        .flat_map(|(name, value)| (0..months).map(move |i| (key(name), january.plus(i), *value)))
        .collect()
}

pub(super) fn derived(observations: &Observations) -> Derived {
    derive(observations, observations.months().unwrap())
}

pub(super) fn value(observations: &Observations, name: &str, at: &str) -> Value {
    let at = month(at);
    derive(observations, MonthRange::new(at, at)).value(key(name), at)
}

pub(super) fn number(observations: &Observations, name: &str, at: &str) -> f64 {
    match value(observations, name, at) {
        Value::Known(number) => number,
        other => panic!("{name} in {at} is {other:?}"),
    }
}

pub(super) fn is_close(left: f64, right: f64) -> bool {
    (left - right).abs() <= 1e-9 * left.abs().max(right.abs()).max(1.0)
}
