//! Keys for programs.

use chrono::{DateTime, Utc};
use kernel::{ApiKeyId, Scope};
#[cfg(feature = "server")]
use kernel::{AppError, FieldErrors};
use serde::{Deserialize, Serialize};

#[cfg(feature = "server")]
use super::profile::text_between;

/// A key as people see it; the secret is never shown again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKeyView {
    /// The key.
    pub id: ApiKeyId,
    /// What it is called.
    pub name: String,
    /// The readable part of the key.
    pub public_id: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// From where it may be used, as CIDR; empty for everywhere.
    pub networks: Vec<String>,
    /// What the member is called who made it, as long as they have an account. It ends with their right to make keys.
    pub made_by: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends by itself.
    pub expires_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was or will be ended by somebody.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Whether it opens nothing any more.
    pub has_ended: bool,
}

/// A key about to be made, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApiKey {
    /// What it is called.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// From where it may be used, as CIDR; empty for everywhere.
    pub networks: Vec<String>,
    /// How many days it lives.
    pub days: u32,
}

/// What a request for a key holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewApiKeyInput {
    /// What it is called.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<String>,
    /// From where it may be used, as CIDR; empty for everywhere.
    pub networks: Vec<String>,
    /// How many days it lives; 90 if left out.
    pub days: Option<u32>,
}

impl NewApiKeyInput {
    /// Checks the request; every wrong field gets its own sentence.
    #[cfg(feature = "server")]
    pub fn parse(&self) -> Result<NewApiKey, AppError> {
        const USUAL_DAYS: u32 = 90;
        const MOST_DAYS: u32 = 365;
        let mut errors = FieldErrors::default();
        let name = errors.take("name", text_between(&self.name, 1, 80, "a name for the key"));
        let mut scopes: Vec<Scope> = Vec::new();
        for key in &self.scopes {
            match Scope::from_key(key) {
                Some(scope) => scopes.push(scope),
                None => errors.add("scopes", format!("There is no scope “{}”", shortened(key))),
            }
        }
        scopes.sort_unstable();
        scopes.dedup();
        if self.scopes.is_empty() {
            errors.add("scopes", "Choose at least one thing that the key may do");
        }
        for network in &self.networks {
            if network.parse::<platform::Networks>().map_or(true, |networks| networks.is_empty()) {
                errors.add(
                    "networks",
                    format!("“{}” is no network. It looks like 192.0.2.0/24", shortened(network)),
                );
            }
        }
        let days = self.days.unwrap_or(USUAL_DAYS);
        if !(1..=MOST_DAYS).contains(&days) {
            errors.add("days", format!("A key lives from 1 to {MOST_DAYS} days"));
        }
        errors.into_result()?;
        Ok(NewApiKey { name: name.unwrap_or_default(), scopes, networks: self.networks.clone(), days })
    }
}

#[cfg(feature = "server")]
fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}
