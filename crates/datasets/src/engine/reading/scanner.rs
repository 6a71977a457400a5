//! Splits a block into records with `csv-core`, keeping count of lines.

use std::ops::Range;

use csv_core::ReadRecordResult;

use super::blocks::{Block, line_breaks};
use crate::{
    Delimiter,
    engine::{FileError, Limits},
};

/// Where one record lies and what its cells are after unquoting.
pub(crate) struct Scanner {
    core: csv_core::Reader,
    limits: Limits,
    /// The cells of the current record, one behind the other.
    text: Vec<u8>,
    /// Where each of the cells ends.
    ends: Vec<usize>,
    length: usize,
    cells: usize,
    raw: Range<usize>,
    /// The line on which the current record starts.
    line: u64,
    at: usize,
    next_line: u64,
    blank_lines: u64,
}

impl Scanner {
    /// A scanner for files with this delimiter.
    pub(crate) fn new(delimiter: Delimiter, limits: &Limits) -> Self {
        let mut core = csv_core::ReaderBuilder::new().delimiter(delimiter.byte()).build();
        // `csv-core` drops a byte-order mark from the first bytes it sees; in a later block that would be data.
        core.read_record(b"\n", &mut [0], &mut [0]);
        Self {
            core,
            limits: *limits,
            text: Vec::new(),
            ends: vec![0; limits.columns + 1],
            length: 0,
            cells: 0,
            raw: 0..0,
            line: 0,
            at: 0,
            next_line: 1,
            blank_lines: 0,
        }
    }

    /// Goes to the start of a block.
    pub(crate) fn start(&mut self, block: &Block) {
        self.at = 0;
        self.next_line = block.line;
        if self.text.len() < block.bytes.len() {
            self.text.resize(block.bytes.len(), 0);
        }
    }

    /// Goes to the next record; false at the end of the block.
    pub(crate) fn advance(&mut self, block: &Block) -> Result<bool, FileError> {
        self.skip_blank_lines(&block.bytes);
        let start = self.at;
        if start >= block.bytes.len() {
            return Ok(false);
        }
        self.read(&block.bytes);
        if block.bytes.get(self.at.wrapping_sub(1)) == Some(&b'\r')
            && block.bytes.get(self.at) == Some(&b'\n')
        {
            self.at += 1;
        }
        self.raw = start..self.at;
        self.line = self.next_line;
        self.next_line += if block.has_quotes { line_breaks(self.raw(block)) } else { 1 };
        self.check_lengths()?;
        Ok(true)
    }

    /// The line on which the current record starts.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// How many cells the current record has.
    pub(crate) fn cells(&self) -> usize {
        self.cells
    }

    /// The cells of the current record, one behind the other.
    pub(crate) fn text(&self) -> &[u8] {
        self.text.get(..self.length).unwrap_or_default()
    }

    /// Where each cell of the current record ends, up to the largest number of columns and one.
    pub(crate) fn ends(&self) -> &[usize] {
        self.ends.get(..self.cells.min(self.ends.len())).unwrap_or_default()
    }

    /// The current record as it stands in the file, with its line break.
    pub(crate) fn raw<'block>(&self, block: &'block Block) -> &'block [u8] {
        block.bytes.get(self.raw.clone()).unwrap_or_default()
    }

    /// Where the current record starts in the file.
    pub(crate) fn offset(&self, block: &Block) -> u64 {
        block.offset + self.raw.start as u64
    }

    /// Lines without any character, so far.
    pub(crate) fn blank_lines(&self) -> u64 {
        self.blank_lines
    }

    fn skip_blank_lines(&mut self, bytes: &[u8]) {
        while let Some(byte @ (b'\n' | b'\r')) = bytes.get(self.at) {
            let is_pair = *byte == b'\r' && bytes.get(self.at + 1) == Some(&b'\n');
            self.at += if is_pair { 2 } else { 1 };
            self.next_line += 1;
            self.blank_lines += 1;
        }
    }

    fn read(&mut self, bytes: &[u8]) {
        (self.length, self.cells) = (0, 0);
        let mut stored = 0;
        loop {
            let input = bytes.get(self.at..).unwrap_or_default();
            let output = self.text.get_mut(self.length..).unwrap_or_default();
            let ends = self.ends.get_mut(stored..).unwrap_or_default();
            let mut spill = [0; 64];
            // Cells beyond the largest number of columns are counted, not kept.
            let ends = if ends.is_empty() { spill.as_mut_slice() } else { ends };
            let (result, read, written, ended) = self.core.read_record(input, output, ends);
            self.at += read;
            self.length += written;
            self.cells += ended;
            stored = self.cells.min(self.ends.len());
            match result {
                ReadRecordResult::OutputFull => self.text.resize(self.text.len() * 2 + 64, 0),
                ReadRecordResult::OutputEndsFull => {}
                // Blocks end with a line break, so input runs out only where it ends; empty input finishes the record.
                ReadRecordResult::InputEmpty if !input.is_empty() => {}
                ReadRecordResult::InputEmpty | ReadRecordResult::Record | ReadRecordResult::End => return,
            }
        }
    }

    fn check_lengths(&self) -> Result<(), FileError> {
        if self.raw.len() <= self.limits.cell_bytes {
            return Ok(());
        }
        let starts = std::iter::once(&0).chain(self.ends());
        let mut lengths = self.ends().iter().zip(starts).map(|(end, start)| end - start);
        if let Some(column) = lengths.position(|length| length > self.limits.cell_bytes) {
            let limit_kib = (self.limits.cell_bytes / 1024) as u64;
            return Err(FileError::CellTooLong { line: self.line, column: column as u64 + 1, limit_kib });
        }
        if self.raw.len() > self.limits.record_bytes {
            let limit_kib = (self.limits.record_bytes / 1024) as u64;
            return Err(FileError::RecordTooLong { line: self.line, limit_kib });
        }
        Ok(())
    }
}
