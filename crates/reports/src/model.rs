//! Reports as people see them in a list.

use chrono::{DateTime, Utc};
use kernel::{ReportId, UserId};
use serde::{Deserialize, Serialize};

/// The stable name of the kind of report there is.
pub const BENCHMARK: &str = "benchmark";

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
    /// Whether everybody in the workspace sees it.
    pub for_everyone: bool,
    /// What whoever asked may do with it.
    pub access: Access,
}

/// What somebody may do with one report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// See and download it.
    Read,
    /// Remove it as well.
    Edit,
}

impl Access {
    /// Both, the lesser first.
    pub const ALL: [Self; 2] = [Self::Read, Self::Edit];

    /// The stored and transmitted name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Edit => "edit",
        }
    }

    /// The access with that name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|access| access.key() == key)
    }

    /// What a person reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::Read => "May download it",
            Self::Edit => "May download and remove it",
        }
    }
}

/// All that is kept about a report beside its bytes.
#[cfg(feature = "server")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportRecord {
    /// Its id.
    pub id: ReportId,
    /// What kind of report it is.
    pub kind: &'static str,
    /// The finding, or the kind of report.
    pub title: String,
    /// The period it is about.
    pub period: String,
    /// Which peers it compares with, in the same words as on its cover.
    pub snapshot: String,
    /// What its file is called where it is saved.
    pub file_name: String,
    /// The size of the file.
    pub size_bytes: u64,
    /// Who made it; `None` if a key did, or the program itself.
    pub created_by: Option<UserId>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Whether everybody in the workspace sees it.
    pub for_everyone: bool,
}

/// What somebody was given by name.
#[cfg(feature = "server")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct ReportGrant {
    /// The workspace of the report.
    pub workspace_id: uuid::Uuid,
    /// The report.
    pub report_id: uuid::Uuid,
    /// Who it was shared with.
    pub user_id: uuid::Uuid,
    /// What they may do with it: `read` or `edit`.
    pub access: String,
}

/// Who sees a report besides those who make reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sharing {
    /// The report.
    pub report: ReportSummary,
    /// Everybody in the workspace who sees it only if it is shared, by name.
    pub viewers: Vec<ViewerAccess>,
}

/// What one viewer may do with a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewerAccess {
    /// The viewer.
    pub id: UserId,
    /// What the person is called.
    pub name: String,
    /// The address; masked for those who do not manage members.
    pub email: String,
    /// What was given by name; `None` if nothing was.
    pub access: Option<Access>,
}

/// What is to be different about who sees a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SharingChange {
    /// Whether everybody in the workspace sees it; `None` leaves it as it is.
    pub for_everyone: Option<bool>,
    /// What single members may do; `None` takes back what was given.
    pub people: Vec<(UserId, Option<Access>)>,
}

impl SharingChange {
    /// Everybody sees it, or only those who make reports and those it is shared with.
    pub fn everyone(for_everyone: bool) -> Self {
        Self { for_everyone: Some(for_everyone), people: Vec::new() }
    }

    /// One member sees it, or no longer.
    pub fn member(id: UserId, access: Option<Access>) -> Self {
        Self { for_everyone: None, people: vec![(id, access)] }
    }
}
