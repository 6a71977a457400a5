//! What both files hold, and what neither of them may run.

use std::io::Read;

use chrono::{DateTime, Utc};
use kernel::{Currency, Month, Unit, looks_like_formula};
use metrics::{
    MetricKey,
    model::{FiguresTable, ReportedFigure, SourceFile, SourceRow},
};

use super::*;

const HOSTILE: [&str; 12] = [
    "=1+1",
    "+1",
    "-1+1|cmd",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\u{FF1D}1",
    "\u{FF0B}1",
    "\u{FF0D}1",
    "\u{FF20}x",
    "  =1",
];

fn made_at() -> DateTime<Utc> {
    "2026-10-04T09:30:00Z".parse().unwrap()
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn figures() -> FiguresTable {
    FiguresTable {
        company: "=Northlight".to_owned(),
        is_synthetic: true,
        currency: Currency::Eur,
        converted_by: Some("European Central Bank, average of 2024".to_owned()),
        sources: vec!["revenue-2026-09.csv".to_owned()],
        months: vec![month("2026-08"), month("2026-09")],
        rows: vec![
            (MetricKey::MRR, vec![Some(0.1 + 0.2), None]),
            (MetricKey::GROSS_MARGIN, vec![Some(0.714), Some(-0.0)]),
            (MetricKey::HEADCOUNT, vec![None, Some(24.0)]),
        ],
    }
}

fn csv(table: &Table) -> String {
    String::from_utf8(to_csv(table)).unwrap()
}

/// The text of one part of an XLSX file.
fn part(file: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(file)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn csv_files_hold_every_digit_and_leave_gaps_empty() {
    let table = figures_table(&figures(), None, made_at()).unwrap();
    let text = csv(&table);
    let lines: Vec<&str> = text.trim_start_matches('\u{FEFF}').split("\r\n").collect();
    assert!(text.starts_with('\u{FEFF}'));
    assert_eq!(lines[0], "Month,Monthly recurring revenue (EUR per month),Gross margin (fraction),Headcount");
    assert_eq!(lines[1], "2026-08,0.30000000000000004,0.714,");
    assert_eq!(lines[2], "2026-09,,0,24");
    assert_eq!(lines[3..], [""]);
}

#[test]
fn a_table_of_sources_says_of_every_figure_which_import_file_and_line_it_came_from() {
    const IMPORT: &str = "00000000-0000-0000-0000-000000000001";
    const FILE: &str = "00000000-0000-0000-0000-000000000002";
    let figure = |metric: &str, value: f64, currency: Option<Currency>| ReportedFigure {
        metric: metric.to_owned(),
        month: month("2026-09"),
        value,
        currency,
        import_id: IMPORT.parse().unwrap(),
        source: SourceRow {
            file: SourceFile { dataset_id: FILE.parse().unwrap(), name: "=figures.csv".to_owned() },
            line: 14,
        },
    };
    let figures = [figure("mrr", 0.1 + 0.2, Some(Currency::Eur)), figure("no_metric_any_more", -7.0, None)];
    let text = csv(&sources_table(&figures, made_at()));
    let lines: Vec<&str> = text.trim_start_matches('\u{FEFF}').split("\r\n").collect();
    let from = format!("{IMPORT},{FILE},14,'=figures.csv");
    assert_eq!(lines[0], "Metric,Month,Value,Currency,Import,File,Line,File name");
    assert_eq!(lines[1], format!("mrr,2026-09,0.30000000000000004,EUR,{from}"));
    assert_eq!(lines[2], format!("no_metric_any_more,2026-09,-7,,{from}"));
}

#[test]
fn no_text_of_a_csv_file_is_run_and_all_of_it_is_kept() {
    let mut table = figures_table(&figures(), None, made_at()).unwrap();
    table.columns = vec![Column::text("=Name"), Column::text("Plain")];
    table.rows = HOSTILE.iter().map(|text| vec![Cell::text(*text), Cell::text("a \"b\", c")]).collect();
    let text = csv(&table);
    assert!(text.contains("'=Name,Plain\r\n"), "{text}");
    for hostile in HOSTILE {
        assert!(text.contains(&format!("'{hostile}")), "{hostile:?} in {text}");
    }
    assert!(text.contains(",\"a \"\"b\"\", c\"\r\n"), "{text}");
    for harmless in ["Umsatz", "3-month mean", "a=b", ""] {
        assert!(!looks_like_formula(harmless), "{harmless}");
    }
}

#[test]
fn numbers_of_a_csv_file_are_never_touched() {
    let mut table = figures_table(&figures(), None, made_at()).unwrap();
    table.columns = vec![Column::figure("Net burn", Unit::Money, Currency::Usd)];
    table.rows = vec![vec![Cell::number(Some(-8_100.5))], vec![Cell::number(Some(f64::NAN))]];
    assert!(csv(&table).ends_with("Net burn (USD)\r\n-8100.5\r\n\r\n"));
}

#[test]
fn spreadsheets_keep_numbers_as_numbers_and_months_as_dates() {
    let table = figures_table(&figures(), None, made_at()).unwrap();
    let file = to_xlsx(&table).unwrap();
    assert_eq!(file, to_xlsx(&table).unwrap());
    let sheet = part(&file, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains("<v>0.30000000000000004</v>") && sheet.contains("<v>0.714</v>"), "{sheet}");
    assert!(sheet.contains("state=\"frozen\"") && !sheet.contains("<f>"), "{sheet}");
    // 1 August 2026 as Excel counts days.
    assert!(sheet.contains("<v>46235</v>"), "{sheet}");
    let styles = part(&file, "xl/styles.xml");
    assert!(styles.contains("0.0%") && styles.contains("yyyy-mm"), "{styles}");
    let words = part(&file, "xl/sharedStrings.xml");
    for expected in
        ["Gross margin (%)", "=Northlight", "Synthetic data", "2026-10-04 09:30 UTC", "revenue-2026-09.csv"]
    {
        assert!(words.contains(expected), "{expected} in {words}");
    }
}

#[test]
fn no_text_of_a_spreadsheet_is_a_formula() {
    let mut table = figures_table(&figures(), None, made_at()).unwrap();
    table.title = "=cmd|'/c calc'!A1".to_owned();
    table.columns = vec![Column::text("=Name")];
    table.rows = HOSTILE.iter().map(|text| vec![Cell::text(*text)]).collect();
    let file = to_xlsx(&table).unwrap();
    for name in ["xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"] {
        let sheet = part(&file, name);
        assert!(!sheet.contains("<f>") && !sheet.contains("<f "), "{sheet}");
    }
    let sheet = part(&file, "xl/worksheets/sheet1.xml");
    assert_eq!(sheet.matches("t=\"s\"").count(), HOSTILE.len() + 1, "{sheet}");
    assert!(part(&file, "xl/styles.xml").contains("quotePrefix=\"1\""));
    assert!(part(&file, "xl/sharedStrings.xml").contains("=1+1"));
}

#[test]
fn one_series_has_a_column_of_its_own_and_nothing_is_said_of_what_has_no_value() {
    let table = figures_table(&figures(), Some(MetricKey::MRR), made_at()).unwrap();
    assert_eq!((table.title.as_str(), table.columns.len(), table.rows.len()), ("MRR", 2, 2));
    let refused = figures_table(&figures(), Some(MetricKey::RUNWAY), made_at()).unwrap_err();
    assert!(refused.to_string().starts_with("Runway has no value yet"), "{refused}");
    let name = figures_title("northlight", MetricKey::CAC_PAYBACK.as_str(), Some(month("2026-09")), true);
    assert_eq!(name, "northlight-cac-payback-2026-09-synthetic");
}
