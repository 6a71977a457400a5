//! Encodings: no letter is lost, no guess is called certain.

#![no_main]

#[path = "../../crates/datasets/tests/properties/encoding_detect.rs"]
mod encoding_detect;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| encoding_detect::property(bytes));
