//! What dates, months, quarters and times look like, before the calendar is asked.

use chrono::NaiveTime;

use super::{CellProblem, LONGEST_TYPED_CELL};

/// What a date cell looks like.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// Two numbers and a year of four digits: which of them is the day?
    TwoNumbersYear {
        first: u32,
        second: u32,
        year: u32,
        has_dot: bool,
    },
    /// The same with a year of two digits.
    TwoNumbersShortYear,
    YearMonthDay {
        year: u32,
        month: u32,
        day: u32,
    },
    YearMonth {
        year: u32,
        month: u32,
    },
    MonthYear {
        month: u32,
        year: u32,
    },
    NamedMonth {
        month: u32,
        year: u32,
    },
    NamedMonthShortYear {
        month: u32,
        year: u32,
    },
    NamedDay {
        day: u32,
        month: u32,
        year: u32,
    },
    YearQuarter {
        year: u32,
        quarter: u32,
    },
    QuarterYear {
        year: u32,
        quarter: u32,
    },
    /// A day, a time, and how many minutes it is ahead of UTC.
    Time {
        year: u32,
        month: u32,
        day: u32,
        time: Result<NaiveTime, CellProblem>,
        ahead_minutes: i64,
    },
}

/// What the text looks like; `None` if it does not look like a date at all.
pub(crate) fn shape(text: &str) -> Option<Shape> {
    let bytes = text.as_bytes();
    if let Some(iso) = iso_shape(bytes) {
        return Some(iso);
    }
    if bytes.len() > LONGEST_TYPED_CELL {
        return None;
    }
    if matches!(bytes.get(10), Some(b'T' | b't' | b' '))
        && let Some(time) = time_shape(text)
    {
        return Some(time);
    }
    let parts = Parts::split(text)?;
    match (parts.first, parts.second, parts.third) {
        (first, second, Part::None) => two_parts(first, second, parts.marks.0),
        (first, second, third) => three_parts(first, second, third, parts.marks),
    }
}

fn iso_shape(bytes: &[u8]) -> Option<Shape> {
    let &[y1, y2, y3, y4, b'-', m1, m2, ref rest @ ..] = bytes else { return None };
    let year = digits(&[y1, y2, y3, y4])?;
    let month = digits(&[m1, m2])?;
    match rest {
        [] => Some(Shape::YearMonth { year, month }),
        [b'-', d1, d2] => Some(Shape::YearMonthDay { year, month, day: digits(&[*d1, *d2])? }),
        _ => None,
    }
}

fn digits(bytes: &[u8]) -> Option<u32> {
    if bytes.len() > 9 {
        return None;
    }
    bytes.iter().try_fold(0_u32, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0')))
}

fn time_shape(text: &str) -> Option<Shape> {
    let (date, rest) = text.split_at_checked(10)?;
    let Shape::YearMonthDay { year, month, day } = iso_shape(date.as_bytes())? else { return None };
    let clock_end = rest
        .get(1..)?
        .find(|letter: char| !matches!(letter, '0'..='9' | ':' | '.'))
        .map_or(rest.len(), |end| end + 1);
    let (clock, zone) = rest.split_at_checked(clock_end)?;
    let ahead_minutes = zone_minutes(zone.trim())?;
    Some(Shape::Time { year, month, day, time: clock_time(clock.get(1..)?)?, ahead_minutes })
}

fn clock_time(text: &str) -> Option<Result<NaiveTime, CellProblem>> {
    let mut parts = text.splitn(3, ':');
    let two = |part: &str| (part.len() == 2).then(|| digits(part.as_bytes())).flatten();
    let (hour, minute) = (two(parts.next()?)?, two(parts.next()?)?);
    let seconds = parts.next().unwrap_or("00");
    let (second, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    if fraction.is_empty() || fraction.len() > 9 {
        return None;
    }
    let nanos = digits(fraction.as_bytes())? * 10_u32.pow(9 - u32::try_from(fraction.len()).ok()?);
    let time = NaiveTime::from_hms_nano_opt(hour, minute, two(second)?, nanos);
    Some(time.ok_or(CellProblem::NotInCalendar("time")))
}

fn zone_minutes(zone: &str) -> Option<i64> {
    if zone.is_empty() || zone.eq_ignore_ascii_case("z") || zone.eq_ignore_ascii_case("utc") {
        return Some(0);
    }
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let offset = zone.strip_prefix(['+', '-'])?;
    let (hours, minutes) = match offset.split_once(':') {
        Some(pair) => pair,
        None => (offset.get(..2)?, offset.get(2..)?),
    };
    let (hours, minutes) = (digits(hours.as_bytes())?, digits(minutes.as_bytes())?);
    (hours <= 14 && minutes < 60).then(|| sign * i64::from(hours * 60 + minutes))
}

/// A run of digits or letters.
#[derive(Clone, Copy)]
enum Part<'a> {
    None,
    Number { value: u32, digits: usize },
    Word(&'a str),
}

/// Up to three parts and the marks between them.
struct Parts<'a> {
    first: Part<'a>,
    second: Part<'a>,
    third: Part<'a>,
    marks: (u8, u8),
}

impl<'a> Parts<'a> {
    fn split(text: &'a str) -> Option<Self> {
        let (first, rest) = Part::take(text)?;
        let (mark, rest) = take_mark(rest)?;
        let (second, rest) = Part::take(rest)?;
        if rest.is_empty() {
            return Some(Self { first, second, third: Part::None, marks: (mark, 0) });
        }
        let (second_mark, rest) = take_mark(rest)?;
        let (third, rest) = Part::take(rest)?;
        rest.is_empty().then_some(Self { first, second, third, marks: (mark, second_mark) })
    }
}

impl<'a> Part<'a> {
    fn take(text: &'a str) -> Option<(Self, &'a str)> {
        let is_number = text.bytes().next()?.is_ascii_digit();
        let continues =
            |byte: u8| if is_number { byte.is_ascii_digit() } else { byte.is_ascii_alphanumeric() };
        let end = text.bytes().position(|byte| !continues(byte)).unwrap_or(text.len());
        let (part, rest) = text.split_at_checked(end)?;
        if is_number {
            let value = digits(part.as_bytes()).filter(|_| end <= 4)?;
            return Some((Self::Number { value, digits: end }, rest));
        }
        (end > 0).then_some((Self::Word(part), rest))
    }
}

/// One mark between two parts, with a space beside it or alone.
fn take_mark(text: &str) -> Option<(u8, &str)> {
    let rest = text.trim_start_matches(' ');
    let had_space = rest.len() < text.len();
    match rest.as_bytes().first()? {
        mark @ (b'-' | b'/' | b'.' | b',') => Some((*mark, rest.get(1..)?.trim_start_matches(' '))),
        _ if had_space => Some((b' ', rest)),
        b'Q' | b'q' => Some((0, rest)),
        _ => None,
    }
}

fn two_parts(first: Part<'_>, second: Part<'_>, mark: u8) -> Option<Shape> {
    match (first, second) {
        (Part::Number { value: month, digits: 1 | 2 }, Part::Number { value: year, digits: 4 })
            if matches!(mark, b'/' | b'-' | b'.') =>
        {
            // A number like 12.2025 is not a month.
            (mark != b'.').then_some(Shape::MonthYear { month, year })
        }
        (Part::Number { value: year, digits: 4 }, Part::Number { value: month, digits: 1 | 2 })
            if matches!(mark, b'/' | b'-') =>
        {
            Some(Shape::YearMonth { year, month })
        }
        (Part::Word(word), Part::Number { value: year, digits: 4 }) => match quarter(word) {
            Some(quarter) => Some(Shape::QuarterYear { year, quarter }),
            None => Some(Shape::NamedMonth { month: named_month(word)?, year }),
        },
        (Part::Word(word), Part::Number { value, digits: 2 }) if mark == b'-' => {
            Some(Shape::NamedMonthShortYear { month: named_month(word)?, year: 2000 + value })
        }
        (Part::Number { value: year, digits: 4 }, Part::Word(word)) => {
            Some(Shape::YearQuarter { year, quarter: quarter(word)? })
        }
        _ => None,
    }
}

fn three_parts(first: Part<'_>, second: Part<'_>, third: Part<'_>, marks: (u8, u8)) -> Option<Shape> {
    let is_even = marks.0 == marks.1 && matches!(marks.0, b'/' | b'-' | b'.');
    match (first, second, third) {
        (
            Part::Number { value: first, digits: 1 | 2 },
            Part::Number { value: second, digits: 1 | 2 },
            Part::Number { value: year, digits },
        ) if is_even => match digits {
            4 => Some(Shape::TwoNumbersYear { first, second, year, has_dot: marks.0 == b'.' }),
            2 => Some(Shape::TwoNumbersShortYear),
            _ => None,
        },
        (
            Part::Number { value: year, digits: 4 },
            Part::Number { value: month, digits: 1 | 2 },
            Part::Number { value: day, digits: 1 | 2 },
        ) if is_even => Some(Shape::YearMonthDay { year, month, day }),
        (
            Part::Number { value: day, digits: 1 | 2 },
            Part::Word(word),
            Part::Number { value: year, digits: 4 },
        )
        | (
            Part::Word(word),
            Part::Number { value: day, digits: 1 | 2 },
            Part::Number { value: year, digits: 4 },
        ) => Some(Shape::NamedDay { day, month: named_month(word)?, year }),
        _ => None,
    }
}

fn quarter(word: &str) -> Option<u32> {
    let digit = word.strip_prefix(['Q', 'q']).filter(|digit| digit.len() == 1)?;
    digits(digit.as_bytes())
}

fn named_month(word: &str) -> Option<u32> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let is = |name: &str| {
        let is_short = word.len() == 3 || (word.len() == 4 && name == "september");
        word.eq_ignore_ascii_case(name)
            || (is_short && name.get(..word.len()).is_some_and(|start| word.eq_ignore_ascii_case(start)))
    };
    let place = NAMES.iter().position(|name| is(name))?;
    u32::try_from(place + 1).ok()
}
