//! What a person takes along.

use chrono::{DateTime, Utc};
use kernel::{Role, WorkspaceId};
use platform::audit::Deed;
use serde::{Deserialize, Serialize};

use super::{Person, SessionView};

/// What is kept about a person. Only what they tried outside of their workspaces is left out, which would tell what is there.
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
    /// Where they are signed in, in browsers and with programs.
    pub sessions: Vec<SessionView>,
    /// Sign-ins of programs that ended within the last month.
    pub ended_programs: Vec<EndedProgram>,
    /// Since when they run the instance, if they do.
    pub administrator_since: Option<DateTime<Utc>>,
    /// Where they belong to.
    pub workspaces: Vec<WorkspaceOfPerson>,
    /// What they did, as it is in the audit logs, newest first: the last ten thousand deeds.
    pub deeds: Vec<Deed>,
    /// Whether they did more before.
    pub has_more_deeds: bool,
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

/// A sign-in of a program that was ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct EndedProgram {
    /// The program and its system.
    pub device: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it was last used.
    pub seen_at: DateTime<Utc>,
    /// When it was ended, if it did not end by itself.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A workspace that a person belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceOfPerson {
    /// Its id, as the audit log and other parts name it.
    pub id: WorkspaceId,
    /// The part of its addresses.
    pub slug: String,
    /// The company's name.
    pub name: String,
    /// What the person may do there.
    pub role: Role,
    /// Whether an owner lets them see personal data.
    pub reads_personal_data: bool,
    /// Since when they belong to it.
    pub joined_at: DateTime<Utc>,
}
