//! Files become tables that answer questions.

#![expect(clippy::unwrap_used, reason = "the functions that tests share may fail like tests")]

mod tables;
