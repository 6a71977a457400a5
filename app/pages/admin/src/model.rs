//! What the pages show.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Who looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskView {
    /// What the administrator is called.
    pub name: String,
    /// Whether they showed lately who they are; nothing is shown before.
    pub is_proved: bool,
}

/// How the program is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthView {
    /// Each thing that the program depends on.
    pub lines: Vec<HealthLine>,
    /// The version that runs.
    pub version: String,
    /// People who can sign in.
    pub people: i64,
    /// Workspaces of real companies.
    pub workspaces: i64,
    /// Browsers that are signed in.
    pub sessions: i64,
    /// Network places that are not answered.
    pub blocks: usize,
}

/// How one thing is that the program depends on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthLine {
    /// What it is.
    pub name: String,
    /// `well`, `strained` or `down`.
    pub state: String,
    /// How long it took to find out.
    pub milliseconds: u64,
    /// What it says about itself.
    pub detail: String,
}

/// One job that is not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobLine {
    /// What it is tried again by.
    pub id: String,
    /// What is done.
    pub kind: String,
    /// `ready`, `running` or `failed`.
    pub state: String,
    /// How often it was begun.
    pub attempts: i64,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it may begin.
    pub run_at: DateTime<Utc>,
    /// What went wrong the last time.
    pub last_error: Option<String>,
}

/// One network place that is not answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockLine {
    /// The address, or the first half of one.
    pub place: String,
    /// Why.
    pub reason: String,
    /// Since when.
    pub blocked_at: DateTime<Utc>,
    /// Until when.
    pub blocked_until: DateTime<Utc>,
}

/// One setting in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingLine {
    /// The dotted name.
    pub name: String,
    /// As it is written in a file; secrets are left out.
    pub value: String,
    /// Where it came from.
    pub place: String,
}
