//! Names of saved files: one name in no folder.

#![no_main]

#[path = "../../crates/platform/tests/properties/content_disposition.rs"]
mod content_disposition;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| content_disposition::property(bytes));
