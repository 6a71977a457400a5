//! The one formatter of figures: pages, files and reports all show the digits that it chooses.

use crate::{Currency, Unit};

/// The narrow space between a figure and its unit.
pub const THIN_SPACE: char = '\u{2009}';
/// What stands where there is no value; never 0.
pub const MISSING: &str = "—";
const MINUS: &str = "−";

/// A figure ready to show: the number with its currency or scale, and the unit that follows in smaller type.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Figure {
    /// `$2.41`, `108`, `1.3`.
    pub number: String,
    /// `M`, `%`, `×`, `mo`; empty for plain counts.
    pub unit: String,
}

impl std::fmt::Display for Figure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.number)?;
        if !self.unit.is_empty() {
            write!(f, "{THIN_SPACE}{}", self.unit)?;
        }
        Ok(())
    }
}

/// The figure with the digits that matter: three for money, one decimal for shares, ratios and months.
pub fn figure(value: f64, unit: Unit, currency: Currency) -> Figure {
    let (body, suffix) = match unit {
        Unit::Money | Unit::MoneyPerMonth | Unit::MoneyPerYear => {
            let (body, suffix) = scaled(value.abs());
            (format!("{}{body}", currency.symbol()), suffix)
        }
        Unit::Share | Unit::SharePerMonth => (decimals(value.abs() * 100.0, 1), "%"),
        Unit::Times => (decimals(value.abs(), 1), "×"),
        Unit::Months => (decimals(value.abs(), 1), "mo"),
        Unit::Points => (decimals(value.abs(), 1), "pts"),
        Unit::Count => {
            let (body, suffix) =
                if value.abs() < 100_000.0 { (grouped(value.abs(), 0), "") } else { scaled(value.abs()) };
            (body, suffix)
        }
    };
    let is_negative = value < 0.0 && body.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
    let sign = if is_negative { MINUS } else { "" };
    Figure { number: format!("{sign}{body}"), unit: suffix.to_owned() }
}

/// A change between two values of a unit, always signed: shares change by points, everything else by its own unit.
pub fn delta(change: f64, unit: Unit, currency: Currency) -> Figure {
    let unit_of_change = if unit.is_share() { Unit::Points } else { unit };
    let amount = if unit.is_share() { change * 100.0 } else { change };
    let mut shown = figure(amount, unit_of_change, currency);
    if !shown.number.starts_with(MINUS) && shown.number.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
        shown.number.insert(0, '+');
    }
    shown
}

/// A whole number with thousands grouped: `12,480`.
#[expect(clippy::cast_precision_loss, reason = "counts of rows and people stay far below 2^53")]
pub fn count(number: u64) -> String {
    grouped(number as f64, 0)
}

/// `1st`, `2nd`, `67th`.
pub fn ordinal(number: u32) -> String {
    let suffix = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{suffix}")
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digit = |half: u8| DIGITS.get(usize::from(half)).copied().unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The value for files and machines: the shortest digits that read back to the same number.
pub fn plain(value: f64) -> String {
    format!("{value}")
}

/// Three significant digits with a scale letter: `2.41` and `M`, `201` and `k`, `950` and nothing.
fn scaled(value: f64) -> (String, &'static str) {
    const SCALES: [(f64, &str); 4] = [(1e9, "B"), (1e6, "M"), (1e3, "k"), (1.0, "")];
    // Rounding can lift a value to the next scale: 999,600 is shown as 1 M, not as 1,000 k.
    let (divisor, letter) =
        SCALES.into_iter().find(|(divisor, _)| value >= divisor * 0.9995).unwrap_or((1.0, ""));
    let amount = value / divisor;
    let is_whole_amount = amount >= 99.95 || (divisor < 1e3 && amount.fract() == 0.0);
    let places = match (is_whole_amount, divisor < 1e3 || amount < 9.995) {
        (true, _) => 0,
        (false, true) => 2,
        (false, false) => 1,
    };
    let text = grouped(amount, places);
    (if divisor >= 1e3 { without_trailing_zeros(&text) } else { text }, letter)
}

fn decimals(value: f64, places: usize) -> String {
    without_trailing_zeros(&grouped(value, places))
}

fn without_trailing_zeros(text: &str) -> String {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text.to_owned()
    }
}

fn grouped(value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = String::with_capacity(text.len() + 4);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

const FILE_SCALES: [(u64, &str); 3] = [(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB")];

/// `812 B`, `4.2 kB`, `100 MB`: one decimal where it says something.
#[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
pub fn file_size(bytes: u64) -> String {
    let Some((scale, unit)) = FILE_SCALES.into_iter().find(|(scale, _)| bytes >= *scale) else {
        return format!("{bytes}{THIN_SPACE}B");
    };
    let tenths = (bytes as f64 / scale as f64 * 10.0).round() / 10.0;
    let number = if tenths >= 100.0 || tenths.fract() == 0.0 {
        format!("{tenths:.0}")
    } else {
        format!("{tenths:.1}")
    };
    format!("{number}{THIN_SPACE}{unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(value: f64, unit: Unit) -> String {
        figure(value, unit, Currency::Usd).to_string().replace(THIN_SPACE, " ")
    }

    #[test]
    fn figures_keep_the_digits_that_matter() {
        assert_eq!(show(2_412_000.0, Unit::MoneyPerYear), "$2.41 M");
        assert_eq!(show(201_300.0, Unit::MoneyPerMonth), "$201 k");
        assert_eq!(show(98_040.0, Unit::Money), "$98 k");
        assert_eq!(show(-8_100.0, Unit::Money), "−$8.1 k");
        assert_eq!(show(999_600.0, Unit::Money), "$1 M");
        assert_eq!(show(49.5, Unit::Money), "$49.50");
        assert_eq!(show(950.0, Unit::Money), "$950");
        assert_eq!(show(0.0, Unit::Money), "$0");
        assert_eq!(show(1.08, Unit::Share), "108 %");
        assert_eq!(show(0.714, Unit::Share), "71.4 %");
        assert_eq!(show(-0.0001, Unit::Share), "0 %");
        assert_eq!(show(1.3, Unit::Times), "1.3 ×");
        assert_eq!(show(19.0, Unit::Months), "19 mo");
        assert_eq!(show(12_480.0, Unit::Count), "12,480");
    }

    #[test]
    fn changes_carry_their_sign_and_shares_change_by_points() {
        assert_eq!(
            delta(-0.008, Unit::Share, Currency::Usd).to_string().replace(THIN_SPACE, " "),
            "−0.8 pts"
        );
        assert_eq!(delta(3.0, Unit::Months, Currency::Usd).to_string().replace(THIN_SPACE, " "), "+3 mo");
        assert_eq!(delta(0.0, Unit::Times, Currency::Usd).number, "0");
    }

    #[test]
    fn ordinals_follow_english() {
        let shown: Vec<String> = [1, 2, 3, 4, 11, 12, 13, 21, 67, 92, 93].into_iter().map(ordinal).collect();
        assert_eq!(
            shown,
            ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "67th", "92nd", "93rd"]
        );
    }

    #[test]
    fn sizes_keep_one_decimal_where_it_says_something() {
        let shown: Vec<String> = [0, 812, 1024, 4_301, 104_857_600, 13_002_342, 1 << 31]
            .into_iter()
            .map(|bytes| file_size(bytes).replace(THIN_SPACE, " "))
            .collect();
        assert_eq!(shown, ["0 B", "812 B", "1 kB", "4.2 kB", "100 MB", "12.4 MB", "2 GB"]);
    }
}
