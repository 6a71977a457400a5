//! The tables of `docs/METHOD.md` say what the code says; with `QUARTILE_WRITE_DOCS=1` they are written anew.

use std::{collections::BTreeSet, fs, path::PathBuf};

use accounts::{Industry, Stage};
use benchmarks::{
    engine::{FEWEST_OTHERS, MAY_NOT_SINGLE_OUT},
    model::{RevenueBand, Rung},
    published::{self, PublishedFigure, Source},
};
use kernel::{Direction, Unit};
use metrics::{
    MetricKey,
    catalogue::{Aim, Group, Metric, NullRule, Standing},
};
use stats::{
    gate::{DECILE_PEERS, MEDIAN_PEERS, QUARTILE_PEERS},
    interval::CONFIDENCE,
    rounding::count_range,
};

const METRICS: (&str, &str) = ("<!-- begin metrics -->", "<!-- end metrics -->");
const CONSTANTS: (&str, &str) = ("<!-- begin constants -->", "<!-- end constants -->");
const SOURCES: (&str, &str) = ("<!-- begin sources -->", "<!-- end sources -->");

#[test]
fn the_method_document_says_what_the_code_says() {
    let file = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/METHOD.md"));
    let kept = fs::read_to_string(&file).unwrap();
    let tables = [(METRICS, metric_tables()), (CONSTANTS, constant_table()), (SOURCES, source_table())];
    let current = tables
        .iter()
        .fold(kept.clone(), |text, (markers, table)| with_table(&text, *markers, table).unwrap());
    if std::env::var_os("QUARTILE_WRITE_DOCS").is_some() {
        fs::write(&file, current).unwrap();
        return;
    }
    assert!(
        kept == current,
        "docs/METHOD.md is older than the code; run `QUARTILE_WRITE_DOCS=1 cargo test -p server method` and look at the difference"
    );
}

/// The text with `table` between the markers; `None` where one of them is missing.
fn with_table(text: &str, (begin, end): (&str, &str), table: &str) -> Option<String> {
    let (before, rest) = text.split_once(begin)?;
    let (_, after) = rest.split_once(end)?;
    Some(format!("{before}{begin}\n\n{table}\n\n{end}{after}"))
}

/// One table for each group of the catalogue.
fn metric_tables() -> String {
    let tables = Group::ALL.map(|group| {
        let metrics = MetricKey::all().map(MetricKey::metric).filter(|metric| metric.group == group);
        let head = ["Key", "Metric", "Formula", "Unit", "Better", "Has no meaning", "Then ranked"];
        format!("### {}\n\n{}", group.label(), table(&head, metrics.map(metric_row)))
    });
    tables.join("\n\n")
}

fn metric_row(metric: &'static Metric) -> Vec<String> {
    let (rule, ranked) = match metric.null_rule {
        rule if rule == NullRule::NEVER => (String::new(), String::new()),
        rule => (rule.rule.to_owned(), ranked(rule.standing).to_owned()),
    };
    vec![
        format!("`{}`", metric.key),
        metric.label.to_owned(),
        metric.formula.map_or_else(|| "reported".to_owned(), |formula| format!("`{formula}`")),
        unit(metric.unit).to_owned(),
        better(metric.aim),
        rule,
        ranked,
    ]
}

fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Money => "money",
        Unit::MoneyPerMonth => "money a month",
        Unit::MoneyPerYear => "money a year",
        Unit::Share => "share",
        Unit::SharePerMonth => "share a month",
        Unit::Times => "times",
        Unit::Months => "months",
        Unit::Count => "count",
        Unit::Points => "points",
    }
}

#[expect(clippy::float_cmp, reason = "both ends of a target are written as the same number")]
fn better(aim: Aim) -> String {
    match aim {
        Aim::Direction(Direction::High) => "more".to_owned(),
        Aim::Direction(Direction::Low) => "less".to_owned(),
        Aim::Direction(Direction::Context) => "not judged".to_owned(),
        Aim::Range { low, high } if low == high => format!("{low}"),
        Aim::Range { low, high } => format!("{low} to {high}"),
    }
}

fn ranked(standing: Standing) -> &'static str {
    match standing {
        Standing::Worst => "last",
        Standing::Best => "first",
        Standing::Unranked => "not at all",
    }
}

/// The bounds of the comparison, and the groups it knows.
fn constant_table() -> String {
    let ranges: BTreeSet<_> = (0..2_000).map(count_range).collect();
    let ranges: Vec<String> = ranges.iter().map(ToString::to_string).collect();
    let listed = |labels: Vec<&str>| labels.join("; ");
    let rows = [
        ("Peers for a median and a rank", MEDIAN_PEERS.to_string()),
        ("Peers for quartiles", QUARTILE_PEERS.to_string()),
        ("Peers for the 10th and 90th percentile", DECILE_PEERS.to_string()),
        ("Confidence of every interval", format!("{} %", CONFIDENCE * 100.0)),
        ("Companies that must remain without the largest owner’s", FEWEST_OTHERS.to_string()),
        ("Fewest companies that a difference may hold", MAY_NOT_SINGLE_OUT.to_string()),
        ("Steps of the ladder", Rung::LEVELS.to_string()),
        ("Numbers of peers are shown as", ranges.join("; ")),
        ("Revenue bands", listed(RevenueBand::ALL.iter().map(|band| band.label()).collect())),
        ("Stages", listed(Stage::ALL.iter().map(|stage| stage.label()).collect())),
        ("Industries", listed(Industry::ALL.iter().map(|industry| industry.label()).collect())),
    ];
    table(&["What", "Value"], rows.into_iter().map(|(what, value)| vec![what.to_owned(), value]))
}

/// One row for each edition, with all the figures taken from it.
fn source_table() -> String {
    let mut sources: Vec<&'static Source> = Vec::new();
    for figure in published::all() {
        if !sources.contains(&figure.source) {
            sources.push(figure.source);
        }
    }
    sources.sort_by_key(|source| (source.name, source.published, source.edition, source.via));
    let head = ["Source", "Edition", "Published", "Data of", "Companies", "Metrics", "Figures", "How read"];
    table(&head, sources.into_iter().map(source_row))
}

fn source_row(source: &'static Source) -> Vec<String> {
    let figures: Vec<&PublishedFigure> = published::all().filter(|figure| figure.source == source).collect();
    let metrics: BTreeSet<String> = figures.iter().map(|figure| format!("`{}`", figure.metric)).collect();
    vec![
        source.name.to_owned(),
        source.edition.to_owned(),
        source.published.map_or_else(String::new, |year| year.to_string()),
        span(figures.iter().filter_map(|figure| figure.figure_year.map(u32::from))),
        span(figures.iter().filter_map(|figure| figure.companies)),
        metrics.into_iter().collect::<Vec<_>>().join(", "),
        figures.len().to_string(),
        how_read(source),
    ]
}

fn how_read(source: &Source) -> String {
    let how = match (source.is_computed_here, source.is_secondary) {
        (true, _) => Some("computed here".to_owned()),
        (false, true) => Some("second-hand".to_owned()),
        (false, false) => None,
    };
    let via = source.via.map(|place| format!("via {place}"));
    how.into_iter().chain(via).collect::<Vec<_>>().join(", ")
}

/// `2019`, `2020–2022`, or nothing.
fn span(numbers: impl Iterator<Item = u32>) -> String {
    let all: BTreeSet<u32> = numbers.collect();
    match (all.first(), all.last()) {
        (Some(first), Some(last)) if first < last => format!("{first}–{last}"),
        (Some(only), _) => only.to_string(),
        (None, _) => String::new(),
    }
}

fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let line = |cells: &[String]| format!("| {} |", cells.join(" | "));
    let head: Vec<String> = head.iter().map(|&name| name.to_owned()).collect();
    let rule = format!("|{}", "---|".repeat(head.len()));
    let rows = rows.map(|cells| line(&cells.iter().map(|cell| cell.replace('|', "\\|")).collect::<Vec<_>>()));
    [line(&head), rule].into_iter().chain(rows).collect::<Vec<_>>().join("\n")
}
