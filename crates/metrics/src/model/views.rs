//! What pages and files show of a company's figures.

use charts::{TrendChart, WaterfallChart};
use kernel::{AppError, Currency, DatasetId, FieldErrors, ImportId, Month};
use serde::{Deserialize, Serialize};

use super::{Dashboard, MonthRange, Provenance, Value, Window};
use crate::catalogue::MetricKey;

/// Which part of a company's figures is wanted; each choice stands in the address of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FiguresQuery {
    /// The last month; the newest with data if not given.
    pub month: Option<Month>,
    /// How many months are taken together.
    pub window: Option<Window>,
    /// The currency that amounts are shown in; the company's own if not given.
    pub currency: Option<Currency>,
}

impl FiguresQuery {
    /// Reads the choices as they stand in an address; an empty text is no choice.
    pub fn parse(month: &str, window: &str, currency: &str) -> Result<Self, AppError> {
        let mut errors = FieldErrors::default();
        let chosen = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let month = chosen(month)
            .and_then(|text| errors.take("month", text.parse::<Month>().map_err(|error| error.to_string())));
        let window = chosen(window).and_then(|text| {
            let known = Window::ALL.into_iter().find(|window| window.noun() == text);
            errors.take(
                "window",
                known.ok_or_else(|| format!("“{text}” is no period. Choose month, quarter or year")),
            )
        });
        let currency = chosen(currency).and_then(|text| errors.take("currency", text.parse::<Currency>()));
        errors.into_result()?;
        Ok(Self { month, window, currency })
    }
}

/// Which currency amounts are shown in, and how they came to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShownCurrency {
    /// The currency shown.
    pub currency: Currency,
    /// Where the fixed rate comes from, if amounts were converted.
    pub converted_by: Option<String>,
}

/// The dashboard with everything around it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DashboardView {
    /// The company's name.
    pub company: String,
    /// Whether all of it is made up.
    pub is_synthetic: bool,
    /// The currency of all amounts.
    pub shown: ShownCurrency,
    /// What there is to see; `None` before the first import.
    pub content: Option<DashboardContent>,
}

/// Figures, charts and notes of one period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DashboardContent {
    /// Key figures, bridge and notes.
    pub dashboard: Dashboard,
    /// Trends, the most important first.
    pub trends: Vec<Trend>,
    /// How MRR moved; `None` if the movements are not known.
    pub waterfall: Option<WaterfallChart>,
    /// Months with data, newest first.
    pub months: Vec<Month>,
    /// Where the newest figures come from.
    pub source: Option<SourceFile>,
}

/// The course of one metric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trend {
    /// The metric.
    pub key: MetricKey,
    /// Its chart.
    pub chart: TrendChart,
}

/// A file that figures come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFile {
    /// The file.
    pub dataset_id: DatasetId,
    /// Its name.
    pub name: String,
}

/// One figure opened: what it means, where it comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FigureView {
    /// The metric.
    pub key: MetricKey,
    /// The month.
    pub month: Month,
    /// From the first to the last month with any figure.
    pub months: MonthRange,
    /// The currency of all amounts.
    pub shown: ShownCurrency,
    /// The value.
    pub value: Value,
    /// Whether it was reported or computed.
    pub provenance: Provenance,
    /// The values it was computed from.
    pub inputs: Vec<InputValue>,
    /// The row it was read from, if it was reported.
    pub source: Option<SourceRow>,
    /// Its course.
    pub trend: Option<TrendChart>,
}

/// A value that a computed figure rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InputValue {
    /// The metric.
    pub key: MetricKey,
    /// The month.
    pub month: Month,
    /// The value.
    pub value: Value,
    /// The row it was read from, if it was reported.
    pub source: Option<SourceRow>,
}

/// A row of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRow {
    /// The file.
    pub file: SourceFile,
    /// The line in it.
    pub line: u64,
}

/// A reported figure with where it came from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportedFigure {
    /// The stable name of the metric; it may be one that is not in the catalogue any more.
    pub metric: String,
    /// The month.
    pub month: Month,
    /// What was reported.
    pub value: f64,
    /// The currency of an amount; `None` for everything else.
    pub currency: Option<Currency>,
    /// The import that brought it.
    pub import_id: ImportId,
    /// The row that it was read from; for what a program sent, its place among the figures that were sent, from 0.
    pub source: SourceRow,
}

/// Every figure by month, for files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FiguresTable {
    /// The company's name.
    pub company: String,
    /// Whether all of it is made up.
    pub is_synthetic: bool,
    /// The currency of all amounts.
    pub currency: Currency,
    /// Where the fixed rate comes from, if amounts were converted.
    pub converted_by: Option<String>,
    /// The names of the files that the figures come from, in order.
    pub sources: Vec<String>,
    /// The months, oldest first.
    pub months: Vec<Month>,
    /// The metrics with at least one value, each with a value for each month.
    pub rows: Vec<(MetricKey, Vec<Option<f64>>)>,
}

/// The newest value of every metric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CatalogueView {
    /// The company's name.
    pub company: String,
    /// The currency of all amounts.
    pub shown: ShownCurrency,
    /// Every metric in catalogue order; empty before the first import.
    pub rows: Vec<CatalogueRow>,
}

/// The newest value of one metric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CatalogueRow {
    /// The metric.
    pub key: MetricKey,
    /// The last month in which it is known or has no meaning; the newest month with data if it is missing in all of them.
    pub month: Month,
    /// Its value then.
    pub value: Value,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_in_addresses_are_read_or_refused_with_a_sentence() {
        let query = FiguresQuery::parse("2026-09", "year", "eur").unwrap();
        assert_eq!(query.month, Some("2026-09".parse().unwrap()));
        assert_eq!((query.window, query.currency), (Some(Window::Year), Some(Currency::Eur)));
        assert_eq!(FiguresQuery::parse("", " ", ""), Ok(FiguresQuery::default()));
        let refused = FiguresQuery::parse("September", "decade", "XXX").unwrap_err();
        let fields: Vec<&str> = refused.fields().iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["month", "window", "currency"]);
    }
}
