//! The expression language in which the catalogue writes its formulas, for machines and people alike.
//!
//! Numbers, metric keys, `+ − * /`, parentheses, and:
//! `prev(x, n)` x of n months before; `sum`, `avg`, `product(x, n)` over the last n months, this one included;
//! `pow(x, y)`, `min(x, y)`, `max(x, y)`; `positive(x)` x, or no meaning unless x > 0;
//! `tracked(key)` the metric, or 0 for a company that has never reported it in any month.

mod display;
mod evaluation;
mod order;
mod parser;

pub(crate) use evaluation::{Source, evaluate};
#[cfg(test)]
pub(crate) use order::dependency_order;
pub use order::formula;
pub(crate) use order::{formula_reads, metrics_in_order};
pub use parser::FormulaError;

use crate::catalogue::MetricKey;

/// A formula that was understood.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// A constant.
    Number(f64),
    /// This month's value of a metric.
    Metric(MetricKey),
    /// This month's value, or 0 if the company has never reported the metric.
    Tracked(MetricKey),
    /// Minus x.
    Negative(Box<Self>),
    /// Two operands.
    Operation(Operator, Box<Self>, Box<Self>),
    /// A function of this month's values.
    Call(Function, Vec<Self>),
    /// A function of other months' values.
    Over(Span, Box<Self>, i32),
}

/// What stands between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`; no meaning for a divisor of 0.
    Divide,
}

/// A function of this month's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// `pow(x, y)`
    Power,
    /// `min(x, y)`
    Least,
    /// `max(x, y)`
    Greatest,
    /// `positive(x)`
    Positive,
}

/// A function of other months' values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// `prev(x, n)`
    Previous,
    /// `sum(x, n)`
    Sum,
    /// `avg(x, n)`
    Average,
    /// `product(x, n)`
    Product,
}

/// One figure that a formula reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Read {
    /// The metric.
    pub(crate) key: MetricKey,
    /// From the month computed; 0 or negative.
    pub(crate) months: i32,
    /// Whether it is left alone for a company that has never reported the metric.
    pub(crate) only_if_tracked: bool,
}

impl Span {
    /// The distances in months to look back.
    fn offsets(self, months: i32) -> std::ops::Range<i32> {
        match self {
            Self::Previous => months..months + 1,
            Self::Sum | Self::Average | Self::Product => 0..months,
        }
    }
}

impl Expression {
    /// Reads a formula; names must be metrics of the catalogue.
    pub fn parse(text: &str) -> Result<Self, FormulaError> {
        parser::parse(text)
    }

    /// The metrics it reads, each once, in order of appearance.
    pub fn inputs(&self) -> Vec<MetricKey> {
        let mut keys = Vec::new();
        self.visit(&mut |key| {
            if !keys.contains(&key) {
                keys.push(key);
            }
        });
        keys
    }

    /// What it reads, and how many months back: in order and without repetition.
    fn reads(&self) -> Vec<Read> {
        let mut reads = Vec::new();
        self.collect_reads(0, &mut reads);
        reads.sort_unstable();
        reads.dedup();
        reads
    }

    /// Whether it looks at other months.
    pub fn spans_months(&self) -> bool {
        match self {
            Self::Number(_) | Self::Metric(_) | Self::Tracked(_) => false,
            Self::Negative(inner) => inner.spans_months(),
            Self::Operation(_, left, right) => left.spans_months() || right.spans_months(),
            Self::Call(_, arguments) => arguments.iter().any(Self::spans_months),
            Self::Over(..) => true,
        }
    }

    fn visit(&self, found: &mut impl FnMut(MetricKey)) {
        match self {
            Self::Number(_) => {}
            Self::Metric(key) | Self::Tracked(key) => found(*key),
            Self::Negative(inner) | Self::Over(_, inner, _) => inner.visit(found),
            Self::Operation(_, left, right) => {
                left.visit(found);
                right.visit(found);
            }
            Self::Call(_, arguments) => {
                for argument in arguments {
                    argument.visit(found);
                }
            }
        }
    }

    fn collect_reads(&self, months: i32, reads: &mut Vec<Read>) {
        match self {
            Self::Over(span, inner, length) => {
                for offset in span.offsets(*length) {
                    inner.collect_reads(months - offset, reads);
                }
            }
            Self::Negative(inner) => inner.collect_reads(months, reads),
            Self::Operation(_, left, right) => {
                left.collect_reads(months, reads);
                right.collect_reads(months, reads);
            }
            Self::Call(_, arguments) => {
                for argument in arguments {
                    argument.collect_reads(months, reads);
                }
            }
            Self::Number(_) => {}
            Self::Metric(key) => reads.push(Read { key: *key, months, only_if_tracked: false }),
            Self::Tracked(key) => reads.push(Read { key: *key, months, only_if_tracked: true }),
        }
    }
}
