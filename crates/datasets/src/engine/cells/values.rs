//! The value of one cell.

use chrono::{NaiveDate, NaiveDateTime};

use super::{
    CellProblem,
    dates::parse_date,
    numbers::{Affixed, Digits, PlainNumber, strip_affixes},
    words,
};
use crate::{ColumnKind, DateFormat, Decimal, DecimalMark};

/// The value of a cell that holds something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// The text as it stands in the file.
    Text(&'a str),
    /// A whole number.
    Whole(i64),
    /// A number.
    Number(Decimal),
    /// An amount; its currency is known by column.
    Money(Decimal),
    /// A share: 12% is 0.12.
    Percent(Decimal),
    /// A day; months and quarters stand for the first day of their (last) month.
    Date(NaiveDate),
    /// A time in UTC.
    Time(NaiveDateTime),
    /// Yes or no.
    YesNo(bool),
}

/// Reads a cell as a kind; `None` if it is empty or blank.
pub fn parse_cell(text: &str, kind: ColumnKind) -> Result<Option<Cell<'_>>, CellProblem> {
    let trimmed = trimmed(text);
    if trimmed.is_empty() {
        return Ok(None);
    }
    if kind == ColumnKind::Text {
        return Ok(Some(Cell::Text(text)));
    }
    if let Some(cell) = plain_cell(trimmed, kind) {
        return Ok(Some(cell));
    }
    if words::is_missing(trimmed) {
        return Err(CellProblem::MissingWord);
    }
    let cell = match kind {
        ColumnKind::Text => Cell::Text(text),
        ColumnKind::WholeNumber => Cell::Whole(whole(trimmed)?),
        ColumnKind::Number(mark) => Cell::Number(number(trimmed, mark)?),
        ColumnKind::Money(mark) => Cell::Money(money(trimmed, mark)?),
        ColumnKind::Percent(mark) => Cell::Percent(percent(trimmed, mark)?),
        ColumnKind::Date(DateFormat::IsoDateTime) => {
            Cell::Time(parse_date(trimmed, DateFormat::IsoDateTime)?)
        }
        ColumnKind::Date(format) => Cell::Date(parse_date(trimmed, format)?.date()),
        ColumnKind::YesNo => Cell::YesNo(yes_no(trimmed)?),
    };
    Ok(Some(cell))
}

/// The text without blanks at its ends.
pub(crate) fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        // Most cells have none, which is seen without decoding letters.
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

/// The value of a plain number; `None` if the slow way has to tell.
fn plain_cell<'a>(text: &str, kind: ColumnKind) -> Option<Cell<'a>> {
    let is_numeric = matches!(kind, ColumnKind::WholeNumber | ColumnKind::Number(_) | ColumnKind::Money(_));
    let number = is_numeric.then(|| PlainNumber::read(text.as_bytes())).flatten()?;
    match kind {
        ColumnKind::WholeNumber if number.scale == 0 => Some(Cell::Whole(number.units)),
        ColumnKind::Number(mark) if number.scale == 0 || mark == DecimalMark::Point => {
            Some(Cell::Number(number.value()))
        }
        ColumnKind::Money(mark) if number.scale == 0 || mark == DecimalMark::Point => {
            Some(Cell::Money(number.value()))
        }
        _ => None,
    }
}

fn whole(text: &str) -> Result<i64, CellProblem> {
    let affixed = plain_affixes(text, DecimalMark::Point)?;
    let digits =
        digits(&affixed, DecimalMark::Point).map_err(|problem| problem.for_kind(ColumnKind::WholeNumber))?;
    if !digits.is_plainly_whole {
        return Err(CellProblem::NotWhole);
    }
    i64::try_from(digits.value.units()).map_err(|_| CellProblem::TooManyDigits)
}

fn number(text: &str, mark: DecimalMark) -> Result<Decimal, CellProblem> {
    let affixed = plain_affixes(text, mark)?;
    Ok(digits(&affixed, mark)?.value)
}

fn money(text: &str, mark: DecimalMark) -> Result<Decimal, CellProblem> {
    let affixed = affixes(text, mark)?;
    if affixed.is_percent { Err(CellProblem::HasPercent) } else { Ok(digits(&affixed, mark)?.value) }
}

fn percent(text: &str, mark: DecimalMark) -> Result<Decimal, CellProblem> {
    let affixed = affixes(text, mark)?;
    let value = digits(&affixed, mark)?.value;
    match affixed {
        Affixed { currency: Some(_), .. } => Err(CellProblem::HasCurrency),
        Affixed { is_percent: true, .. } => value.hundredth().ok_or(CellProblem::TooManyDigits),
        _ => Err(CellProblem::NoPercent),
    }
}

fn yes_no(text: &str) -> Result<bool, CellProblem> {
    match text {
        "1" => Ok(true),
        "0" => Ok(false),
        _ => words::yes_no(text).ok_or(CellProblem::NotYesNo),
    }
}

fn plain_affixes(text: &str, mark: DecimalMark) -> Result<Affixed<'_>, CellProblem> {
    let affixed = affixes(text, mark)?;
    if !affixed.is_percent && affixed.currency.is_none() {
        return Ok(affixed);
    }
    // Only what is a number otherwise is called an amount or a percentage.
    digits(&affixed, mark)?;
    Err(if affixed.is_percent { CellProblem::HasPercent } else { CellProblem::HasCurrency })
}

fn affixes(text: &str, mark: DecimalMark) -> Result<Affixed<'_>, CellProblem> {
    if words::is_infinite(text) {
        return Err(CellProblem::Infinite);
    }
    strip_affixes(text).map_err(|problem| problem.unwrap_or(CellProblem::NotANumber(mark)))
}

fn digits(affixed: &Affixed<'_>, mark: DecimalMark) -> Result<Digits, CellProblem> {
    affixed.digits(mark).map_err(|problem| match problem {
        CellProblem::NotANumber(_) if affixed.digits(mark.other()).is_ok() => CellProblem::OtherMark(mark),
        _ => problem,
    })
}

#[cfg(test)]
mod tests {
    use kernel::Month;
    use proptest::prelude::*;

    use super::*;
    use crate::engine::{date_of, month_of};

    fn number(text: &str, mark: DecimalMark) -> String {
        match parse_cell(text, ColumnKind::Money(mark)) {
            Ok(Some(Cell::Money(value))) => value.to_string(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn numbers_are_read_exactly_in_either_notation() {
        use DecimalMark::{Comma, Point};
        let cases = [
            ("1,234.50", Point, "1234.50"),
            ("1.234,56", Comma, "1234.56"),
            ("1 234,56", Comma, "1234.56"),
            ("1\u{a0}234\u{202f}567,8", Comma, "1234567.8"),
            ("1\u{2009}234.5", Point, "1234.5"),
            ("1'234’567", Point, "1234567"),
            ("$1,234.50", Point, "1234.50"),
            ("-€ 5", Point, "-5"),
            ("€ -5", Point, "-5"),
            ("USD 1,234", Point, "1234"),
            ("1.234,00 EUR", Comma, "1234.00"),
            ("(123)", Point, "-123"),
            ("(€1,50)", Comma, "-1.50"),
            ("−1", Point, "-1"),
            ("12,34,567.89", Point, "1234567.89"),
            (".5", Point, "0.5"),
            ("2.5e3", Point, "2500"),
            ("0.00012345678901234567", Point, "0.00012345678901234567"),
        ];
        for (text, mark, expected) in cases {
            assert_eq!(number(text, mark), expected, "{text}");
        }
    }

    #[test]
    fn every_refusal_says_what_to_do() {
        use CellProblem as P;
        use ColumnKind::{Date, Number, Percent, WholeNumber};
        let point = Number(DecimalMark::Point);
        let cases = [
            ("1e309", point, P::TooManyDigits),
            ("Infinity", point, P::Infinite),
            ("NaN", point, P::MissingWord),
            ("0x1F", point, P::Hexadecimal),
            ("1_000", point, P::Underscore),
            ("١٢٣", point, P::ForeignDigits),
            ("00123", point, P::LeadingZeros),
            ("123-", point, P::TrailingMinus),
            ("1.234,56", point, P::OtherMark(DecimalMark::Point)),
            ("$5", point, P::HasCurrency),
            ("5%", point, P::HasPercent),
            ("5", Percent(DecimalMark::Point), P::NoPercent),
            ("1.5", WholeNumber, P::NotWhole),
            ("1,234", WholeNumber, P::NotWhole),
            ("+491701234567", point, P::Telephone),
            ("2024-02-30", Date(DateFormat::IsoDate), P::NotInCalendar("day")),
            ("2024-13", Date(DateFormat::YearMonth), P::NotInCalendar("month")),
            ("Q5 2024", Date(DateFormat::QuarterYear), P::NotInCalendar("quarter")),
            ("2024-01-01T10:00:60Z", Date(DateFormat::IsoDateTime), P::NotInCalendar("time")),
            ("0000-00-00", Date(DateFormat::IsoDate), P::YearOutOfRange),
            ("31/01/24", Date(DateFormat::DayFirst), P::ShortYear(DateFormat::DayFirst)),
            ("45678", Date(DateFormat::IsoDate), P::ExcelSerial),
            ("1735689600000", Date(DateFormat::IsoDate), P::EpochTime(DateFormat::IsoDate)),
            ("01/31/2024", Date(DateFormat::IsoDate), P::OtherDateFormat(DateFormat::IsoDate)),
            ("soon", Date(DateFormat::YearMonth), P::NotADate(DateFormat::YearMonth)),
            ("maybe", ColumnKind::YesNo, P::NotYesNo),
        ];
        for (text, kind, expected) in cases {
            assert_eq!(parse_cell(text, kind), Err(expected), "{text}");
            let message = expected.to_string();
            assert!(message.starts_with(char::is_uppercase) && !message.ends_with('.'), "{message}");
        }
    }

    #[test]
    fn percentages_are_shares_and_blank_cells_are_missing() {
        let share = parse_cell("12.5 %", ColumnKind::Percent(DecimalMark::Point));
        assert_eq!(share, Ok(Some(Cell::Percent(Decimal::new(125, 3)))));
        for kind in ColumnKind::all() {
            assert_eq!(parse_cell(" \u{a0}", kind), Ok(None));
        }
        assert_eq!(parse_cell(" x ", ColumnKind::Text), Ok(Some(Cell::Text(" x "))));
    }

    #[test]
    fn quarters_stand_for_their_last_month_and_offsets_for_utc() {
        let month = |text, format| month_of(text, format).unwrap().unwrap();
        assert_eq!(month("2025-Q1", DateFormat::YearQuarter), Month::new(2025, 3).unwrap());
        assert_eq!(month("Q4 2025", DateFormat::QuarterYear), Month::new(2025, 12).unwrap());
        assert_eq!(month("Jan-25", DateFormat::NamedMonthShortYear), Month::new(2025, 1).unwrap());
        let date = date_of("2025-01-01T00:30:00+01:00", DateFormat::IsoDateTime).unwrap();
        assert_eq!(date, NaiveDate::from_ymd_opt(2024, 12, 31));
        assert_eq!(date_of("", DateFormat::IsoDate), Ok(None));
    }

    /// Writes a number as people do, with groups of thousands.
    fn grouped(units: i64, scale: usize, mark: DecimalMark, separator: &str) -> String {
        let digits = format!("{:0>width$}", units.unsigned_abs(), width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        let mut text = String::new();
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && (whole.len() - place) % 3 == 0 {
                text.push_str(separator);
            }
            text.push(digit);
        }
        let point = if mark == DecimalMark::Point { "." } else { "," };
        let sign = if units < 0 { "-" } else { "" };
        if scale == 0 { format!("{sign}{text}") } else { format!("{sign}{text}{point}{fraction}") }
    }

    proptest! {
        #[test]
        fn grouped_numbers_read_back_exactly(
            units in -999_999_999_999_999_i64..=999_999_999_999_999,
            scale in 0_usize..6,
            is_comma in any::<bool>(),
            separator in prop::sample::select(vec!["", " ", "\u{a0}", "'", "mark"]),
        ) {
            let mark = if is_comma { DecimalMark::Comma } else { DecimalMark::Point };
            let separator = if separator == "mark" { if is_comma { "." } else { "," } } else { separator };
            let text = grouped(units, scale, mark, separator);
            let expected = Decimal::new(i128::from(units), u8::try_from(scale).unwrap());
            prop_assert_eq!(parse_cell(&text, ColumnKind::Number(mark)), Ok(Some(Cell::Number(expected))));
        }

        #[test]
        fn dates_read_back_in_every_format(days in 0_i32..109_000) {
            let date = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap() + chrono::Days::new(u64::try_from(days).unwrap());
            let cases = [("%Y-%m-%d", DateFormat::IsoDate), ("%d/%m/%Y", DateFormat::DayFirst), ("%d.%m.%Y", DateFormat::DayFirst),
                ("%m/%d/%Y", DateFormat::MonthFirst), ("%e %b %Y", DateFormat::NamedDay), ("%B %e, %Y", DateFormat::NamedDay),
                ("%Y-%m-%dT%H:%M:%SZ", DateFormat::IsoDateTime)];
            for (pattern, format) in cases {
                let text = date.and_time(chrono::NaiveTime::MIN).format(pattern).to_string();
                prop_assert_eq!(date_of(&text, format), Ok(Some(date)), "{}", text);
            }
        }
    }
}
