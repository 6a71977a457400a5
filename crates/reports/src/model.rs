//! Reports as people see them in a list.

use chrono::{DateTime, Utc};
use kernel::ReportId;
use serde::{Deserialize, Serialize};

/// One report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportSummary {
    /// Its id.
    pub id: ReportId,
    /// The finding, or the kind of report.
    pub title: String,
    /// The period it is about.
    pub period: String,
    /// Which peers it compares with.
    pub snapshot: String,
    /// The size of the file.
    pub size_bytes: u64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}
