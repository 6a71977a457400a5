//! Writes rows that could not be imported into a file that a person can fix and upload again.

use std::io::{self, Write};

use super::{RejectedRow, masking, writing::RowWriter};
use crate::FileFormat;

/// The columns put in front of those of the file.
const LEADING: [&str; 2] = ["Line in the file", "Reason"];

/// Writes rejected rows as CSV: the line, the reason, and the cells as everybody may see them.
pub struct RejectWriter<'a, W> {
    out: RowWriter<W>,
    format: &'a FileFormat,
}

impl<'a, W: Write> RejectWriter<'a, W> {
    /// Writes the names of the columns; the file starts with a byte-order mark, so that Excel reads it as UTF-8.
    pub fn new(out: W, format: &'a FileFormat) -> io::Result<Self> {
        let mut out = RowWriter::new(out, format.delimiter)?;
        let shown = masking::mask_format(format);
        out.write(LEADING.into_iter().chain(shown.columns.iter().map(|column| column.header.as_str())))?;
        Ok(Self { out, format })
    }

    /// Writes one row with the line on which it started and what is wrong with it.
    pub fn write<'c>(
        &mut self,
        line: u64,
        reason: &str,
        cells: impl IntoIterator<Item = &'c str>,
    ) -> io::Result<()> {
        let cells = masking::masked_cells(self.format, cells);
        self.write_shown(line, reason, &cells)
    }

    /// Writes a row whose cells may stand below wrong headers.
    pub fn write_rejected(&mut self, row: &RejectedRow<'_>, reason: &str) -> io::Result<()> {
        let cells: Vec<String> =
            row.cells().map(|cell| masking::masked_misplaced(self.format, &cell)).collect();
        self.write_shown(row.line, reason, &cells)
    }

    fn write_shown(&mut self, line: u64, reason: &str, cells: &[String]) -> io::Result<()> {
        let line = line.to_string();
        self.out.write([line.as_str(), reason].into_iter().chain(cells.iter().map(String::as_str)))
    }

    /// Hands back what was written to.
    pub fn finish(self) -> io::Result<W> {
        self.out.finish()
    }
}
