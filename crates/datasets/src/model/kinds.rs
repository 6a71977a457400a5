//! What a column may hold, with the words and form keys for each choice.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The mark between whole and fractional digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecimalMark {
    /// `1,234.56`
    Point,
    /// `1.234,56`
    Comma,
}

impl DecimalMark {
    /// How a number with thousands looks.
    pub const fn example(self) -> &'static str {
        match self {
            Self::Point => "1,234.56",
            Self::Comma => "1.234,56",
        }
    }

    /// The other mark.
    pub const fn other(self) -> Self {
        match self {
            Self::Point => Self::Comma,
            Self::Comma => Self::Point,
        }
    }
}

/// How dates are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateFormat {
    /// `2025-01`
    YearMonth,
    /// `01/2025`
    MonthYear,
    /// `Jan 2025` and `January 2025`
    NamedMonth,
    /// `Jan-25`, in this century
    NamedMonthShortYear,
    /// `2025-01-31`
    IsoDate,
    /// `31/01/2025`, `31.01.2025`, `31-01-2025`
    DayFirst,
    /// `01/31/2025`, `01-31-2025`
    MonthFirst,
    /// `31 Jan 2025`, `31-Jan-2025`, `Jan 31, 2025`
    NamedDay,
    /// `2025-01-31T14:30:00Z`; without an offset the time is taken as UTC
    IsoDateTime,
    /// `2025-Q1`
    YearQuarter,
    /// `Q1 2025`
    QuarterYear,
}

impl DateFormat {
    /// Every format, the likelier first.
    pub const ALL: [Self; 11] = [
        Self::YearMonth,
        Self::IsoDate,
        Self::DayFirst,
        Self::MonthFirst,
        Self::MonthYear,
        Self::NamedMonth,
        Self::NamedMonthShortYear,
        Self::NamedDay,
        Self::IsoDateTime,
        Self::YearQuarter,
        Self::QuarterYear,
    ];

    /// How the end of January 2025 looks.
    pub const fn example(self) -> &'static str {
        match self {
            Self::YearMonth => "2025-01",
            Self::MonthYear => "01/2025",
            Self::NamedMonth => "Jan 2025",
            Self::NamedMonthShortYear => "Jan-25",
            Self::IsoDate => "2025-01-31",
            Self::DayFirst => "31/01/2025",
            Self::MonthFirst => "01/31/2025",
            Self::NamedDay => "31 Jan 2025",
            Self::IsoDateTime => "2025-01-31 14:30",
            Self::YearQuarter => "2025-Q1",
            Self::QuarterYear => "Q1 2025",
        }
    }
}

/// What the cells of a column are read as. Serialised and sent by forms as its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ColumnKind {
    /// Anything, kept as it is.
    Text,
    /// A number without fraction.
    WholeNumber,
    /// A number.
    Number(DecimalMark),
    /// An amount, with or without the sign of its currency.
    Money(DecimalMark),
    /// A number with a percent sign; 12% is 0.12.
    Percent(DecimalMark),
    /// A day, month, quarter or time.
    Date(DateFormat),
    /// Yes or no, true or false, 1 or 0.
    YesNo,
}

/// The text is not the key of a choice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not one of the choices. Choose one from the list")]
pub struct UnknownKeyError(pub String);

/// Each choice with its key and its label, in the order of a select.
const CHOICES: [(ColumnKind, &str, &str); 20] = {
    use ColumnKind::{Date, Money, Number, Percent, Text, WholeNumber, YesNo};
    use DecimalMark::{Comma, Point};
    [
        (Text, "text", "Text"),
        (WholeNumber, "whole_number", "Whole number"),
        (Number(Point), "number_point", "Number · 1,234.56"),
        (Number(Comma), "number_comma", "Number · 1.234,56"),
        (Money(Point), "money_point", "Money · 1,234.56"),
        (Money(Comma), "money_comma", "Money · 1.234,56"),
        (Percent(Point), "percent_point", "Percent · 12.5%"),
        (Percent(Comma), "percent_comma", "Percent · 12,5%"),
        (Date(DateFormat::YearMonth), "date_year_month", "Date · year-month (2025-01)"),
        (Date(DateFormat::IsoDate), "date_iso", "Date · year-month-day (2025-01-31)"),
        (Date(DateFormat::DayFirst), "date_day_first", "Date · day first (31/01/2025)"),
        (Date(DateFormat::MonthFirst), "date_month_first", "Date · month first (01/31/2025)"),
        (Date(DateFormat::MonthYear), "date_month_year", "Date · month/year (01/2025)"),
        (Date(DateFormat::NamedMonth), "date_named_month", "Date · month name and year (Jan 2025)"),
        (
            Date(DateFormat::NamedMonthShortYear),
            "date_named_month_short",
            "Date · month name and short year (Jan-25)",
        ),
        (Date(DateFormat::NamedDay), "date_named_day", "Date · day with month name (31 Jan 2025)"),
        (Date(DateFormat::IsoDateTime), "date_time", "Date and time (2025-01-31 14:30)"),
        (Date(DateFormat::YearQuarter), "date_year_quarter", "Date · year and quarter (2025-Q1)"),
        (Date(DateFormat::QuarterYear), "date_quarter_year", "Date · quarter and year (Q1 2025)"),
        (YesNo, "yes_no", "Yes or no"),
    ]
};

impl ColumnKind {
    /// Every choice, in the order of a select.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        CHOICES.iter().map(|(kind, _, _)| *kind)
    }

    /// What stands in forms and stored formats.
    pub fn key(self) -> &'static str {
        self.choice().1
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        self.choice().2
    }

    /// Whether its cells can be summed and averaged.
    pub fn is_numeric(self) -> bool {
        matches!(self, Self::WholeNumber | Self::Number(_) | Self::Money(_) | Self::Percent(_))
    }

    /// Whether its cells place a row in time.
    pub fn is_date(self) -> bool {
        matches!(self, Self::Date(_))
    }

    fn choice(self) -> (Self, &'static str, &'static str) {
        CHOICES.into_iter().find(|(kind, _, _)| *kind == self).unwrap_or((self, "", ""))
    }
}

impl FromStr for ColumnKind {
    type Err = UnknownKeyError;
    fn from_str(key: &str) -> Result<Self, Self::Err> {
        let found = CHOICES.iter().find(|(_, known, _)| *known == key);
        found.map(|(kind, _, _)| *kind).ok_or_else(|| UnknownKeyError(key.to_owned()))
    }
}

impl TryFrom<String> for ColumnKind {
    type Error = UnknownKeyError;
    fn try_from(key: String) -> Result<Self, Self::Error> {
        key.parse()
    }
}

impl From<ColumnKind> for String {
    fn from(kind: ColumnKind) -> Self {
        kind.key().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_column_is_a_choice_with_its_own_key() {
        for kind in ColumnKind::all() {
            assert_eq!(kind.key().parse(), Ok(kind));
            assert!(!kind.label().is_empty());
        }
        for format in DateFormat::ALL {
            assert!(!ColumnKind::Date(format).key().is_empty(), "{format:?}");
        }
        assert!("money".parse::<ColumnKind>().is_err());
    }
}
