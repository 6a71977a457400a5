//! What administrators of the instance see: who is there and what there is, never what a company keeps.

use chrono::{DateTime, Utc};
use kernel::{AppError, UserId};
use serde::{Deserialize, Serialize};

/// For how long an administrator may look into a workspace, in minutes.
pub const EMERGENCY_MINUTES: [i64; 3] = [15, 60, 240];

/// Whether somebody may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PersonState {
    /// May sign in.
    Active,
    /// May not.
    Deactivated,
}

/// One person of the instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonLine {
    /// The person.
    pub id: UserId,
    /// What the person is called.
    pub display_name: String,
    /// The address, masked.
    pub email: String,
    /// Since when the account is there.
    pub created_at: DateTime<Utc>,
    /// Whether the person may sign in.
    pub state: PersonState,
    /// Whether the person runs the instance.
    pub is_administrator: bool,
    /// Whether it is the administrator who looks.
    pub is_self: bool,
    /// Workspaces that the person belongs to.
    pub workspaces: i64,
    /// Browsers in which the person is signed in.
    pub sessions: i64,
    /// Until when attempts to sign in are refused somewhere, because of wrong passwords.
    pub paused_until: Option<DateTime<Utc>>,
}

/// One workspace of the instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceLine {
    /// The part of its addresses.
    pub slug: String,
    /// The company's name.
    pub name: String,
    /// Whether all of its data is made up.
    pub is_synthetic: bool,
    /// Since when it is there.
    pub created_at: DateTime<Utc>,
    /// When it is deleted, if its owner asked for that.
    pub deletion_due_at: Option<DateTime<Utc>>,
    /// How many people belong to it.
    pub members: i64,
    /// Until when the administrator who asks may look into it.
    pub look_ends_at: Option<DateTime<Utc>>,
}

/// A network place that has to wait because of wrong passwords.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(sqlx::FromRow))]
pub struct PausedPlace {
    /// The address, or the first half of one.
    pub place: String,
    /// Wrong passwords in a row.
    pub failures: i64,
    /// Until when it waits.
    pub blocked_until: DateTime<Utc>,
}

/// A look into a workspace in an emergency, asked for and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmergencyLook {
    /// The workspace's part of the address.
    pub workspace: String,
    /// Why.
    pub reason: String,
    /// For how long.
    pub minutes: i64,
}

impl EmergencyLook {
    /// Checks what was typed; every wrong field gets its own sentence.
    pub fn parse(workspace: &str, reason: &str, minutes: &str) -> Result<Self, AppError> {
        let reason = parse_reason(reason)?;
        let minutes = minutes.parse().ok().filter(|minutes| EMERGENCY_MINUTES.contains(minutes));
        let minutes = minutes.ok_or_else(|| AppError::invalid("minutes", "Choose one of the times"))?;
        Ok(Self { workspace: workspace.to_owned(), reason, minutes })
    }
}

/// A reason that says something: others will read it.
pub fn parse_reason(reason: &str) -> Result<String, AppError> {
    const SHORTEST: usize = 10;
    const LONGEST: usize = 300;
    let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    let length = reason.chars().count();
    if (SHORTEST..=LONGEST).contains(&length) {
        return Ok(reason);
    }
    Err(AppError::invalid(
        "reason",
        "Give the reason in 10 to 300 letters, like the number of a support request; the owners will read it",
    ))
}
