//! What every capability needs of the running program: background jobs, the audit log and files.
//!
//! **Architecture invariant:** nothing here knows a capability; jobs are named by text and carry JSON.

pub mod audit;
pub mod backup;
pub mod blocks;
mod breaker;
pub mod cache;
mod cursor;
pub mod files;
pub mod idempotency;
pub mod jobs;
pub mod limits;
mod line;
pub mod live;
pub mod mail;
mod networks;
mod origin;
mod outside;
mod requester;
mod saved;
#[cfg(feature = "testing")]
pub mod testing;
mod trace;
mod vault;

pub use blocks::{Block, Blocks};
pub use breaker::Breaker;
pub use cache::{Cache, CacheKey, SharedValues, Version};
pub use cursor::{cursor_of, cursor_of_moment, moment_of, place_of};
pub use files::{FileError, Files, Spool, Spooled};
pub use idempotency::Idempotency;
pub use jobs::{Backlog, Job, JobHandler, JobView, Jobs, Lane, OpenJob};
pub use limits::{Class, Limits, SharedCounts};
pub use line::RedisLine;
pub use live::{Change, Live};
pub use mail::{Mail, Mailer, SEALED as SEALED_MAILS, SendMailJob, Transport};
pub use networks::Networks;
pub use origin::{
    Origin, asking_address, client_address, in_this_origin, request_id, visitor_name, with_origin,
};
pub use outside::{Answer, Outside, OutsideError, Resolver, is_public};
pub use requester::{Refusal, Requester, missed, refused, requested_as, requested_by, requester};
pub use saved::saved_as;
pub use trace::{TRACEPARENT, Trace};
pub use vault::{
    KeyRing, Owner, Owners, Place, Renewal, Renewed, RingError, RowKey, SealedColumn, Vault, VaultError,
    keyed_hash, open_under, seal_under,
};

/// The target of events that concern security: sign-ins, refusals, blocks, what audit chains end with. They have a log of their own.
pub const SECURITY: &str = "security";
