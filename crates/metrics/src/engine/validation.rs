//! Which values are possible at all.

use kernel::{Currency, Unit, figure, plain};

use crate::catalogue::MetricKey;

/// Why a value cannot be right, in a sentence for the person who entered it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ValueProblem(String);

/// Refuses values outside the range that the catalogue gives for `key`.
pub fn check_value(key: MetricKey, value: f64) -> Result<(), ValueProblem> {
    let metric = key.metric();
    if !value.is_finite() {
        return Err(ValueProblem(format!(
            "{} has to be a number. Leave it empty if it is unknown; it will count as missing, not as 0",
            metric.label
        )));
    }
    let (limit, side) = if value < metric.valid.least {
        (metric.valid.least, "below")
    } else if value > metric.valid.most {
        (metric.valid.most, "above")
    } else {
        return Ok(());
    };
    let remedy = remedy(key, value);
    Err(ValueProblem(format!(
        "{} cannot be {side} {}, and this is {}. {remedy}",
        metric.label,
        shown(limit, metric.unit),
        shown(value, metric.unit)
    )))
}

fn remedy(key: MetricKey, value: f64) -> &'static str {
    let metric = key.metric();
    let is_percent_read_as_fraction = metric.unit.is_share() && value.abs() / 100.0 <= metric.valid.most;
    if value < metric.valid.least && metric.is_deduction {
        "It is stored as a positive number: turn the sign of the column, or correct the cell"
    } else if value > metric.valid.most && is_percent_read_as_fraction {
        "If the file says 45 for 45 %, read the column as per cent"
    } else {
        "Correct the cell, or leave it empty if it is unknown"
    }
}

fn shown(value: f64, unit: Unit) -> String {
    if unit.is_money() { plain(value) } else { figure(value, unit, Currency::Usd).to_string() }
}
