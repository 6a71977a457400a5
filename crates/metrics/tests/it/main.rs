//! From a file to kept figures and back, on both engines.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the functions that tests share may fail like tests"
)]

mod committing;
mod company;
mod currencies;
mod keeping;
mod mapping;
mod messy;
mod permissions;
mod personal;
mod recording;
mod undoing;
