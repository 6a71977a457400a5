//! Sealed values: they open in their place alone.

#![no_main]

use std::sync::LazyLock;

#[path = "../../crates/platform/tests/properties/envelope_decrypt.rs"]
mod envelope_decrypt;

static SAFE: LazyLock<envelope_decrypt::Safe> = LazyLock::new(envelope_decrypt::Safe::new);

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| SAFE.property(bytes));
