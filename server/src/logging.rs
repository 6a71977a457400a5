//! The log: JSON lines for machines or text for people, to the terminal or into files.
//!
//! Into files everything goes that `log.level` lets through, and what concerns security a second time, into a file of its own.

mod file;
mod queue;

use std::path::Path;

use kernel::Ambient;
use platform::SECURITY;
use tracing::Metadata;
use tracing_subscriber::{EnvFilter, Layer, filter::filter_fn, fmt, prelude::*};

use crate::config::{ConfigError, LogConfig};
use file::LogFile;
use queue::{Queue, Stream};

pub(crate) use queue::{Ending, show_count};

/// A file that has grown so large is packed away.
const LARGEST_FILE: u64 = 100_000_000;

/// Starts the log. Call once, and keep what comes back until the program ends: what is still to be written is written then.
pub(crate) fn start(config: &LogConfig) -> Result<Option<Ending>, ConfigError> {
    let filter = EnvFilter::try_new(&config.level).map_err(|cause| {
        ConfigError::new(format!(
            "The setting log.level must be a level or a filter like info,sqlx=warn: {cause}"
        ))
    })?;
    let registry = tracing_subscriber::registry();
    let Some(folder) = &config.folder else {
        let to_terminal = fmt::layer().with_writer(std::io::stderr);
        if config.is_json {
            registry.with(filter).with(to_terminal.json().flatten_event(true)).init();
        } else {
            registry.with(filter).with(to_terminal).init();
        }
        return Ok(None);
    };
    let (queue, ending) = open(folder)?;
    registry
        .with(queue.layer(Stream::All).with_filter(filter))
        .with(queue.layer(Stream::Security).with_filter(filter_fn(concerns_security)))
        .init();
    Ok(Some(ending))
}

fn open(folder: &Path) -> Result<(Queue, Ending), ConfigError> {
    let open = |name| LogFile::open(folder, name, &Ambient::system(), LARGEST_FILE);
    let opened = open("quartile").and_then(|all| Ok([all, open("security")?])).and_then(Queue::start);
    opened.map_err(|cause| {
        ConfigError::new(format!(
            "The setting log.folder must be a folder that can be written to: {}: {cause}",
            folder.display()
        ))
    })
}

/// Whether it belongs into the stream of its own: the event itself, or the request that it happened in.
fn concerns_security(metadata: &Metadata<'_>) -> bool {
    metadata.target() == SECURITY || (metadata.is_span() && metadata.name() == "request")
}
