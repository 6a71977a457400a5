//! The log: JSON lines for machines or text for people.

use tracing_subscriber::{EnvFilter, fmt, prelude::*};

use crate::config::{ConfigError, LogConfig};

/// Starts the log. Call once.
pub(crate) fn start(config: &LogConfig) -> Result<(), ConfigError> {
    let filter = EnvFilter::try_new(&config.level).map_err(|cause| {
        ConfigError::new(format!(
            "The setting log.level must be a level or a filter like info,sqlx=warn: {cause}"
        ))
    })?;
    let registry = tracing_subscriber::registry().with(filter);
    if config.is_json {
        registry.with(fmt::layer().json().flatten_event(true).with_writer(std::io::stderr)).init();
    } else {
        registry.with(fmt::layer().with_writer(std::io::stderr)).init();
    }
    Ok(())
}
