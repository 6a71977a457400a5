//! Reading values of metrics out of rows.

use std::{
    collections::{BTreeSet, HashMap},
    io::Read,
};

use datasets::{
    ColumnKind, FileFormat, RowProblem,
    engine::{
        Cell, FileError, Limits, Record, Row, masked_cell, masked_misplaced, month_of, parse_cell, records,
    },
};
use kernel::{Currency, Money, Month};

use crate::{
    catalogue::MetricKey,
    engine::{check_value, normalise_sign, suggest},
    model::{ColumnMapping, ColumnRole, Mapping, SampleHints},
};

/// Problems listed one by one; the rest is counted.
const MOST_PROBLEMS: usize = 1_000;
const LONGEST_SHOWN_VALUE: usize = 60;

/// A value that a file gives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct FoundValue {
    pub(crate) key: MetricKey,
    pub(crate) month: Month,
    /// In major units for money.
    pub(crate) value: f64,
    /// Whole minor units for money.
    pub(crate) minor: Option<i64>,
    pub(crate) line: u64,
}

/// Everything that a file gives, and what in it cannot be used.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) values: Vec<FoundValue>,
    pub(crate) problems: Vec<RowProblem>,
    pub(crate) problem_count: u64,
    /// The lines of rows with problems.
    pub(crate) rejected_lines: BTreeSet<u64>,
}

/// Reads every row of the file by the mapping. A cell that cannot be used is a problem; the others of its row still count.
pub(crate) fn find_values<R: Read>(
    source: R,
    format: &FileFormat,
    limits: &Limits,
    (mapping, currency, this_month): (&Mapping, Currency, Month),
) -> Result<Found, FileError> {
    let mut rows = records(source, format, limits)?;
    let mut reader =
        Reader { format, mapping, currency, this_month, found: Found::default(), first: HashMap::new() };
    while let Some(row) = rows.next_row()? {
        match row {
            Row::Record(record) if Some(record.line) == format.totals_line => {}
            Row::Record(record) => reader.record(&record),
            Row::Rejected(row) => {
                let value = masked_misplaced(format, &row.value());
                reader.problem_shown(row.line, row.fault.column(), &value, row.fault.to_string());
            }
        }
    }
    Ok(reader.found)
}

/// A value as it is kept, or what is wrong with it; amounts are in major units of the company's currency.
pub(crate) fn found_value(
    (key, month): (MetricKey, Month),
    value: f64,
    (currency, line): (Currency, u64),
) -> Result<FoundValue, String> {
    check_value(key, value).map_err(|problem| problem.to_string())?;
    if !key.metric().unit.is_money() {
        return Ok(FoundValue { key, month, value, minor: None, line });
    }
    let money = Money::from_major(value, currency)
        .ok_or("This amount is beyond what Quartile keeps. Check the number of digits")?;
    Ok(FoundValue { key, month, value: money.major(), minor: Some(money.minor), line })
}

struct Reader<'a> {
    format: &'a FileFormat,
    mapping: &'a Mapping,
    currency: Currency,
    this_month: Month,
    found: Found,
    /// The first value of each metric and month, by its place in `found`.
    first: HashMap<(MetricKey, Month), usize>,
}

impl Reader<'_> {
    fn record(&mut self, record: &Record<'_>) {
        let Some(month) = self.month(record) else { return };
        if let (Some(names), Some(values)) =
            (self.mapping.column_of(ColumnRole::MetricName), self.mapping.column_of(ColumnRole::MetricValue))
        {
            self.long_row(record, month, names, values);
            return;
        }
        for (column, mapping) in self.mapping.columns.clone() {
            if let Some(ColumnRole::Metric(key)) = mapping.role {
                self.cell(record, month, column, (key, mapping));
            }
        }
    }

    fn month(&mut self, record: &Record<'_>) -> Option<Month> {
        let column = self.mapping.column_of(ColumnRole::Period)?;
        let text = cell(record, column);
        let ColumnKind::Date(format) = self.kind(column) else { return None };
        let message = match month_of(text, format) {
            Ok(Some(month)) if month <= self.this_month => return Some(month),
            Ok(Some(month)) => format!(
                "{} has not happened yet. Quartile keeps what was, not what is planned; remove the row",
                month.label()
            ),
            Ok(None) => "The month is missing. Write it like the other rows do, or remove the row".to_owned(),
            Err(problem) => problem.to_string(),
        };
        self.problem(record.line, Some(column), text, message);
        None
    }

    fn long_row(&mut self, record: &Record<'_>, month: Month, names: u32, values: u32) {
        let name = cell(record, names);
        let hints = SampleHints { is_numeric: Some(true), ..SampleHints::default() };
        let known =
            MetricKey::parse(name.trim()).map(|key| (key, ColumnMapping::of(ColumnRole::Metric(key))));
        let suggested = || {
            let suggestion = suggest(name, hints)?;
            Some((suggestion.key()?, ColumnMapping { scale: suggestion.scale, ..self.mapping.of(values) }))
        };
        match known.or_else(suggested) {
            Some(metric) => self.cell(record, month, values, metric),
            None => self.problem(
                record.line,
                Some(names),
                name,
                "Quartile knows no metric of this name. Use the name from the catalogue, or remove the row"
                    .to_owned(),
            ),
        }
    }

    fn cell(
        &mut self,
        record: &Record<'_>,
        month: Month,
        column: u32,
        (key, mapping): (MetricKey, ColumnMapping),
    ) {
        let text = cell(record, column);
        let raw = match parse_cell(text, self.kind(column)) {
            Ok(None) => return,
            Ok(Some(cell)) => match number(&cell) {
                Some(number) => number,
                None => return,
            },
            Err(problem) => return self.problem(record.line, Some(column), text, problem.to_string()),
        };
        let value = normalise_sign(raw * mapping.scale, mapping.is_sign_turned);
        match found_value((key, month), value, (self.currency, record.line)) {
            Ok(value) => self.add(value, column, text),
            Err(message) => self.problem(record.line, Some(column), text, message),
        }
    }

    fn add(&mut self, value: FoundValue, column: u32, text: &str) {
        let next = self.found.values.len();
        let first = *self.first.entry((value.key, value.month)).or_insert(next);
        let Some(before) = self.found.values.get(first) else {
            self.found.values.push(value);
            return;
        };
        if before.value.to_bits() != value.value.to_bits() {
            let message = format!(
                "Line {} gives another value for {} in {}. Keep one of the two rows",
                before.line,
                value.key.metric().label,
                value.month.label()
            );
            self.problem(value.line, Some(column), text, message);
        }
    }

    fn kind(&self, column: u32) -> ColumnKind {
        let columns = self.format.columns.iter();
        columns.clone().find(|format| format.index == column).map_or(ColumnKind::Text, |format| format.kind)
    }

    fn problem(&mut self, line: u64, column: Option<u32>, value: &str, message: String) {
        let shown = column.map_or_else(
            || masked_misplaced(self.format, value),
            |column| masked_cell(self.format, column, value),
        );
        self.problem_shown(line, column, &shown, message);
    }

    fn problem_shown(&mut self, line: u64, column: Option<u32>, value: &str, message: String) {
        self.found.problem_count += 1;
        self.found.rejected_lines.insert(line);
        if self.found.problems.len() < MOST_PROBLEMS {
            self.found.problems.push(RowProblem {
                line,
                column,
                column_name: column
                    .map(|column| self.format.column_name(column).to_owned())
                    .unwrap_or_default(),
                value: value.chars().take(LONGEST_SHOWN_VALUE).collect(),
                message,
            });
        }
    }
}

fn cell<'a>(record: &Record<'a>, column: u32) -> &'a str {
    usize::try_from(column).map_or("", |column| record.cell(column))
}

#[expect(clippy::cast_precision_loss, reason = "whole numbers beyond 2^53 are outside every metric's range")]
fn number(cell: &Cell<'_>) -> Option<f64> {
    match cell {
        Cell::Whole(number) => Some(*number as f64),
        Cell::Number(number) | Cell::Money(number) | Cell::Percent(number) => Some(number.to_f64()),
        Cell::Text(_) | Cell::Date(_) | Cell::Time(_) | Cell::YesNo(_) => None,
    }
}
