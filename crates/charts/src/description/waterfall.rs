//! How a sum moves from start to end.

use kernel::{Currency, Unit, delta, figure};
use serde::{Deserialize, Serialize};

use crate::{Chart, ChartTable, Drawing, Row, RowValue, layout};

/// One step of the way: positive adds, negative takes away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Movement {
    /// What moved: `New`, `Churned`.
    pub label: String,
    /// By how much, signed.
    pub amount: f64,
}

/// The amounts of an MRR bridge, each as the catalogue stores it: all of them positive.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MrrBridge {
    /// MRR at the start of the period.
    pub start: f64,
    /// From customers who never paid before.
    pub new: f64,
    /// From customers who had left.
    pub reactivated: f64,
    /// More from customers who stayed.
    pub expansion: f64,
    /// Less from customers who stayed.
    pub contraction: f64,
    /// From customers who left.
    pub churned: f64,
    /// MRR at the end of the period.
    pub end: f64,
}

/// How a sum moves from start to end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WaterfallChart {
    /// What it shows.
    pub title: String,
    /// What the amounts are measured in.
    pub unit: Unit,
    /// The currency, where the unit is money.
    pub currency: Currency,
    /// The sum before.
    pub start: f64,
    /// What happened, in order.
    pub movements: Vec<Movement>,
    /// The sum after, as recorded, whether or not the movements lead there.
    pub end: f64,
    /// Whether the numbers are made up for a demonstration.
    pub synthetic: bool,
}

impl WaterfallChart {
    /// The bridge start + new + reactivated + expansion − contraction − churned = end.
    pub fn mrr_bridge(
        title: impl Into<String>,
        currency: Currency,
        bridge: MrrBridge,
        synthetic: bool,
    ) -> Self {
        let movement = |label: &str, amount: f64| Movement { label: label.to_owned(), amount };
        Self {
            title: title.into(),
            unit: Unit::MoneyPerMonth,
            currency,
            start: bridge.start,
            movements: vec![
                movement("New", bridge.new),
                movement("Reactivated", bridge.reactivated),
                movement("Expansion", bridge.expansion),
                movement("Contraction", -bridge.contraction),
                movement("Churned", -bridge.churned),
            ],
            end: bridge.end,
            synthetic,
        }
    }

    /// What the movements leave unexplained: 0 when the bridge closes.
    pub fn gap(&self) -> f64 {
        let moved: f64 = self.movements.iter().map(|movement| movement.amount).sum();
        self.end - self.start - moved
    }

    /// The sum before the first movement, after each of them, and at the end as recorded.
    pub(crate) fn levels(&self) -> Vec<f64> {
        let mut level = self.start;
        let after_each = self.movements.iter().map(|movement| {
            level += movement.amount;
            level
        });
        std::iter::once(self.start).chain(after_each).chain([self.end]).collect()
    }
}

impl Chart for WaterfallChart {
    fn title(&self) -> &str {
        &self.title
    }

    fn alternative(&self) -> String {
        let movements: Vec<String> = self
            .movements
            .iter()
            .map(|movement| {
                format!("{} {}", movement.label, delta(movement.amount, self.unit, self.currency))
            })
            .collect();
        format!(
            "{}: start {}, {}, end {}.",
            self.title,
            figure(self.start, self.unit, self.currency),
            movements.join(", "),
            figure(self.end, self.unit, self.currency)
        )
    }

    fn is_synthetic(&self) -> bool {
        self.synthetic
    }

    fn table(&self) -> ChartTable {
        let row = |name: &str, shown: String, raw: f64| Row {
            name: name.to_owned(),
            values: vec![RowValue { shown, raw: Some(raw) }],
        };
        let sum = |value: f64| figure(value, self.unit, self.currency).to_string();
        let change = |amount: f64| delta(amount, self.unit, self.currency).to_string();
        let mut rows = vec![row("Start", sum(self.start), self.start)];
        rows.extend(
            self.movements
                .iter()
                .map(|movement| row(&movement.label, change(movement.amount), movement.amount)),
        );
        rows.push(row("End", sum(self.end), self.end));
        ChartTable { headers: vec!["Step".to_owned(), self.title.clone()], rows }
    }

    fn draw(&self, width: f64, height: f64) -> Drawing {
        layout::waterfall(self, width, height)
    }
}
