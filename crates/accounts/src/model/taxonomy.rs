//! The fixed lists that companies are grouped by: industries and stages.

kernel::keyed! {
    /// What a company sells and to whom.
    Industry {
        Software "software" "Software",
        Fintech "fintech" "Fintech",
        Health "health" "Health",
        Ecommerce "ecommerce" "E-commerce",
        Marketplace "marketplace" "Marketplace",
        Media "media" "Media and marketing",
        Education "education" "Education",
        Climate "climate" "Climate and energy",
        Industrial "industrial" "Industrial and hardware",
        RealEstate "real_estate" "Real estate",
        Consumer "consumer" "Food and consumer",
        Services "services" "Professional services",
        Logistics "logistics" "Logistics and mobility",
        Other "other" "Other",
    }
}

kernel::keyed! {
    /// How far a company has come, by its funding.
    Stage {
        PreSeed "pre_seed" "Idea or pre-seed",
        Seed "seed" "Seed",
        SeriesA "series_a" "Series A",
        SeriesB "series_b" "Series B",
        SeriesC "series_c" "Series C or later",
        Bootstrapped "bootstrapped" "Bootstrapped",
    }
}

impl Stage {
    /// The words for people, inside a line: `seed`, `series A`.
    pub fn inline(self) -> String {
        let mut letters = self.label().chars();
        letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_back_and_are_different() {
        for industry in Industry::ALL {
            assert_eq!(Industry::from_key(industry.key()), Some(*industry));
        }
        for stage in Stage::ALL {
            let json = serde_json::to_string(stage).unwrap();
            assert_eq!(serde_json::from_str::<Stage>(&json).unwrap(), *stage);
        }
        assert_eq!(Industry::from_key("Software"), None);
        assert!(serde_json::from_str::<Industry>("\"mining\"").is_err());
        assert_eq!((Industry::ALL.len(), Stage::ALL.len()), (14, 6));
        assert_eq!(Stage::SeriesA.inline(), "series A");
    }
}
