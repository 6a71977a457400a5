//! Tables as CSV: UTF-8 with a byte order mark, so that Excel reads it as such, and quoted as RFC 4180 wants.

use kernel::{looks_like_formula, plain};

use super::{Cell, Table};

const BYTE_ORDER_MARK: &str = "\u{FEFF}";
const LINE_END: &str = "\r\n";

/// The table as a CSV file: a line of headers with units, then the rows.
pub fn to_csv(table: &Table) -> Vec<u8> {
    let mut out = String::from(BYTE_ORDER_MARK);
    push_line(&mut out, table.columns.iter().map(|column| text_field(&column.header("fraction"))));
    for row in &table.rows {
        push_line(&mut out, row.iter().map(field));
    }
    out.into_bytes()
}

fn push_line(out: &mut String, fields: impl Iterator<Item = String>) {
    for (place, field) in fields.enumerate() {
        if place > 0 {
            out.push(',');
        }
        out.push_str(&field);
    }
    out.push_str(LINE_END);
}

fn field(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text_field(text),
        Cell::Month(month) => month.to_string(),
        Cell::Number(number) => plain(*number),
    }
}

/// Words as they may stand between commas; an apostrophe keeps programs from running them.
fn text_field(text: &str) -> String {
    let text = text.replace('\0', "");
    let safe = if looks_like_formula(&text) { format!("'{text}") } else { text };
    // Semicolons and tabs part fields where the reader's language says so.
    let is_quoted = safe.contains([',', ';', '"', '\t', '\r', '\n']) || safe.trim() != safe;
    if is_quoted { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}
