//! What every capability needs of the running program: background jobs, the audit log and files.
//!
//! **Architecture invariant:** nothing here knows a capability; jobs are named by text and carry JSON.

pub mod audit;
pub mod files;
pub mod jobs;

pub use files::{FileError, Files, Spool, Spooled};
pub use jobs::{Job, JobHandler, Jobs};
