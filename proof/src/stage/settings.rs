//! Settings of the program, by their names in its configuration file.

use std::{collections::BTreeMap, process::Command};

/// Classes of limits of the program.
const LIMITS: [&str; 10] = [
    "address",
    "assets",
    "anonymous",
    "api",
    "interface",
    "sign_in",
    "sign_in_account",
    "mail",
    "upload",
    "export",
];

/// What differs from the program's defaults: `server.base_url` and so on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings(BTreeMap<String, String>);

impl Settings {
    /// Sets one; a later value wins.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) -> &mut Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// Takes over all of `others`.
    pub(crate) fn add(&mut self, others: &Self) -> &mut Self {
        self.0.extend(others.0.clone());
        self
    }

    /// Limits that no probe reaches, for probes that are not about limits.
    pub(crate) fn without_limits() -> Self {
        let mut settings = Self::default();
        for class in LIMITS {
            settings.set(&format!("limits.{class}"), "1000000/s");
        }
        settings
    }

    /// Hands them to a process, as `QUARTILE__SECTION__KEY`; nothing else that is meant for the program reaches it.
    pub(crate) fn apply(&self, command: &mut Command) {
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("QUARTILE__") {
                command.env_remove(name);
            }
        }
        command.envs(self.0.iter().map(|(name, value)| (variable(name), value)));
    }
}

fn variable(name: &str) -> String {
    format!("QUARTILE__{}", name.replace('.', "__").to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_a_variable_of_the_environment() {
        assert_eq!(variable("server.base_url"), "QUARTILE__SERVER__BASE_URL");
    }

    #[test]
    fn the_later_value_wins() {
        let mut settings = Settings::without_limits();
        settings.set("limits.api", "10/s");
        assert_eq!(settings.0.get("limits.api").map(String::as_str), Some("10/s"));
    }
}
