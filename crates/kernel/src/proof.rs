//! Whether somebody showed a moment ago who they are.

/// What is known of who asks, besides the session: a screen can be found open by somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// They showed within the last ten minutes who they are.
    Fresh,
    /// They did so earlier, or cannot at all.
    Missing,
}

impl From<bool> for Proof {
    fn from(is_proved: bool) -> Self {
        if is_proved { Self::Fresh } else { Self::Missing }
    }
}
