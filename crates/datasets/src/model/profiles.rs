//! What a whole file was found to hold.

use std::fmt;

use kernel::count;
use serde::{Deserialize, Serialize};

use super::{Delimiter, FileFormat};

/// The result of reading every cell of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileProfile {
    /// How the file is written and what each column is read as.
    pub format: FileFormat,
    /// Rows of data, with those that have problems; without blank rows, comments and a totals row.
    pub rows: u64,
    /// The size of the file.
    pub size_bytes: u64,
    /// The first problems, by line.
    pub problems: Vec<RowProblem>,
    /// How many problems there are in all.
    pub problem_count: u64,
    /// What was dropped, guessed or looks odd, in plain words.
    pub notes: Vec<String>,
}

impl FileProfile {
    /// What was found, in two sentences: "24 rows, 7 columns. UTF-8, separated by commas."
    pub fn description(&self) -> String {
        let columns = self.format.columns.len() as u64;
        let (rows_noun, columns_noun) = (noun(self.rows, "row", "rows"), noun(columns, "column", "columns"));
        let mark = if self.format.has_byte_order_mark { " with byte-order mark" } else { "" };
        let separator = match self.format.delimiter {
            Delimiter::Comma => "commas",
            Delimiter::Semicolon => "semicolons",
            Delimiter::Tab => "tabs",
            Delimiter::Pipe => "vertical bars",
        };
        format!(
            "{} {rows_noun}, {} {columns_noun}. {}{mark}, separated by {separator}.",
            count(self.rows),
            count(columns),
            self.format.encoding.label()
        )
    }
}

fn noun(number: u64, one: &'static str, many: &'static str) -> &'static str {
    if number == 1 { one } else { many }
}

/// A row or a cell that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowProblem {
    /// The line on which the row starts, counted from 1.
    pub line: u64,
    /// The column, counted from 0; `None` if the whole row is meant.
    pub column: Option<u32>,
    /// The name of the column; empty if the whole row is meant.
    pub column_name: String,
    /// The cell as written, shortened.
    pub value: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for RowProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line {}", self.line)?;
        if self.column.is_some() {
            write!(f, ", column “{}”", self.column_name)?;
        }
        if !self.value.is_empty() {
            write!(f, ", “{}”", self.value)?;
        }
        write!(f, ": {}", self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TextEncoding;

    #[test]
    fn a_file_is_described_in_two_sentences() {
        let format = FileFormat {
            encoding: TextEncoding::Utf8,
            is_encoding_certain: true,
            has_byte_order_mark: true,
            delimiter: Delimiter::Semicolon,
            header_line: 1,
            totals_line: None,
            has_stray_personal_data: false,
            columns: Vec::new(),
        };
        let profile = FileProfile {
            format,
            rows: 1,
            size_bytes: 9,
            problems: Vec::new(),
            problem_count: 0,
            notes: Vec::new(),
        };
        assert_eq!(
            profile.description(),
            "1 row, 0 columns. UTF-8 with byte-order mark, separated by semicolons."
        );
    }
}
