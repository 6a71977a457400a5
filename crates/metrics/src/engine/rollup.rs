//! From months to quarters and years.

use kernel::Month;

use super::formula::{Source, evaluate, formula};
use crate::{
    catalogue::{MetricKey, Rollup},
    model::{Derived, MonthRange, Provenance, Value, Window},
};

/// The value of `key` for the window that ends with `last`, by the rule that the catalogue gives.
pub fn rollup(derived: &Derived, key: MetricKey, window: Window, last: Month) -> Value {
    let months = window.ending(last);
    match key.metric().rollup {
        _ if window == Window::Month => derived.value(key, last),
        Rollup::Last => derived.value(key, last),
        Rollup::Sum => sum(derived, key, months),
        Rollup::Mean => mean(derived, key, months),
        Rollup::Ratio => ratio(derived, key, window, last),
    }
}

/// A share of the whole period follows from the inputs of the whole period; a reported share has none, so its mean is
/// the best that can be said.
fn ratio(derived: &Derived, key: MetricKey, window: Window, last: Month) -> Value {
    let months = window.ending(last);
    let is_reported =
        |month| derived.get(key, month).is_some_and(|found| found.provenance == Provenance::Reported);
    match formula(key) {
        Some(formula) if !months.iter().any(is_reported) => {
            evaluate(formula, key, last, &WholeWindow { derived, window })
        }
        _ => mean(derived, key, months),
    }
}

fn sum(derived: &Derived, key: MetricKey, months: MonthRange) -> Value {
    let mut total = 0.0;
    let mut missing = Vec::new();
    let mut undefined = None;
    for month in months.iter() {
        match derived.value(key, month) {
            Value::Known(number) => total += number,
            Value::Missing { inputs } => missing.extend(inputs),
            Value::Undefined { reason } => undefined = Some(reason),
        }
    }
    missing.sort_unstable();
    missing.dedup();
    match undefined {
        _ if !missing.is_empty() => Value::Missing { inputs: missing },
        Some(reason) => Value::Undefined { reason },
        None => Value::Known(total),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a window has at most twelve months")]
fn mean(derived: &Derived, key: MetricKey, months: MonthRange) -> Value {
    match sum(derived, key, months) {
        Value::Known(total) => Value::Known(total / months.count() as f64),
        absent => absent,
    }
}

/// Each metric stands for its value over the whole window.
struct WholeWindow<'a> {
    derived: &'a Derived,
    window: Window,
}

impl Source for WholeWindow<'_> {
    fn value(&self, key: MetricKey, month: Month) -> Value {
        rollup(self.derived, key, self.window, month)
    }

    fn is_tracked(&self, key: MetricKey) -> bool {
        self.derived.is_tracked(key)
    }
}
