//! Cells: a number or a date is what it is written back as.

#![no_main]

#[path = "../../crates/datasets/tests/properties/number_date_parse.rs"]
mod number_date_parse;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| number_date_parse::property(bytes));
