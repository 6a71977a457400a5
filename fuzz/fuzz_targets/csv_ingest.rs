//! Files: however they arrive, the same rows.

#![no_main]

#[path = "../../crates/datasets/tests/properties/csv_ingest.rs"]
mod csv_ingest;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| csv_ingest::property(bytes));
