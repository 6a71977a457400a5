//! Numbers as people and spreadsheets write them, read exactly.

use super::{CellProblem, LONGEST_TYPED_CELL, currencies, currencies::CurrencyMark};
use crate::{Decimal, DecimalMark};

/// Whole digits up to which a number without exponent is a number; longer ones are codes.
const WHOLE_DIGITS: u32 = 18;
/// From so many digits on, a plus sign makes a telephone number.
const TELEPHONE_DIGITS: usize = 9;

/// A number with what stands around its digits taken off.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Affixed<'a> {
    pub(crate) body: &'a str,
    pub(crate) is_negative: bool,
    pub(crate) has_plus: bool,
    pub(crate) is_percent: bool,
    pub(crate) currency: Option<CurrencyMark>,
}

/// The digits of a number under one decimal mark.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Digits {
    pub(crate) value: Decimal,
    /// Whether it has neither a fraction nor an exponent, and no separator that may be a decimal mark elsewhere.
    pub(crate) is_plainly_whole: bool,
}

/// A number of at most 18 digits with nothing but a minus in front and a point within: nearly all numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlainNumber {
    pub(crate) units: i64,
    pub(crate) scale: u8,
    /// Digits before the point; 0 for a number that starts with a zero.
    pub(crate) leading_digits: usize,
}

impl PlainNumber {
    /// Reads such a number in one pass; `None` for all other text.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let unsigned = bytes.strip_prefix(b"-").unwrap_or(bytes);
        let length = unsigned.len();
        let (mut units, mut point) = (0_i64, None);
        if length > 18 {
            return None;
        }
        for (place, byte) in unsigned.iter().enumerate() {
            match byte {
                b'0'..=b'9' => units = units * 10 + i64::from(byte - b'0'),
                b'.' if point.is_none() => point = Some(place),
                _ => return None,
            }
        }
        let whole = point.unwrap_or(length);
        let scale = length - whole - usize::from(point.is_some());
        let starts_with_zero = unsigned.first() == Some(&b'0');
        if whole == 0 || (starts_with_zero && whole > 1) || (point.is_some() && scale == 0) {
            return None;
        }
        let units = if length < bytes.len() { -units } else { units };
        let leading_digits = if starts_with_zero { 0 } else { whole };
        Some(Self { units, scale: u8::try_from(scale).ok()?, leading_digits })
    }

    /// The number itself.
    pub(crate) fn value(self) -> Decimal {
        Decimal::new(i128::from(self.units), self.scale)
    }
}

/// Takes signs, brackets, currency and percent sign off; `None` if they contradict each other.
pub(crate) fn strip_affixes(text: &str) -> Result<Affixed<'_>, Option<CellProblem>> {
    let mut found =
        Affixed { body: text, is_negative: false, has_plus: false, is_percent: false, currency: None };
    if text.len() > LONGEST_TYPED_CELL {
        return Err(None);
    }
    let mut has_sign = false;
    loop {
        let body = found.body;
        if let Some(rest) = body.strip_prefix(['-', '−', '+']).filter(|_| !has_sign) {
            (found.is_negative, found.has_plus, has_sign) =
                (!body.starts_with('+'), body.starts_with('+'), true);
            found.body = rest.trim_start();
        } else if let Some(rest) =
            body.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).filter(|_| !has_sign)
        {
            (found.is_negative, has_sign) = (true, true);
            found.body = rest.trim();
        } else if let Some((mark, rest)) = currencies::leading(body).filter(|_| found.currency.is_none()) {
            found.currency = Some(mark);
            found.body = rest.trim_start();
        } else if let Some(rest) = body.strip_suffix('%').filter(|_| !found.is_percent) {
            found.is_percent = true;
            found.body = rest.trim_end();
        } else if let Some((mark, rest)) = currencies::trailing(body).filter(|_| found.currency.is_none()) {
            found.currency = Some(mark);
            found.body = rest.trim_end();
        } else {
            break;
        }
    }
    if found.body.ends_with(['-', '−']) && found.body.starts_with(|letter: char| letter.is_ascii_digit()) {
        return Err(Some(CellProblem::TrailingMinus));
    }
    let is_contradictory = found.is_percent && found.currency.is_some();
    if is_contradictory { Err(None) } else { Ok(found) }
}

impl Affixed<'_> {
    /// The digits under a decimal mark, with the sign.
    pub(crate) fn digits(&self, mark: DecimalMark) -> Result<Digits, CellProblem> {
        if self.has_plus
            && self.body.len() >= TELEPHONE_DIGITS
            && self.body.bytes().all(|byte| byte.is_ascii_digit() || byte == b' ')
        {
            return Err(CellProblem::Telephone);
        }
        let digits = read_digits(self.body, mark)?;
        Ok(if self.is_negative { Digits { value: digits.value.negated(), ..digits } } else { digits })
    }
}

/// The state of reading digits from left to right.
#[derive(Default)]
struct Run {
    units: u128,
    whole_digits: u32,
    has_leading_zero: bool,
    /// Fraction digits, once the mark was seen.
    fraction_digits: Option<u8>,
    group: Option<Group>,
}

/// Thousands, as far as they were read.
#[derive(Clone, Copy)]
struct Group {
    separator: char,
    /// Digits since the last separator.
    digits: u32,
    /// Digits of the groups in the middle: 3, or 2 in India.
    middle: Option<u32>,
}

/// Reads digits, thousands, a fraction and an exponent; the text has no sign and nothing around it.
fn read_digits(text: &str, mark: DecimalMark) -> Result<Digits, CellProblem> {
    let not_a_number = CellProblem::NotANumber(mark);
    let decimal = if mark == DecimalMark::Point { '.' } else { ',' };
    let mut run = Run::default();
    for (place, letter) in text.char_indices() {
        match letter {
            '0'..='9' => run.digit(u128::from(u32::from(letter) - u32::from('0')))?,
            _ if letter == decimal => run.mark().ok_or(not_a_number)?,
            'e' | 'E' if run.may_have_exponent() => {
                let exponent =
                    read_exponent(text.get(place + 1..).unwrap_or_default()).ok_or(not_a_number)?;
                return run.finish_scientific(exponent).ok_or(CellProblem::TooManyDigits);
            }
            _ => {
                let separator =
                    group_separator(letter, decimal).ok_or_else(|| unexpected(text, letter, mark))?;
                run.separate(separator).ok_or(not_a_number)?;
            }
        }
    }
    run.finish(not_a_number)
}

/// The separator that the character is, all apostrophes and all spaces being one.
fn group_separator(letter: char, decimal: char) -> Option<char> {
    match letter {
        ',' | '.' if letter != decimal => Some(letter),
        ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}' => Some(' '),
        '\'' | '’' => Some('\''),
        _ => None,
    }
}

fn unexpected(text: &str, letter: char, mark: DecimalMark) -> CellProblem {
    match letter {
        'x' | 'X' if text.starts_with('0') => CellProblem::Hexadecimal,
        '_' if text.starts_with(|first: char| first.is_ascii_digit()) => CellProblem::Underscore,
        _ if letter.is_numeric() => CellProblem::ForeignDigits,
        _ => CellProblem::NotANumber(mark),
    }
}

fn read_exponent(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    // Beyond what an `i32` holds it is out of range all the same.
    is_plain.then(|| text.parse().unwrap_or(if text.starts_with('-') { i32::MIN / 2 } else { i32::MAX / 2 }))
}

impl Run {
    fn digit(&mut self, digit: u128) -> Result<(), CellProblem> {
        let units = self.units.checked_mul(10).and_then(|units| units.checked_add(digit));
        self.units =
            units.filter(|units| *units <= i128::MAX.unsigned_abs()).ok_or(CellProblem::TooManyDigits)?;
        match (&mut self.fraction_digits, &mut self.group) {
            (Some(count), _) => *count = count.saturating_add(1),
            (None, group) => {
                self.has_leading_zero |= self.whole_digits == 0 && digit == 0;
                self.whole_digits += 1;
                if let Some(group) = group {
                    group.digits += 1;
                }
            }
        }
        Ok(())
    }

    fn mark(&mut self) -> Option<()> {
        let is_first = self.fraction_digits.is_none();
        let is_group_whole = self.group.is_none_or(|group| group.digits == 3);
        (is_first && is_group_whole).then(|| self.fraction_digits = Some(0))
    }

    fn separate(&mut self, separator: char) -> Option<()> {
        let (digits, middle) = match self.group {
            None => (self.whole_digits, None),
            Some(group) => (group.digits, Some(group.digits)),
        };
        let fits = match self.group {
            None => (1..=3).contains(&digits) && !self.has_leading_zero,
            Some(group) => {
                let is_indian = separator == ',' && digits == 2;
                group.separator == separator
                    && (digits == 3 || is_indian)
                    && group.middle.is_none_or(|known| known == digits)
            }
        };
        let is_allowed = fits && self.fraction_digits.is_none();
        is_allowed.then(|| self.group = Some(Group { separator, digits: 0, middle }))
    }

    fn may_have_exponent(&self) -> bool {
        self.group.is_none() && self.whole_digits > 0 && self.fraction_digits != Some(0)
    }

    fn finish(self, not_a_number: CellProblem) -> Result<Digits, CellProblem> {
        let has_digits = self.whole_digits > 0 || self.fraction_digits.is_some_and(|count| count > 0);
        let is_group_whole =
            self.group.is_none_or(|group| group.digits == 3 || self.fraction_digits.is_some());
        let has_fraction = self.fraction_digits != Some(0);
        if !has_digits || !is_group_whole || !has_fraction {
            return Err(not_a_number);
        }
        if self.has_leading_zero && self.whole_digits > 1 {
            return Err(CellProblem::LeadingZeros);
        }
        if self.whole_digits > WHOLE_DIGITS {
            return Err(CellProblem::TooManyDigits);
        }
        let has_unsure_separator = self.group.is_some_and(|group| matches!(group.separator, ',' | '.'));
        let is_plainly_whole = self.fraction_digits.is_none() && !has_unsure_separator;
        let units = i128::try_from(self.units).map_err(|_| CellProblem::TooManyDigits)?;
        Ok(Digits { value: Decimal::new(units, self.fraction_digits.unwrap_or(0)), is_plainly_whole })
    }

    fn finish_scientific(self, exponent: i32) -> Option<Digits> {
        if self.has_leading_zero && self.whole_digits > 1 {
            return None;
        }
        let scale = i32::from(self.fraction_digits.unwrap_or(0)) - exponent;
        let units = i128::try_from(self.units).ok()?;
        let value = match u8::try_from(scale) {
            Ok(scale) => Decimal::new(units, scale),
            Err(_) if scale < 0 => {
                let power = 10_i128.checked_pow(scale.unsigned_abs())?;
                Decimal::new(units.checked_mul(power)?, 0)
            }
            Err(_) => return None,
        };
        Some(Digits { value, is_plainly_whole: false })
    }
}
