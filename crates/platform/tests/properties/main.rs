//! What holds for any bytes. Each property is a target of `cargo xtask fuzz` as well, whose kept inputs are tried here.

#![expect(clippy::unwrap_used, reason = "the functions that tests share may fail like tests")]

mod backup_manifest;
mod content_disposition;
mod cursor_decode;
mod envelope_decrypt;
#[path = "../../../../fuzz/replay.rs"]
mod replay;
mod ssrf_guard;
mod xff_parse;

use replay::replay;

#[test]
fn no_kept_archive_is_taken_for_a_backup_that_it_is_not() {
    let machine = backup_manifest::Machine::new();
    replay("backup_manifest", |bytes| machine.property(bytes));
}

#[test]
fn no_kept_name_breaks_out_of_its_header_or_folder() {
    replay("content_disposition", content_disposition::property);
}

#[test]
fn no_kept_text_is_a_cursor_that_was_never_given() {
    replay("cursor_decode", cursor_decode::property);
}

#[test]
fn nothing_kept_opens_that_was_not_sealed_for_its_place() {
    let safe = envelope_decrypt::Safe::new();
    replay("envelope_decrypt", |bytes| safe.property(bytes));
}

#[test]
fn no_kept_address_leads_into_the_own_network() {
    let guard = ssrf_guard::Guard::new();
    replay("ssrf_guard", |bytes| guard.property(bytes));
}

#[test]
fn no_kept_header_makes_up_who_asks() {
    replay("xff_parse", xff_parse::property);
}
