//! The name of a metric as a type that cannot be wrong.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::{CATALOGUE, Metric};

/// The key of a metric that is in the catalogue.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MetricKey(&'static str);

macro_rules! named {
    ($($name:ident = $key:literal),+ $(,)?) => {
        impl MetricKey {
            $(#[doc = concat!("The key `", $key, "`.")] pub const $name: Self = Self($key);)+

            #[cfg(test)]
            pub(super) const NAMED: &'static [Self] = &[$(Self::$name),+];
        }
    };
}

// Only the metrics that code refers to by name; everything else comes out of the catalogue.
named! {
    MRR = "mrr",
    ARR = "arr",
    MRR_NEW = "mrr_new",
    MRR_REACTIVATED = "mrr_react",
    MRR_EXPANSION = "mrr_exp",
    MRR_CONTRACTION = "mrr_con",
    MRR_CHURNED = "mrr_churn",
    NRR = "nrr",
    GRR = "grr",
    LOGO_CHURN = "logo_churn",
    CUSTOMERS = "customers",
    CUSTOMERS_NEW = "customers_new",
    CUSTOMERS_LOST = "customers_lost",
    GROSS_MARGIN = "gm",
    BURN_MULTIPLE = "burn_mult",
    CAC_PAYBACK = "cac_payback",
    REVENUE = "revenue",
    REVENUE_PER_EMPLOYEE = "rev_fte",
    RUNWAY = "runway",
    YEARLY_GROWTH = "g_yoy",
    HEADCOUNT = "headcount",
}

impl MetricKey {
    /// Every metric, in catalogue order.
    pub fn all() -> impl ExactSizeIterator<Item = Self> + Clone {
        CATALOGUE.records().iter().map(|metric| Self(metric.key))
    }

    /// The key with that name, if the catalogue has it.
    pub fn parse(text: &str) -> Option<Self> {
        CATALOGUE.find(text).map(|metric| Self(metric.key))
    }

    /// The name in storage, API and formulas.
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// Everything the catalogue says about it.
    pub fn metric(self) -> &'static Metric {
        // A key is only made from a record, or from a constant that a test looks up.
        CATALOGUE.find(self.0).unwrap_or(&Metric::REPORTED)
    }
}

impl fmt::Debug for MetricKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Display for MetricKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Serialize for MetricKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for MetricKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| D::Error::custom(format!("“{text}” is not a metric of the catalogue")))
    }
}
