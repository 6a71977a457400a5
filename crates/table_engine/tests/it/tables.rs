//! A table holds what its file says, exactly and in its order, however it is cut among threads.

use std::{fmt::Write, path::Path};

use datafusion::{
    arrow::util::pretty::pretty_format_batches,
    prelude::{ParquetReadOptions, SessionContext},
};
use datasets::{
    Overrides, TableMaker,
    engine::{self, Limits},
};
use table_engine::ParquetTables;

/// Many small blocks, so that a small file becomes several row groups on several threads.
fn small_pieces() -> Limits {
    Limits { block_bytes: 1024, threads: 4, ..Limits::default() }
}

/// Makes a table of the text and answers a query over it.
async fn ask(text: &str, limits: Limits, query: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let (file, table) = (folder.path().join("file.csv"), folder.path().join("table.parquet"));
    std::fs::write(&file, text).unwrap();
    let profile =
        engine::profile(text.as_bytes(), text.len() as u64, &limits, &Overrides::default()).unwrap();
    ParquetTables::new(limits).make_table(&file, &profile.format, &table).await.unwrap();
    answer(&table, query).await
}

async fn answer(table: &Path, query: &str) -> String {
    let session = SessionContext::new();
    let path = table.to_str().unwrap();
    session.register_parquet("t", path, ParquetReadOptions::default()).await.unwrap();
    let batches = session.sql(query).await.unwrap().collect().await.unwrap();
    pretty_format_batches(&batches).unwrap().to_string()
}

/// The cells of the only row of an answer.
fn only_row(answer: &str) -> Vec<String> {
    let row = answer.lines().nth(3).unwrap();
    row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
}

#[tokio::test]
async fn every_kind_of_column_keeps_its_values() {
    let text = "day,seen,plan,active,seats,price,share,score\n\
                31/01/2025,2025-01-31 14:30,Pro,yes,3,\"$1,234.5678\",12.5%,0.25\n\
                28/02/2025,2025-02-28 00:00,,no,4,$0.10,50%,1.5\n";
    let answer = ask(text, Limits::default(), "SELECT * FROM t ORDER BY day").await;
    let expected = "\
+------------+---------------------+------+--------+-------+-----------+-------+-------+
| day        | seen                | plan | active | seats | price     | share | score |
+------------+---------------------+------+--------+-------+-----------+-------+-------+
| 2025-01-31 | 2025-01-31T14:30:00 | Pro  | true   | 3     | 1234.5678 | 0.125 | 0.25  |
| 2025-02-28 | 2025-02-28T00:00:00 |      | false  | 4     | 0.1000    | 0.5   | 1.5   |
+------------+---------------------+------+--------+-------+-----------+-------+-------+";
    assert_eq!(answer, expected);
}

#[tokio::test]
async fn a_file_of_many_pieces_keeps_every_row_in_its_order() {
    let rows = 20_000_u64;
    let mut text = "number,amount,note\n".to_owned();
    for row in 0..rows {
        // Some notes go over two lines, which no piece may cut.
        let note = if row % 7 == 0 { "\"two\nlines\"" } else { "one" };
        writeln!(text, "{row},${row}.01,{note}").unwrap();
    }
    let query = "SELECT count(*), sum(number), sum(amount), \
                 count(*) FILTER (WHERE note LIKE 'two_lines') AS long_notes FROM t";
    let sum = rows * (rows - 1) / 2;
    let cents = sum * 100 + rows;
    let expected = [
        rows.to_string(),
        sum.to_string(),
        format!("{}.{:02}00", cents / 100, cents % 100),
        rows.div_ceil(7).to_string(),
    ];
    assert_eq!(only_row(&ask(&text, small_pieces(), query).await), expected);
    let in_order =
        "SELECT count(*) FROM (SELECT number - lag(number) OVER () AS step FROM t) WHERE step <> 1";
    assert_eq!(only_row(&ask(&text, small_pieces(), in_order).await), ["0"]);
}

#[tokio::test]
async fn rows_that_cannot_be_read_and_totals_are_left_out() {
    let text = "month,mrr\n2025-01,10\n2025-02,20,30\n2025-03,40\nTotal,50\n";
    let answer = ask(text, Limits::default(), "SELECT count(*), sum(mrr), max(month) FROM t").await;
    assert_eq!(only_row(&answer), ["2", "50", "2025-03-01"]);
}

#[tokio::test]
async fn a_cell_that_is_not_understood_is_missing_and_its_row_stays() {
    let text = "item,price\na,$1\nb,n/a\nc,$2.50\n";
    let answer = ask(text, Limits::default(), "SELECT count(*), count(price), sum(price) FROM t").await;
    assert_eq!(only_row(&answer), ["3", "2", "3.5000"]);
}
