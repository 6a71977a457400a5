//! People, their workspaces and roles, how they sign in, and the profile of the company.
//!
//! **Architecture invariant:** this crate alone makes [`kernel::Actor`]s, from the membership that the database holds at
//! that moment. A role is never remembered between requests.

mod model;
pub use model::*;

#[cfg(feature = "server")]
mod engine;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
mod store;
#[cfg(feature = "server")]
pub use engine::KeyText;
#[cfg(feature = "server")]
pub use engine::device_name;
#[cfg(feature = "server")]
pub use service::{
    AccessClaims, AccountRequestJob, AccountRules, Accounts, Attempt, Census, DataState, GoogleIdentity,
    KeyHolder, PublicKey, Registered, SEALED, SessionRow, SessionSecret, Tokens, Whereabouts, member_now,
};
#[cfg(feature = "testing")]
pub mod testing;
