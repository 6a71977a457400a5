//! From a file to a table that can be queried, beside DuckDB reading the same file.

use std::{fmt::Write, path::Path, process::Command, time::Instant};

use serde_json::Value;

use crate::{
    Failure,
    options::Options,
    outcome::{Outcome, Spread, megabytes},
    program::Program,
    visitor::PLAIN,
};

const ROWS: u64 = 1_000_000;
const ROUNDS: usize = 5;

/// Uploads a file of a million rows and waits until it has been profiled and stored as a table; DuckDB in turn.
pub(crate) async fn measure(options: &Options) -> Result<Outcome, Failure> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("figures.csv");
    let text = rows(ROWS);
    std::fs::write(&file, &text)?;
    let program = Program::start(options).await?;
    let mut visitor = program.visitor().await?;
    let home = visitor.sign_up("bulk").await?;
    let (mut ours, mut tables, mut parquet) = (Vec::new(), Vec::new(), Vec::new());
    let mut version = String::new();
    // The first round warms everything up and is not counted.
    for round in 0..=ROUNDS {
        let started = Instant::now();
        let answer = visitor.upload(&home, text.as_bytes()).await?;
        let format =
            answer.location().ok_or_else(|| format!("the upload gave {}", answer.text()))?.to_owned();
        while is_being_read(visitor.get(&format, PLAIN).await?.text()) {}
        let seconds = started.elapsed().as_secs_f64();
        let theirs = duckdb(options, &file)?;
        if round > 0 {
            ours.push(seconds);
            tables.push(number(&theirs, "table")?);
            parquet.push(number(&theirs, "parquet")?);
        }
        theirs.get("version").and_then(Value::as_str).unwrap_or("?").clone_into(&mut version);
    }
    let (_, most_memory) = program.memory()?;
    let (ours, tables, parquet) = (Spread::of(ours), Spread::of(tables), Spread::of(parquet));
    let ratio = |theirs: Spread| format!("{:.2}×", ours.median / theirs.median);
    Ok(Outcome {
        title: "Import",
        setting: format!(
            "One file of {ROWS} rows and 10 columns ({}): whole numbers, text, dates, times, amounts, percentages, yes or no. \
             Quartile receives it over HTTP, hashes it, forces it to disk, profiles every cell and writes Parquet; DuckDB \
             {version} reads it from disk with its own detection. Medians of {ROUNDS} rounds in turn, with the smallest and the largest.",
            megabytes(text.len() as u64)
        ),
        columns: &["what", "time", "Quartile takes", "budget"],
        rows: vec![
            vec!["Quartile, upload to queryable".into(), ours.seconds(), "–".into(), "≤ 2× DuckDB".into()],
            vec![
                "DuckDB, into a table of a database file".into(),
                tables.seconds(),
                ratio(tables),
                "–".into(),
            ],
            vec!["DuckDB, into a Parquet file".into(), parquet.seconds(), ratio(parquet), "–".into()],
            vec!["Quartile's memory at its highest".into(), megabytes(most_memory), "–".into(), "–".into()],
        ],
    })
}

/// Whether the page of a file says that it is still being read.
fn is_being_read(page: &str) -> bool {
    page.contains("Reading figures.csv…")
}

fn duckdb(options: &Options, file: &Path) -> Result<Value, Failure> {
    let output = Command::new(&options.python)
        .arg(options.scripts.join("import_with_duckdb.py"))
        .arg(file)
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn number(answer: &Value, name: &str) -> Result<f64, Failure> {
    answer.get(name).and_then(Value::as_f64).ok_or_else(|| format!("no \"{name}\" in {answer}").into())
}

/// Rows that are the same every time: a multiplicative generator stands for chance.
fn rows(count: u64) -> String {
    const CITIES: [&str; 8] =
        ["Lisbon", "Łódź", "São Paulo", "Nairobi", "\"Portland, OR\"", "Zürich", "Osaka", "Kraków"];
    const PLANS: [&str; 4] = ["Starter", "Team", "Business", "Enterprise"];
    let mut text = "order,customer,city,plan,ordered on,paid at,amount,seats,discount,renewed\n".to_owned();
    let mut chance = 0x2545_f491_4f6c_dd1d_u64;
    for row in 0..count {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let pick = |shift: u32, among: u64| (chance >> shift) % among;
        let index = |shift: u32| usize::try_from(pick(shift, 8)).unwrap_or(0);
        let (city, plan) = (CITIES.get(index(13)).unwrap_or(&""), PLANS.get(index(29) % 4).unwrap_or(&""));
        let (year, month, day) = (2020 + pick(33, 6), 1 + pick(37, 12), 1 + pick(41, 28));
        let (hour, minute) = (pick(45, 24), pick(49, 60));
        let (whole, cents) = (pick(20, 90_000), pick(52, 100));
        let _infallible = writeln!(
            text,
            "{row},customer-{},{city},{plan},{year}-{month:02}-{day:02},{year}-{month:02}-{day:02} {hour:02}:{minute:02},${whole}.{cents:02},{},{}.{}%,{}",
            pick(17, 250_000),
            1 + pick(55, 200),
            pick(25, 40),
            pick(31, 10),
            if pick(61, 3) == 0 { "no" } else { "yes" },
        );
    }
    text
}
