//! What a person sees of the own account.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Person;

/// Under which names a session holds what the program knows of it.
pub mod session_keys {
    /// The id of the person.
    pub const USER: &str = "user_id";
    /// When the person signed in, in microseconds.
    pub const STARTED: &str = "started_at";
    /// When the person last showed who they are, in microseconds.
    pub const PROVED: &str = "proved_at";
    /// The browser and the system it runs on.
    pub const DEVICE: &str = "device";
    /// There until the session is saved, which it is then under another secret.
    pub const RENEWED: &str = "renewed";
}

/// The account page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountView {
    /// Whose it is.
    pub person: Person,
    /// Whether there is a password to sign in with.
    pub has_password: bool,
    /// Whether the address was shown to be the person's.
    pub is_confirmed: bool,
    /// Whether Google vouches for the person.
    pub has_google: bool,
    /// Where the person is signed in, last used first.
    pub sessions: Vec<SessionView>,
}

/// One place where a person is signed in: a browser, or a program that refreshes its tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// What it is ended by; opens nothing.
    pub handle: Uuid,
    /// The browser or program and its system.
    pub device: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub seen_at: DateTime<Utc>,
    /// Whether it is the one that looks.
    pub is_here: bool,
    /// Whether a program signed in there, with tokens, and not a browser.
    pub is_program: bool,
}
