//! A file is read alike however it arrives and is cut, nothing of it is lost unseen, and no limit is exceeded.

use std::io::Read;

use datasets::{
    Delimiter, FileProfile, Overrides, TextEncoding,
    engine::{FileError, Limits, RejectWriter, Row, masked_cells, parse_cell, profile, records},
};

/// Small enough to be reached by small files.
const LIMITS: Limits = Limits {
    columns: 12,
    cell_bytes: 200,
    record_bytes: 600,
    problems: 5,
    distinct: 4,
    block_bytes: 1 << 20,
    threads: 1,
};

/// A row as it was read: its line, and its cells or what is wrong with it.
type ReadRow = (u64, Result<Vec<String>, String>);

/// The first three bytes say what a person chose and how the rest, the file, arrives.
pub(crate) fn property(bytes: &[u8]) {
    let [choices, block, rhythm, file @ ..] = bytes else { return };
    let overrides = Overrides {
        encoding: TextEncoding::ALL.get(usize::from(choices % 16)).copied(),
        delimiter: Delimiter::ALL.get(usize::from(choices / 16 % 8)).copied(),
        ..Overrides::default()
    };
    let whole = profile(file, file.len() as u64, &LIMITS, &overrides);
    // Half of the files are looked at as they arrive, the others as they are written again.
    if !rhythm.is_multiple_of(2) {
        let arriving = Arriving { rest: file, rhythm: *rhythm };
        let same = profile(arriving, file.len() as u64, &LIMITS, &overrides);
        assert_eq!(format!("{whole:?}"), format!("{same:?}"), "how a file arrives makes a difference");
    }

    let threads = if choices & 128 == 0 { 1 } else { 3 };
    let small = Limits { block_bytes: usize::from(*block) + 1, threads, ..LIMITS };
    let cut = profile(file, file.len() as u64, &small, &overrides);
    match (whole, cut) {
        (Ok(whole), Ok(cut)) => {
            assert_eq!(whole, cut, "how a file is cut makes a difference");
            check(file, &whole, &small, *rhythm);
        }
        (Err(whole), Err(cut)) => assert!(is_alike(&whole, &cut), "{whole:?} or {cut:?}"),
        (whole, cut) => panic!("{whole:?}, but in small pieces {cut:?}"),
    }
}

/// Whether two errors say that the same rows are too long; which of several is seen first depends on the pieces.
fn is_alike(one: &FileError, other: &FileError) -> bool {
    use FileError as E;
    let is_size = |error: &FileError| {
        matches!(error, E::CellTooLong { .. } | E::RecordTooLong { .. } | E::QuoteNeverClosed { .. })
    };
    (is_size(one) && is_size(other)) || format!("{one:?}") == format!("{other:?}")
}

fn check(file: &[u8], found: &FileProfile, small: &Limits, rhythm: u8) {
    let rows = rows(file, found, &LIMITS);
    assert_eq!(rows, self::rows(Arriving { rest: file, rhythm }, found, small), "rows depend on the pieces");
    let lines: Vec<u64> = rows.iter().map(|(line, _)| *line).collect();
    assert!(lines.is_sorted_by(|before, after| before < after), "{lines:?}");
    assert!(lines.first().is_none_or(|line| *line > found.format.header_line), "{lines:?}");
    let breaks = file.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() as u64;
    assert!(lines.last().is_none_or(|line| *line <= breaks + 1), "{lines:?} of {breaks}");
    assert_eq!(rows.len() as u64, found.rows, "rows are lost or made up");
    check_columns(&rows, found);
    check_limits(&rows, found);
    if rhythm.is_multiple_of(2) {
        check_written_again(&rows, found);
    }
}

fn rows(source: impl Read, found: &FileProfile, limits: &Limits) -> Vec<ReadRow> {
    let (mut rows, mut records) = (Vec::new(), records(source, &found.format, limits).unwrap());
    while let Some(row) = records.next_row().unwrap() {
        rows.push(match row {
            Row::Record(record) => (record.line, Ok(record.cells().map(str::to_owned).collect())),
            Row::Rejected(row) => (row.line, Err(format!("{:?} {:?}", row.fault, row.value()))),
        });
    }
    rows
}

/// The counts of the first look are those of the second, cell by cell.
fn check_columns(rows: &[ReadRow], found: &FileProfile) {
    let records: Vec<&Vec<String>> = rows.iter().filter_map(|(_, row)| row.as_ref().ok()).collect();
    let mut problems = (rows.len() - records.len()) as u64;
    for (place, column) in found.format.columns.iter().enumerate() {
        let cells = || records.iter().map(|record| record.get(place).unwrap().as_str());
        let filled = cells().filter(|cell| !cell.trim().is_empty()).count() as u64;
        let understood = cells().filter(|cell| matches!(parse_cell(cell, column.kind), Ok(Some(_)))).count();
        assert_eq!((column.filled, column.empty), (filled, records.len() as u64 - filled), "{column:?}");
        assert_eq!(column.understood, understood as u64, "{column:?}");
        problems += filled - understood as u64;
    }
    assert_eq!(found.problem_count, problems);
}

fn check_limits(rows: &[ReadRow], found: &FileProfile) {
    let columns = &found.format.columns;
    assert!(columns.len() <= LIMITS.columns && found.problems.len() <= LIMITS.problems);
    assert!(found.problem_count >= found.problems.len() as u64);
    assert!(found.problems.iter().all(|problem| !problem.message.is_empty()), "{:?}", found.problems);
    assert!(found.problems.is_sorted_by_key(|problem| problem.line), "{:?}", found.problems);
    let names: std::collections::BTreeSet<_> =
        columns.iter().map(|column| column.name.to_lowercase()).collect();
    assert!(names.len() == columns.len() && !names.contains(""), "{names:?}");
    for column in columns {
        assert!(column.distinct <= LIMITS.distinct as u64 && column.samples.len() <= 3, "{column:?}");
        assert!(column.minimum.is_some() == column.maximum.is_some(), "{column:?}");
    }
    for cell in rows.iter().filter_map(|(_, row)| row.as_ref().ok()).flatten() {
        // Other encodings may take fewer bytes for a letter than UTF-8, in which cells are measured.
        assert!(cell.len() <= LIMITS.cell_bytes && !cell.contains('\0'), "{cell:?}");
    }
}

/// Rows that are handed back to be corrected hold what they held, but for what is personal.
fn check_written_again(rows: &[ReadRow], found: &FileProfile) {
    let records = || rows.iter().filter_map(|(line, row)| Some((*line, row.as_ref().ok()?)));
    let mut writer = RejectWriter::new(Vec::new(), &found.format).unwrap();
    for (line, cells) in records() {
        writer.write(line, "Some reason", cells.iter().map(String::as_str)).unwrap();
    }
    let file = writer.finish().unwrap();
    if records().next().is_none() {
        return;
    }
    let overrides = Overrides { delimiter: Some(found.format.delimiter), ..Overrides::default() };
    let again = profile(file.as_slice(), 0, &Limits { threads: 1, ..Limits::default() }, &overrides).unwrap();
    let again = self::rows(file.as_slice(), &again, &Limits::default());
    assert_eq!(again.len(), records().count());
    for ((_, read), (line, cells)) in again.iter().zip(records()) {
        let read = read.as_ref().unwrap();
        assert_eq!(read.first(), Some(&line.to_string()));
        let shown = masked_cells(&found.format, cells.iter().map(String::as_str));
        for (cell, original) in read.iter().skip(2).zip(&shown) {
            // A cell that a spreadsheet would run is marked as text.
            let unmarked = cell.strip_prefix('\'').filter(|rest| rest == original);
            assert_eq!(unmarked.unwrap_or(cell), original);
            let start = cell.trim_start_matches(|c: char| c.is_whitespace() || c.is_control());
            assert!(!start.starts_with(['=', '@', '＝', '＠']), "{cell:?} would run");
        }
        assert_eq!(read.len(), cells.len() + 2);
    }
}

/// Hands a file out in pieces of changing length.
struct Arriving<'a> {
    rest: &'a [u8],
    rhythm: u8,
}

impl Read for Arriving<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.rhythm = self.rhythm.wrapping_mul(5).wrapping_add(3);
        let length = (usize::from(self.rhythm) % 17 + 1).min(buffer.len()).min(self.rest.len());
        let (piece, rest) = self.rest.split_at(length);
        buffer.get_mut(..length).unwrap().copy_from_slice(piece);
        self.rest = rest;
        Ok(length)
    }
}
