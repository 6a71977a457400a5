//! Why a file cannot be read at all, in words for the person who uploaded it.

/// A file that cannot become a table. Every text says what is wrong, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// There is not a single byte, or nothing but blank lines.
    #[error("The file is empty. Check that the export has finished, and upload it again")]
    Empty,
    /// The file is something else than a CSV file, whatever its name says.
    #[error("{0}")]
    ForeignFormat(&'static str),
    /// Every second byte is zero, and nothing says which half comes first.
    #[error(
        "This looks like UTF-16 text without its marker, so letters cannot be told apart reliably. Save it as CSV UTF-8 and upload that, or choose a UTF-16 encoding yourself"
    )]
    Utf16WithoutMark,
    /// The row with the names of the columns cannot be decoded.
    #[error(
        "The names of the columns on line {line} are not readable text. Save the file as CSV UTF-8, or choose another encoding"
    )]
    UnreadableHeader {
        /// Where the header row starts.
        line: u64,
    },
    /// There are names of columns and nothing below.
    #[error("The file has names of columns on line {line} and no rows below them. Add at least one row")]
    NoRows {
        /// Where the header row starts.
        line: u64,
    },
    /// The header row is too wide.
    #[error(
        "Line {line} has more than {limit} columns, which is as many as Quartile reads. Split the file, or export only the columns you need"
    )]
    TooManyColumns {
        /// Where the header row starts.
        line: u64,
        /// How many it may have.
        limit: u64,
    },
    /// A cell is too long.
    #[error(
        "The cell in column {column} of the row on line {line} is longer than {limit_kib} KiB. Shorten it, or check for a missing quote or delimiter before it"
    )]
    CellTooLong {
        /// Where the row starts.
        line: u64,
        /// The column, counted from 1.
        column: u64,
        /// How long a cell may be.
        limit_kib: u64,
    },
    /// A row is too long, and no quote is to blame.
    #[error(
        "The row on line {line} is longer than {limit_kib} KiB. Check that the rows of the file end with line breaks"
    )]
    RecordTooLong {
        /// Where the row starts.
        line: u64,
        /// How long a row may be.
        limit_kib: u64,
    },
    /// A quote is opened and not closed.
    #[error(
        "A quote opened on line {line} is never closed, so the rest of the file reads as one cell. Close it there, or double it if it belongs to the text"
    )]
    QuoteNeverClosed {
        /// Where the quote is opened.
        line: u64,
    },
    /// The file could not be read from where it is kept.
    #[error("The file could not be read to its end. Upload it again")]
    Interrupted(#[from] std::io::Error),
}

impl FileError {
    /// The line the error is about, if it is about one.
    pub fn line(&self) -> Option<u64> {
        match self {
            Self::UnreadableHeader { line }
            | Self::NoRows { line }
            | Self::TooManyColumns { line, .. }
            | Self::CellTooLong { line, .. }
            | Self::RecordTooLong { line, .. }
            | Self::QuoteNeverClosed { line } => Some(*line),
            Self::Empty | Self::ForeignFormat(_) | Self::Utf16WithoutMark | Self::Interrupted(_) => None,
        }
    }
}
