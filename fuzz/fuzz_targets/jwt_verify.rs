//! Access tokens: none is accepted that was not given.

#![no_main]

use std::sync::LazyLock;

#[path = "../../crates/accounts/tests/properties/jwt_verify.rs"]
mod jwt_verify;

static INSTANCE: LazyLock<jwt_verify::Instance> = LazyLock::new(jwt_verify::Instance::new);

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| INSTANCE.property(bytes));
