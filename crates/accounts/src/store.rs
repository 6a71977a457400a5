//! SQL of people, workspaces, profiles and sessions.

pub(crate) mod administration;
pub(crate) mod api_keys;
pub(crate) mod census;
pub(crate) mod emergency;
pub(crate) mod failures;
pub(crate) mod invitations;
pub(crate) mod key_warnings;
pub(crate) mod leaving;
pub(crate) mod members;
pub(crate) mod people;
pub(crate) mod profiles;
pub(crate) mod requests;
pub(crate) mod sessions;
pub(crate) mod tokens;
pub(crate) mod workspaces;
