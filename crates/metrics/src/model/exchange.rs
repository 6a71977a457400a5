//! Fixed exchange rates.

use std::collections::BTreeMap;

use kernel::Currency;
use serde::{Deserialize, Serialize};

/// One fixed rate for each currency and all periods, so that growth is growth and not the weather on the currency market.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// Where the rates come from.
    pub source: String,
    /// Units of each currency for one euro.
    pub per_euro: BTreeMap<Currency, f64>,
}

impl Exchange {
    /// What an amount in `from` is multiplied by to be in `to`; `None` if a rate is not known.
    pub fn factor(&self, from: Currency, to: Currency) -> Option<f64> {
        if from == to {
            return Some(1.0);
        }
        Some(self.per_euro.get(&to)? / self.per_euro.get(&from)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_come_back_to_where_they_started() {
        let per_euro = BTreeMap::from([(Currency::Eur, 1.0), (Currency::Usd, 1.25), (Currency::Gbp, 0.8)]);
        let exchange = Exchange { source: String::new(), per_euro };
        assert_eq!(exchange.factor(Currency::Eur, Currency::Usd), Some(1.25));
        let there = exchange.factor(Currency::Usd, Currency::Gbp).unwrap();
        let back = exchange.factor(Currency::Gbp, Currency::Usd).unwrap();
        assert!((there * back - 1.0).abs() < 1e-12);
        assert_eq!(exchange.factor(Currency::Usd, Currency::Jpy), None);
    }
}
