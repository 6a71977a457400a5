//! What a key for programs may be used for.

use serde::{Deserialize, Serialize};

use crate::Role;

/// One thing that a key may do, as `resource:verb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Scope {
    /// Read the workspace's name and profile.
    #[serde(rename = "workspace:read")]
    WorkspaceRead,
    /// Change the company profile.
    #[serde(rename = "workspace:write")]
    WorkspaceWrite,
    /// List files and imports, download files.
    #[serde(rename = "data:read")]
    DataRead,
    /// Upload files, import, undo, delete.
    #[serde(rename = "data:write")]
    DataWrite,
    /// Read figures and the catalogue.
    #[serde(rename = "metrics:read")]
    MetricsRead,
    /// Write figures.
    #[serde(rename = "metrics:write")]
    MetricsWrite,
    /// Read where the company stands, and the groups of peers.
    #[serde(rename = "benchmarks:read")]
    BenchmarksRead,
    /// List and download reports.
    #[serde(rename = "reports:read")]
    ReportsRead,
    /// Make and remove reports.
    #[serde(rename = "reports:write")]
    ReportsWrite,
    /// List members.
    #[serde(rename = "members:read")]
    MembersRead,
    /// Invite, change roles, remove.
    #[serde(rename = "members:write")]
    MembersWrite,
    /// Read who did what.
    #[serde(rename = "audit:read")]
    AuditRead,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 12] = [
        Self::WorkspaceRead,
        Self::WorkspaceWrite,
        Self::DataRead,
        Self::DataWrite,
        Self::MetricsRead,
        Self::MetricsWrite,
        Self::BenchmarksRead,
        Self::ReportsRead,
        Self::ReportsWrite,
        Self::MembersRead,
        Self::MembersWrite,
        Self::AuditRead,
    ];

    /// The stored and transmitted name.
    pub fn key(self) -> &'static str {
        match self {
            Self::WorkspaceRead => "workspace:read",
            Self::WorkspaceWrite => "workspace:write",
            Self::DataRead => "data:read",
            Self::DataWrite => "data:write",
            Self::MetricsRead => "metrics:read",
            Self::MetricsWrite => "metrics:write",
            Self::BenchmarksRead => "benchmarks:read",
            Self::ReportsRead => "reports:read",
            Self::ReportsWrite => "reports:write",
            Self::MembersRead => "members:read",
            Self::MembersWrite => "members:write",
            Self::AuditRead => "audit:read",
        }
    }

    /// The scope with that name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.key() == key)
    }

    /// The least role of a person who may do the same. Nobody gives a key more than they may do themselves.
    pub fn least_role(self) -> Role {
        match self {
            Self::WorkspaceWrite | Self::MembersWrite | Self::AuditRead => Role::Admin,
            Self::DataWrite | Self::MetricsWrite => Role::Analyst,
            Self::ReportsWrite => Role::Member,
            Self::WorkspaceRead
            | Self::DataRead
            | Self::MetricsRead
            | Self::BenchmarksRead
            | Self::ReportsRead
            | Self::MembersRead => Role::Viewer,
        }
    }

    /// What it lets a program do, for people.
    pub fn description(self) -> &'static str {
        match self {
            Self::WorkspaceRead => "read the company profile",
            Self::WorkspaceWrite => "change the company profile",
            Self::DataRead => "list and download files, read imports",
            Self::DataWrite => "upload files, import, undo, delete",
            Self::MetricsRead => "read figures and the catalogue",
            Self::MetricsWrite => "write figures",
            Self::BenchmarksRead => "read where the company stands",
            Self::ReportsRead => "list and download reports",
            Self::ReportsWrite => "make and remove reports",
            Self::MembersRead => "list members",
            Self::MembersWrite => "invite and remove members, change roles",
            Self::AuditRead => "read the audit log",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_are_those_of_json() {
        for scope in Scope::ALL {
            assert_eq!(Scope::from_key(scope.key()), Some(scope));
            assert_eq!(serde_json::to_value(scope).unwrap(), scope.key());
        }
    }
}
