//! What holds for any bytes. Each property is a target of `cargo xtask fuzz` as well, whose kept inputs are tried here.

#![expect(clippy::unwrap_used, reason = "the functions that tests share may fail like tests")]

mod api_key_parse;
mod jwt_verify;
#[path = "../../../../fuzz/replay.rs"]
mod replay;

use replay::replay;

#[test]
fn no_kept_text_is_a_key_unless_its_checksum_says_so() {
    replay("api_key_parse", api_key_parse::property);
}

#[test]
fn no_kept_token_is_accepted_that_was_not_given() {
    let instance = jwt_verify::Instance::new();
    replay("jwt_verify", |bytes| instance.property(bytes));
}
