//! Reports as PDF, set by Typst in process.
