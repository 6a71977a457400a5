//! Values by month, for one or several series.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Currency, Month, Unit, figure};
use serde::{Deserialize, Serialize};

use crate::{Chart, ChartTable, Drawing, Row, RowValue, layout};

/// A value of one month.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MonthValue {
    /// When.
    pub month: Month,
    /// How much; never a stand-in for "no data".
    pub value: f64,
}

/// Values by month. Months without a value are left out, and the line is broken there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MonthlySeries {
    /// Whose values: `You`, `Peer median`, `Enterprise plan`.
    pub label: String,
    /// In order of time.
    pub points: Vec<MonthValue>,
}

impl MonthlySeries {
    /// The points that can be drawn and said: numbers.
    pub(crate) fn known_points(&self) -> Vec<MonthValue> {
        self.points.iter().filter(|point| point.value.is_finite()).copied().collect()
    }
}

/// Values by month, with the area under the first series and a dashed comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrendChart {
    /// What it shows.
    pub title: String,
    /// What the values are measured in.
    pub unit: Unit,
    /// The currency, where the unit is money.
    pub currency: Currency,
    /// The series, the main one first.
    pub series: Vec<MonthlySeries>,
    /// What they are compared with, such as the median of peers.
    pub comparison: Option<MonthlySeries>,
    /// Whether the numbers are made up for a demonstration.
    pub synthetic: bool,
}

impl TrendChart {
    /// All series, the comparison last.
    pub fn all_series(&self) -> impl Iterator<Item = &MonthlySeries> + Clone {
        self.series.iter().chain(&self.comparison)
    }

    fn sentence(&self, series: &MonthlySeries) -> Option<String> {
        let points = series.known_points();
        let (first, last) = (points.first()?, points.last()?);
        let show = |point: &MonthValue| {
            format!("{} in {}", figure(point.value, self.unit, self.currency), point.month.label())
        };
        if first.month == last.month {
            return Some(format!("{}: {}.", series.label, show(last)));
        }
        Some(format!("{}: from {} to {}.", series.label, show(first), show(last)))
    }
}

impl Chart for TrendChart {
    fn title(&self) -> &str {
        &self.title
    }

    fn alternative(&self) -> String {
        let sentences: Vec<String> = self.all_series().filter_map(|series| self.sentence(series)).collect();
        if sentences.is_empty() {
            return format!("{}: no values yet.", self.title);
        }
        format!("{} by month. {}", self.title, sentences.join(" "))
    }

    fn is_synthetic(&self) -> bool {
        self.synthetic
    }

    fn table(&self) -> ChartTable {
        let columns: Vec<BTreeMap<Month, f64>> = self
            .all_series()
            .map(|series| series.points.iter().map(|point| (point.month, point.value)).collect())
            .collect();
        let months: BTreeSet<Month> = columns.iter().flat_map(BTreeMap::keys).copied().collect();
        let row = |month: Month| Row {
            name: month.label(),
            values: columns
                .iter()
                .map(|column| RowValue::figure(column.get(&month).copied(), self.unit, self.currency))
                .collect(),
        };
        let labels = self.all_series().map(|series| series.label.clone());
        ChartTable {
            headers: std::iter::once("Month".to_owned()).chain(labels).collect(),
            rows: months.into_iter().map(row).collect(),
        }
    }

    fn draw(&self, width: f64, height: f64) -> Drawing {
        layout::trend(self, width, height)
    }
}
