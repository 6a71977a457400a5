//! A small trend without axes, for a tile.

use kernel::{Currency, Unit, figure};
use serde::{Deserialize, Serialize};

use crate::{Chart, ChartTable, Drawing, MonthValue, Row, RowValue, layout};

/// A small trend without axes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sparkline {
    /// What it shows.
    pub title: String,
    /// What the values are measured in.
    pub unit: Unit,
    /// The currency, where the unit is money.
    pub currency: Currency,
    /// The values in order of time; months without a value are left out.
    pub points: Vec<MonthValue>,
    /// Whether the numbers are made up for a demonstration.
    pub synthetic: bool,
}

impl Chart for Sparkline {
    fn title(&self) -> &str {
        &self.title
    }

    fn alternative(&self) -> String {
        let show = |point: &MonthValue| {
            format!("{} in {}", figure(point.value, self.unit, self.currency), point.month.label())
        };
        let known = || self.points.iter().filter(|point| point.value.is_finite());
        match (known().next(), known().next_back()) {
            (Some(first), Some(last)) if first.month != last.month => {
                format!("{}: from {} to {}.", self.title, show(first), show(last))
            }
            (Some(only), _) => format!("{}: {}.", self.title, show(only)),
            _ => format!("{}: no values yet.", self.title),
        }
    }

    fn is_synthetic(&self) -> bool {
        self.synthetic
    }

    fn table(&self) -> ChartTable {
        let row = |point: &MonthValue| Row {
            name: point.month.label(),
            values: vec![RowValue::figure(Some(point.value), self.unit, self.currency)],
        };
        ChartTable {
            headers: vec!["Month".to_owned(), self.title.clone()],
            rows: self.points.iter().map(row).collect(),
        }
    }

    fn draw(&self, width: f64, height: f64) -> Drawing {
        layout::sparkline(self, width, height)
    }
}
