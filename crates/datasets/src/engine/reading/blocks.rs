//! Cuts a file into blocks of whole rows, so that rows can be looked at independently and memory stays flat.

use std::io::Read;

use memchr::{memchr, memchr_iter, memrchr2};

use super::decoder::Decoder;
use crate::{
    Delimiter, FileFormat, TextEncoding,
    engine::{FileError, Limits},
};

/// How much of the text can be looked at in advance, however small the blocks are.
const PEEKED_BYTES: usize = 64 * 1024;

/// Whole rows of a file, as UTF-8 text in which single bytes may be broken.
#[derive(Debug, Default)]
pub struct Block {
    pub(crate) bytes: Vec<u8>,
    /// The line on which it starts.
    pub(crate) line: u64,
    /// Where it starts in the file, exact for UTF-8.
    pub(crate) offset: u64,
    /// Whether letters were replaced while decoding.
    pub(crate) has_replacements: bool,
    /// Whether cells are quoted, so that a row may go over several lines.
    pub(crate) has_quotes: bool,
}

/// The blocks of a file, in order.
pub struct Blocks<R> {
    decoder: Decoder<R>,
    delimiter: Delimiter,
    limits: Limits,
    pending: Vec<u8>,
    line: u64,
    offset: u64,
    has_replacements: bool,
}

impl<R: Read> Blocks<R> {
    /// The blocks of a file whose format is known.
    pub fn open(source: R, format: &FileFormat, limits: &Limits) -> Result<Self, FileError> {
        let mut blocks = Self::start(source, Some(format.encoding), limits)?;
        blocks.delimiter = format.delimiter;
        Ok(blocks)
    }

    /// The blocks of a file whose encoding may have been chosen and whose delimiter is still to be set.
    pub(crate) fn start(
        source: R,
        encoding: Option<TextEncoding>,
        limits: &Limits,
    ) -> Result<Self, FileError> {
        let decoder = Decoder::open(source, encoding)?;
        let offset = decoder.mark_length() as u64;
        let pending = Vec::new();
        Ok(Self {
            decoder,
            delimiter: Delimiter::Comma,
            limits: *limits,
            pending,
            line: 1,
            offset,
            has_replacements: false,
        })
    }

    /// What the decoder found out so far.
    pub(crate) fn decoder(&self) -> &Decoder<R> {
        &self.decoder
    }

    /// Sets what stands between two cells.
    pub(crate) fn set_delimiter(&mut self, delimiter: Delimiter) {
        self.delimiter = delimiter;
    }

    /// The text that comes next, with its line, without leading blank lines; and whether the file ends with it.
    pub(crate) fn peek(&mut self) -> Result<(&[u8], u64, bool), FileError> {
        loop {
            self.fill(self.limits.block_bytes.max(PEEKED_BYTES))?;
            let blank = self.pending.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            if blank < self.pending.len() || self.decoder.has_ended() {
                let rest = self.pending.get(blank..).unwrap_or_default();
                let line = self.line + line_breaks(self.pending.get(..blank).unwrap_or_default());
                return Ok((rest, line, self.decoder.has_ended()));
            }
            // A carriage return at the end may belong to a line feed that is not read yet.
            let complete = blank - usize::from(self.pending.last() == Some(&b'\r'));
            self.advance(complete);
            self.pending.drain(..complete);
        }
    }

    /// The next block, in the memory of one that is no longer needed; `None` at the end.
    pub fn next_block(&mut self, recycled: Block) -> Result<Option<Block>, FileError> {
        let mut wanted = self.limits.block_bytes;
        loop {
            self.fill(wanted)?;
            if self.pending.is_empty() {
                return Ok(None);
            }
            let length = wanted.min(self.pending.len());
            let window = self.pending.get(..length).unwrap_or_default();
            let is_last = self.decoder.has_ended() && length == self.pending.len();
            let cut = find_cut(window, self.delimiter.byte(), is_last);
            let is_too_long = cut.end == 0 && length > self.limits.record_bytes;
            if let Some(quote) = cut.open_quote.filter(|_| is_last || is_too_long) {
                let line = self.line + line_breaks(window.get(..quote).unwrap_or_default());
                return Err(FileError::QuoteNeverClosed { line });
            }
            if cut.end > 0 {
                let has_quotes = cut.has_quotes;
                return Ok(Some(Block { has_quotes, ..self.cut_at(cut.end, recycled) }));
            }
            if is_too_long {
                let limit_kib = (self.limits.record_bytes / 1024) as u64;
                return Err(FileError::RecordTooLong { line: self.line, limit_kib });
            }
            wanted = length + self.limits.block_bytes;
        }
    }

    fn fill(&mut self, length: usize) -> Result<(), FileError> {
        self.decoder.fill(&mut self.pending, length)?;
        self.has_replacements |= self.decoder.take_replaced();
        Ok(())
    }

    fn cut_at(&mut self, end: usize, recycled: Block) -> Block {
        let mut tail = recycled.bytes;
        tail.clear();
        tail.extend_from_slice(self.pending.get(end..).unwrap_or_default());
        let (line, offset) = (self.line, self.offset);
        self.advance(end);
        self.pending.truncate(end);
        let mut bytes = std::mem::replace(&mut self.pending, tail);
        if !matches!(bytes.last(), Some(b'\n' | b'\r')) {
            bytes.push(b'\n');
        }
        // A replaced letter may lie in the tail as well, so the mark is dropped only when nothing is left over.
        let has_replacements = self.has_replacements;
        self.has_replacements &= !self.pending.is_empty();
        Block { bytes, line, offset, has_replacements, has_quotes: true }
    }

    fn advance(&mut self, length: usize) {
        self.line += line_breaks(self.pending.get(..length).unwrap_or_default());
        self.offset += length as u64;
    }
}

/// Where whole rows end, and the quote that is open behind them.
struct Cut {
    end: usize,
    open_quote: Option<usize>,
    has_quotes: bool,
}

/// The last place where a row ends outside quotes, by the rules of `csv-core`: a quote opens a cell only at its start.
fn find_cut(text: &[u8], delimiter: u8, is_last: bool) -> Cut {
    let (mut end, mut outside_from, mut at) = (0, 0, 0);
    let mut has_quotes = false;
    while let Some(quote) = find_quote(text, at) {
        let before = quote.checked_sub(1).and_then(|index| text.get(index));
        let opens = before.is_none_or(|byte| *byte == delimiter || matches!(byte, b'\n' | b'\r'));
        at = quote + 1;
        if !opens {
            continue;
        }
        has_quotes = true;
        end = last_break(text, outside_from, quote, true).unwrap_or(end);
        match closing_quote(text, at, is_last) {
            Some(closing) => (at, outside_from) = (closing + 1, closing + 1),
            None => return Cut { end, open_quote: Some(quote), has_quotes },
        }
    }
    let end =
        if is_last { text.len() } else { last_break(text, outside_from, text.len(), false).unwrap_or(end) };
    Cut { end, open_quote: None, has_quotes }
}

fn find_quote(text: &[u8], from: usize) -> Option<usize> {
    memchr(b'"', text.get(from..)?).map(|place| from + place)
}

/// The quote that ends a quoted cell, skipping doubled ones.
fn closing_quote(text: &[u8], mut from: usize, is_last: bool) -> Option<usize> {
    loop {
        let quote = find_quote(text, from)?;
        match text.get(quote + 1) {
            Some(b'"') => from = quote + 2,
            // At the end of what is known, the next byte may still double it.
            None if !is_last => return None,
            _ => return Some(quote),
        }
    }
}

/// The place behind the last line break of a stretch; a carriage return at the very end counts if more text follows it.
fn last_break(text: &[u8], from: usize, to: usize, is_followed: bool) -> Option<usize> {
    let stretch = text.get(from..to)?;
    let stretch = match stretch.split_last() {
        Some((b'\r', rest)) if !is_followed => rest,
        _ => stretch,
    };
    memrchr2(b'\n', b'\r', stretch).map(|place| from + place + 1)
}

/// Line breaks of any kind: LF, CRLF and lone CR.
pub(crate) fn line_breaks(text: &[u8]) -> u64 {
    let feeds = memchr_iter(b'\n', text).count();
    let lone_returns = memchr_iter(b'\r', text).filter(|place| text.get(place + 1) != Some(&b'\n')).count();
    (feeds + lone_returns) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_end_only_where_rows_end() {
        let end = |text: &str| find_cut(text.as_bytes(), b',', false).end;
        assert_eq!(end("a,b\n1,\"x\ny"), 4);
        assert_eq!(end("a,b\n1,\"x\ny\""), 4, "the quote may still be doubled");
        assert_eq!(end("a,b\n1,\"x\ny\"\n"), 12);
        assert_eq!(end("5\" pipe,1\n\"a\"\"b\",2\n3"), 19);
        assert_eq!(end("a\r\nb\r"), 3, "a line feed may follow");
        assert_eq!(end("a\rb\rc"), 4);
    }

    #[test]
    fn every_kind_of_line_break_is_counted_once() {
        assert_eq!(line_breaks(b"a\nb\r\nc\rd\n\n\r\r\n"), 7);
    }
}
