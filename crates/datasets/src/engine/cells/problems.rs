//! Why a cell does not fit its column, in words for the person who can fix it.

use crate::{ColumnKind, DateFormat, DecimalMark};

/// Why a cell does not fit its column. Every text says what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CellProblem {
    /// A word that stands for no value.
    #[error("Leave the cell empty if it is unknown; it will count as missing, not as 0")]
    MissingWord,
    /// Not a number in any way.
    #[error("This is not a number. Write it like {}", .0.example())]
    NotANumber(DecimalMark),
    /// A number with the other decimal mark.
    #[error("This column was read as {}; here the {} comes last. Write it the same way, or choose {} for the column", .0.example(), mark_name(.0.other()), .0.other().example())]
    OtherMark(DecimalMark),
    /// A number with a fraction or separators in a column of whole numbers.
    #[error(
        "This column was read as whole numbers. Remove the fraction and the separators, or choose Number for the column"
    )]
    NotWhole,
    /// A code that would lose its zeros.
    #[error(
        "This starts with a zero, so it may be a code rather than a number. Remove the zero, or choose Text for the column"
    )]
    LeadingZeros,
    /// A telephone number.
    #[error("A plus sign before so many digits reads as a telephone number. Choose Text for the column")]
    Telephone,
    /// More digits than are kept exactly.
    #[error(
        "This has more digits than Quartile keeps exactly. Shorten it, or choose Text for the column if it is a code"
    )]
    TooManyDigits,
    /// An infinite value.
    #[error("Infinity is not a value. Leave the cell empty, or write the number out")]
    Infinite,
    /// A number in base 16.
    #[error("Hexadecimal numbers are not read. Write the number in decimal digits")]
    Hexadecimal,
    /// Digits grouped by underscores.
    #[error("Underscores do not belong in a number. Remove them")]
    Underscore,
    /// Digits of another script.
    #[error("Quartile reads the digits 0 to 9 only. Write the number with them")]
    ForeignDigits,
    /// A minus sign behind the number.
    #[error("The minus sign stands behind the number. Put it in front, as in -123")]
    TrailingMinus,
    /// A currency in a column of plain numbers.
    #[error("This names a currency. Choose Money for the column, or remove the currency")]
    HasCurrency,
    /// A percentage in a column of plain numbers.
    #[error("This is a percentage. Choose Percent for the column, or remove the sign")]
    HasPercent,
    /// A plain number in a column of percentages.
    #[error(
        "The percent sign is missing, so 0.12 and 12% cannot be told apart. Write it like 12%, or choose Number for the column"
    )]
    NoPercent,
    /// Not a date in any way.
    #[error("This is not a date. Write it like {}", .0.example())]
    NotADate(DateFormat),
    /// A date in another format.
    #[error("This column was read as dates like {}. Write it the same way", .0.example())]
    OtherDateFormat(DateFormat),
    /// A day, month, quarter or time that the calendar does not have.
    #[error("The calendar has no such {0}. Check the digits")]
    NotInCalendar(&'static str),
    /// A year too far away.
    #[error("Years from 1900 to 2200 are read. Check the year")]
    YearOutOfRange,
    /// A year of two digits.
    #[error("The century is missing. Write the year with four digits, like {}", .0.example())]
    ShortYear(DateFormat),
    /// A date as the number of days since 1900.
    #[error(
        "This looks like a date as Excel stores it. Format the column as a date in Excel and save the file again"
    )]
    ExcelSerial,
    /// A date as seconds or milliseconds since 1970.
    #[error("This looks like a time counted from 1970. Export it as a date like {}", .0.example())]
    EpochTime(DateFormat),
    /// Neither yes nor no.
    #[error("This is neither yes nor no. Write yes or no, true or false, 1 or 0")]
    NotYesNo,
}

fn mark_name(mark: DecimalMark) -> &'static str {
    match mark {
        DecimalMark::Point => "point",
        DecimalMark::Comma => "comma",
    }
}

impl CellProblem {
    /// The problem as it shows for a column of this kind: numbers that cannot be whole say so.
    pub(crate) fn for_kind(self, kind: ColumnKind) -> Self {
        match (self, kind) {
            (Self::OtherMark(_), ColumnKind::WholeNumber) => Self::NotWhole,
            _ => self,
        }
    }
}
