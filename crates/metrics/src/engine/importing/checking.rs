//! Whether a mapping can be imported with.

use std::collections::BTreeMap;

use datasets::{ColumnKind, FileFormat, NamedCurrency, PersonalData};
use kernel::{AppError, Currency, FieldErrors};

use crate::model::{ColumnRole, Mapping};

/// Every column that cannot be used as chosen gets its own sentence; the field is `c` and the column's position. `currency`
/// is the one in which the company keeps its figures.
pub(crate) fn check_mapping(
    format: &FileFormat,
    mapping: &Mapping,
    currency: Currency,
) -> Result<(), AppError> {
    let mut errors = FieldErrors::default();
    let mut first_with: BTreeMap<String, &str> = BTreeMap::new();
    for column in &format.columns {
        let Some(role) = mapping.of(column.index).role else { continue };
        let field = format!("c{}", column.index);
        if column.hides().is_personal() {
            errors.add(&field, personal(column.hides()));
        } else if let Some(message) = unreadable(role, column.kind) {
            errors.add(&field, message);
        }
        let is_money = holds_money(role) && matches!(column.kind, ColumnKind::Money(_));
        if is_money && !column.currency.may_be(currency) {
            errors.add(&field, other_currency(column.currency, currency));
        }
        if let Some(other) = first_with.insert(role_name(role), &column.name) {
            errors
                .add(&field, format!("The column “{other}” is used for this already. Choose one of the two"));
        }
    }
    let has = |role| mapping.column_of(role).is_some();
    let has_metric =
        mapping.columns.values().any(|column| matches!(column.role, Some(ColumnRole::Metric(_))));
    if !has(ColumnRole::Period) {
        errors.add("mapping", "Say which column holds the month: choose Period for it");
    }
    if has(ColumnRole::MetricName) != has(ColumnRole::MetricValue) {
        errors.add("mapping", "Where one column names the metric, another must hold its value: choose both");
    }
    if !has_metric && !has(ColumnRole::MetricValue) {
        errors.add("mapping", "Choose a metric for at least one column");
    }
    if has_metric && has(ColumnRole::MetricValue) {
        errors
            .add("mapping", "Either each metric has its own column, or one column names it. Choose one way");
    }
    errors.into_result()
}

/// Figures are shown to everybody, so nothing becomes one that not everybody may see.
fn personal(kind: PersonalData) -> String {
    format!(
        "This column holds personal data ({}), which is not imported. If that is wrong, an owner can say so in the format step",
        kind.label()
    )
}

fn unreadable(role: ColumnRole, kind: datasets::ColumnKind) -> Option<String> {
    match role {
        ColumnRole::Period if !kind.is_date() => {
            Some("This column was not read as dates. Go back to the format and choose how its dates are written".to_owned())
        }
        ColumnRole::Metric(_) | ColumnRole::MetricValue if !kind.is_numeric() => {
            Some("This column was not read as numbers. Go back to the format and choose how its numbers are written".to_owned())
        }
        _ => None,
    }
}

fn holds_money(role: ColumnRole) -> bool {
    match role {
        ColumnRole::Metric(key) => key.metric().unit.is_money(),
        ColumnRole::MetricValue => true,
        ColumnRole::Period | ColumnRole::MetricName => false,
    }
}

fn other_currency(named: NamedCurrency, own: Currency) -> String {
    let what = match named {
        NamedCurrency::Known(currency) => format!("in {}", currency.code()),
        NamedCurrency::Dollar => "in dollars".to_owned(),
        NamedCurrency::Mixed => "in several currencies".to_owned(),
        NamedCurrency::Other | NamedCurrency::Unnamed => "in another currency".to_owned(),
    };
    format!(
        "These amounts are {what} and the company keeps its figures in {own}. Amounts are not converted: put the file right, or \
         choose the company's currency in Settings before the first import. Where no currency was meant, read the column as \
         Number in the format step"
    )
}

fn role_name(role: ColumnRole) -> String {
    match role {
        ColumnRole::Period => "@period".to_owned(),
        ColumnRole::MetricName => "@name".to_owned(),
        ColumnRole::MetricValue => "@value".to_owned(),
        ColumnRole::Metric(key) => key.as_str().to_owned(),
    }
}
