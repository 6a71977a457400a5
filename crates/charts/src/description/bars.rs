//! Values by name, as horizontal bars.

use kernel::{Currency, Unit};
use serde::{Deserialize, Serialize};

use crate::{Chart, ChartTable, Drawing, Row, RowValue, layout};

/// One bar.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bar {
    /// Whose value.
    pub label: String,
    /// How much; `None` is shown as a dash, never as 0.
    pub value: Option<f64>,
    /// Whether the bar is what the chart is about.
    pub emphasised: bool,
}

/// Values by name, as horizontal bars.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BarChart {
    /// What it shows.
    pub title: String,
    /// What the values are measured in.
    pub unit: Unit,
    /// The currency, where the unit is money.
    pub currency: Currency,
    /// The bars in the order they are drawn.
    pub bars: Vec<Bar>,
    /// Whether the numbers are made up for a demonstration.
    pub synthetic: bool,
}

impl Chart for BarChart {
    fn title(&self) -> &str {
        &self.title
    }

    fn alternative(&self) -> String {
        if self.bars.is_empty() {
            return format!("{}: no values yet.", self.title);
        }
        let values: Vec<String> = self
            .bars
            .iter()
            .map(|bar| {
                format!("{} {}", bar.label, RowValue::figure(bar.value, self.unit, self.currency).shown)
            })
            .collect();
        format!("{}: {}.", self.title, values.join(", "))
    }

    fn is_synthetic(&self) -> bool {
        self.synthetic
    }

    fn table(&self) -> ChartTable {
        let row = |bar: &Bar| Row {
            name: bar.label.clone(),
            values: vec![RowValue::figure(bar.value, self.unit, self.currency)],
        };
        ChartTable {
            headers: vec!["Name".to_owned(), self.title.clone()],
            rows: self.bars.iter().map(row).collect(),
        }
    }

    fn draw(&self, width: f64, height: f64) -> Drawing {
        layout::bars(self, width, height)
    }
}
