//! The fixed lists that companies are compared within.

use serde::{Deserialize, Serialize};

macro_rules! taxonomy {
    ($(#[$doc:meta])* $name:ident { $($variant:ident $key:literal $label:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $(#[doc = $label] #[serde(rename = $key)] $variant),+
        }

        impl $name {
            /// All entries, in the order shown to people.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stored and transmitted name.
            pub fn key(self) -> &'static str {
                match self { $(Self::$variant => $key),+ }
            }
            /// The name shown to people.
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }
            /// The entry with that stored name.
            pub fn from_key(key: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|entry| entry.key() == key)
            }
        }
    };
}

taxonomy! {
    /// What a company does.
    Industry {
        Software "software" "Software",
        Fintech "fintech" "Financial technology",
        Health "health" "Health and life sciences",
        Commerce "commerce" "E-commerce and retail",
        Marketplace "marketplace" "Marketplaces",
        Media "media" "Media and marketing",
        Education "education" "Education",
        Climate "climate" "Climate and energy",
        Industrial "industrial" "Industry and hardware",
        RealEstate "real_estate" "Real estate and construction",
        Consumer "consumer" "Food and consumer goods",
        Services "services" "Professional services",
        Logistics "logistics" "Logistics and mobility",
        Other "other" "Something else",
    }
}

taxonomy! {
    /// How far a company is, by what it has raised.
    Stage {
        PreSeed "pre_seed" "Pre-seed",
        Seed "seed" "Seed",
        SeriesA "series_a" "Series A",
        SeriesB "series_b" "Series B",
        Growth "growth" "Series C and later",
        Bootstrapped "bootstrapped" "Bootstrapped",
    }
}
