//! Making, listing, taking away and removing reports, on both engines.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the functions that tests share may fail like tests"
)]

mod company;
mod keeping;
mod making;
mod permissions;
