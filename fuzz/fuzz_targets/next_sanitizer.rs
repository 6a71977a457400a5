//! Where to go after signing in: nowhere else.

#![no_main]

#[path = "../../crates/kernel/tests/properties/next_sanitizer.rs"]
mod next_sanitizer;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| next_sanitizer::property(bytes));
