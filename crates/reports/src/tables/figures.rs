//! A company's figures by month as a table.

use chrono::{DateTime, Utc};
use kernel::{AppError, Currency, Month, Unit};
use metrics::{
    MetricKey,
    model::{FiguresTable, ReportedFigure},
};

use super::{Cell, Column, Table};

const SYNTHETIC: &str = "Synthetic data: every figure is made up, to show how Quartile works";
const NUMBERS: &str = "Exact values as Quartile computes with them. Percentages are stored as fractions (0.42 is 42 %). \
                       An empty cell is a month without data, never 0";

/// Every metric by month, one column each; only one of them where `key` is given. Refused when it has no value.
pub fn figures_table(
    figures: &FiguresTable,
    key: Option<MetricKey>,
    generated_at: DateTime<Utc>,
) -> Result<Table, AppError> {
    let series: Vec<&(MetricKey, Vec<Option<f64>>)> =
        figures.rows.iter().filter(|(found, _)| key.is_none_or(|key| key == *found)).collect();
    if let (Some(key), true) = (key, series.is_empty()) {
        let label = key.metric().label;
        return Err(AppError::conflict(format!("{label} has no value yet, so there is nothing to download")));
    }
    let columns = series.iter().map(|(key, _)| {
        let metric = key.metric();
        Column::figure(metric.label, metric.unit, figures.currency)
    });
    let rows = figures.months.iter().enumerate().map(|(place, month)| {
        let values = series.iter().map(|(_, values)| Cell::number(values.get(place).copied().flatten()));
        std::iter::once(Cell::Month(*month)).chain(values).collect()
    });
    Ok(Table {
        title: key.map_or("Figures", |key| key.metric().short_label).to_owned(),
        columns: std::iter::once(Column::month()).chain(columns).collect(),
        rows: rows.collect(),
        about: about(figures, key),
        generated_at,
    })
}

/// Every reported figure with the import, the file and the line that it came from.
pub fn sources_table(figures: &[ReportedFigure], generated_at: DateTime<Utc>) -> Table {
    let rows = figures.iter().map(|figure| {
        let currency = figure.currency.map_or(Cell::Empty, |currency| Cell::text(currency.code()));
        vec![
            Cell::text(&figure.metric),
            Cell::Month(figure.month),
            Cell::number(Some(figure.value)),
            currency,
            Cell::text(figure.import_id.to_string()),
            Cell::text(figure.source.file.dataset_id.to_string()),
            Cell::text(figure.source.line.to_string()),
            Cell::text(&figure.source.file.name),
        ]
    });
    // The values are of several units, so the column names none.
    let value = Column::figure("Value", Unit::Count, Currency::Usd);
    let columns = [Column::text("Metric"), Column::month(), value];
    let sources = ["Currency", "Import", "File", "Line", "File name"].map(Column::text);
    Table {
        title: "Sources".to_owned(),
        columns: columns.into_iter().chain(sources).collect(),
        rows: rows.collect(),
        about: Vec::new(),
        generated_at,
    }
}

/// What the file is called, without its ending: `northlight-figures-2026-09`, `northlight-mrr-2026-09-synthetic`.
pub fn figures_title(workspace: &str, what: &str, last: Option<Month>, is_synthetic: bool) -> String {
    let month = last.map(|month| format!("-{month}")).unwrap_or_default();
    let mark = if is_synthetic { "-synthetic" } else { "" };
    format!("{workspace}-{}{month}{mark}", what.replace('_', "-"))
}

fn about(figures: &FiguresTable, key: Option<MetricKey>) -> Vec<(String, String)> {
    let what = key.map_or("Every metric with a value", |key| key.metric().label);
    let span = match (figures.months.first(), figures.months.last()) {
        (Some(first), Some(last)) => format!("{what} by month, {} to {}", first.label(), last.label()),
        _ => what.to_owned(),
    };
    let currency = figures.currency;
    let converted = figures
        .converted_by
        .as_ref()
        .map_or_else(String::new, |source| format!(", converted at one fixed rate for all months: {source}"));
    let mut lines = vec![
        ("Company", figures.company.clone()),
        ("Contents", span),
        ("Currency", format!("{} ({}){converted}", currency.name(), currency.code())),
        ("Numbers", NUMBERS.to_owned()),
    ];
    if let Some(key) = key {
        lines.push(("Definition", format!("{}. Source: {}", key.metric().words, key.metric().source)));
    }
    if figures.is_synthetic {
        lines.push(("Synthetic", SYNTHETIC.to_owned()));
    }
    if !figures.sources.is_empty() {
        lines.push(("Figures from", figures.sources.join(", ")));
    }
    lines.push(("Made with", "Quartile".to_owned()));
    lines.into_iter().map(|(name, words)| (name.to_owned(), words)).collect()
}
