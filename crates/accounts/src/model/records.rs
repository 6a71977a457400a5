//! Who did what, for people to read.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One deed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordLine {
    /// Its place in the chain.
    pub seq: i64,
    /// When.
    pub happened_at: DateTime<Utc>,
    /// Who, by name where there is one.
    pub who: String,
    /// What was done: `import.committed`.
    pub action: String,
    /// What it was done to.
    pub subject: String,
    /// A few words.
    pub detail: String,
    /// From which network address.
    pub place: String,
}

/// A page of the log, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordsView {
    /// The deeds.
    pub lines: Vec<RecordLine>,
    /// Every kind of deed that the log holds.
    pub actions: Vec<String>,
    /// Where the next page begins.
    pub next: Option<i64>,
}
