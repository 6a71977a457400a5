//! What receiving, reading and removing files promises, on both engines.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the functions that tests share may fail like tests"
)]

mod company;
mod permissions;
mod personal;
mod reading;
mod receiving;
mod removing;
mod resuming;
