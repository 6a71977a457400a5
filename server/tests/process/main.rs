//! The program as its operator meets it: a process with settings, files, a port and an exit code.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the functions that tests share may fail like tests"
)]

mod backups;
mod ending;
mod keys;
mod logs;
mod program;
mod refusals;
mod traces;
