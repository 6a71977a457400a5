//! Amounts of money: whole minor units and their currency, never floating point at rest.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

macro_rules! currencies {
    ($($variant:ident $code:literal $symbol:literal $digits:literal $name:literal),+ $(,)?) => {
        /// A currency Quartile can hold amounts in.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "UPPERCASE")]
        pub enum Currency {
            $(#[doc = $name] $variant),+
        }

        impl Currency {
            /// Every currency, in the order shown to people.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The ISO 4217 code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
            /// What stands before an amount.
            pub fn symbol(self) -> &'static str {
                match self { $(Self::$variant => $symbol),+ }
            }
            /// Digits after the decimal mark (ISO 4217).
            pub fn minor_digits(self) -> u32 {
                match self { $(Self::$variant => $digits),+ }
            }
            /// The English name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

currencies! {
    Usd "USD" "$" 2 "US dollar",
    Eur "EUR" "€" 2 "Euro",
    Gbp "GBP" "£" 2 "Pound sterling",
    Chf "CHF" "CHF\u{2009}" 2 "Swiss franc",
    Cad "CAD" "CA$" 2 "Canadian dollar",
    Aud "AUD" "A$" 2 "Australian dollar",
    Sek "SEK" "SEK\u{2009}" 2 "Swedish krona",
    Nok "NOK" "NOK\u{2009}" 2 "Norwegian krone",
    Dkk "DKK" "DKK\u{2009}" 2 "Danish krone",
    Pln "PLN" "PLN\u{2009}" 2 "Polish złoty",
    Czk "CZK" "CZK\u{2009}" 2 "Czech koruna",
    Inr "INR" "₹" 2 "Indian rupee",
    Brl "BRL" "R$" 2 "Brazilian real",
    Sgd "SGD" "S$" 2 "Singapore dollar",
    Jpy "JPY" "¥" 0 "Japanese yen",
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|currency| currency.code().eq_ignore_ascii_case(text))
            .ok_or_else(|| format!("Quartile does not know the currency “{text}”"))
    }
}

/// An exact amount: minor units (cents) of one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Whole minor units; negative for what is owed or lost.
    pub minor: i64,
    /// The currency of those units.
    pub currency: Currency,
}

impl Money {
    /// The amount in major units, for arithmetic on ratios and for drawing.
    #[expect(
        clippy::cast_precision_loss,
        reason = "exact up to 2^53 minor units; `from_major` makes none beyond 10^15"
    )]
    pub fn major(self) -> f64 {
        self.minor as f64 / scale(self.currency)
    }

    /// The nearest amount of whole minor units; `None` beyond what fits or for NaN.
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked on the line above the cast")]
    pub fn from_major(major: f64, currency: Currency) -> Option<Self> {
        // Below this, dividing and multiplying by 100 rounds back to the same whole number.
        const LIMIT: f64 = 1.0e15;
        let minor = (major * scale(currency)).round();
        (minor.abs() <= LIMIT).then_some(Self { minor: minor as i64, currency })
    }
}

fn scale(currency: Currency) -> f64 {
    10_f64.powi(currency.minor_digits().cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cents_survive_the_way_to_major_units_and_back() {
        for minor in [0, 1, -1, 99, 123_456_789, -999_999_999_999_999] {
            let amount = Money { minor, currency: Currency::Usd };
            assert_eq!(Money::from_major(amount.major(), Currency::Usd), Some(amount));
        }
        assert_eq!(Money::from_major(1234.0, Currency::Jpy).unwrap().minor, 1234);
        assert_eq!(Money::from_major(f64::NAN, Currency::Usd), None);
        assert_eq!(Money::from_major(1e300, Currency::Usd), None);
    }
}
