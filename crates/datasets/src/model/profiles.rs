//! What a whole file was found to hold.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::FileFormat;

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
