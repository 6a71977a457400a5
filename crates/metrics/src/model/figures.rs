//! Reported and derived figures, and where each one comes from.

use std::collections::{BTreeMap, BTreeSet};

use kernel::Month;
use serde::{Deserialize, Serialize};

use super::MonthRange;
use crate::catalogue::{MetricKey, Standing};

/// What a company reported. Money is in major units of one currency; whoever fills this converts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Observations {
    series: BTreeMap<MetricKey, BTreeMap<Month, f64>>,
}

impl Observations {
    /// Records a value, replacing an earlier one. What is not a finite number stays missing.
    pub fn set(&mut self, key: MetricKey, month: Month, value: f64) {
        if value.is_finite() {
            self.series.entry(key).or_default().insert(month, value);
        }
    }

    /// Forgets a value.
    pub fn remove(&mut self, key: MetricKey, month: Month) {
        if let Some(series) = self.series.get_mut(&key) {
            series.remove(&month);
            if series.is_empty() {
                self.series.remove(&key);
            }
        }
    }

    /// The reported value.
    pub fn get(&self, key: MetricKey, month: Month) -> Option<f64> {
        self.series.get(&key)?.get(&month).copied()
    }

    /// Whether any month has a value.
    pub fn is_tracked(&self, key: MetricKey) -> bool {
        self.series.contains_key(&key)
    }

    /// The metrics that have a value in any month.
    pub fn keys(&self) -> impl Iterator<Item = MetricKey> {
        self.series.keys().copied()
    }

    /// Every value with its place.
    pub fn iter(&self) -> impl Iterator<Item = (MetricKey, Month, f64)> {
        self.series
            .iter()
            .flat_map(|(key, months)| months.iter().map(|(month, value)| (*key, *month, *value)))
    }

    /// From the first to the last month with any value.
    pub fn months(&self) -> Option<MonthRange> {
        let first = self.series.values().filter_map(|months| months.keys().next()).min()?;
        let last = self.series.values().filter_map(|months| months.keys().next_back()).max()?;
        Some(MonthRange::new(*first, *last))
    }
}

impl FromIterator<(MetricKey, Month, f64)> for Observations {
    fn from_iter<I: IntoIterator<Item = (MetricKey, Month, f64)>>(values: I) -> Self {
        let mut observations = Self::default();
        for (key, month, value) in values {
            observations.set(key, month, value);
        }
        observations
    }
}

/// One figure of one month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Cell {
    /// The metric.
    pub key: MetricKey,
    /// The month.
    pub month: Month,
}

/// A figure, or why there is none. Missing is never 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// The number.
    Known(f64),
    /// Figures that would have to be reported first.
    Missing {
        /// Which ones, in order and without repetition.
        inputs: Vec<Cell>,
    },
    /// All inputs are there, and the figure has no meaning.
    Undefined {
        /// Why.
        reason: Reason,
    },
}

impl Value {
    /// The number, if there is one.
    pub fn known(&self) -> Option<f64> {
        match self {
            Self::Known(number) => Some(*number),
            Self::Missing { .. } | Self::Undefined { .. } => None,
        }
    }

    /// One missing figure.
    pub(crate) fn missing(key: MetricKey, month: Month) -> Self {
        Self::Missing { inputs: vec![Cell { key, month }] }
    }
}

/// Why a figure has no meaning: the null rule of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reason(pub MetricKey);

impl Reason {
    /// The code for API and storage: `default_alive`.
    pub fn code(self) -> &'static str {
        self.0.metric().null_rule.code
    }

    /// The sentence that stands in place of the figure.
    pub fn sentence(self) -> &'static str {
        self.0.metric().null_rule.sentence
    }

    /// Where the company stands among peers who have the figure.
    pub fn standing(self) -> Standing {
        self.0.metric().null_rule.standing
    }
}

/// Where a figure comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provenance {
    /// Uploaded or typed in; it takes precedence over what could be computed.
    Reported,
    /// Follows from other figures by the formula of the catalogue.
    Computed {
        /// The figures it was computed from; empty as long as some are missing.
        inputs: Vec<Cell>,
    },
    /// Can only be reported, and was not.
    Unreported,
}

/// A figure and where it comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Derivation {
    /// The figure.
    pub value: Value,
    /// Its origin.
    pub provenance: Provenance,
}

/// Every metric of the catalogue in every month of a range.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Derived {
    months: MonthRange,
    tracked: BTreeSet<MetricKey>,
    series: BTreeMap<MetricKey, Vec<Derivation>>,
}

impl Derived {
    pub(crate) fn new(
        months: MonthRange,
        tracked: BTreeSet<MetricKey>,
        series: BTreeMap<MetricKey, Vec<Derivation>>,
    ) -> Self {
        Self { months, tracked, series }
    }

    /// The months covered.
    pub fn months(&self) -> MonthRange {
        self.months
    }

    /// The figure and its origin; `None` outside the months covered.
    pub fn get(&self, key: MetricKey, month: Month) -> Option<&Derivation> {
        self.series.get(&key)?.get(self.months.position(month)?)
    }

    /// The figure; missing outside the months covered.
    pub fn value(&self, key: MetricKey, month: Month) -> Value {
        self.get(key, month).map_or_else(|| Value::missing(key, month), |derivation| derivation.value.clone())
    }

    /// The number, if there is one.
    pub fn known(&self, key: MetricKey, month: Month) -> Option<f64> {
        self.get(key, month)?.value.known()
    }

    /// The months of one metric in order.
    pub fn series(&self, key: MetricKey) -> impl Iterator<Item = (Month, &Derivation)> {
        self.months.iter().zip(self.series.get(&key).into_iter().flatten())
    }

    /// Whether the company reported the metric in any month, also outside the months covered.
    pub fn is_tracked(&self, key: MetricKey) -> bool {
        self.tracked.contains(&key)
    }
}
