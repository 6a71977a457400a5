//! What dates stand for: the calendar and the formats they are read by.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use kernel::Month;

use super::{
    Cell, CellProblem, parse_cell,
    shapes::{Shape, shape},
};
use crate::{ColumnKind, DateFormat};

/// The day of a date cell; quarters stand for their last month, months for their first day. `None` if it is empty.
pub fn date_of(text: &str, format: DateFormat) -> Result<Option<NaiveDate>, CellProblem> {
    Ok(match parse_cell(text, ColumnKind::Date(format))? {
        Some(Cell::Date(date)) => Some(date),
        Some(Cell::Time(time)) => Some(time.date()),
        _ => None,
    })
}

/// The month of a date cell; quarters stand for their last month. `None` if it is empty.
pub fn month_of(text: &str, format: DateFormat) -> Result<Option<Month>, CellProblem> {
    Ok(date_of(text, format)?.map(Month::of))
}

/// Reads a date under one format.
pub(crate) fn parse_date(text: &str, format: DateFormat) -> Result<NaiveDateTime, CellProblem> {
    match shape(text) {
        Some(shape) => shape.under(format),
        None => Err(not_a_date(text, format)),
    }
}

fn not_a_date(text: &str, format: DateFormat) -> CellProblem {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    match whole.parse::<u64>() {
        Ok(20_000..=80_000) => CellProblem::ExcelSerial,
        Ok(100_000_000..=9_999_999_999_999) => CellProblem::EpochTime(format),
        _ => CellProblem::NotADate(format),
    }
}

impl Shape {
    /// The value under a format.
    pub(crate) fn under(self, format: DateFormat) -> Result<NaiveDateTime, CellProblem> {
        use DateFormat as F;
        match (format, self) {
            (F::DayFirst, Self::TwoNumbersYear { first, second, year, .. }) => day(year, second, first),
            (F::MonthFirst, Self::TwoNumbersYear { first, second, year, has_dot: false }) => {
                day(year, first, second)
            }
            (_, Self::TwoNumbersShortYear) => Err(CellProblem::ShortYear(format)),
            (F::IsoDate | F::IsoDateTime, Self::YearMonthDay { year, month, day: number }) => {
                day(year, month, number)
            }
            (F::YearMonth, Self::YearMonth { year, month })
            | (F::MonthYear, Self::MonthYear { month, year })
            | (F::NamedMonth, Self::NamedMonth { month, year })
            | (F::NamedMonthShortYear, Self::NamedMonthShortYear { month, year }) => first_day(year, month),
            (F::NamedDay, Self::NamedDay { day: number, month, year }) => day(year, month, number),
            (F::YearQuarter, Self::YearQuarter { year, quarter })
            | (F::QuarterYear, Self::QuarterYear { year, quarter }) => {
                let is_quarter = (1..=4).contains(&quarter);
                if is_quarter {
                    first_day(year, quarter * 3)
                } else {
                    Err(CellProblem::NotInCalendar("quarter"))
                }
            }
            (F::IsoDateTime, Self::Time { year, month, day: number, time, ahead_minutes }) => {
                let local = day(year, month, number)?.date().and_time(time?);
                local.checked_sub_signed(TimeDelta::minutes(ahead_minutes)).ok_or(CellProblem::YearOutOfRange)
            }
            _ => Err(CellProblem::OtherDateFormat(format)),
        }
    }

    /// The formats that this shape may have.
    pub(crate) fn formats(self) -> &'static [DateFormat] {
        use DateFormat as F;
        match self {
            Self::TwoNumbersYear { .. } => &[F::DayFirst, F::MonthFirst],
            Self::TwoNumbersShortYear => &[],
            Self::YearMonthDay { .. } => &[F::IsoDate, F::IsoDateTime],
            Self::YearMonth { .. } => &[F::YearMonth],
            Self::MonthYear { .. } => &[F::MonthYear],
            Self::NamedMonth { .. } => &[F::NamedMonth],
            Self::NamedMonthShortYear { .. } => &[F::NamedMonthShortYear],
            Self::NamedDay { .. } => &[F::NamedDay],
            Self::YearQuarter { .. } => &[F::YearQuarter],
            Self::QuarterYear { .. } => &[F::QuarterYear],
            Self::Time { .. } => &[F::IsoDateTime],
        }
    }
}

fn first_day(year: u32, month: u32) -> Result<NaiveDateTime, CellProblem> {
    if (1..=12).contains(&month) { day(year, month, 1) } else { Err(CellProblem::NotInCalendar("month")) }
}

fn day(year: u32, month: u32, day: u32) -> Result<NaiveDateTime, CellProblem> {
    if !(1900..=2200).contains(&year) {
        return Err(CellProblem::YearOutOfRange);
    }
    let date =
        NaiveDate::from_ymd_opt(year.cast_signed(), month, day).ok_or(CellProblem::NotInCalendar("day"))?;
    Ok(date.and_time(NaiveTime::MIN))
}

/// A date as a number that grows with it.
pub(crate) fn order_of(date: NaiveDateTime) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "seconds between 1900 and 2200 are far below 2^53")]
    let seconds = date.and_utc().timestamp() as f64;
    seconds + f64::from(date.and_utc().timestamp_subsec_nanos()) / 1e9
}
