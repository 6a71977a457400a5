//! What is written is read back, however it is written and however it arrives.

use datasets::{Delimiter, Overrides, engine::*};
use proptest::{collection::vec, prelude::*};

use crate::support::*;

/// Bytes that put the reader to the test, and some that do not.
const CELL: &str = "[ab\"',;|\t\r\n é€€#=0-9.]{0,8}";

fn quoted(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

/// A file with a header, and the line on which each row starts.
fn written(rows: &[Vec<String>], columns: usize, delimiter: char, line_break: &str) -> (String, Vec<u64>) {
    let names: Vec<String> = (0..columns).map(|column| format!("name{column}")).collect();
    let mut text = names.join(&delimiter.to_string()) + line_break;
    let (mut lines, mut line) = (Vec::new(), 2);
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| quoted(cell)).collect();
        text += &cells.join(&delimiter.to_string());
        text += line_break;
        lines.push(line);
        line += 1 + breaks(&row.concat(), row);
    }
    (text, lines)
}

/// Line breaks within the cells of a row; a break is never split between two cells.
fn breaks(_: &str, row: &[String]) -> u64 {
    let in_cell = |cell: &String| {
        let feeds = cell.matches('\n').count();
        feeds + cell.matches('\r').count() - cell.matches("\r\n").count()
    };
    row.iter().map(in_cell).sum::<usize>() as u64
}

fn table() -> impl Strategy<Value = (usize, Vec<Vec<String>>)> {
    (2_usize..5).prop_flat_map(|columns| {
        // The first cell keeps the row from being blank, a comment or a total.
        let row = vec(CELL, columns - 1).prop_map(|mut cells| {
            cells.insert(0, "row".to_owned());
            cells
        });
        (Just(columns), vec(row, 1..40))
    })
}

fn small_blocks(block_bytes: usize, threads: usize) -> Limits {
    Limits { block_bytes, threads, ..Limits::default() }
}

proptest! {
    #[test]
    fn cells_and_lines_are_read_back_as_written(
        (columns, rows) in table(),
        delimiter in prop::sample::select(vec![Delimiter::Comma, Delimiter::Semicolon, Delimiter::Tab, Delimiter::Pipe]),
        line_break in prop::sample::select(vec!["\n", "\r\n", "\r"]),
    ) {
        let (text, lines) = written(&rows, columns, char::from(delimiter.byte()), line_break);
        let overrides = Overrides { delimiter: Some(delimiter), ..Overrides::default() };
        let profile = profile(text.as_bytes(), 0, &Limits::default(), &overrides).unwrap();
        prop_assert_eq!(profile.rows, rows.len() as u64);
        let read = rows_from(text.as_bytes(), &profile, &Limits::default());
        let read_lines: Vec<u64> = read.iter().map(|(line, _)| *line).collect();
        prop_assert_eq!(read_lines, lines);
        let read_cells: Vec<Vec<String>> = read.into_iter().map(|(_, row)| row.unwrap()).collect();
        prop_assert_eq!(read_cells, rows);
    }

    #[test]
    fn the_delimiter_and_the_lines_are_found_for_plain_tables(
        rows in vec(vec("[a-z]{1,6}|[0-9]{1,4}", 3), 3..20),
        delimiter in prop::sample::select(Delimiter::ALL.to_vec()),
    ) {
        let joiner = char::from(delimiter.byte()).to_string();
        let body: String = rows.iter().map(|row| row.join(&joiner) + "\n").collect();
        let text = format!("x{joiner}y{joiner}z\n{body}");
        prop_assert_eq!(profile_of(text).format.delimiter, delimiter);
    }

    #[test]
    fn how_a_file_arrives_and_is_cut_makes_no_difference(
        text in "([ab1\",;\r\n]|é|1,2\n|\"x\ny\",3\r\n){1,300}",
        block_bytes in 1_usize..64,
    ) {
        let bytes = format!("a,b\n{text}");
        let whole = profile(bytes.as_bytes(), 0, &small_blocks(1 << 20, 1), &Overrides::default());
        let dripping = profile(Dripping(bytes.as_bytes()), 0, &small_blocks(1 << 20, 1), &Overrides::default());
        prop_assert_eq!(format!("{whole:?}"), format!("{dripping:?}"));
        let Ok(whole) = whole else { return Ok(()) };
        for threads in [1, 3] {
            let limits = small_blocks(block_bytes, threads);
            let overrides = Overrides { delimiter: Some(whole.format.delimiter), ..Overrides::default() };
            let cut = profile(bytes.as_bytes(), 0, &limits, &overrides);
            // The sample that the header is looked for in may be shorter; all else is the same.
            if let Ok(cut) = cut && cut.format.header_line == whole.format.header_line {
                prop_assert_eq!(&cut, &whole);
            }
            let pieces = rows_from(Dripping(bytes.as_bytes()), &whole, &limits);
            prop_assert_eq!(pieces, rows_from(bytes.as_bytes(), &whole, &small_blocks(1 << 20, 1)));
        }
    }

    #[test]
    fn no_bytes_make_the_engine_panic(bytes in vec(any::<u8>(), 0..400)) {
        let profiled = try_profile(&bytes);
        if let Ok(profile) = profiled {
            rows_from(bytes.as_slice(), &profile, &Limits::default());
            prop_assert!(profile.problems.iter().all(|problem| !problem.message.is_empty()));
        }
    }

    #[test]
    fn rejected_rows_are_read_back_from_their_file((columns, rows) in table()) {
        let (text, _) = written(&rows, columns, ',', "\n");
        let overrides = Overrides { delimiter: Some(Delimiter::Comma), ..Overrides::default() };
        let format = profile(text.as_bytes(), 0, &Limits::default(), &overrides).unwrap().format;
        let mut writer = RejectWriter::new(Vec::new(), &format).unwrap();
        for (row, line) in rows.iter().zip(2..) {
            writer.write(line, "Some reason", row.iter().map(String::as_str)).unwrap();
        }
        let bytes = writer.finish().unwrap();
        let again = profile(bytes.as_slice(), 0, &Limits::default(), &overrides).unwrap();
        let read = rows_from(bytes.as_slice(), &again, &Limits::default());
        for ((line, cells), (place, row)) in read.into_iter().zip((2_u64..).zip(&rows)) {
            let cells = cells.unwrap();
            prop_assert_eq!(line >= place, true);
            for (cell, original) in cells.iter().skip(2).zip(row) {
                prop_assert_eq!(cell.strip_prefix('\'').filter(|_| !original.starts_with('\'')).unwrap_or(cell), original);
            }
        }
    }
}
