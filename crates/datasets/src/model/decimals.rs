//! Exact decimal numbers, as cells write them.

use std::{cmp::Ordering, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// An exact number: `units` divided by ten to the power of `scale`. Serialised as text, so that no reader rounds it.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Decimal {
    units: i128,
    scale: u8,
}

/// The text is not a plain decimal number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a decimal number. Write it like 1234.56")]
pub struct ParseDecimalError(pub String);

/// Above this an `f64` no longer holds every whole number.
const EXACT_IN_F64: u128 = 1 << 53;
/// The largest power of ten that an `f64` holds exactly.
const EXACT_POWER: u8 = 22;

impl Decimal {
    /// `units` divided by ten to the power of `scale`.
    pub const fn new(units: i128, scale: u8) -> Self {
        Self { units, scale }
    }

    /// The digits without the point.
    pub const fn units(self) -> i128 {
        self.units
    }

    /// How many of the digits stand behind the point.
    pub const fn scale(self) -> u8 {
        self.scale
    }

    /// The nearest floating-point number, correctly rounded.
    #[expect(clippy::cast_precision_loss, reason = "only taken below 2^53, where it is exact")]
    pub fn to_f64(self) -> f64 {
        if self.units.unsigned_abs() < EXACT_IN_F64 && self.scale <= EXACT_POWER {
            self.units as f64 / 10_f64.powi(i32::from(self.scale))
        } else {
            self.to_string().parse().unwrap_or(f64::NAN)
        }
    }

    /// The digits at another scale, rounded half away from zero where digits fall away; `None` if they do not fit.
    pub fn units_at(self, scale: u8) -> Option<i128> {
        if scale >= self.scale {
            return self.units.checked_mul(power_of_ten(scale - self.scale)?);
        }
        let Some(divisor) = power_of_ten(self.scale - scale) else { return Some(0) };
        let (whole, rest) = (self.units / divisor, self.units % divisor);
        let is_rounded_up = rest.unsigned_abs() >= divisor.unsigned_abs().div_ceil(2);
        Some(if is_rounded_up { whole + self.units.signum() } else { whole })
    }

    /// Whole minor units of a currency with so many digits, rounded half away from zero; `None` if they do not fit.
    pub fn to_minor(self, digits: u32) -> Option<i64> {
        i64::try_from(self.units_at(u8::try_from(digits).ok()?)?).ok()
    }

    /// The number with its sign turned.
    pub fn negated(self) -> Self {
        Self { units: self.units.saturating_neg(), ..self }
    }

    /// A hundredth of the number, exactly; `None` if the scale has no room.
    pub fn hundredth(self) -> Option<Self> {
        Some(Self { scale: self.scale.checked_add(2)?, ..self })
    }
}

fn power_of_ten(exponent: u8) -> Option<i128> {
    10_i128.checked_pow(u32::from(exponent))
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let raised = |number: &Self, to: u8| power_of_ten(to - number.scale)?.checked_mul(number.units);
        let scale = self.scale.max(other.scale);
        match (raised(self, scale), raised(other, scale)) {
            (Some(left), Some(right)) => left.cmp(&right),
            // Only the number with the smaller scale is raised; if it no longer fits, it is the larger one by far.
            (None, _) if self.units != 0 => self.units.cmp(&0),
            (_, None) if other.units != 0 => 0.cmp(&other.units),
            _ => self.units.cmp(&other.units),
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = usize::from(self.scale);
        let digits = format!("{:0>width$}", self.units.unsigned_abs(), width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        let sign = if self.units < 0 { "-" } else { "" };
        let point = if fraction.is_empty() { "" } else { "." };
        write!(f, "{sign}{whole}{point}{fraction}")
    }
}

impl FromStr for Decimal {
    type Err = ParseDecimalError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || ParseDecimalError(text.to_owned());
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let is_plain = unsigned.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
            && !whole.is_empty()
            && (fraction.is_empty() != unsigned.contains('.'));
        let units: i128 =
            is_plain.then(|| format!("{whole}{fraction}").parse().ok()).flatten().ok_or_else(wrong)?;
        let scale = u8::try_from(fraction.len()).map_err(|_| wrong())?;
        Ok(Self { units: if text.starts_with('-') { -units } else { units }, scale })
    }
}

impl TryFrom<String> for Decimal {
    type Error = ParseDecimalError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Decimal> for String {
    fn from(number: Decimal) -> Self {
        number.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_round_half_away_from_zero_to_minor_units() {
        let minor = |text: &str| text.parse::<Decimal>().unwrap().to_minor(2);
        assert_eq!(minor("1234.5"), Some(123_450));
        assert_eq!(minor("0.005"), Some(1));
        assert_eq!(minor("-0.005"), Some(-1));
        assert_eq!(minor("0.0049"), Some(0));
        assert_eq!(minor("99999999999999999999"), None);
    }

    #[test]
    fn numbers_of_any_scale_compare_by_value() {
        assert_eq!(Decimal::new(150, 2), Decimal::new(15, 1));
        assert!(Decimal::new(i128::MAX, 0) > Decimal::new(1, 200));
        assert!(Decimal::new(i128::MIN, 0) < Decimal::new(-1, 200));
        assert!(Decimal::new(0, 0) < Decimal::new(1, 255));
    }

    proptest! {
        #[test]
        fn decimals_read_back_what_they_write(units in any::<i128>(), scale in any::<u8>()) {
            let number = Decimal::new(units, scale);
            let again: Decimal = number.to_string().parse().unwrap();
            prop_assert_eq!((again.units(), again.scale()), (units, scale));
            let json = serde_json::to_string(&number).unwrap();
            prop_assert_eq!(serde_json::from_str::<Decimal>(&json).unwrap(), number);
        }

        #[test]
        fn the_floating_value_is_the_nearest_one(units in any::<i64>(), scale in 0_u8..40) {
            let number = Decimal::new(i128::from(units), scale);
            let nearest: f64 = number.to_string().parse().unwrap();
            prop_assert_eq!(number.to_f64().to_bits() << 1, nearest.to_bits() << 1);
        }
    }
}
