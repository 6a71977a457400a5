//! What holds for any bytes. Each property is a target of `cargo xtask fuzz` as well, whose kept inputs are tried here.

#![expect(clippy::unwrap_used, reason = "the functions that tests share may fail like tests")]

mod csv_ingest;
mod encoding_detect;
mod number_date_parse;
#[path = "../../../../fuzz/replay.rs"]
mod replay;

use replay::replay;

#[test]
fn kept_files_are_read_alike_however_they_arrive() {
    replay("csv_ingest", csv_ingest::property);
}

#[test]
fn kept_texts_survive_their_encoding() {
    replay("encoding_detect", encoding_detect::property);
}

#[test]
fn kept_cells_are_what_they_are_written_back_as() {
    replay("number_date_parse", number_date_parse::property);
}
