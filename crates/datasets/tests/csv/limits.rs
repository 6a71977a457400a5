//! Files made to exhaust memory stop at a limit, with a reason and a place.

use std::io::Read;

use datasets::{Overrides, engine::*};

use crate::support::*;

#[test]
fn d2_12_a_cell_beyond_64_kib_is_refused_with_its_place() {
    let just_fits = format!("a,b\n1,{}\n", "x".repeat(64 * 1024));
    assert_eq!(profile_of(just_fits).problem_count, 0);
    for cell in ["x".repeat(64 * 1024 + 1), format!("\"{}\"", "x\n".repeat(40_000))] {
        let error = try_profile(format!("a,b\n1,2\n1,{cell}\n").as_bytes()).unwrap_err();
        assert!(matches!(error, FileError::CellTooLong { line: 3, column: 2, limit_kib: 64 }), "{error}");
    }
}

#[test]
fn d2_12_an_endless_cell_or_row_is_refused_long_before_its_end() {
    let endless = "a,b\n1,".as_bytes().chain(std::io::repeat(b'x'));
    let error = profile(endless, 0, &Limits::default(), &Overrides::default()).unwrap_err();
    assert!(matches!(error, FileError::RecordTooLong { line: 2, .. }), "{error}");
    let wide = format!("a,b\n{}\n", "1,".repeat(600 * 1024));
    assert!(matches!(try_profile(wide.as_bytes()).unwrap_err(), FileError::RecordTooLong { line: 2, .. }));
}

#[test]
fn d2_13_too_many_columns_are_refused() {
    let header = |count: usize| (0..count).map(|number| format!("c{number}")).collect::<Vec<_>>().join(",");
    let row = |count: usize| vec!["1"; count].join(",");
    let error = try_profile(format!("{}\n{}\n", header(100_000), row(100_000)).as_bytes()).unwrap_err();
    assert!(matches!(error, FileError::TooManyColumns { line: 1, limit: 1_000 }), "{error}");
    assert_eq!(profile_of(format!("{}\n{}\n", header(1_000), row(1_000))).format.columns.len(), 1_000);
}

#[test]
fn a_row_with_more_cells_than_any_file_may_have_is_ragged() {
    let profile = profile_of(format!("a,b\n1,2\n{}\n3,4\n", vec!["1"; 5_000].join(",")));
    assert_eq!((profile.rows, profile.problem_count), (3, 1));
    assert!(profile.problems[0].message.contains("5000 cells"));
}

#[test]
fn d2_34_very_many_different_values_are_counted_up_to_a_limit() {
    let rows = (0..150_000).map(|row| format!("u{row},k,\n")).collect::<Vec<_>>().concat();
    let profile = profile_of(format!("user,constant,nothing\n{rows}"));
    let [user, constant, nothing] = profile.format.columns.as_slice() else { panic!("three columns") };
    assert_eq!((user.distinct, user.is_distinct_capped), (1_000, true));
    assert_eq!((constant.distinct, constant.is_distinct_capped), (1, false));
    assert_eq!((nothing.distinct, nothing.filled, nothing.empty), (0, 0, 150_000));
    assert_eq!(user.samples, ["u0", "u1", "u2"]);
}

#[test]
fn the_error_that_comes_first_in_the_file_is_the_one_reported() {
    let filler = "1,2\n".repeat(150_000);
    let long = "x".repeat(70_000);
    let bytes = format!("a,b\n{filler}1,{long}\n{filler}1,{long}\n");
    for _ in 0..5 {
        assert_eq!(try_profile(bytes.as_bytes()).unwrap_err().line(), Some(150_002));
    }
}

#[test]
fn a_source_that_breaks_off_is_an_error_not_a_short_file() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("gone"))
        }
    }
    let bytes = format!("a,b\n{}", "1,2\n".repeat(300_000));
    let error =
        profile(bytes.as_bytes().chain(Broken), 0, &Limits::default(), &Overrides::default()).unwrap_err();
    assert!(matches!(error, FileError::Interrupted(_)));
}
