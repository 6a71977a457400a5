//! Where the table starts and what stands around it.

use datasets::{TextEncoding, engine::*};

use crate::support::*;

#[test]
fn a_head_is_sniffed_without_the_rest() {
    let head = "\u{feff}month;mrr\n2025-01;1,5\n2025-02;2,";
    let sniffed = sniff(head.as_bytes(), &Limits::default()).unwrap();
    assert_eq!((sniffed.encoding, sniffed.has_byte_order_mark), (TextEncoding::Utf8, true));
    assert_eq!(sniffed.headers, ["month", "mrr"]);
}

#[test]
fn blank_lines_above_the_table_do_not_shift_its_lines() {
    let blank = "\r\n".repeat(700_000);
    let profile = profile_of(format!(
        "{blank}month,mrr\r\n2025-01,x\r\n2025-02,1\r\n2025-03,1\r\n2025-04,1\r\n2025-05,1\r\n"
    ));
    assert_eq!(profile.format.header_line, 700_001);
    assert_eq!((profile.problems[0].line, profile.rows), (700_002, 5));
}

#[test]
fn titles_above_the_table_are_skipped_and_said() {
    let profile =
        profile_of("My company,,\nExported by hand,,\n\nmonth,mrr,note\n2025-01,1,x\n2025-02,2,y\n");
    assert_eq!(profile.format.header_line, 4);
    assert!(notes_say(&profile, "Text above the names of the columns was skipped (line 1, 2)"));
    assert_eq!(profile.format.columns[0].name, "month");
}

#[test]
fn a_header_over_several_lines_starts_on_its_first() {
    let bytes = "\"month\nof year\",mrr\n2025-01,x\n2025-02,1\n2025-03,1\n2025-04,1\n2025-05,1\n";
    let profile = profile_of(bytes);
    assert_eq!((profile.format.header_line, profile.format.columns[0].name.as_str()), (1, "month of year"));
    assert_eq!(profile.problems[0].line, 3);
    assert_eq!(rows_of(bytes)[0].0, 3);
}

#[test]
fn a_first_row_that_looks_like_data_is_said() {
    assert!(notes_say(&profile_of("x,12.5\ny,13.5\n"), "looks like data"));
    assert!(!notes_say(&profile_of("metric,2024,2025\nmrr,1,2\n"), "looks like data"));
}

#[test]
fn a_quoted_empty_cell_is_a_row_in_a_file_of_one_column() {
    let profile = profile_of("a\n\"\"\n1\n\n");
    assert_eq!((profile.rows, profile.format.columns[0].empty), (2, 1));
}
