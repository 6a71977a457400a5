//! Writes cells as CSV that a spreadsheet program opens without running any of them.

use std::io::{self, Write};

use kernel::looks_like_formula;

use super::{CellProblem, parse_cell};
use crate::{ColumnKind, DecimalMark, Delimiter};

/// Writes rows, each at once.
pub(crate) struct RowWriter<W> {
    out: W,
    delimiter: u8,
    buffer: Vec<u8>,
}

impl<W: Write> RowWriter<W> {
    /// Begins a file with a byte-order mark, so that Excel reads it as UTF-8.
    pub(crate) fn new(mut out: W, delimiter: Delimiter) -> io::Result<Self> {
        out.write_all("\u{feff}".as_bytes())?;
        Ok(Self { out, delimiter: delimiter.byte(), buffer: Vec::new() })
    }

    /// Writes one row.
    pub(crate) fn write<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) -> io::Result<()> {
        self.buffer.clear();
        for (place, cell) in cells.into_iter().enumerate() {
            if place > 0 {
                self.buffer.push(self.delimiter);
            }
            self.push_cell(cell);
        }
        self.buffer.extend_from_slice(b"\r\n");
        self.out.write_all(&self.buffer)
    }

    /// Hands back what was written to.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }

    fn push_cell(&mut self, cell: &str) {
        let is_formula = would_run(cell);
        let delimiter = self.delimiter;
        let needs_quotes = is_formula
            || cell.bytes().any(|byte| byte == delimiter || matches!(byte, b'"' | b'\n' | b'\r' | b'#'))
            || cell.trim().len() < cell.len();
        if !needs_quotes {
            self.buffer.extend_from_slice(cell.as_bytes());
            return;
        }
        self.buffer.push(b'"');
        if is_formula {
            self.buffer.push(b'\'');
        }
        for byte in cell.bytes() {
            if byte == b'"' {
                self.buffer.push(b'"');
            }
            self.buffer.push(byte);
        }
        self.buffer.push(b'"');
    }
}

/// Whether a spreadsheet would run the cell as a formula; numbers with a sign are what they are.
fn would_run(cell: &str) -> bool {
    let is_number = || {
        [DecimalMark::Point, DecimalMark::Comma].into_iter().any(|mark| {
            let as_money = parse_cell(cell, ColumnKind::Money(mark));
            matches!(as_money, Ok(Some(_)) | Err(CellProblem::HasPercent | CellProblem::MissingWord))
        })
    };
    looks_like_formula(cell) && !is_number()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_like_a_formula_is_text_also_behind_blanks_and_line_ends() {
        for cell in [
            "=1+1",
            "@SUM(1)",
            "+1+1",
            "\n=1+1",
            "\r\n=1+1",
            " =1+1",
            "\u{a0}@SUM(1)",
            "\t+1+1",
            "\n",
            "＝1+1",
        ] {
            assert!(would_run(cell), "{cell:?}");
        }
        for cell in ["-5", "+1,234.50", "-", "-12%", "ada", "1=1", ""] {
            assert!(!would_run(cell), "{cell:?}");
        }
        let mut writer = RowWriter::new(Vec::new(), Delimiter::Semicolon).unwrap();
        writer.write(["\n=1", "a;b", "-5"]).unwrap();
        assert_eq!(String::from_utf8(writer.finish().unwrap()).unwrap(), "\u{feff}\"'\n=1\";\"a;b\";-5\r\n");
    }
}
