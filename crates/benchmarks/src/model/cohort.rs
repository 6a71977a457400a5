//! The fixed lattice of cohorts. There are no free intersections, so nobody can carve out a single company.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::RevenueBand;
use accounts::{Industry, Stage};

/// What decides to which cohorts a company belongs; what it has not said keeps it out of those that need it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Profile {
    /// What it sells and to whom.
    pub industry: Option<Industry>,
    /// How much recurring revenue it has.
    pub band: Option<RevenueBand>,
    /// How far it has come.
    pub stage: Option<Stage>,
}

/// A group of companies whose figures are frozen together. Serialised as its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Cohort {
    /// Every company.
    All,
    /// One industry.
    Industry(Industry),
    /// One revenue band.
    Band(RevenueBand),
    /// One stage.
    Stage(Stage),
    /// One industry in a revenue band and its neighbours.
    IndustryBandGroup(Industry, RevenueBand),
    /// One industry in one revenue band.
    IndustryBand(Industry, RevenueBand),
    /// One stage in one revenue band.
    BandStage(RevenueBand, Stage),
    /// One industry in one revenue band at one stage.
    IndustryBandStage(Industry, RevenueBand, Stage),
}

impl Cohort {
    /// Every cohort that holds companies of this profile.
    pub fn all_of(profile: Profile) -> Vec<Self> {
        let Profile { industry, band, stage } = profile;
        let mut cohorts = vec![Self::All];
        cohorts.extend(industry.map(Self::Industry));
        cohorts.extend(band.map(Self::Band));
        cohorts.extend(stage.map(Self::Stage));
        if let (Some(industry), Some(band)) = (industry, band) {
            // A company counts in the group of each band near its own.
            cohorts.extend(band.group().map(|centre| Self::IndustryBandGroup(industry, centre)));
            cohorts.push(Self::IndustryBand(industry, band));
            cohorts.extend(stage.map(|stage| Self::IndustryBandStage(industry, band, stage)));
        }
        if let (Some(band), Some(stage)) = (band, stage) {
            cohorts.push(Self::BandStage(band, stage));
        }
        cohorts
    }

    /// Whether companies of this profile belong to it.
    pub fn contains(self, profile: Profile) -> bool {
        let is_in = |industry| profile.industry == Some(industry);
        let has = |band| profile.band == Some(band);
        let is_at = |stage| profile.stage == Some(stage);
        match self {
            Self::All => true,
            Self::Industry(industry) => is_in(industry),
            Self::Band(band) => has(band),
            Self::Stage(stage) => is_at(stage),
            Self::IndustryBandGroup(industry, centre) => is_in(industry) && centre.group().any(has),
            Self::IndustryBand(industry, band) => is_in(industry) && has(band),
            Self::BandStage(band, stage) => has(band) && is_at(stage),
            Self::IndustryBandStage(industry, band, stage) => is_in(industry) && has(band) && is_at(stage),
        }
    }

    /// The stable key, for storage and URLs: `industry:software/band:1-3`.
    pub fn key(self) -> String {
        match self {
            Self::All => "all".to_owned(),
            Self::Industry(industry) => format!("industry:{}", industry.key()),
            Self::Band(band) => format!("band:{}", band.key()),
            Self::Stage(stage) => format!("stage:{}", stage.key()),
            Self::IndustryBandGroup(industry, band) => {
                format!("industry:{}/around:{}", industry.key(), band.key())
            }
            Self::IndustryBand(industry, band) => format!("industry:{}/band:{}", industry.key(), band.key()),
            Self::BandStage(band, stage) => format!("band:{}/stage:{}", band.key(), stage.key()),
            Self::IndustryBandStage(industry, band, stage) => {
                format!("industry:{}/band:{}/stage:{}", industry.key(), band.key(), stage.key())
            }
        }
    }

    /// The cohort with that key.
    pub fn from_key(key: &str) -> Option<Self> {
        if key == "all" {
            return Some(Self::All);
        }
        let parts: Vec<(&str, &str)> =
            key.split('/').map(|part| part.split_once(':')).collect::<Option<_>>()?;
        Some(match parts.as_slice() {
            [("industry", industry)] => Self::Industry(Industry::from_key(industry)?),
            [("band", band)] => Self::Band(RevenueBand::from_key(band)?),
            [("stage", stage)] => Self::Stage(Stage::from_key(stage)?),
            [("industry", industry), ("around", band)] => {
                Self::IndustryBandGroup(Industry::from_key(industry)?, RevenueBand::from_key(band)?)
            }
            [("industry", industry), ("band", band)] => {
                Self::IndustryBand(Industry::from_key(industry)?, RevenueBand::from_key(band)?)
            }
            [("band", band), ("stage", stage)] => {
                Self::BandStage(RevenueBand::from_key(band)?, Stage::from_key(stage)?)
            }
            [("industry", industry), ("band", band), ("stage", stage)] => Self::IndustryBandStage(
                Industry::from_key(industry)?,
                RevenueBand::from_key(band)?,
                Stage::from_key(stage)?,
            ),
            _ => return None,
        })
    }

    /// The words for people: `Software, $1–3 M ARR, seed`.
    pub fn label(self) -> String {
        match self {
            Self::All => "All companies".to_owned(),
            Self::Industry(industry) => industry.label().to_owned(),
            Self::Band(band) => band.label().to_owned(),
            Self::Stage(stage) => stage.label().to_owned(),
            Self::IndustryBandGroup(industry, band) => {
                let range = band.group_range().words().unwrap_or_default();
                format!("{}, {range} ARR", industry.label())
            }
            Self::IndustryBand(industry, band) => format!("{}, {}", industry.label(), inline(band)),
            Self::BandStage(band, stage) => format!("{}, {}", band.label(), stage.inline()),
            Self::IndustryBandStage(industry, band, stage) => {
                format!("{}, {}, {}", industry.label(), inline(band), stage.inline())
            }
        }
    }

    /// What companies have in common in it: `industry × band × stage`.
    pub fn dimensions(self) -> &'static str {
        match self {
            Self::All => "all companies",
            Self::Industry(_) => "industry",
            Self::Band(_) => "band",
            Self::Stage(_) => "stage",
            Self::IndustryBandGroup(..) => "industry × neighbouring bands",
            Self::IndustryBand(..) => "industry × band",
            Self::BandStage(..) => "band × stage",
            Self::IndustryBandStage(..) => "industry × band × stage",
        }
    }
}

fn inline(band: RevenueBand) -> String {
    format!("{} ARR", band.range().words().unwrap_or_default())
}

impl fmt::Display for Cohort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label())
    }
}

impl TryFrom<String> for Cohort {
    type Error = String;
    fn try_from(key: String) -> Result<Self, Self::Error> {
        Self::from_key(&key).ok_or_else(|| format!("Quartile does not know the peers “{key}”"))
    }
}

impl From<Cohort> for String {
    fn from(cohort: Cohort) -> Self {
        cohort.key()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn every_profile() -> Vec<Profile> {
        fn maybe<T: Copy>(all: &[T]) -> Vec<Option<T>> {
            std::iter::once(None).chain(all.iter().copied().map(Some)).collect()
        }
        let mut profiles = Vec::new();
        for industry in maybe(Industry::ALL) {
            for band in maybe(RevenueBand::ALL) {
                for stage in maybe(Stage::ALL) {
                    profiles.push(Profile { industry, band, stage });
                }
            }
        }
        profiles
    }

    #[test]
    fn cohorts_of_a_profile_are_those_that_contain_it() {
        let profiles = every_profile();
        let lattice: BTreeSet<Cohort> =
            profiles.iter().flat_map(|profile| Cohort::all_of(*profile)).collect();
        assert_eq!(lattice.len(), 1 + 14 + 8 + 6 + 14 * 8 * 2 + 8 * 6 + 14 * 8 * 6);
        for profile in profiles {
            let listed: BTreeSet<Cohort> = Cohort::all_of(profile).into_iter().collect();
            let holding: BTreeSet<Cohort> =
                lattice.iter().copied().filter(|cohort| cohort.contains(profile)).collect();
            assert_eq!(listed, holding);
        }
        let keys: BTreeSet<String> = lattice.iter().map(|cohort| cohort.key()).collect();
        assert_eq!(keys.len(), lattice.len());
        assert!(lattice.iter().all(|cohort| Cohort::from_key(&cohort.key()) == Some(*cohort)));
    }

    #[test]
    fn labels_say_who_the_peers_are() {
        let (industry, band) = (Industry::Software, RevenueBand::From1MTo3M);
        assert_eq!(
            Cohort::IndustryBandStage(industry, band, Stage::Seed).label(),
            "Software, $1–3 M ARR, seed"
        );
        assert_eq!(Cohort::IndustryBandGroup(industry, band).label(), "Software, $0.3–5 M ARR");
        assert_eq!(
            Cohort::IndustryBand(industry, RevenueBand::UpTo300k).label(),
            "Software, under $0.3 M ARR"
        );
        assert_eq!(Cohort::BandStage(band, Stage::SeriesA).label(), "$1–3 M ARR, series A");
        assert_eq!(Cohort::All.to_string(), "All companies");
    }

    #[test]
    fn unknown_keys_are_refused() {
        for key in ["", "ALL", "industry", "stage:seed/band:1-3", "industry:software/stage:seed", "band:1-4"]
        {
            assert_eq!(Cohort::from_key(key), None, "{key}");
        }
        assert!(serde_json::from_str::<Cohort>("\"band:1-3\"").is_ok());
        assert!(serde_json::from_str::<Cohort>("\"everyone\"").is_err());
    }
}
