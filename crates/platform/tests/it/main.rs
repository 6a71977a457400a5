//! What the queue, the files and the audit log promise, on both engines.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the functions that tests share may fail like tests"
)]

mod audit;
mod backup;
mod backup_changed;
mod backup_rounds;
mod blocks;
mod cache;
mod files;
mod idempotency;
mod jobs;
mod limits;
mod mail;
mod renewal;
mod shared_cache;
mod vault;
mod walls;
mod workspace;
