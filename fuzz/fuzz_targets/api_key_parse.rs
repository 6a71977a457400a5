//! Keys for programs: the checksum sees every change.

#![no_main]

#[path = "../../crates/accounts/tests/properties/api_key_parse.rs"]
mod api_key_parse;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| api_key_parse::property(bytes));
