//! What the engine promises about files: hostile ones, those that users complained about, and any at all.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the functions that tests share may fail like tests"
)]

mod hostile;
mod kinds;
mod layout;
mod limits;
mod measured;
mod reported;
mod round_trip;
mod support;
