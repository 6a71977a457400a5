//! What users of other products complained about: one test for each kind of complaint.

use datasets::{ColumnKind, DateFormat, DecimalMark, Delimiter, TextEncoding};

use crate::support::*;

/// apache/superset #31813, #8451.
#[test]
fn superset_31813_errors_name_row_column_value_and_remedy() {
    let profile = profile_of("month,MRR\n2025-01,100\n2025-02,n/a\n2025-03,120\n2025-04,130\n2025-05,1\n");
    assert_eq!(
        profile.problems[0].to_string(),
        "Line 3, column “MRR”, “n/a”: Leave the cell empty if it is unknown; it will count as missing, not as 0"
    );
}

/// rilldata/rill #746, calpaterson/csvbase #10: types guessed from a sample fail far below it.
#[test]
fn rill_746_a_fraction_far_down_makes_the_column_numbers() {
    let profile = profile_of(format!("v\n{}0.5\n", "1\n".repeat(186_370)));
    assert_eq!(profile.format.columns[0].kind, ColumnKind::Number(DecimalMark::Point));
    assert_eq!(profile.problem_count, 0);
}

/// metabase/metabase #48662, #41570: yes/no and 1/0 forced to boolean, with no way out.
#[test]
fn metabase_41570_yes_no_can_be_chosen_or_refused() {
    assert_eq!(kind(&["1", "0", "1"]), ColumnKind::WholeNumber);
    let as_text = profile_as(one_column(&["Yes", "No", "3"]), 0, ColumnKind::Text);
    assert_eq!((as_text.format.columns[0].kind, as_text.problem_count), (ColumnKind::Text, 0));
}

/// metabase/metabase #37069: whole numbers that get fractions later.
#[test]
fn metabase_37069_whole_numbers_can_be_chosen_as_numbers_from_the_start() {
    let profile = profile_as(one_column(&["1", "2"]), 0, ColumnKind::Number(DecimalMark::Point));
    assert_eq!(profile.format.columns[0].understood, 2);
    assert_eq!(profile.format.columns[0].detected, ColumnKind::WholeNumber);
}

/// supabase/supabase #12666, wireservice/csvkit #977.
#[test]
fn supabase_12666_leading_zeros_are_kept() {
    let bytes = "zip,n\n00501,1\n10001,2\n94105,3\n94106,4\n94107,5\n94108,6\n";
    let profile = profile_of(bytes);
    assert_eq!((profile.format.columns[0].kind, profile.problem_count), (ColumnKind::Text, 0));
    assert!(notes_say(&profile, "stays text"));
    assert_eq!(cells_of(bytes)[0][0], "00501");
}

/// metabase/metabase #45171: 18500.00 read as 1850000.
#[test]
fn metabase_45171_a_point_is_a_decimal_mark_whatever_the_settings_say() {
    use datasets::engine::{Cell, parse_cell};
    let column = column(&["18500.00", "950.50"]);
    let Ok(Some(Cell::Number(value))) = parse_cell("18500.00", column.kind) else { panic!("a number") };
    assert_eq!(value.to_minor(2), Some(1_850_000));
    assert!((value.to_f64() - 18_500.0).abs() < f64::EPSILON);
}

/// metabase/metabase #36800: only ISO dates.
#[test]
fn metabase_36800_dates_need_not_be_iso() {
    assert_eq!(kind(&["31.12.2024", "01.01.2025"]), ColumnKind::Date(DateFormat::DayFirst));
    assert_eq!(kind(&["12/31/2024", "01/01/2025"]), ColumnKind::Date(DateFormat::MonthFirst));
}

/// apache/superset #12916, #5072, metabase/metabase #3271.
#[test]
fn superset_12916_marks_and_chinese_encodings_are_read() {
    assert_eq!(profile_of("\u{feff}a,b\n1,2\n").format.columns[0].name, "a");
    let bytes = encoding_rs::GB18030.encode("名称,数量\n北京公司,1\n上海公司,2\n").0.into_owned();
    assert_eq!(profile_of(&bytes).format.encoding, TextEncoding::Gb18030);
    assert_eq!(cells_of(&bytes)[1][0], "上海公司");
}

/// molgenis/molgenis-emx2 #6363, firefly-iii #1183.
#[test]
fn molgenis_6363_semicolons_of_excel_are_found() {
    let profile = profile_of("Monat;Umsatz\r\n01.01.2025;1.234,56\r\n01.02.2025;2.000,00\r\n");
    assert_eq!(profile.format.delimiter, Delimiter::Semicolon);
    assert_eq!(profile.format.columns[1].kind, ColumnKind::Number(DecimalMark::Comma));
    assert_eq!(profile.format.columns[0].kind, ColumnKind::Date(DateFormat::DayFirst));
}

/// metabase/metabase #14700, #32246.
#[test]
fn metabase_14700_a_workbook_says_how_to_become_csv() {
    assert!(
        refusal(b"PK\x03\x04....[Content_Types].xml").contains("This is an Excel workbook. Save it as CSV")
    );
}
