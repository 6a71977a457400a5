//! Addresses of other machines: never the own network.

#![no_main]

use std::sync::LazyLock;

#[path = "../../crates/platform/tests/properties/ssrf_guard.rs"]
mod ssrf_guard;

static GUARD: LazyLock<ssrf_guard::Guard> = LazyLock::new(ssrf_guard::Guard::new);

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| GUARD.property(bytes));
