//! Who runs the instance.

use crate::UserId;

/// Someone who runs the instance: its people, its work, its health. It is a realm of its own: no [`crate::Actor`] and no
/// [`crate::WorkspaceScope`] comes of it, so no query of a workspace's data can be asked with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Administrator(UserId);

impl Administrator {
    /// Someone of whom the database said a moment ago that they are one. Only `accounts` (and tests) may call this.
    pub fn authorised(id: UserId) -> Self {
        Self(id)
    }

    /// The person.
    pub fn user_id(self) -> UserId {
        self.0
    }

    /// How the audit log names who acts.
    pub fn name(self) -> String {
        format!("administrator:{}", self.0)
    }
}
