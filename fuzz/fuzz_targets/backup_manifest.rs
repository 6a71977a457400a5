//! Insides of backups: whole, or refused.

#![no_main]

use std::sync::LazyLock;

#[path = "../../crates/platform/tests/properties/backup_manifest.rs"]
mod backup_manifest;

static MACHINE: LazyLock<backup_manifest::Machine> = LazyLock::new(backup_manifest::Machine::new);

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| MACHINE.property(bytes));
