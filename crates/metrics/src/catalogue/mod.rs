//! The metric catalogue: one table of records, split by subject only to keep the files short.

mod customers;
mod efficiency;
mod finances;
mod inputs;
mod key;
mod metric;
mod recurring;
mod retention;

use std::{collections::HashMap, sync::LazyLock};

pub use key::MetricKey;
pub use metric::{Aim, Group, Metric, NullRule, Rollup, Stage, Standing, ValidRange, Variant};

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::new);

/// The records and the way from a key to its record.
struct Catalogue {
    records: Vec<&'static Metric>,
    by_key: HashMap<&'static str, &'static Metric>,
}

impl Catalogue {
    fn new() -> Self {
        let subjects: [&'static [Metric]; 6] = [
            recurring::METRICS,
            retention::METRICS,
            efficiency::METRICS,
            finances::METRICS,
            customers::METRICS,
            inputs::METRICS,
        ];
        let records: Vec<&'static Metric> = subjects.into_iter().flatten().collect();
        let by_key = records.iter().map(|metric| (metric.key, *metric)).collect();
        Self { records, by_key }
    }

    fn records(&self) -> &[&'static Metric] {
        &self.records
    }

    fn find(&self, key: &str) -> Option<&'static Metric> {
        self.by_key.get(key).copied()
    }
}

#[cfg(test)]
mod tests;
