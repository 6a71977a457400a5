//! Everything that follows from what a company reported.

use std::collections::{BTreeMap, HashMap};

use kernel::Month;

use super::formula::{Read, Source, evaluate, formula, formula_reads, metrics_in_order};
use crate::{
    catalogue::MetricKey,
    model::{Cell, Derivation, Derived, MonthRange, Observations, Provenance, Value},
};

/// Computes every metric for every month of `months`, also from reported months before them. A reported value takes
/// precedence over the computed one.
pub fn derive(observations: &Observations, months: MonthRange) -> Derived {
    // Windows look back, so what was reported before the range is computed too, and left out of the result.
    let first = observations.months().map_or(months.first, |reported| reported.first.min(months.first));
    let mut grid = Grid { observations, months: MonthRange::new(first, months.last), values: HashMap::new() };
    let mut series = BTreeMap::new();
    for key in metrics_in_order() {
        let column: Vec<Value> = grid.months.iter().map(|month| grid.compute(*key, month)).collect();
        grid.values.insert(*key, column);
        series.insert(*key, months.iter().map(|month| grid.derivation(*key, month)).collect());
    }
    Derived::new(months, observations.keys().collect(), series)
}

/// What is known so far: the reported values and the metrics that were already computed.
struct Grid<'a> {
    observations: &'a Observations,
    months: MonthRange,
    values: HashMap<MetricKey, Vec<Value>>,
}

impl Grid<'_> {
    fn compute(&self, key: MetricKey, month: Month) -> Value {
        if let Some(reported) = self.observations.get(key, month) {
            return Value::Known(reported);
        }
        let Some(formula) = formula(key) else { return Value::missing(key, month) };
        match evaluate(formula, key, month, self) {
            // A founder is asked for cost of sales and marketing, not for each of its parts.
            Value::Missing { .. } if key.metric().is_input() => Value::missing(key, month),
            value => value,
        }
    }

    fn derivation(&self, key: MetricKey, month: Month) -> Derivation {
        let value = self.value(key, month);
        let provenance = match (self.observations.get(key, month), formula(key)) {
            (Some(_), _) => Provenance::Reported,
            (None, None) => Provenance::Unreported,
            (None, Some(_)) if matches!(value, Value::Missing { .. }) => {
                Provenance::Computed { inputs: Vec::new() }
            }
            (None, Some(_)) => Provenance::Computed { inputs: self.inputs(key, month) },
        };
        Derivation { value, provenance }
    }

    fn inputs(&self, key: MetricKey, month: Month) -> Vec<Cell> {
        let is_read = |read: &&Read| !read.only_if_tracked || self.observations.is_tracked(read.key);
        let reads = formula_reads(key).iter().filter(is_read);
        reads.map(|read| Cell { key: read.key, month: month.plus(read.months) }).collect()
    }
}

impl Source for Grid<'_> {
    fn value(&self, key: MetricKey, month: Month) -> Value {
        let column = self.values.get(&key);
        let value = column.and_then(|column| column.get(self.months.position(month)?));
        value.cloned().unwrap_or_else(|| Value::missing(key, month))
    }

    fn is_tracked(&self, key: MetricKey) -> bool {
        self.observations.is_tracked(key)
    }
}
