//! Where a company stands among peers and published figures.
//!
//! [`model`] holds what the browser sees, [`engine`] the rules (frozen cohorts, what may be shown, ranks and words)
//! and [`published`] the reference figures that help before there are any peers.
//!
//! **Architecture invariant:** figures of others leave this crate only from frozen, gated cells; counts of peers only as ranges.

pub mod engine;
pub mod model;
pub mod published;

#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
mod store;
#[cfg(feature = "server")]
pub use service::{Benchmarks, compared};
