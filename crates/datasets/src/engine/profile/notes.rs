//! What was dropped, guessed or looks odd, in plain words.

use kernel::count;

use super::scan::Tally;
use crate::{
    ColumnFormat, ColumnKind, DateFormat, DecimalMark, FileFormat,
    engine::{
        cells::{CurrencyMark, Readings, parse_cell},
        reading::Layout,
    },
};

/// All notes about a file, those about rows first.
pub(crate) fn notes(tally: &Tally, layout: &Layout, format: &FileFormat) -> Vec<String> {
    let mut notes = layout.notes.clone();
    if !format.is_encoding_certain {
        let encoding = format.encoding.label();
        notes.push(format!("The file is not UTF-8 and was read as {encoding}. Check that letters like é look right, or choose another encoding"));
    }
    if tally.blank_rows > 0 {
        notes.push(format!("Blank rows were left out ({})", count(tally.blank_rows)));
    }
    if tally.comments > 0 {
        notes.push(format!(
            "Lines that start with # and are no rows were left out ({})",
            count(tally.comments)
        ));
    }
    if let (Some(line), Some(word)) = (format.totals_line, &tally.totals) {
        notes.push(format!("The last row, on line {line}, starts with “{word}” and was left out, because it would count everything twice"));
    }
    if looks_like_data(format) {
        notes.push(format!("Line {} looks like data but was taken for the names of the columns. Add a row with names above it if there is none", format.header_line));
    }
    for (column, scan) in format.columns.iter().zip(&tally.columns) {
        notes.extend(about_header(column));
        notes.extend(about_kind(column));
        let currencies = currencies(scan.classes.iter().filter_map(|class| class.readings.currency()));
        if currencies.len() > 1 {
            notes.push(format!(
                "Column “{}” mixes currencies ({}). Amounts are not converted: split the column by currency",
                column.name,
                currencies.join(", ")
            ));
        }
        let codes = scan.count(|cell| cell.meets(Readings::LEADING_ZEROS));
        if codes > 0 && column.kind == ColumnKind::Text {
            notes.push(format!(
                "Column “{}” stays text, because some of its numbers start with zeros",
                column.name
            ));
        }
    }
    notes
}

fn looks_like_data(format: &FileFormat) -> bool {
    let is_number = |column: &ColumnFormat| {
        [DecimalMark::Point, DecimalMark::Comma]
            .into_iter()
            .any(|mark| matches!(parse_cell(&column.header, ColumnKind::Money(mark)), Ok(Some(_))))
    };
    // Years make fine names of columns; amounts with a fraction or a sign do not.
    let is_year = |column: &ColumnFormat| {
        column.header.trim().parse::<u32>().is_ok_and(|year| (1900..=2200).contains(&year))
    };
    format.columns.iter().any(|column| is_number(column) && !is_year(column))
}

fn about_header(column: &ColumnFormat) -> Option<String> {
    let (place, name) = (column.index + 1, &column.name);
    if column.header.trim().is_empty() {
        return Some(format!("Column {place} has no name in the file and is called “{name}”"));
    }
    let is_renamed = name.len() > column.header.trim().len();
    is_renamed.then(|| format!("Column {place} has the same name as another and is called “{name}”"))
}

fn about_kind(column: &ColumnFormat) -> Option<String> {
    if !column.is_ambiguous {
        return None;
    }
    let (name, kind) = (&column.name, column.kind);
    let reading = match kind {
        ColumnKind::Date(DateFormat::DayFirst) => "with the day first",
        ColumnKind::Date(_) => "with the month first",
        ColumnKind::Number(DecimalMark::Comma)
        | ColumnKind::Money(DecimalMark::Comma)
        | ColumnKind::Percent(DecimalMark::Comma) => "with a decimal comma, as in 1.234,56",
        _ => "with a decimal point, as in 1,234.56",
    };
    let example = column.samples.first().map_or("", String::as_str);
    Some(format!(
        "Column “{name}” can be read in two ways (“{example}”) and was read {reading}. Please confirm"
    ))
}

fn currencies(marks: impl Iterator<Item = CurrencyMark>) -> Vec<&'static str> {
    let mut codes: Vec<&'static str> = Vec::new();
    for mark in marks {
        let code = match mark {
            CurrencyMark::Known(currency) => currency.code(),
            CurrencyMark::Dollar => "$",
            CurrencyMark::Other => "another",
        };
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes.sort_unstable();
    codes
}
