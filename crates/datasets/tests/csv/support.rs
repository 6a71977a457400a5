//! Short ways to profile a text and to look at the outcome.

use std::io::Read;

use datasets::{
    ColumnFormat, ColumnKind, FileProfile, Overrides,
    engine::{FileError, Limits, Row, profile, records},
};

/// The profile of a file, by default limits and choices.
pub(crate) fn try_profile(bytes: &[u8]) -> Result<FileProfile, FileError> {
    profile(bytes, bytes.len() as u64, &Limits::default(), &Overrides::default())
}

/// The profile of a file that can be read.
pub(crate) fn profile_of(bytes: impl AsRef<[u8]>) -> FileProfile {
    try_profile(bytes.as_ref()).unwrap()
}

/// The profile of a file of which one column is read as chosen.
pub(crate) fn profile_as(bytes: impl AsRef<[u8]>, column: u32, kind: ColumnKind) -> FileProfile {
    let overrides = Overrides { columns: [(column, kind)].into(), ..Overrides::default() };
    let bytes = bytes.as_ref();
    profile(bytes, bytes.len() as u64, &Limits::default(), &overrides).unwrap()
}

/// Why a file cannot be read.
pub(crate) fn refusal(bytes: impl AsRef<[u8]>) -> String {
    try_profile(bytes.as_ref()).unwrap_err().to_string()
}

/// The profile of a file with one column of these cells, each quoted.
pub(crate) fn column(cells: &[&str]) -> ColumnFormat {
    profile_of(one_column(cells)).format.columns.remove(0)
}

/// What a column of these cells is read as.
pub(crate) fn kind(cells: &[&str]) -> ColumnKind {
    column(cells).kind
}

/// A file with one column of these cells, each quoted.
pub(crate) fn one_column(cells: &[&str]) -> String {
    let quoted: Vec<String> =
        cells.iter().map(|cell| format!("\"{}\"\n", cell.replace('"', "\"\""))).collect();
    format!("value\n{}", quoted.concat())
}

/// All rows of a file by its own profile: line and cells, or line and what is wrong.
pub(crate) fn rows_of(bytes: impl AsRef<[u8]>) -> Vec<(u64, Result<Vec<String>, String>)> {
    let bytes = bytes.as_ref();
    rows_from(bytes, &profile_of(bytes), &Limits::default())
}

/// All rows of a source by a profile.
pub(crate) fn rows_from(
    source: impl Read,
    profile: &FileProfile,
    limits: &Limits,
) -> Vec<(u64, Result<Vec<String>, String>)> {
    let mut rows = Vec::new();
    let mut records = records(source, &profile.format, limits).unwrap();
    while let Some(row) = records.next_row().unwrap() {
        rows.push(match row {
            Row::Record(record) => (record.line, Ok(record.cells().map(str::to_owned).collect())),
            Row::Rejected(row) => (row.line, Err(row.fault.to_string())),
        });
    }
    rows
}

/// The cells of all rows of a file without faulty rows.
pub(crate) fn cells_of(bytes: impl AsRef<[u8]>) -> Vec<Vec<String>> {
    rows_of(bytes).into_iter().map(|(_, row)| row.unwrap()).collect()
}

/// Whether some note says this.
pub(crate) fn notes_say(profile: &FileProfile, words: &str) -> bool {
    profile.notes.iter().any(|note| note.contains(words))
}

/// Hands out one byte at a time, as a slow connection does.
pub(crate) struct Dripping<'a>(pub(crate) &'a [u8]);

impl Read for Dripping<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let (Some((byte, rest)), Some(slot)) = (self.0.split_first(), buffer.first_mut()) else {
            return Ok(0);
        };
        *slot = *byte;
        self.0 = rest;
        Ok(1)
    }
}
