//! Who belongs to a workspace, and who was asked to.

use chrono::{DateTime, Utc};
use kernel::{AppError, FieldErrors, InvitationId, Role, UserId};
use serde::{Deserialize, Serialize};

use super::person::parse_email;

/// One person of a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberView {
    /// The person.
    pub id: UserId,
    /// What the person is called.
    pub display_name: String,
    /// The address; masked for those who do not manage members.
    pub email: String,
    /// The role.
    pub role: Role,
    /// Whether the person may see personal data unmasked: by the role, or because an owner lets them.
    pub reads_personal_data: bool,
    /// Since when.
    pub joined_at: DateTime<Utc>,
    /// Whether it is the person who looks.
    pub is_self: bool,
}

/// One invitation that nobody has taken up yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationView {
    /// The invitation.
    pub id: InvitationId,
    /// The address it went to; without one it is a link for whoever holds it.
    pub email: Option<String>,
    /// The role it gives.
    pub role: Role,
    /// Until when it can be taken up.
    pub expires_at: DateTime<Utc>,
}

/// The page of members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembersView {
    /// Everybody, by name.
    pub members: Vec<MemberView>,
    /// What is open; empty for those who do not manage members.
    pub invitations: Vec<InvitationView>,
}

/// What the holder of an invitation sees before taking it up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenInvitation {
    /// The workspace's name.
    pub workspace: String,
    /// Who asks.
    pub invited_by: String,
    /// The role it gives.
    pub role: Role,
}

/// An invitation about to be made, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewInvitation {
    /// The address in lower case; none makes a link for whoever holds it.
    pub email: Option<String>,
    /// The role it gives.
    pub role: Role,
}

impl NewInvitation {
    /// Checks the form; every wrong field gets its own sentence.
    pub fn parse(email: &str, role: &str) -> Result<Self, AppError> {
        let mut errors = FieldErrors::default();
        let is_link = email.trim().is_empty();
        let email = if is_link { None } else { errors.take("email", parse_email(email)) };
        let role = errors.take("role", Role::from_key(role).ok_or("Choose one of the roles"));
        errors.into_result()?;
        Ok(Self { email, role: role.unwrap_or(Role::Viewer) })
    }
}
