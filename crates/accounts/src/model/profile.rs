//! The company profile: what decides whom a company is compared with.

use kernel::{AppError, Currency, FieldErrors};
use serde::{Deserialize, Serialize};

use super::{COUNTRIES, Industry, Stage};

/// What is known about a company. Everything but the currency may be unknown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyProfile {
    /// The company's name.
    pub name: String,
    /// What it does.
    pub industry: Option<Industry>,
    /// How far it is.
    pub stage: Option<Stage>,
    /// ISO 3166-1 alpha-2 code.
    pub country: Option<String>,
    /// The currency its figures are kept in.
    pub currency: Currency,
    /// The year it was founded.
    pub founded_year: Option<i32>,
    /// People working there now.
    pub headcount: Option<i64>,
    /// Whether its figures count, anonymously, among others' peers from the next snapshot on.
    pub shares_with_peers: bool,
}

impl CompanyProfile {
    /// Whether a company can be compared with its like.
    pub fn is_comparable(&self) -> bool {
        self.industry.is_some() && self.stage.is_some()
    }
}

/// The profile form as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProfileInput {
    /// The company's name.
    pub name: String,
    /// Key of an [`Industry`], or empty.
    pub industry: String,
    /// Key of a [`Stage`], or empty.
    pub stage: String,
    /// Country code, or empty.
    pub country: String,
    /// Currency code.
    pub currency: String,
    /// A year, or empty.
    pub founded: String,
    /// A number of people, or empty.
    pub headcount: String,
    /// `on` when ticked.
    pub shares_with_peers: String,
}

impl ProfileInput {
    /// Checks the form; `this_year` bounds the year of foundation.
    pub fn parse(&self, this_year: i32) -> Result<CompanyProfile, AppError> {
        let mut errors = FieldErrors::default();
        let name = errors.take("name", text_between(&self.name, 1, 80, "the name of your company"));
        let industry = errors.take("industry", choice(&self.industry, Industry::from_key, "an industry"));
        let stage = errors.take("stage", choice(&self.stage, Stage::from_key, "a stage"));
        let country = errors.take("country", choice(&self.country, known_country, "a country"));
        let currency = errors.take("currency", self.currency.parse::<Currency>());
        let founded_year = errors.take("founded", founded(&self.founded, this_year));
        let headcount = errors.take("headcount", headcount(&self.headcount));
        errors.into_result()?;
        Ok(CompanyProfile {
            name: name.unwrap_or_default(),
            industry: industry.flatten(),
            stage: stage.flatten(),
            country: country.flatten(),
            currency: currency.unwrap_or(Currency::Usd),
            founded_year: founded_year.flatten(),
            headcount: headcount.flatten(),
            shares_with_peers: self.shares_with_peers == "on",
        })
    }
}

impl From<&CompanyProfile> for ProfileInput {
    fn from(profile: &CompanyProfile) -> Self {
        Self {
            name: profile.name.clone(),
            industry: profile.industry.map(Industry::key).unwrap_or_default().to_owned(),
            stage: profile.stage.map(Stage::key).unwrap_or_default().to_owned(),
            country: profile.country.clone().unwrap_or_default(),
            currency: profile.currency.code().to_owned(),
            founded: profile.founded_year.map(|year| year.to_string()).unwrap_or_default(),
            headcount: profile.headcount.map(|people| people.to_string()).unwrap_or_default(),
            shares_with_peers: if profile.shares_with_peers { "on".to_owned() } else { String::new() },
        }
    }
}

/// Trimmed text of a length that fits, without control characters.
pub(crate) fn text_between(text: &str, least: usize, most: usize, what: &str) -> Result<String, String> {
    let text = text.trim();
    let length = text.chars().count();
    if length < least {
        return Err(format!("Enter {what}"));
    }
    if length > most {
        return Err(format!("Use at most {most} characters for {what}; this has {length}"));
    }
    if text.chars().any(char::is_control) {
        return Err(format!("Leave line breaks and control characters out of {what}"));
    }
    Ok(text.to_owned())
}

fn choice<T>(key: &str, find: impl Fn(&str) -> Option<T>, what: &str) -> Result<Option<T>, String> {
    if key.is_empty() {
        return Ok(None);
    }
    find(key).map(Some).ok_or_else(|| format!("Choose {what} from the list"))
}

fn known_country(code: &str) -> Option<String> {
    COUNTRIES.iter().find(|(known, _)| *known == code).map(|(known, _)| (*known).to_owned())
}

fn founded(text: &str, this_year: i32) -> Result<Option<i32>, String> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    match text.trim().parse() {
        Ok(year) if (1800..=this_year).contains(&year) => Ok(Some(year)),
        _ => Err(format!("“{}” is not a year between 1800 and {this_year}. Write it like 2019", text.trim())),
    }
}

fn headcount(text: &str) -> Result<Option<i64>, String> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != ',').collect();
    if digits.is_empty() {
        return Ok(None);
    }
    match digits.parse() {
        Ok(people) if (1..=5_000_000).contains(&people) => Ok(Some(people)),
        _ => Err(format!("“{}” is not a number of people. Write a whole number like 12", text.trim())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_reads_back_from_its_own_form() {
        let input = ProfileInput {
            name: " Northlight ".to_owned(),
            industry: "software".to_owned(),
            stage: "seed".to_owned(),
            country: "DE".to_owned(),
            currency: "EUR".to_owned(),
            founded: "2019".to_owned(),
            headcount: "1,200".to_owned(),
            shares_with_peers: "on".to_owned(),
        };
        let profile = input.parse(2026).unwrap();
        assert_eq!(profile.headcount, Some(1200));
        assert_eq!(ProfileInput::from(&profile).parse(2026).unwrap(), profile);
    }

    #[test]
    fn each_wrong_field_is_named_with_what_was_typed() {
        let input = ProfileInput {
            name: "N".repeat(81),
            industry: "piracy".to_owned(),
            founded: "3019".to_owned(),
            headcount: "a dozen".to_owned(),
            currency: "XXX".to_owned(),
            ..ProfileInput::default()
        };
        let error = input.parse(2026).unwrap_err();
        let by_field: Vec<&str> = error.fields().iter().map(|e| e.field.as_str()).collect();
        assert_eq!(by_field, ["name", "industry", "currency", "founded", "headcount"]);
        assert!(error.fields()[4].message.contains("a dozen"));
    }
}
