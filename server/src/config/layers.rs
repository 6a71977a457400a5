//! Three layers of settings, each value with the place it came from. The default file is the schema: a name that is not in it is
//! unknown, and a value has the type of its default.

use std::{collections::BTreeMap, fmt, str::FromStr};

use toml_edit::{Document, DocumentMut, Item, Value};

const DEFAULTS: &str = include_str!("../../config.default.toml");
const ENVIRONMENT_PREFIX: &str = "QUARTILE__";
const SECRETS: [&str; 7] = [
    "google.client_secret",
    "database.url",
    "database.owner_url",
    "keys.ring",
    "mail.password",
    "operations.token",
    "redis.url",
];

/// Why the settings cannot be used; one sentence for the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError(String);

impl ConfigError {
    /// A sentence for the operator.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}

#[derive(Clone, Debug)]
enum Place {
    Default,
    File { line: usize },
    Environment { name: String },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("the defaults"),
            Self::File { line } => write!(f, "config.toml, line {line}"),
            Self::Environment { name } => write!(f, "the environment variable {name}"),
        }
    }
}

/// One setting, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingInForce {
    /// The dotted name.
    pub name: String,
    /// As it is written in a file; secrets are left out.
    pub value: String,
    /// Where it came from.
    pub place: String,
}

/// Every setting by its dotted name.
#[derive(Clone, Debug)]
pub struct Layers {
    values: BTreeMap<String, (Value, Place)>,
}

impl Layers {
    /// Lays the file and the environment over the defaults.
    pub fn new(
        file: Option<&str>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut layers = Self { values: flatten(DEFAULTS, |_| Place::Default)? };
        if let Some(text) = file {
            for (name, (value, place)) in flatten(text, |line| Place::File { line })? {
                layers.replace(&name, value, place)?;
            }
        }
        let ours = environment.into_iter().filter(|(name, _)| name.starts_with(ENVIRONMENT_PREFIX));
        for (variable, text) in ours {
            layers.replace_from_environment(&variable, &text)?;
        }
        Ok(layers)
    }

    /// A text.
    pub fn text(&self, name: &str) -> Result<String, ConfigError> {
        let (value, place) = self.get(name)?;
        value.as_str().map(str::to_owned).ok_or_else(|| unfit(name, place, "a text in quotes"))
    }

    /// A text that fulfils `is_valid`; `wanted` says what that is.
    pub fn checked(
        &self,
        name: &str,
        wanted: &str,
        is_valid: impl Fn(&str) -> bool,
    ) -> Result<String, ConfigError> {
        let text = self.text(name)?;
        if is_valid(&text) { Ok(text) } else { Err(unfit(name, &self.get(name)?.1, wanted)) }
    }

    /// A text that reads as a `T`; `wanted` says what that looks like.
    pub fn parse<T: FromStr>(&self, name: &str, wanted: &str) -> Result<T, ConfigError> {
        let text = self.text(name)?;
        let place = &self.get(name)?.1;
        text.parse().map_err(|_| unfit(name, place, wanted))
    }

    /// A whole number between two bounds, both included.
    pub fn whole(&self, name: &str, least: u32, most: u32) -> Result<u32, ConfigError> {
        let (value, place) = self.get(name)?;
        let number = value.as_integer().and_then(|number| u32::try_from(number).ok());
        number
            .filter(|number| (least..=most).contains(number))
            .ok_or_else(|| unfit(name, place, &format!("a whole number from {least} to {most}")))
    }

    /// A number above zero.
    pub fn positive(&self, name: &str) -> Result<f64, ConfigError> {
        let (value, place) = self.get(name)?;
        value
            .as_float()
            .filter(|number| *number > 0.0)
            .ok_or_else(|| unfit(name, place, "a number above 0 like 1.0824"))
    }

    /// Every setting in force with the place it came from; secrets are left out.
    pub fn list(&self) -> Vec<SettingInForce> {
        let line = |(name, (value, place)): (&String, &(Value, Place))| SettingInForce {
            name: name.clone(),
            value: shown(name, value).to_string().trim().to_owned(),
            place: place.to_string(),
        };
        self.values.iter().map(line).collect()
    }

    /// The settings in force as a file with the comments of the defaults; secrets are left out.
    pub fn print(&self) -> String {
        let Ok(mut document) = DEFAULTS.parse::<DocumentMut>() else { return String::new() };
        for (name, (value, _)) in &self.values {
            if let Some((section, key)) = name.split_once('.')
                && let Some(slot) = document.get_mut(section).and_then(|section| section.get_mut(key))
            {
                *slot = Item::Value(shown(name, value).decorated(" ", ""));
            }
        }
        document.to_string()
    }

    fn get(&self, name: &str) -> Result<&(Value, Place), ConfigError> {
        self.values.get(name).ok_or_else(|| ConfigError(format!("the default of {name} is missing")))
    }

    fn replace(&mut self, name: &str, value: Value, place: Place) -> Result<(), ConfigError> {
        let Some((default, _)) = self.values.get(name) else {
            return Err(ConfigError(format!(
                "There is no setting {name} ({place}). `quartile config print` lists them all"
            )));
        };
        let value = match (default, value) {
            (Value::Float(_), Value::Integer(whole)) => {
                Value::from(f64::from(i32::try_from(*whole.value()).unwrap_or(i32::MAX)))
            }
            (_, value) => value,
        };
        if default.type_name() != value.type_name() {
            return Err(unfit(name, &place, &format!("a value of type {}", default.type_name())));
        }
        self.values.insert(name.to_owned(), (value, place));
        Ok(())
    }

    fn replace_from_environment(&mut self, variable: &str, text: &str) -> Result<(), ConfigError> {
        let wanted = variable.trim_start_matches(ENVIRONMENT_PREFIX).replace("__", ".");
        let place = Place::Environment { name: variable.to_owned() };
        let known = self.values.keys().find(|name| name.eq_ignore_ascii_case(&wanted)).cloned();
        let name = known.unwrap_or_else(|| wanted.to_lowercase());
        let is_text = self.values.get(&name).is_none_or(|(default, _)| default.is_str());
        let value =
            if is_text { Value::from(text) } else { text.parse().unwrap_or_else(|_| Value::from(text)) };
        self.replace(&name, value, place)
    }
}

/// The value, or that there is one where it is a secret.
fn shown(name: &str, value: &Value) -> Value {
    let is_secret = SECRETS.contains(&name)
        && value.as_str().is_some_and(|text| text.contains("://") || name != "database.url");
    if is_secret && value.as_str() != Some("") { Value::from("(secret)") } else { value.clone() }
}

fn unfit(name: &str, place: &Place, wanted: &str) -> ConfigError {
    ConfigError(format!("The setting {name} ({place}) must be {wanted}"))
}

fn flatten(
    text: &str,
    place: impl Fn(usize) -> Place,
) -> Result<BTreeMap<String, (Value, Place)>, ConfigError> {
    let line_at = |offset: usize| text.get(..offset).unwrap_or(text).matches('\n').count() + 1;
    let document = Document::parse(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_at(span.start));
        ConfigError(format!("config.toml, line {line}: {}", error.message().trim()))
    })?;
    let mut values = BTreeMap::new();
    for (section, item) in document.iter() {
        let Some(table) = item.as_table_like() else {
            let line = item.span().map_or(1, |span| line_at(span.start));
            return Err(ConfigError(format!(
                "The setting {section} (config.toml, line {line}) stands outside a [section]"
            )));
        };
        for (key, entry) in table.iter() {
            let line = entry.span().map_or(1, |span| line_at(span.start));
            let name = format!("{section}.{key}");
            let Some(value) = entry.as_value() else {
                return Err(ConfigError(format!("There is no section {name} ({})", place(line))));
            };
            values.insert(name, (value.clone(), place(line)));
        }
    }
    Ok(values)
}
