//! Whose request it is: nobody makes up an address.

#![no_main]

#[path = "../../crates/platform/tests/properties/xff_parse.rs"]
mod xff_parse;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| xff_parse::property(bytes));
