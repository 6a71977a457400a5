//! The rows of a file: records that fit its columns, and rows that do not, each with its place.

use std::{io::Read, iter::once};

use super::{
    blocks::{Block, Blocks},
    scanner::Scanner,
};
use crate::{
    Delimiter, FileFormat,
    engine::{FileError, Limits},
};

/// One row of data.
#[derive(Clone, Copy, Debug)]
pub enum Row<'a> {
    /// A row with as many cells as there are columns.
    Record(Record<'a>),
    /// A row that cannot be read.
    Rejected(RejectedRow<'a>),
}

/// A row with as many cells as there are columns.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// The line on which it starts, counted from 1.
    pub line: u64,
    text: &'a str,
    ends: &'a [usize],
}

/// A row that cannot be read.
#[derive(Clone, Copy, Debug)]
pub struct RejectedRow<'a> {
    /// The line on which it starts, counted from 1.
    pub line: u64,
    /// What is wrong.
    pub fault: RowFault,
    text: &'a [u8],
    ends: &'a [usize],
}

/// What is wrong with a whole row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowFault {
    /// It has fewer or more cells than there are columns.
    #[error(
        "This row has {found} cells and the header has {expected}. Check for a missing delimiter, or quote the cell that holds one"
    )]
    Ragged {
        /// Its cells.
        found: u64,
        /// The columns.
        expected: u64,
    },
    /// Some bytes are not letters in UTF-8.
    #[error(
        "The byte at position {offset} of the file is not valid UTF-8. Save the file as CSV UTF-8, or choose another encoding"
    )]
    BrokenText {
        /// The column, counted from 0.
        column: u32,
        /// The place in the file, counted from 0.
        offset: u64,
    },
    /// Some bytes are not letters in the chosen encoding.
    #[error(
        "Some bytes of this cell are not letters in the chosen encoding. Choose another encoding, or save the file as CSV UTF-8"
    )]
    Undecodable {
        /// The column, counted from 0.
        column: u32,
    },
    /// A cell holds a NUL character.
    #[error("This cell holds a NUL character, which is not text. Remove it, or export the file again")]
    Nul {
        /// The column, counted from 0.
        column: u32,
    },
}

impl RowFault {
    /// The column at fault, counted from 0; `None` if the whole row is.
    pub fn column(self) -> Option<u32> {
        match self {
            Self::Ragged { .. } => None,
            Self::BrokenText { column, .. } | Self::Undecodable { column } | Self::Nul { column } => {
                Some(column)
            }
        }
    }
}

impl<'a> Record<'a> {
    /// The cell of a column; empty beyond the last.
    pub fn cell(&self, column: usize) -> &'a str {
        let start = column.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied());
        let place = start.zip(self.ends.get(column).copied());
        place.and_then(|(start, end)| self.text.get(start..end)).unwrap_or("")
    }

    /// The cells in order, unquoted.
    pub fn cells(&self) -> impl ExactSizeIterator<Item = &'a str> {
        let (text, mut start) = (self.text, 0);
        self.ends.iter().map(move |end| {
            let cell = text.get(start..*end).unwrap_or("");
            start = *end;
            cell
        })
    }

    /// Whether the first cell that holds something says that the row sums up the others.
    pub(crate) fn looks_like_total(&self) -> bool {
        const WORDS: [&str; 9] =
            ["total", "totals", "grand total", "total:", "sum", "subtotal", "summe", "gesamt", "somme"];
        let first = self.cells().map(str::trim).find(|cell| !cell.is_empty()).unwrap_or("");
        first.len() <= 11 && WORDS.iter().any(|word| first.eq_ignore_ascii_case(word))
    }
}

impl RejectedRow<'_> {
    /// The cells as far as they can be read, unquoted; broken bytes show as `�`.
    pub fn cells(&self) -> impl Iterator<Item = String> {
        let starts = once(0).chain(self.ends.iter().copied());
        let pieces =
            self.ends.iter().zip(starts).map(|(end, start)| self.text.get(start..*end).unwrap_or_default());
        pieces.map(|piece| String::from_utf8_lossy(piece).into_owned())
    }

    /// The cell at fault as far as it can be read; empty if the whole row is at fault.
    pub fn value(&self) -> String {
        let column = self.fault.column().and_then(|column| usize::try_from(column).ok());
        column.and_then(|column| self.cells().nth(column)).unwrap_or_default()
    }
}

/// Reads the rows of blocks; one for each thread.
pub struct BlockReader {
    scanner: Scanner,
    columns: usize,
    header_line: u64,
    totals_line: Option<u64>,
    blank_rows: u64,
    comments: u64,
}

impl BlockReader {
    /// A reader for files of this format.
    pub fn new(format: &FileFormat, limits: &Limits) -> Self {
        let reader = Self::for_layout(format.delimiter, format.columns.len(), format.header_line, limits);
        Self { totals_line: format.totals_line, ..reader }
    }

    /// A reader for files of which only the layout is known.
    pub(crate) fn for_layout(
        delimiter: Delimiter,
        columns: usize,
        header_line: u64,
        limits: &Limits,
    ) -> Self {
        let scanner = Scanner::new(delimiter, limits);
        Self { scanner, columns, header_line, totals_line: None, blank_rows: 0, comments: 0 }
    }

    /// Goes to the start of a block; [`Self::next_row`] then reads it.
    pub fn start(&mut self, block: &Block) {
        self.scanner.start(block);
    }

    /// The next row of the block; `None` at its end. Blank rows, comments and a totals row are left out.
    pub fn next_row<'a>(&'a mut self, block: &'a Block) -> Result<Option<Row<'a>>, FileError> {
        let is_found = self.seek_row(block)?;
        Ok(is_found.then(|| self.current(block)))
    }

    fn seek_row(&mut self, block: &Block) -> Result<bool, FileError> {
        while self.scanner.advance(block)? {
            let line = self.scanner.line();
            if line <= self.header_line || self.totals_line == Some(line) {
                continue;
            }
            if self.is_blank() {
                self.blank_rows += 1;
            } else if self.is_comment(block) {
                self.comments += 1;
            } else {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Rows without anything but delimiters, so far.
    pub(crate) fn blank_rows(&self) -> u64 {
        self.blank_rows + self.scanner.blank_lines()
    }

    /// Lines that start with `#` and are no rows, so far.
    pub(crate) fn comments(&self) -> u64 {
        self.comments
    }

    fn is_blank(&self) -> bool {
        // One quoted empty cell in a file of one column is a value that is missing, not a blank row.
        let is_narrow = self.columns == 1 && self.scanner.cells() == 1;
        self.scanner.text().iter().all(u8::is_ascii_whitespace)
            && !(is_narrow && self.scanner.text().is_empty())
    }

    fn is_comment(&self, block: &Block) -> bool {
        self.scanner.cells() != self.columns && self.scanner.raw(block).first() == Some(&b'#')
    }

    fn current<'a>(&'a self, block: &'a Block) -> Row<'a> {
        let scanner = &self.scanner;
        let (line, text, ends) = (scanner.line(), scanner.text(), scanner.ends());
        let reject = |fault| Row::Rejected(RejectedRow { line, fault, text, ends });
        // Two broken halves in neighbouring cells make a whole letter once the delimiter is gone.
        let whole = std::str::from_utf8(text)
            .ok()
            .filter(|valid| ends.iter().all(|end| valid.is_char_boundary(*end)));
        let Some(valid) = whole else { return reject(self.broken_text(block)) };
        if let Some(place) = memchr::memchr(0, text) {
            return reject(RowFault::Nul { column: column_at(ends, place) });
        }
        if block.has_replacements
            && let Some(place) = valid.find('\u{fffd}')
        {
            return reject(RowFault::Undecodable { column: column_at(ends, place) });
        }
        let ends =
            if scanner.cells() == self.columns { ends } else { self.without_empty_extras(ends, text.len()) };
        if ends.len() != self.columns {
            return reject(RowFault::Ragged { found: scanner.cells() as u64, expected: self.columns as u64 });
        }
        Row::Record(Record { line, text: valid, ends })
    }

    /// Spreadsheets write delimiters behind the last column; nothing is lost with them.
    fn without_empty_extras<'a>(&self, ends: &'a [usize], length: usize) -> &'a [usize] {
        match ends.get(..self.columns) {
            Some(own) if own.last() == Some(&length) => own,
            _ => ends,
        }
    }

    fn broken_text(&self, block: &Block) -> RowFault {
        let place = |bytes: &[u8]| std::str::from_utf8(bytes).err().map_or(0, |error| error.valid_up_to());
        let offset = self.scanner.offset(block) + place(self.scanner.raw(block)) as u64;
        RowFault::BrokenText { column: column_at(self.scanner.ends(), place(self.scanner.text())), offset }
    }
}

fn column_at(ends: &[usize], place: usize) -> u32 {
    u32::try_from(ends.partition_point(|end| *end <= place)).unwrap_or(u32::MAX)
}

/// The rows of a file, one after the other.
pub struct Records<R> {
    blocks: Blocks<R>,
    reader: BlockReader,
    block: Block,
    next: Next,
}

/// What the next call has to do first.
enum Next {
    Row,
    Block,
}

/// The rows of a file whose format is known: the second step of an import.
pub fn records<R: Read>(source: R, format: &FileFormat, limits: &Limits) -> Result<Records<R>, FileError> {
    let blocks = Blocks::open(source, format, limits)?;
    Ok(Records {
        blocks,
        reader: BlockReader::new(format, limits),
        block: Block::default(),
        next: Next::Block,
    })
}

impl<R: Read> Records<R> {
    /// The next row; `None` at the end of the file.
    pub fn next_row(&mut self) -> Result<Option<Row<'_>>, FileError> {
        loop {
            if matches!(self.next, Next::Block) {
                let Some(block) = self.blocks.next_block(std::mem::take(&mut self.block))? else {
                    return Ok(None);
                };
                self.block = block;
                self.reader.start(&self.block);
                self.next = Next::Row;
            }
            if self.reader.seek_row(&self.block)? {
                return Ok(Some(self.reader.current(&self.block)));
            }
            self.next = Next::Block;
        }
    }
}
