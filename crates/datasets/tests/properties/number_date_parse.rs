//! A cell that is read as a number or a date is exactly that, and means the same when it is written again.

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use datasets::{
    ColumnKind, DateFormat, Decimal, DecimalMark,
    engine::{Cell, CellProblem, date_of, month_of, parse_cell},
};

/// Digits before the mark of the longest number that is no code.
const WHOLE_DIGITS: usize = 18;
/// The longest cell that is read as more than text.
const LONGEST: usize = 64;

/// Every kind of column reads the text, if at all, as a value that reads back.
pub(crate) fn property(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for kind in ColumnKind::all() {
        match parse_cell(&text, kind) {
            Ok(Some(cell)) => check(&text, kind, cell),
            Ok(None) => assert!(text.trim().is_empty(), "{text:?} holds something"),
            Err(problem) => {
                let message = problem.to_string();
                assert!(kind != ColumnKind::Text && message.len() > 10, "{text:?}: {message}");
            }
        }
    }
    agree_with_floats(&text);
}

fn check(text: &str, kind: ColumnKind, cell: Cell<'_>) {
    match (cell, kind) {
        (Cell::Text(same), ColumnKind::Text) => assert_eq!(same, text),
        (Cell::Whole(number), ColumnKind::WholeNumber) => {
            assert_eq!(parse_cell(&number.to_string(), kind), Ok(Some(cell)), "{text:?}");
        }
        (Cell::Number(number), ColumnKind::Number(mark)) | (Cell::Money(number), ColumnKind::Money(mark)) => {
            check_number(text, number);
            reads_back(text, &written(number, mark), kind, cell);
        }
        (Cell::Percent(share), ColumnKind::Percent(mark)) => {
            check_number(text, share);
            assert!(share.scale() >= 2 && text.contains('%'), "{text:?}");
            let number = Decimal::new(share.units(), share.scale() - 2);
            reads_back(text, &format!("{}%", written(number, mark)), kind, cell);
        }
        (Cell::Date(date), ColumnKind::Date(format)) if format != DateFormat::IsoDateTime => {
            check_year(text, date);
            assert_eq!(date_of(text, format), Ok(Some(date)), "{text:?}");
            assert_eq!(month_of(text, format).unwrap().unwrap(), kernel::Month::of(date), "{text:?}");
            reads_back(text, &date_as(date, format), kind, cell);
        }
        (Cell::Time(time), ColumnKind::Date(DateFormat::IsoDateTime)) => {
            check_year(text, time.date());
            // An offset may carry the first and last hours over the ends of the years that are read.
            if (1900..=2200).contains(&time.year()) {
                reads_back(text, &time.format("%Y-%m-%dT%H:%M:%S%.9fZ").to_string(), kind, cell);
            }
        }
        (Cell::YesNo(is_yes), ColumnKind::YesNo) => {
            let words = if is_yes { ["1", "y", "yes", "true"] } else { ["0", "n", "no", "false"] };
            assert!(words.iter().any(|word| text.trim().eq_ignore_ascii_case(word)), "{text:?}");
        }
        (cell, kind) => panic!("{text:?} as {kind:?} is {cell:?}"),
    }
}

fn check_number(text: &str, number: Decimal) {
    assert!(number.to_f64().is_finite(), "{text:?} is {number}");
    assert!(text.bytes().any(|byte| byte.is_ascii_digit()), "{text:?} has no digit");
    let again: Decimal = number.to_string().parse().unwrap();
    assert_eq!((again.units(), again.scale()), (number.units(), number.scale()), "{text:?}");
}

fn check_year(text: &str, date: NaiveDate) {
    assert!((1899..=2201).contains(&date.year()), "{text:?} is {date}");
}

/// The value as it would be typed reads as the same value; only what got too long by writing it out is refused.
fn reads_back(text: &str, written: &str, kind: ColumnKind, cell: Cell<'_>) {
    let whole = written.split(['.', ',']).next().unwrap_or_default();
    let digits = whole.bytes().filter(u8::is_ascii_digit).count();
    let is_too_long = written.len() > LONGEST || (kind.is_numeric() && digits > WHOLE_DIGITS);
    match parse_cell(written, kind) {
        Ok(Some(again)) => assert_eq!(again, cell, "{text:?} is written as {written:?}"),
        other => assert!(is_too_long, "{text:?} is written as {written:?}, which is {other:?}"),
    }
}

fn written(number: Decimal, mark: DecimalMark) -> String {
    let text = number.to_string();
    if mark == DecimalMark::Comma { text.replace('.', ",") } else { text }
}

fn date_as(date: NaiveDate, format: DateFormat) -> String {
    use DateFormat as F;
    let quarter = date.month().div_ceil(3);
    let pattern = match format {
        F::YearMonth => "%Y-%m",
        F::MonthYear => "%m/%Y",
        F::NamedMonth => "%B %Y",
        F::NamedMonthShortYear => "%b-%y",
        F::IsoDate => "%Y-%m-%d",
        F::DayFirst => "%d.%m.%Y",
        F::MonthFirst => "%m/%d/%Y",
        F::NamedDay => "%d %b %Y",
        F::YearQuarter => return format!("{}-Q{quarter}", date.year()),
        F::QuarterYear => return format!("Q{quarter} {}", date.year()),
        F::IsoDateTime => "%Y-%m-%dT%H:%M:%SZ",
    };
    NaiveDateTime::from(date).format(pattern).to_string()
}

/// A number that every program writes is the number that the standard library reads; what is not finite is none.
fn agree_with_floats(text: &str) {
    let Ok(float) = text.trim().parse::<f64>() else { return };
    let point = ColumnKind::Number(DecimalMark::Point);
    match parse_cell(text, point) {
        Ok(Some(Cell::Number(number))) => {
            assert_eq!(number.to_f64().to_bits() << 1, float.to_bits() << 1, "{text:?} is {number}");
            assert!(number.units() == 0 || number.to_f64().is_sign_negative() == float.is_sign_negative());
        }
        Ok(other) => panic!("{text:?} is {other:?}"),
        Err(CellProblem::Infinite | CellProblem::MissingWord) => assert!(!float.is_finite(), "{text:?}"),
        // Leading zeros, too many digits and the like.
        Err(_) => {}
    }
}
