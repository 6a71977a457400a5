//! The formulas of the catalogue, and the order in which they can be computed.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use super::{Expression, Read};
use crate::catalogue::MetricKey;

static FORMULAS: LazyLock<HashMap<MetricKey, Formula>> = LazyLock::new(|| {
    let written = MetricKey::all().filter_map(|key| Some((key, key.metric().formula?)));
    // A test parses every formula of the catalogue.
    let parsed = written.filter_map(|(key, text)| Some((key, Expression::parse(text).ok()?)));
    parsed.map(|(key, expression)| (key, Formula { reads: expression.reads(), expression })).collect()
});

static ORDER: LazyLock<Vec<MetricKey>> = LazyLock::new(|| {
    // A test refuses cycles; should one slip through, what lies outside of it is still computed.
    dependency_order(MetricKey::all(), formula).unwrap_or_else(|(ordered, _)| ordered)
});

/// An expression and what it reads.
struct Formula {
    expression: Expression,
    reads: Vec<Read>,
}

/// The formula of a metric; `None` if it can only be reported.
pub fn formula(key: MetricKey) -> Option<&'static Expression> {
    Some(&FORMULAS.get(&key)?.expression)
}

/// What the formula of a metric reads, in order.
pub(crate) fn formula_reads(key: MetricKey) -> &'static [Read] {
    FORMULAS.get(&key).map(|formula| formula.reads.as_slice()).unwrap_or_default()
}

/// Every metric, each after the metrics it is computed from.
pub(crate) fn metrics_in_order() -> &'static [MetricKey] {
    &ORDER
}

/// Puts each key after its inputs. On a cycle: what could be ordered, and what could not.
pub(crate) fn dependency_order<'a>(
    keys: impl Iterator<Item = MetricKey>,
    formula: impl Fn(MetricKey) -> Option<&'a Expression>,
) -> Result<Vec<MetricKey>, (Vec<MetricKey>, Vec<MetricKey>)> {
    let mut waiting: Vec<MetricKey> = keys.collect();
    let (mut ordered, mut done) = (Vec::new(), HashSet::new());
    while !waiting.is_empty() {
        let is_ready = |key: &MetricKey| {
            formula(*key).is_none_or(|formula| formula.inputs().iter().all(|input| done.contains(input)))
        };
        let (ready, blocked): (Vec<_>, Vec<_>) = waiting.iter().copied().partition(is_ready);
        if ready.is_empty() {
            return Err((ordered, blocked));
        }
        done.extend(ready.iter().copied());
        ordered.extend(ready);
        waiting = blocked;
    }
    Ok(ordered)
}
