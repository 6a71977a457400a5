//! What a person takes along.

use chrono::{DateTime, Utc};
use kernel::{Role, UserId, WorkspaceId};
use serde::{Deserialize, Serialize};

use super::{Person, SessionView};

/// What is kept about a person, but what they did: that may be much, and has pages of its own.
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
    /// Their looks into workspaces in an emergency, newest first; but into workspaces that are gone.
    pub emergency_looks: Vec<LookOfPerson>,
    /// When this was collected.
    pub exported_at: DateTime<Utc>,
}

/// As what a person did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoneAs {
    /// As anybody does.
    Person,
    /// As administrator of the instance.
    Administrator,
}

impl DoneAs {
    /// How the audit logs name the person.
    pub(crate) fn actor(self, id: UserId) -> String {
        match self {
            Self::Person => format!("person:{id}"),
            Self::Administrator => format!("administrator:{id}"),
        }
    }
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

/// A look of an administrator into a workspace in an emergency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookOfPerson {
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// The part of its addresses.
    pub slug: String,
    /// What the administrator gave as the reason.
    pub reason: String,
    /// From when on.
    pub began_at: DateTime<Utc>,
    /// Until when they could look, or when they ended it.
    pub ends_at: DateTime<Utc>,
}
