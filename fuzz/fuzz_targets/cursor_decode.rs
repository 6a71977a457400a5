//! Cursors: one for each place.

#![no_main]

#[path = "../../crates/platform/tests/properties/cursor_decode.rs"]
mod cursor_decode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cursor_decode::property(bytes));
