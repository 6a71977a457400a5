//! What a person takes away: reports, chart files and tables.

pub mod document;
