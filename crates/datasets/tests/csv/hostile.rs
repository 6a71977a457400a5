//! Hostile files: each is read, or refused with a reason and a remedy.

use datasets::{ColumnKind, Delimiter, FileFormat, Overrides, TextEncoding, engine::*};

use crate::support::*;

#[test]
fn d2_1_an_empty_file_is_refused() {
    for bytes in ["", "\n", "\r\n\r\n\n"] {
        assert!(refusal(bytes).starts_with("The file is empty"), "{bytes:?}");
    }
}

#[test]
fn d2_2_a_file_with_names_only_is_refused() {
    for bytes in ["month,mrr", "month,mrr\n", "month,mrr\n\n\n,\n# note\n"] {
        assert!(refusal(bytes).contains("names of columns on line 1 and no rows"), "{bytes:?}");
    }
}

#[test]
fn d2_3_a_byte_order_mark_is_no_part_of_the_first_name() {
    let profile = profile_of("\u{feff}month,mrr\n2025-01,1\n");
    assert!(profile.format.has_byte_order_mark && profile.format.encoding == TextEncoding::Utf8);
    assert_eq!(profile.format.columns[0].name, "month");
    assert_eq!(profile_of("\u{feff}\"month\",mrr\n2025-01,1\n").format.columns[0].name, "month");
}

fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(to_bytes).collect()
}

#[test]
fn d2_4_utf_16_with_its_mark_is_decoded() {
    for (to_bytes, encoding) in [
        (u16::to_le_bytes as fn(u16) -> [u8; 2], TextEncoding::Utf16Le),
        (u16::to_be_bytes, TextEncoding::Utf16Be),
    ] {
        let bytes = utf16("\u{feff}city\tmrr\nMünchen 😀\t1\n", to_bytes);
        assert_eq!(profile_of(&bytes).format.encoding, encoding);
        assert_eq!(cells_of(&bytes), [["München 😀", "1"]]);
    }
}

#[test]
fn d2_4_utf_16_without_its_mark_is_refused_until_someone_chooses() {
    let bytes = utf16("city,mrr\nBerlin,1\n", u16::to_le_bytes);
    assert!(refusal(&bytes).contains("UTF-16 text without its marker"));
    let overrides = Overrides { encoding: Some(TextEncoding::Utf16Le), ..Overrides::default() };
    let chosen = profile(bytes.as_slice(), 0, &Limits::default(), &overrides).unwrap();
    assert_eq!(chosen.format.columns[0].samples, ["Berlin"]);
}

#[test]
fn d2_5_older_encodings_are_detected_and_shown_for_confirmation() {
    let western = b"city,mrr\nSaint-\xC9tienne,1\nN\xEEmes \x80,2\n".to_vec();
    let japanese = encoding_rs::SHIFT_JIS.encode("会社,売上\nこんにちは東京,100\n").0.into_owned();
    let chinese = encoding_rs::GB18030.encode("公司,收入\n北京你好世界,100\n").0.into_owned();
    let expected = [
        (western, TextEncoding::Windows1252, "Saint-Étienne"),
        (japanese, TextEncoding::ShiftJis, "こんにちは東京"),
        (chinese, TextEncoding::Gb18030, "北京你好世界"),
    ];
    for (bytes, encoding, first) in expected {
        let profile = profile_of(&bytes);
        assert_eq!(profile.format.encoding, encoding);
        assert!(!profile.format.is_encoding_certain && notes_say(&profile, encoding.label()));
        assert_eq!(profile.format.columns[0].samples[0], first);
        assert_eq!(cells_of(&bytes)[0][0], first);
    }
}

#[test]
fn d2_5_an_older_encoding_is_detected_wherever_its_first_letter_stands() {
    let mut bytes = b"city,mrr\n".to_vec();
    bytes.extend(b"Berlin,1\n".repeat(200_000));
    bytes.extend_from_slice(b"Orl\xE9ans,2\n");
    let profile = profile_of(&bytes);
    assert_eq!((profile.format.encoding, profile.problem_count), (TextEncoding::Windows1252, 0));
    assert_eq!(profile.format.columns[0].samples, ["Berlin", "Orléans"]);
}

#[test]
fn d2_6_a_broken_byte_far_down_is_a_problem_of_its_row_with_its_offset() {
    let mut bytes = "city,mrr\nKöln,1\n".as_bytes().to_vec();
    bytes.extend(b"Berlin,1\n".repeat(149_997));
    let offset = bytes.len() + 1;
    bytes.extend_from_slice(b"B\xFFrlin,1\nBerlin,2\n");
    let profile = profile_of(&bytes);
    assert_eq!(
        (profile.rows, profile.problem_count, profile.format.encoding),
        (150_000, 1, TextEncoding::Utf8)
    );
    let problem = &profile.problems[0];
    assert_eq!((problem.line, problem.column, problem.value.as_str()), (150_000, Some(0), "B\u{fffd}rlin"));
    assert!(problem.message.contains(&format!("position {offset} of the file is not valid UTF-8")));
}

#[test]
fn d2_6_halves_of_a_letter_in_neighbouring_cells_are_not_joined_or_lost() {
    let profile = profile_of(b"a,b,c\n\xC3\xA9,\xC3\xBC,x\n\xC3,\xA9,x\n");
    assert_eq!((profile.rows, profile.problem_count, profile.problems[0].line), (2, 1, 3));
}

#[test]
fn d2_7_a_nul_is_a_problem_of_its_row() {
    let profile = profile_of("a,b\n1,x\n2,y\0z\n");
    assert_eq!(
        (profile.problem_count, profile.problems[0].line, profile.problems[0].column),
        (1, 3, Some(1))
    );
    assert!(profile.problems[0].message.contains("NUL"));
}

#[test]
fn d2_8_the_delimiter_is_found_shown_and_overridable() {
    let bytes = "name;note,\nx;1,5\ny;2,5\n";
    assert_eq!(profile_of(bytes).format.delimiter, Delimiter::Semicolon);
    let overrides = Overrides { delimiter: Some(Delimiter::Comma), ..Overrides::default() };
    let chosen = profile(bytes.as_bytes(), 0, &Limits::default(), &overrides).unwrap();
    assert_eq!(
        (chosen.format.delimiter, chosen.format.columns[0].name.as_str()),
        (Delimiter::Comma, "name;note")
    );
}

#[test]
fn d2_9_every_kind_of_line_break_ends_a_row_even_mixed() {
    let rows = rows_of("a,b\r1,x\r\n2,y\n3,z\r4,w");
    let lines: Vec<_> = rows.iter().map(|(line, row)| (*line, row.as_ref().unwrap()[0].as_str())).collect();
    assert_eq!(lines, [(2, "1"), (3, "2"), (4, "3"), (5, "4")]);
    assert_eq!(rows_of("a,b\r1,x\r2,y\r").len(), 2);
}

#[test]
fn d2_10_quoted_line_breaks_delimiters_and_quotes_are_kept() {
    let bytes = "a,b\n\"x\r\ny,\"\"z\"\"\",1\n2,3\n";
    assert_eq!(cells_of(bytes), [["x\r\ny,\"z\"", "1"], ["2", "3"]]);
    assert_eq!(rows_of(bytes).iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 4]);
    assert_eq!(cells_of("a,b\n5\" pipe,\"\"\n6\" pipe,1\n"), [["5\" pipe", ""], ["6\" pipe", "1"]]);
}

#[test]
fn d2_11_a_quote_that_is_never_closed_names_its_line_and_stops_at_the_limit() {
    assert!(refusal("a,b\n1,2\n3,\"four\n5,6\n").contains("A quote opened on line 3 is never closed"));
    let endless = std::io::Read::chain("a,b\n1,2\n3,\"four\n".as_bytes(), std::io::repeat(b'x'));
    let error = profile(endless, 0, &Limits::default(), &Overrides::default()).unwrap_err();
    assert!(matches!(error, FileError::QuoteNeverClosed { line: 3 }), "{error}");
}

#[test]
fn d2_14_ragged_rows_are_reported_and_counted_and_the_others_read() {
    let profile = profile_of("a,b,c\n1,2,3\n1,2\n1,2,3,4\n1,2,3,,\n4,5,6\n");
    assert_eq!((profile.rows, profile.problem_count), (5, 2));
    assert_eq!(
        profile.problems[0].to_string(),
        "Line 3, “1”: This row has 2 cells and the header has 3. Check for a missing delimiter, or quote the cell that holds one"
    );
    assert_eq!(profile.problems[1].line, 4);
    assert_eq!(profile.format.columns[0].filled, 3);
}

#[test]
fn d2_15_to_17_headers_become_unique_names_and_stay_data() {
    let names = |header: &str, width: usize| -> Vec<String> {
        let row = vec!["1"; width].join(",");
        profile_of(format!("{header}\n{row}\n"))
            .format
            .columns
            .into_iter()
            .map(|column| column.name)
            .collect()
    };
    assert_eq!(names("a,a,,ID,id", 5), ["a", "a_2", "column_3", "ID", "id_2"]);
    assert_eq!(
        names("\"x\"\"; DROP TABLE u;--\",__proto__,{{7*7}}", 3),
        ["x\"; DROP TABLE u;--", "__proto__", "{{7*7}}"]
    );
    let long = "h".repeat(300);
    assert_eq!(names(&format!("{long},{long}"), 2), [long.clone(), format!("{long}_2")]);
}

#[test]
fn d2_18_to_20_formulas_markup_and_code_are_kept_as_they_are() {
    let hostile = [
        "=cmd|'/C calc'!A0",
        "@SUM(1)",
        "+1+1",
        "\t=1",
        "＝1+1",
        "<script>alert(1)</script>",
        "#read(\"/etc/passwd\")",
        "<iframe src=file:///etc/passwd>",
        "\\input{/etc/passwd}",
    ];
    let bytes = one_column(&hostile);
    assert_eq!(profile_of(&bytes).format.columns[0].kind, ColumnKind::Text);
    assert_eq!(cells_of(&bytes).concat(), hostile);
}

#[test]
fn d2_23_one_word_after_very_many_numbers_is_one_problem() {
    let bytes = format!("id,value\n{}1,abc\n", "1,42\n".repeat(150_000));
    let profile = profile_of(bytes);
    assert_eq!((profile.rows, profile.problem_count), (150_001, 1));
    assert_eq!(profile.format.columns[1].kind, ColumnKind::WholeNumber);
    assert_eq!(
        profile.problems[0].to_string(),
        "Line 150002, column “value”, “abc”: This is not a number. Write it like 1,234.56"
    );
}

#[test]
fn d2_24_bidirectional_and_combining_marks_are_kept() {
    let combined = format!("e{}", "\u{301}".repeat(10_000));
    let cells = ["\u{202e}txt.exe", "a\u{200b}b", combined.as_str()];
    assert_eq!(cells_of(one_column(&cells)).concat(), cells);
}

#[test]
fn d2_25_delimiter_lines_comments_totals_and_blank_lines_are_left_out_and_reported() {
    let blank = "\n".repeat(1_000_000);
    let bytes = format!("sep=;\n# exported\nname;mrr\nx;1\n# a remark\n;\n{blank}y;2\nTotal;3\n");
    let profile = profile_of(&bytes);
    assert_eq!((profile.rows, profile.problem_count), (2, 0));
    assert_eq!(profile.format.header_line, 3);
    assert_eq!(profile.format.totals_line, Some(1_000_008));
    assert_eq!(profile.format.columns[1].maximum.as_deref(), Some("2"));
    for words in ["Line 1 only names the delimiter", "start with #", "1,000,001", "“Total” and was left out"]
    {
        assert!(notes_say(&profile, words), "{words}: {:?}", profile.notes);
    }
    let rows = rows_of(&bytes);
    assert_eq!(rows.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [4, 1_000_007]);
}

#[test]
fn rows_called_total_are_the_same_however_many_threads_look_at_them() {
    let few = "name,mrr\nx,1\nTotal,2\ny,3\nz,4\nTotal,5\n".to_owned();
    let many = format!("name,mrr\n{}", "x,1\nTotal,2\n".repeat(200));
    for (text, line, samples) in [(few, 6, ["x", "Total", "y"].as_slice()), (many, 401, &["x", "Total"])] {
        for threads in [1, 2, 3, 4] {
            for block_bytes in [1, 9, 40, 1 << 20] {
                let limits = Limits { block_bytes, threads, ..Limits::default() };
                let found = profile(text.as_bytes(), 0, &limits, &Overrides::default()).unwrap();
                assert_eq!(found.format.totals_line, Some(line), "{threads} threads, {block_bytes} bytes");
                assert_eq!(
                    found.format.columns[0].samples, samples,
                    "{threads} threads, {block_bytes} bytes"
                );
            }
        }
    }
}

#[test]
fn d2_25_a_row_called_total_that_is_not_the_last_counts() {
    let profile = profile_of("name,mrr\nTotal,1\nx,2\n");
    assert_eq!((profile.rows, profile.format.totals_line), (2, None));
    assert_eq!(profile.format.columns[0].samples, ["Total", "x"]);
    assert_eq!(profile.format.columns[1].minimum.as_deref(), Some("1"));
}

#[test]
fn d2_27_other_formats_named_csv_are_refused_with_a_remedy() {
    assert!(
        refusal(b"PK\x03\x04\x14\0\x06\0\x08\0xl/workbook.xml")
            .contains("Save it as CSV (File → Save as → CSV UTF-8)")
    );
    assert!(refusal(b"\x1F\x8B\x08\0\0").contains("Unpack it"));
    assert!(refusal("<!doctype html><title>Sign in</title>").contains("web page"));
}

#[test]
fn d2_35_a_file_of_problems_lists_the_first_thousand_and_counts_all() {
    let rows = (0..50_000).map(|row| format!("{row},x{row}\n")).collect::<Vec<_>>().concat();
    let profile = profile_as(format!("id,value\n{rows}"), 1, ColumnKind::WholeNumber);
    assert_eq!((profile.problems.len(), profile.problem_count), (1_000, 50_000));
    assert!(profile.problems.iter().zip(2_u64..).all(|(problem, line)| problem.line == line));
}

#[test]
fn rejected_rows_go_into_a_file_that_can_be_fixed_and_uploaded_again() {
    let bytes = "name;mrr\n=1+1;2\nx;3;4\n\"a;b\";5\n-5;6\n";
    let profile = profile_of(bytes);
    let mut writer = RejectWriter::new(Vec::new(), &profile.format).unwrap();
    let mut rows = records(bytes.as_bytes(), &profile.format, &Limits::default()).unwrap();
    while let Some(row) = rows.next_row().unwrap() {
        match row {
            Row::Record(record) => writer.write(record.line, "Any reason", record.cells()).unwrap(),
            Row::Rejected(row) => {
                let cells: Vec<String> = row.cells().collect();
                writer.write(row.line, &row.fault.to_string(), cells.iter().map(String::as_str)).unwrap();
            }
        }
    }
    let written = String::from_utf8(writer.finish().unwrap()).unwrap();
    let expected = "\u{feff}Line in the file;Reason;name;mrr\r\n2;Any reason;\"'=1+1\";2\r\n3;This row has 3 cells and the header has 2. Check for a missing delimiter, or quote the cell that holds one;x;3;4\r\n4;Any reason;\"a;b\";5\r\n5;Any reason;-5;6\r\n";
    assert_eq!(written, expected);
}

#[test]
fn formats_travel_as_json_unchanged() {
    let profile = profile_of("month,mrr\n2025-01,\"$1,234.50\"\n2025-02,\"$2,000.00\"\n");
    let json = serde_json::to_string(&profile.format).unwrap();
    assert_eq!(serde_json::from_str::<FileFormat>(&json).unwrap(), profile.format);
}
