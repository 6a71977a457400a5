//! Finds the delimiter of a file and the row with the names of its columns.

use std::io::Read;

use super::{
    blocks::{Block, Blocks, line_breaks},
    scanner::Scanner,
};
use crate::{
    Delimiter, Overrides, TextEncoding,
    engine::{FileError, Limits},
};

/// How much of the file the delimiter is chosen by.
const SAMPLE_BYTES: usize = 64 * 1024;
/// How many rows of it.
const SAMPLE_ROWS: usize = 200;
/// How many lines of titles may stand above the names of the columns.
const TITLE_ROWS: usize = 20;

/// What the first bytes of a file tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sniff {
    /// How its bytes stand for letters, as far as the bytes at hand tell.
    pub encoding: TextEncoding,
    /// Whether the encoding follows from the bytes.
    pub is_encoding_certain: bool,
    /// Whether it starts with a byte-order mark.
    pub has_byte_order_mark: bool,
    /// What stands between two cells.
    pub delimiter: Delimiter,
    /// The names of the columns as written.
    pub headers: Vec<String>,
}

/// What the first bytes of a file tell; fails if they show that it cannot become a table.
pub fn sniff(head: &[u8], limits: &Limits) -> Result<Sniff, FileError> {
    let mut blocks = Blocks::start(head, None, limits)?;
    let layout = Layout::find(&mut blocks, &Overrides::default(), limits)?;
    let decoder = blocks.decoder();
    Ok(Sniff {
        encoding: decoder.encoding(),
        is_encoding_certain: decoder.is_certain(),
        has_byte_order_mark: decoder.mark_length() > 0,
        delimiter: layout.delimiter,
        headers: layout.headers,
    })
}

/// How the rows of a file are laid out.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) delimiter: Delimiter,
    pub(crate) header_line: u64,
    pub(crate) headers: Vec<String>,
    /// What was skipped above the header row, in plain words.
    pub(crate) notes: Vec<String>,
}

/// The first rows of a file under one delimiter.
struct Sample {
    delimiter: Delimiter,
    rows: Vec<SampleRow>,
    /// The number of cells that most rows have.
    usual_cells: usize,
    /// How many rows have it.
    usual_rows: usize,
}

struct SampleRow {
    line: u64,
    cells: Vec<String>,
    cell_count: usize,
    is_marked: bool,
    is_broken: bool,
}

impl Layout {
    /// Finds the layout by the text that comes next, and tells `blocks` the delimiter.
    pub(crate) fn find<R: Read>(
        blocks: &mut Blocks<R>,
        overrides: &Overrides,
        limits: &Limits,
    ) -> Result<Self, FileError> {
        let (text, line, is_whole) = blocks.peek()?;
        if text.is_empty() {
            return Err(FileError::Empty);
        }
        let (declared, declaration) = declared_delimiter(text);
        let body = text.get(declaration..).unwrap_or_default();
        let first_line = line + line_breaks(text.get(..declaration).unwrap_or_default());
        let block = sample_block(body, first_line, is_whole, limits);
        let sample = match overrides.delimiter.or(declared) {
            Some(delimiter) => Sample::read(&block, delimiter, limits)?,
            None => Sample::best(&block, limits)?,
        };
        blocks.set_delimiter(sample.delimiter);
        let mut layout = sample.into_layout(limits)?;
        if declaration > 0 {
            layout.notes.insert(0, format!("Line {line} only names the delimiter and was skipped"));
        }
        Ok(layout)
    }
}

/// The delimiter that a first line like `sep=;` names, with the length of that line; a length of 0 without one.
fn declared_delimiter(text: &[u8]) -> (Option<Delimiter>, usize) {
    let end = memchr::memchr2(b'\n', b'\r', text).unwrap_or(text.len());
    let line = text.get(..end).unwrap_or_default().trim_ascii_end();
    let unquoted = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    let value = unquoted.get(..4).filter(|key| key.eq_ignore_ascii_case(b"sep=")).and(unquoted.get(4..));
    match value {
        Some([byte]) => (Delimiter::from_byte(*byte), skip_break(text, end)),
        // Trimming took the tabulator.
        Some([]) => (Some(Delimiter::Tab), skip_break(text, end)),
        _ => (None, 0),
    }
}

fn skip_break(text: &[u8], end: usize) -> usize {
    let is_pair = text.get(end..end + 2) == Some(b"\r\n");
    (end + if is_pair { 2 } else { 1 }).min(text.len())
}

fn sample_block(text: &[u8], line: u64, is_whole: bool, limits: &Limits) -> Block {
    // The header row is needed whole, however wide it is.
    let length = SAMPLE_BYTES.max(limits.block_bytes.min(2 * limits.record_bytes)).min(text.len());
    let mut bytes = text.get(..length).unwrap_or_default().to_vec();
    if !is_whole || length < text.len() {
        let last_break = memchr::memrchr2(b'\n', b'\r', &bytes);
        bytes.truncate(last_break.map_or(bytes.len(), |place| place + 1));
    }
    if !matches!(bytes.last(), Some(b'\n' | b'\r')) {
        bytes.push(b'\n');
    }
    Block { bytes, line, offset: 0, has_replacements: false, has_quotes: true }
}

impl Sample {
    /// The delimiter under which the rows agree best about the number of their cells.
    fn best(block: &Block, limits: &Limits) -> Result<Self, FileError> {
        let mut best: Option<Self> = None;
        let mut failure = None;
        for delimiter in Delimiter::ALL {
            match Self::read(block, *delimiter, limits) {
                Ok(sample) if best.as_ref().is_none_or(|best| sample.is_better_than(best)) => {
                    best = Some(sample);
                }
                Ok(_) => {}
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        best.ok_or_else(|| failure.unwrap_or(FileError::Empty))
    }

    fn read(block: &Block, delimiter: Delimiter, limits: &Limits) -> Result<Self, FileError> {
        // Too long a cell is reported when the rows are read; here it may only be the wrong delimiter.
        let lenient = Limits { cell_bytes: usize::MAX, record_bytes: usize::MAX, ..*limits };
        let mut scanner = Scanner::new(delimiter, &lenient);
        scanner.start(block);
        let mut rows = Vec::new();
        while rows.len() < SAMPLE_ROWS && scanner.advance(block)? {
            rows.push(SampleRow::read(&scanner, block));
        }
        rows.retain(|row| row.cells.iter().any(|cell| !cell.trim().is_empty()));
        let (usual_cells, usual_rows) = usual(&rows);
        Ok(Self { delimiter, rows, usual_cells, usual_rows })
    }

    /// Whether its delimiter explains the rows better; of two that do equally well, the comma is the likelier to be
    /// part of numbers and sentences, so the later wins.
    fn is_better_than(&self, other: &Self) -> bool {
        self.score() > other.score() || (self.score() == other.score() && self.usual_cells >= 2)
    }

    /// How well the delimiter explains the rows: agreement first, then the number of cells.
    fn score(&self) -> (usize, usize) {
        if self.usual_cells < 2 {
            return (0, 0);
        }
        let agreement = self.usual_rows * 1000 / self.rows.len().max(1);
        let header_agrees = self.header().is_some_and(|row| row.cell_count == self.usual_cells);
        (agreement + if header_agrees { 500 } else { 0 }, self.usual_cells)
    }

    fn header(&self) -> Option<&SampleRow> {
        self.rows.get(self.header_index())
    }

    /// The first row that is neither a comment nor a title above the table.
    fn header_index(&self) -> usize {
        let has_table = self.usual_cells >= 2 && self.usual_rows >= 2;
        let is_above = |row: &SampleRow| {
            let is_comment = row.is_marked && (self.usual_cells < 2 || row.cell_count != self.usual_cells);
            let filled = row.cells.iter().filter(|cell| !cell.trim().is_empty()).count();
            is_comment
                || (has_table && filled <= 1 && self.usual_cells > 2)
                || (has_table && row.cell_count == 1)
        };
        let above = self.rows.iter().take(TITLE_ROWS).take_while(|row| is_above(row)).count();
        if above < self.rows.len().min(TITLE_ROWS) { above } else { 0 }
    }

    fn into_layout(mut self, limits: &Limits) -> Result<Layout, FileError> {
        let index = self.header_index();
        let above: Vec<SampleRow> = self.rows.drain(..index.min(self.rows.len())).collect();
        let Some(header) = self.rows.into_iter().next() else { return Err(FileError::Empty) };
        if header.cell_count > limits.columns {
            return Err(FileError::TooManyColumns { line: header.line, limit: limits.columns as u64 });
        }
        if header.is_broken {
            return Err(FileError::UnreadableHeader { line: header.line });
        }
        let comments = above.iter().filter(|row| row.is_marked).count();
        let titles =
            above.iter().filter(|row| !row.is_marked).map(|row| row.line.to_string()).collect::<Vec<_>>();
        let mut notes = Vec::new();
        if comments > 0 {
            notes.push(format!(
                "Lines that start with # above the names of the columns were skipped ({comments})"
            ));
        }
        if !titles.is_empty() {
            notes.push(format!(
                "Text above the names of the columns was skipped (line {})",
                titles.join(", ")
            ));
        }
        Ok(Layout { delimiter: self.delimiter, header_line: header.line, headers: header.cells, notes })
    }
}

impl SampleRow {
    fn read(scanner: &Scanner, block: &Block) -> Self {
        let starts = std::iter::once(0).chain(scanner.ends().iter().copied());
        let pieces = scanner.ends().iter().zip(starts).map(|(end, start)| scanner.text().get(start..*end));
        Self {
            line: scanner.line(),
            cells: pieces
                .map(|piece| String::from_utf8_lossy(piece.unwrap_or_default()).into_owned())
                .collect(),
            cell_count: scanner.cells(),
            is_marked: scanner.raw(block).first() == Some(&b'#'),
            is_broken: std::str::from_utf8(scanner.raw(block)).is_err(),
        }
    }
}

/// The most frequent number of cells, the larger of two that are equally frequent.
fn usual(rows: &[SampleRow]) -> (usize, usize) {
    let rows_with = |cells: usize| rows.iter().filter(|row| row.cell_count == cells).count();
    let counts = rows.iter().map(|row| (rows_with(row.cell_count), row.cell_count)).max();
    counts.map_or((0, 0), |(rows, cells)| (cells, rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delimiter(text: &str) -> Delimiter {
        sniff(text.as_bytes(), &Limits::default()).unwrap().delimiter
    }

    #[test]
    fn d2_8_semicolon_tab_pipe_and_comma_are_told_apart() {
        assert_eq!(delimiter("month,mrr\n2025-01,100\n"), Delimiter::Comma);
        assert_eq!(delimiter("month;mrr\n2025-01;1.234,56\n2025-02;2.345,67\n"), Delimiter::Semicolon);
        assert_eq!(delimiter("month\tnote\n2025-01\tHello, you\n2025-02\tBye; all\n"), Delimiter::Tab);
        assert_eq!(delimiter("month|mrr\n2025-01|100\n"), Delimiter::Pipe);
        assert_eq!(delimiter("name,note\nx,\"a;b;c\"\ny,\"d;e;f\"\n"), Delimiter::Comma);
        assert_eq!(delimiter("only\none\ncolumn\n"), Delimiter::Comma);
    }

    #[test]
    fn d2_25_a_sep_line_names_the_delimiter() {
        for text in ["sep=;\na;b,c\n1;2,3\n", "\"SEP=;\"\r\na;b,c\r\n1;2,3\r\n"] {
            let sniffed = sniff(text.as_bytes(), &Limits::default()).unwrap();
            assert_eq!(
                (sniffed.delimiter, sniffed.headers),
                (Delimiter::Semicolon, vec!["a".into(), "b,c".into()])
            );
        }
        assert_eq!(delimiter("sep=\t\na\tb\n1\t2\n"), Delimiter::Tab);
    }

    #[test]
    fn titles_and_comments_above_the_table_are_not_its_header() {
        let text = "Monthly report\n# made by hand, mostly\n\nmonth,mrr,note\n2025-01,1,x\n2025-02,2,y\n";
        assert_eq!(sniff(text.as_bytes(), &Limits::default()).unwrap().headers, ["month", "mrr", "note"]);
        let numbered = "#,name\n1,a\n2,b\n";
        assert_eq!(sniff(numbered.as_bytes(), &Limits::default()).unwrap().headers, ["#", "name"]);
    }
}
