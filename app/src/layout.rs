//! The frames around pages, and what stands there when a page cannot be shown.

mod not_found;
mod workspace;

pub(crate) use not_found::NotFoundPage;
pub(crate) use workspace::WorkspaceFrame;
