//! Writes rows that could not be imported into a file that a person can fix and upload again.

use std::io::{self, Write};

use super::{CellProblem, parse_cell};
use crate::{ColumnKind, DecimalMark, FileFormat};

/// The columns put in front of those of the file.
const LEADING: [&str; 2] = ["Line in the file", "Reason"];

/// Writes rejected rows as CSV: the line, the reason, and the cells as they were.
pub struct RejectWriter<W> {
    out: W,
    delimiter: u8,
    buffer: Vec<u8>,
}

impl<W: Write> RejectWriter<W> {
    /// Writes the names of the columns; the file starts with a byte-order mark, so that Excel reads it as UTF-8.
    pub fn new(mut out: W, format: &FileFormat) -> io::Result<Self> {
        out.write_all("\u{feff}".as_bytes())?;
        let mut writer = Self { out, delimiter: format.delimiter.byte(), buffer: Vec::new() };
        writer.write_cells(LEADING, format.columns.iter().map(|column| column.header.as_str()))?;
        Ok(writer)
    }

    /// Writes one row with the line on which it started and what is wrong with it.
    pub fn write<'a>(
        &mut self,
        line: u64,
        reason: &str,
        cells: impl IntoIterator<Item = &'a str>,
    ) -> io::Result<()> {
        self.write_cells([&line.to_string(), reason], cells.into_iter())
    }

    /// Hands back what was written to.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }

    fn write_cells<'a>(
        &mut self,
        leading: [&str; 2],
        cells: impl Iterator<Item = &'a str>,
    ) -> io::Result<()> {
        self.buffer.clear();
        let [line, reason] = leading;
        self.push_cell(line);
        self.buffer.push(self.delimiter);
        self.push_cell(reason);
        for cell in cells {
            self.buffer.push(self.delimiter);
            self.push_cell(cell);
        }
        self.buffer.extend_from_slice(b"\r\n");
        self.out.write_all(&self.buffer)
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
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    let is_number = [DecimalMark::Point, DecimalMark::Comma].into_iter().any(|mark| {
        let as_money = parse_cell(cell, ColumnKind::Money(mark));
        matches!(as_money, Ok(Some(_)) | Err(CellProblem::HasPercent | CellProblem::MissingWord))
    });
    is_formula && !is_number
}
