//! What a person takes along.

use chrono::{DateTime, Utc};
use kernel::Role;
use serde::{Deserialize, Serialize};

use super::{Person, SessionView};

/// Everything that is kept about a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonExport {
    /// Name and address.
    pub person: Person,
    /// When the address was shown to be theirs.
    pub email_confirmed_at: Option<DateTime<Utc>>,
    /// Whether there is a password; only its hash is kept.
    pub has_password: bool,
    /// Who vouches for them.
    pub identities: Vec<Identity>,
    /// Where they are signed in.
    pub sessions: Vec<SessionView>,
    /// Where they belong to.
    pub workspaces: Vec<WorkspaceOfPerson>,
    /// What they did, as it is in the audit logs, newest first.
    pub deeds: serde_json::Value,
    /// When this was collected.
    pub exported_at: DateTime<Utc>,
}

/// Who a person is at a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct Identity {
    /// The provider.
    pub issuer: String,
    /// The provider's name for the person.
    pub subject: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// A workspace that a person belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceOfPerson {
    /// The part of its addresses.
    pub slug: String,
    /// The company's name.
    pub name: String,
    /// What the person may do there.
    pub role: Role,
}
