//! The two commands and their helpers.
fn main() {}
