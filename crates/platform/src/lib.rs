//! What every capability needs of the running program: background jobs, the audit log and files.
//!
//! **Architecture invariant:** nothing here knows a capability; jobs are named by text and carry JSON.

pub mod audit;
pub mod files;
pub mod jobs;
pub mod mail;
#[cfg(feature = "testing")]
pub mod testing;
mod vault;

pub use files::{FileError, Files, Spool, Spooled};
pub use jobs::{Job, JobHandler, Jobs, Lane};
pub use mail::{Mail, Mailer, SendMailJob, Transport};
pub use vault::{KeyRing, Owner, Place, RingError, Vault, VaultError, keyed_hash};
