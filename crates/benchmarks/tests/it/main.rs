//! Frozen peers and who sees what of them, on both engines.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the functions that tests share may fail like tests"
)]

mod freezing;
mod instance;
mod keeping;
mod privacy;
mod standing;
mod synthetic;
