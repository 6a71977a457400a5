//! All the ways in which a cell can be read, found in one go.

use kernel::Currency;

use super::{
    LONGEST_TYPED_CELL,
    currencies::CurrencyMark,
    dates,
    numbers::{Affixed, Digits, PlainNumber, strip_affixes},
    shapes::{Shape, shape},
    words,
};
use crate::{ColumnKind, DateFormat, DecimalMark, engine::CellProblem};

/// The set of kinds a cell fits, with a few facts that help to choose among them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Readings(u32);

/// A cell as it counts for its column.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Reading {
    pub(crate) readings: Readings,
    /// Grows with the value, among cells of equal readings.
    pub(crate) order: f64,
    /// The same under the second way to read it: with a decimal comma, or with the month first.
    pub(crate) second_order: f64,
}

const DATES_SHIFT: u32 = 8;
const CURRENCY_SHIFT: u32 = 24;
const CURRENCY_BITS: u32 = 0b1_1111 << CURRENCY_SHIFT;
const OTHER_CURRENCY: u32 = 0b1_1111;
const DOLLAR: u32 = 0b1_1110;

impl Readings {
    const WHOLE: Self = Self(1);
    const YES_NO: Self = Self(1 << 7);
    /// A word that stands for no value.
    pub(crate) const MISSING: Self = Self(1 << 19);
    /// A number but for zeros at its start.
    pub(crate) const LEADING_ZEROS: Self = Self(1 << 20);
    /// A number whose only separator may mark thousands or decimals.
    pub(crate) const UNSURE_MARK: Self = Self(1 << 21);
    /// A date whose first number is 1.
    pub(crate) const FIRST_IS_ONE: Self = Self(1 << 22);
    /// A date whose second number is 1.
    pub(crate) const SECOND_IS_ONE: Self = Self(1 << 23);
    /// Any number.
    pub(crate) const NUMBERS: Self = Self(0b111_1111);
    /// Any date.
    pub(crate) const DATES: Self = Self(0x7FF << DATES_SHIFT);

    /// What cells of this kind have in common; nothing for text, which any cell can be.
    pub(crate) const fn of(kind: ColumnKind) -> Self {
        let bit = match kind {
            ColumnKind::Text => return Self(0),
            ColumnKind::WholeNumber => 0,
            ColumnKind::Number(mark) => 1 + mark as u32,
            ColumnKind::Money(mark) => 3 + mark as u32,
            ColumnKind::Percent(mark) => 5 + mark as u32,
            ColumnKind::YesNo => 7,
            ColumnKind::Date(format) => DATES_SHIFT + format as u32,
        };
        Self(1 << bit)
    }

    /// Whether the two share anything.
    pub(crate) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether a cell can be read as this kind.
    pub(crate) fn fits(self, kind: ColumnKind) -> bool {
        kind == ColumnKind::Text || self.meets(Self::of(kind))
    }

    /// Whether the cell has a value under two kinds that order such cells differently.
    pub(crate) fn has_two_orders(self) -> bool {
        let both_dates = Self::of(ColumnKind::Date(DateFormat::DayFirst))
            .and(Self::of(ColumnKind::Date(DateFormat::MonthFirst)));
        self.meets(Self::UNSURE_MARK) || self.0 & both_dates.0 == both_dates.0
    }

    /// Whether it is yes or no in words, rather than 1 or 0.
    pub(crate) fn is_yes_no_word(self) -> bool {
        self.meets(Self::YES_NO) && !self.meets(Self::WHOLE)
    }

    /// The currency a cell names.
    pub(crate) fn currency(self) -> Option<CurrencyMark> {
        match (self.0 & CURRENCY_BITS) >> CURRENCY_SHIFT {
            0 => None,
            OTHER_CURRENCY => Some(CurrencyMark::Other),
            DOLLAR => Some(CurrencyMark::Dollar),
            place => {
                let known = usize::try_from(place - 1).ok().and_then(|place| Currency::ALL.get(place));
                Some(known.copied().map_or(CurrencyMark::Other, CurrencyMark::Known))
            }
        }
    }

    fn with_currency(self, mark: CurrencyMark) -> Self {
        let place = |currency| Currency::ALL.iter().position(|known| *known == currency);
        let number = match mark {
            CurrencyMark::Dollar => Some(DOLLAR),
            CurrencyMark::Other => None,
            CurrencyMark::Known(currency) => place(currency).and_then(|place| u32::try_from(place + 1).ok()),
        };
        let number = number.unwrap_or(OTHER_CURRENCY);
        Self(self.0 | number << CURRENCY_SHIFT)
    }

    /// What either holds.
    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// What a plain number fits: itself, and money.
const fn numbers_of(mark: DecimalMark) -> Readings {
    Readings::of(ColumnKind::Number(mark)).and(Readings::of(ColumnKind::Money(mark)))
}

const POINT: Readings = numbers_of(DecimalMark::Point);
const COMMA: Readings = numbers_of(DecimalMark::Comma);
const WHOLE: Readings = Readings::WHOLE.and(POINT).and(COMMA);

/// Finds all readings of a cell that is trimmed and not empty.
pub(crate) fn read(text: &str) -> Reading {
    let bytes = text.as_bytes();
    if bytes.len() > LONGEST_TYPED_CELL {
        return Reading::default();
    }
    let first = bytes.first().copied().unwrap_or(0);
    if (first.is_ascii_digit() || first == b'-')
        && let Some(number) = PlainNumber::read(bytes)
    {
        return plain_number(number, bytes.len());
    }
    let has_digit = bytes.iter().any(u8::is_ascii_digit);
    if !has_digit || first == b'#' {
        return Reading::only(word(text));
    }
    if first.is_ascii_alphanumeric()
        && let Some(shape) = shape(text)
    {
        return date(shape);
    }
    let may_be_number = !first.is_ascii_lowercase() || first == b'k' || first == b'z';
    if may_be_number { number(text) } else { Reading::default() }
}

impl Reading {
    fn only(readings: Readings) -> Self {
        Self { readings, ..Self::default() }
    }
}

fn word(text: &str) -> Readings {
    match words::yes_no(text) {
        Some(_) => Readings::YES_NO,
        None if words::is_missing(text) => Readings::MISSING,
        None => Readings::default(),
    }
}

fn plain_number(number: PlainNumber, length: usize) -> Reading {
    #[expect(
        clippy::cast_precision_loss,
        reason = "the order of numbers beyond 2^53 needs no more than this"
    )]
    let units = number.units as f64;
    let order = POWERS.get(usize::from(number.scale)).map_or(0.0, |power| units / power);
    let readings = match (number.scale, number.units) {
        (0, 0 | 1) if length == 1 => WHOLE.and(Readings::YES_NO),
        (0, _) => WHOLE,
        (3, _) if (1..=3).contains(&number.leading_digits) => POINT.and(COMMA).and(Readings::UNSURE_MARK),
        _ => POINT,
    };
    // Only with three digits behind the point can the comma be the decimal mark: 1.234 is then 1234.
    Reading { readings, order, second_order: order * 1000.0 }
}

const POWERS: [f64; 18] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17];

fn number(text: &str) -> Reading {
    let Ok(affixed) = strip_affixes(text) else { return Reading::default() };
    let point = affixed.digits(DecimalMark::Point);
    let has_separator = affixed.body.contains([',', '.']);
    let comma = if has_separator { affixed.digits(DecimalMark::Comma) } else { point };
    let readings = number_readings(&affixed, point.ok(), comma.ok());
    if readings == Readings::default() && matches!(point, Err(CellProblem::LeadingZeros)) {
        return Reading::only(Readings::LEADING_ZEROS);
    }
    let order = |digits: Result<Digits, CellProblem>| digits.map_or(0.0, |digits| digits.value.to_f64());
    Reading { readings, order: order(point.or(comma)), second_order: order(comma) }
}

fn number_readings(affixed: &Affixed<'_>, point: Option<Digits>, comma: Option<Digits>) -> Readings {
    let under = |mark: DecimalMark, digits: Option<Digits>| match digits {
        None => Readings::default(),
        Some(digits) if affixed.is_percent => {
            let has_room = digits.value.hundredth().is_some();
            if has_room { Readings::of(ColumnKind::Percent(mark)) } else { Readings::default() }
        }
        Some(_) if affixed.currency.is_some() => Readings::of(ColumnKind::Money(mark)),
        Some(_) => numbers_of(mark),
    };
    let mut readings = under(DecimalMark::Point, point).and(under(DecimalMark::Comma, comma));
    let is_whole = point.is_some_and(|digits| digits.is_plainly_whole);
    if is_whole && !affixed.is_percent && affixed.currency.is_none() {
        readings = readings.and(Readings::WHOLE);
    }
    if let (Some(point), Some(comma)) = (point, comma)
        && point.value != comma.value
    {
        readings = readings.and(Readings::UNSURE_MARK);
    }
    match affixed.currency {
        Some(mark) if readings != Readings::default() => readings.with_currency(mark),
        _ => readings,
    }
}

fn date(shape: Shape) -> Reading {
    let mut reading = Reading::default();
    for format in shape.formats() {
        let Ok(value) = shape.under(*format) else { continue };
        reading.readings = reading.readings.and(Readings::of(ColumnKind::Date(*format)));
        let order = dates::order_of(value);
        if *format == DateFormat::MonthFirst {
            reading.second_order = order;
        } else {
            reading.order = order;
        }
    }
    if !reading.readings.fits(ColumnKind::Date(DateFormat::DayFirst)) && reading.second_order != 0.0 {
        reading.order = reading.second_order;
    }
    if let Shape::TwoNumbersYear { first, second, .. } = shape {
        let ones = [(first, Readings::FIRST_IS_ONE), (second, Readings::SECOND_IS_ONE)];
        for (_, flag) in ones.into_iter().filter(|(number, _)| *number == 1) {
            reading.readings = reading.readings.and(flag);
        }
    }
    reading
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engine::parse_cell;

    fn assert_agreement(text: &str) {
        let reading = read(text.trim());
        for kind in ColumnKind::all() {
            assert_eq!(reading.readings.fits(kind), parse_cell(text, kind).is_ok(), "{text:?} as {kind:?}");
        }
    }

    #[test]
    fn known_cells_fit_exactly_the_kinds_they_parse_as() {
        let cells = "0¦1¦-0¦-1¦−1¦+1¦00123¦0.5¦.5¦-.5¦5.¦1.234¦1,234¦12,345.6¦1.234.567¦1,234,567¦\
            12,34,567¦1 234,56¦$1¦-$1.50¦$-1¦($5)¦(5)¦(-5)¦USD 1,234¦5 EUR¦R$ 1.234,56¦12%¦\
            -12.5 %¦5 %%¦1e5¦1e-300¦1e309¦0x1F¦1_000¦NaN¦Infinity¦n/a¦-¦—¦null¦yes¦N¦true¦2025-01¦\
            2025-1¦01/2025¦1/2/2025¦31/12/2025¦12/31/2025¦1.2.2025¦1/2/25¦Jan 2025¦Jan-25¦May-25¦\
            31 Jan 2025¦Jan 31, 2025¦2025-Q1¦Q4 2025¦Q5 2025¦2024-02-30¦2025-01-31T10:00:00+02:00¦\
            2025-01-31 10:00:60¦45678¦1735689600000¦+491701234567¦123-¦999999999999999999¦\
            9999999999999999999¦12.12.2025¦kr 5¦5 zł¦1'234¦#5¦#N/A¦0,5¦0.123¦0,123¦1,234%¦\
            100.000 €¦12:30¦1/2¦2025¦٣¦1e5%¦000¦0.0";
        cells.split('¦').for_each(assert_agreement);
        assert_agreement(&"9".repeat(40));
        assert_agreement(&"1".repeat(5_000));
    }

    proptest! {
        #[test]
        fn any_cell_fits_exactly_the_kinds_it_parses_as(text in "[-+(]?(USD |€|\\$)?[0-9]{0,4}([., '][0-9]{1,3}){0,3}(%| %|e[0-9]{1,3}| €|-)?[)]?") {
            prop_assume!(!text.trim().is_empty());
            assert_agreement(&text);
        }

        #[test]
        fn any_date_fits_exactly_the_kinds_it_parses_as(text in "([0-9]{1,4}|Jan|June|Q[0-9])[-/., ]{1,2}([0-9]{1,4}|Feb|Q3)([-/. ][0-9]{2,4})?([T ][0-9]{2}:[0-9]{2}(Z|[+]0[0-9]00)?)?") {
            assert_agreement(&text);
        }

        #[test]
        fn any_short_text_fits_exactly_the_kinds_it_parses_as(text in "\\PC{1,12}") {
            prop_assume!(!text.trim().is_empty());
            assert_agreement(&text);
        }
    }
}
