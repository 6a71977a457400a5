//! Tables as XLSX: numbers stay numbers with their format, months stay dates, words are typed as words.

use std::fmt;

use chrono::{DateTime, Datelike, Timelike, Utc};
use kernel::{Currency, Month, Unit, looks_like_formula};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::{Cell, Column, ColumnKind, Table};

/// The longest text that a cell may hold, in UTF-16 units.
const MOST_TEXT_UNITS: usize = 32_767;
/// The longest name of a sheet, in UTF-16 units.
const MOST_NAME_UNITS: usize = 31;
const ABOUT: &str = "About";
/// Room for a header of three lines, in points.
const HEADER_HEIGHT: f64 = 48.0;

/// A spreadsheet could not be written; the text is for the log.
#[derive(Debug)]
pub struct SpreadsheetError(XlsxError);

impl From<XlsxError> for SpreadsheetError {
    fn from(cause: XlsxError) -> Self {
        Self(cause)
    }
}

impl fmt::Display for SpreadsheetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "The spreadsheet could not be written: {}", self.0)
    }
}

impl std::error::Error for SpreadsheetError {}

/// The table as an XLSX file: its sheet with a header that stays in sight, and a sheet about it.
pub fn to_xlsx(table: &Table) -> Result<Vec<u8>, SpreadsheetError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(
        &DocProperties::new()
            .set_title(&table.title)
            .set_author("Quartile")
            .set_creation_datetime(&moment(table.generated_at)?),
    );
    let sheet = workbook.add_worksheet();
    sheet.set_name(sheet_name(&table.title))?;
    write_header(sheet, &table.columns)?;
    for (row, cells) in (1_u32..).zip(&table.rows) {
        for ((column, cell), kind) in (0_u16..).zip(cells).zip(table.columns.iter().map(|column| column.kind))
        {
            write_cell(sheet, (row, column), cell, kind)?;
        }
    }
    sheet.set_freeze_panes(1, 1)?;
    write_about(workbook.add_worksheet(), table)?;
    Ok(workbook.save_to_buffer()?)
}

fn write_header(sheet: &mut Worksheet, columns: &[Column]) -> Result<(), XlsxError> {
    let words = Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Top)
        .set_border_bottom(FormatBorder::Thin);
    let numbers = words.clone().set_align(FormatAlign::Right);
    for (place, column) in (0_u16..).zip(columns) {
        let (format, width) = match column.kind {
            ColumnKind::Text => (&words, 34.0),
            ColumnKind::Month => (&words, 11.0),
            ColumnKind::Figure(..) => (&numbers, 17.0),
        };
        write_words(sheet, (0, place), &column.header("%"), format)?;
        sheet.set_column_width(place, width)?;
    }
    sheet.set_row_height(0, HEADER_HEIGHT)?;
    Ok(())
}

fn write_cell(sheet: &mut Worksheet, at: (u32, u16), cell: &Cell, kind: ColumnKind) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => {}
        Cell::Text(text) => write_words(sheet, at, text, &Format::new())?,
        Cell::Month(month) => {
            let format = Format::new().set_num_format("yyyy-mm").set_align(FormatAlign::Left);
            sheet.write_datetime_with_format(at.0, at.1, first_day(*month)?, &format)?;
        }
        Cell::Number(number) => {
            let format = match kind {
                ColumnKind::Figure(unit, currency) => {
                    Format::new().set_num_format(number_format(unit, currency))
                }
                ColumnKind::Text | ColumnKind::Month => Format::new(),
            };
            sheet.write_number_with_format(at.0, at.1, *number, &format)?;
        }
    }
    Ok(())
}

/// Writes a string cell. What looks like a formula is also marked, so that it stays text when somebody edits it.
fn write_words(sheet: &mut Worksheet, at: (u32, u16), text: &str, format: &Format) -> Result<(), XlsxError> {
    let format = if looks_like_formula(text) { format.clone().set_quote_prefix() } else { format.clone() };
    sheet.write_string_with_format(at.0, at.1, shortened(text, MOST_TEXT_UNITS), &format)?;
    Ok(())
}

fn write_about(sheet: &mut Worksheet, table: &Table) -> Result<(), XlsxError> {
    sheet.set_name(ABOUT)?;
    let names = Format::new().set_bold().set_align(FormatAlign::Top);
    let words = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let made_at = ("Made at".to_owned(), table.generated_at.format("%Y-%m-%d %H:%M UTC").to_string());
    for (row, (name, sentence)) in (0_u32..).zip(table.about.iter().chain([&made_at])) {
        write_words(sheet, (row, 0), name, &names)?;
        write_words(sheet, (row, 1), sentence, &words)?;
    }
    sheet.set_column_width(0, 16.0)?;
    sheet.set_column_width(1, 80.0)?;
    Ok(())
}

/// How Excel shows a number of that unit; the number itself stays exact.
fn number_format(unit: Unit, currency: Currency) -> &'static str {
    match unit {
        Unit::Money | Unit::MoneyPerMonth | Unit::MoneyPerYear if currency.minor_digits() == 0 => "#,##0",
        Unit::Money | Unit::MoneyPerMonth | Unit::MoneyPerYear => "#,##0.00",
        Unit::Share | Unit::SharePerMonth => "0.0%",
        Unit::Times | Unit::Months | Unit::Points => "0.0",
        Unit::Count => "#,##0",
    }
}

fn first_day(month: Month) -> Result<ExcelDateTime, XlsxError> {
    ExcelDateTime::from_ymd(
        u16::try_from(month.year()).unwrap_or_default(),
        u8::try_from(month.month()).unwrap_or_default(),
        1,
    )
}

fn moment(at: DateTime<Utc>) -> Result<ExcelDateTime, XlsxError> {
    let small = |part: u32| u8::try_from(part).unwrap_or_default();
    ExcelDateTime::from_ymd(u16::try_from(at.year()).unwrap_or_default(), small(at.month()), small(at.day()))?
        .and_hms(u16::from(small(at.hour())), small(at.minute()), small(at.second()))
}

/// The title as Excel accepts it for a sheet.
fn sheet_name(title: &str) -> String {
    let allowed: String =
        title.chars().map(|c| if c.is_control() || "[]:*?/\\".contains(c) { ' ' } else { c }).collect();
    let short = shortened(&allowed, MOST_NAME_UNITS);
    let name = short.trim().trim_matches('\'').trim();
    let is_taken = name.eq_ignore_ascii_case(ABOUT) || name.eq_ignore_ascii_case("History");
    if name.is_empty() || is_taken { "Table".to_owned() } else { name.to_owned() }
}

/// The text cut where a file could not hold more of it.
fn shortened(text: &str, most_units: usize) -> String {
    let mut units = 0;
    text.chars()
        .take_while(|c| {
            units += c.len_utf16();
            units <= most_units
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_get_names_that_excel_accepts() {
        assert_eq!(sheet_name("Figures"), "Figures");
        assert_eq!(sheet_name("'=cmd|/c [x]'"), "=cmd| c  x");
        assert_eq!(sheet_name("about"), "Table");
        assert_eq!(sheet_name("//"), "Table");
        assert_eq!(sheet_name(&"ü".repeat(40)).chars().count(), 31);
    }
}
