//! Uploaded files as people see them.

use chrono::{DateTime, Utc};
use kernel::DatasetId;
use serde::{Deserialize, Serialize};

use super::{FileProfile, Overrides};

/// How far the reading of a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DatasetState {
    /// It is kept and being read.
    Reading,
    /// It was understood.
    Ready,
    /// It is kept and cannot be read as it is; the problem says why.
    Unreadable,
}

impl DatasetState {
    /// The stored name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Ready => "ready",
            Self::Unreadable => "unreadable",
        }
    }

    /// The state with that stored name; anything unknown is still being read.
    pub fn from_key(key: &str) -> Self {
        match key {
            "ready" => Self::Ready,
            "unreadable" => Self::Unreadable,
            _ => Self::Reading,
        }
    }
}

/// One line of the list of files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DatasetSummary {
    /// The file's id.
    pub id: DatasetId,
    /// The name it came with.
    pub name: String,
    /// Its size.
    pub size_bytes: u64,
    /// When it was uploaded.
    pub uploaded_at: DateTime<Utc>,
    /// How far the reading is.
    pub state: DatasetState,
    /// Data rows, once counted.
    pub row_count: Option<u64>,
}

/// One file with all that is known of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dataset {
    /// What the list shows.
    pub summary: DatasetSummary,
    /// Digest of its bytes, lower-case hexadecimal.
    pub sha256: String,
    /// Why it cannot be read, if so.
    pub problem: Option<String>,
    /// What the person chose instead of what was detected.
    pub overrides: Overrides,
    /// What was understood, once read.
    pub profile: Option<FileProfile>,
    /// Whether a table to explore was made of it.
    pub has_table: bool,
}
