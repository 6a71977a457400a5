//! What holds for any bytes. Each property is a target of `cargo xtask fuzz` as well, whose kept inputs are tried here.

#![expect(clippy::unwrap_used, reason = "the functions that tests share may fail like tests")]

mod next_sanitizer;
#[path = "../../../../fuzz/replay.rs"]
mod replay;

#[test]
fn no_kept_input_leads_off_the_site() {
    replay::replay("next_sanitizer", next_sanitizer::property);
}
