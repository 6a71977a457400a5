//! The value of a formula in a month.

use kernel::Month;

use super::{Expression, Function, Operator, Span};
use crate::{
    catalogue::MetricKey,
    model::{Reason, Value},
};

/// Where the values of metrics come from.
pub(crate) trait Source {
    /// The value of `key` in `month`.
    fn value(&self, key: MetricKey, month: Month) -> Value;
    /// Whether the company has reported `key` in any month.
    fn is_tracked(&self, key: MetricKey) -> bool;
}

/// Computes the formula of `key` for `month`. Where it has no meaning, the null rule of `key` says why.
pub(crate) fn evaluate(expression: &Expression, key: MetricKey, month: Month, source: &impl Source) -> Value {
    let value = Evaluation { source, reason: Reason(key) }.value(expression, month);
    match value {
        Value::Missing { mut inputs } => {
            inputs.sort_unstable();
            inputs.dedup();
            Value::Missing { inputs }
        }
        Value::Known(_) | Value::Undefined { .. } => value,
    }
}

struct Evaluation<'a, S> {
    source: &'a S,
    reason: Reason,
}

impl<S: Source> Evaluation<'_, S> {
    fn value(&self, expression: &Expression, month: Month) -> Value {
        match expression {
            Expression::Number(number) => Value::Known(*number),
            Expression::Metric(key) => self.source.value(*key, month),
            Expression::Tracked(key) if self.source.is_tracked(*key) => self.source.value(*key, month),
            Expression::Tracked(_) => Value::Known(0.0),
            Expression::Negative(inner) => {
                self.combine(self.value(inner, month), Value::Known(0.0), |x, _| Some(-x))
            }
            Expression::Operation(operator, left, right) => {
                let (left, right) = (self.value(left, month), self.value(right, month));
                self.combine(left, right, |x, y| operate(*operator, x, y))
            }
            Expression::Call(function, arguments) => {
                let mut values = arguments.iter().map(|argument| self.value(argument, month));
                let first = values.next().unwrap_or(Value::Known(0.0));
                let second = values.next().unwrap_or(Value::Known(0.0));
                self.combine(first, second, |x, y| call(*function, x, y))
            }
            Expression::Over(span, inner, months) => self.over(*span, inner, *months, month),
        }
    }

    fn over(&self, span: Span, inner: &Expression, months: i32, month: Month) -> Value {
        let values = span.offsets(months).map(|offset| self.value(inner, month.plus(-offset)));
        match span {
            Span::Previous | Span::Sum => self.fold(values, 0.0, |x, y| x + y),
            Span::Product => self.fold(values, 1.0, |x, y| x * y),
            Span::Average => {
                let sum = self.fold(values, 0.0, |x, y| x + y);
                self.combine(sum, Value::Known(f64::from(months)), |x, y| Some(x / y))
            }
        }
    }

    fn fold(&self, values: impl Iterator<Item = Value>, start: f64, step: impl Fn(f64, f64) -> f64) -> Value {
        values.fold(Value::Known(start), |sum, value| self.combine(sum, value, |x, y| Some(step(x, y))))
    }

    /// Both numbers are needed. What is missing goes before what has no meaning, because it can be remedied.
    fn combine(&self, left: Value, right: Value, compute: impl Fn(f64, f64) -> Option<f64>) -> Value {
        match (left, right) {
            (Value::Known(left), Value::Known(right)) => match compute(left, right) {
                Some(result) if result.is_finite() => Value::Known(result),
                _ => Value::Undefined { reason: self.reason },
            },
            (Value::Missing { mut inputs }, Value::Missing { inputs: more }) => {
                inputs.extend(more);
                Value::Missing { inputs }
            }
            (missing @ Value::Missing { .. }, _) | (_, missing @ Value::Missing { .. }) => missing,
            (undefined @ Value::Undefined { .. }, _) | (_, undefined @ Value::Undefined { .. }) => undefined,
        }
    }
}

fn operate(operator: Operator, left: f64, right: f64) -> Option<f64> {
    match operator {
        Operator::Add => Some(left + right),
        Operator::Subtract => Some(left - right),
        Operator::Multiply => Some(left * right),
        Operator::Divide => (right != 0.0).then(|| left / right),
    }
}

fn call(function: Function, first: f64, second: f64) -> Option<f64> {
    match function {
        Function::Power => Some(first.powf(second)),
        Function::Least => Some(first.min(second)),
        Function::Greatest => Some(first.max(second)),
        Function::Positive => (first > 0.0).then_some(first),
    }
}
