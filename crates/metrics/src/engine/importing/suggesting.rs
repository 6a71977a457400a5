//! A first mapping for a file, for a person to confirm.

use datasets::{
    ColumnFormat, ColumnKind, FileFormat,
    engine::{Cell, parse_cell},
};

use crate::{
    engine::suggest_all,
    model::{ColumnMapping, ColumnRole, Mapping, SampleHints},
};

/// Shares above this are per cent written without the sign: nobody keeps 4.5 times 100 % of a share.
const LARGEST_LIKELY_FRACTION: f64 = 3.0;

/// What the columns seem to be for, by their names and cells.
pub(crate) fn suggest_mapping(format: &FileFormat) -> Mapping {
    let described: Vec<(&str, SampleHints)> =
        format.columns.iter().map(|column| (column.header.as_str(), hints(column))).collect();
    let columns = format.columns.iter().zip(suggest_all(&described)).filter_map(|(column, suggestion)| {
        let suggestion = suggestion?;
        let is_readable = match suggestion.role {
            ColumnRole::Period => column.kind.is_date(),
            ColumnRole::MetricName => true,
            ColumnRole::Metric(_) | ColumnRole::MetricValue => column.kind.is_numeric(),
        };
        let mapping = ColumnMapping {
            role: Some(suggestion.role),
            is_sign_turned: suggestion.is_sign_turned,
            scale: suggestion.scale * percent_scale(column, suggestion.role),
        };
        (is_readable && !column.hides().is_personal()).then_some((column.index, mapping))
    });
    Mapping { columns: columns.collect() }
}

fn hints(column: &ColumnFormat) -> SampleHints {
    let range = [column.minimum.as_deref(), column.maximum.as_deref()].map(|text| number(text?, column.kind));
    let is_all_negative = match range {
        [Some(least), Some(most)] => least < 0.0 && most <= 0.0,
        _ => false,
    };
    SampleHints {
        is_numeric: Some(column.kind.is_numeric()),
        is_date: Some(column.kind.is_date()),
        is_all_negative,
    }
}

fn percent_scale(column: &ColumnFormat, role: ColumnRole) -> f64 {
    let ColumnRole::Metric(key) = role else { return 1.0 };
    let is_plain_share = key.metric().unit.is_share() && !matches!(column.kind, ColumnKind::Percent(_));
    let largest = [column.minimum.as_deref(), column.maximum.as_deref()]
        .into_iter()
        .filter_map(|text| number(text?, column.kind))
        .fold(0.0_f64, |largest, value| largest.max(value.abs()));
    if is_plain_share && largest > LARGEST_LIKELY_FRACTION { 0.01 } else { 1.0 }
}

fn number(text: &str, kind: ColumnKind) -> Option<f64> {
    match parse_cell(text, kind).ok()?? {
        #[expect(clippy::cast_precision_loss, reason = "only the order of magnitude matters")]
        Cell::Whole(number) => Some(number as f64),
        Cell::Number(number) | Cell::Money(number) | Cell::Percent(number) => Some(number.to_f64()),
        _ => None,
    }
}
