//! What people, roles, sign-in and sessions promise, on both engines.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the functions that tests share may fail like tests"
)]

mod administration;
mod api_keys;
mod google;
mod key_warnings;
mod keys;
mod leaving;
mod members;
mod people;
mod personal;
mod profiles;
mod requests;
mod roles;
mod sessions;
mod sign_in;
mod tokens;
mod workspaces;
