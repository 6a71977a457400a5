//! The document as the template reads it: words and figures only, every choice already made.

use charts::{PercentileBar, Rank};
use kernel::{Figure, figure};
use reports::document::{
    Change, Cover, Definition, FigureRow, Headline, MethodSection, ReportDocument, StandingSection, Summary,
    TrendSection,
};
use serde::Serialize;

use crate::charts_on_paper::{BAR_WIDTH, ChartFile};

/// Everything that the template prints.
#[derive(Serialize)]
pub(crate) struct PrintModel<'a> {
    company: &'a str,
    period: &'a str,
    snapshot: &'a str,
    generated_on: String,
    generated_label: String,
    synthetic: bool,
    cover: &'a Cover,
    summary: PrintSummary<'a>,
    figures: Vec<PrintGroup<'a>>,
    standing: Vec<PrintStanding<'a>>,
    trends: Vec<PrintTrend<'a>>,
    definitions: &'a [Definition],
    method: &'a [MethodSection],
    bar_width: f64,
}

#[derive(Serialize)]
struct PrintSummary<'a> {
    finding: &'a str,
    sentences: &'a [String],
    headline_columns: usize,
    headlines: Vec<PrintHeadline<'a>>,
    /// The bars of the headline metrics, as on the pages of their groups.
    positions: Vec<PrintPosition<'a>>,
}

#[derive(Serialize)]
struct PrintHeadline<'a> {
    label: &'a str,
    note: Option<&'a str>,
    value: Option<&'a Figure>,
    change: Option<&'a Change>,
    rank: Option<PrintRank>,
}

#[derive(Serialize)]
struct PrintGroup<'a> {
    name: &'a str,
    rows: Vec<PrintRow<'a>>,
}

#[derive(Serialize)]
struct PrintRow<'a> {
    metric: &'a str,
    value: Option<&'a Figure>,
    previous: Option<&'a Figure>,
    change: Option<&'a Change>,
    median: Option<&'a Figure>,
    rank: Option<PrintRank>,
    peers: &'a str,
}

#[derive(Serialize)]
struct PrintStanding<'a> {
    group: &'a str,
    finding: &'a str,
    paragraphs: &'a [String],
    rows: Vec<PrintPosition<'a>>,
    note: Option<&'a str>,
}

#[derive(Clone, Serialize)]
struct PrintPosition<'a> {
    metric: &'a str,
    you: Option<Figure>,
    median: Option<Figure>,
    rank: Option<PrintRank>,
    peers: String,
    /// P10, P25, median, P75 and P90, where the evidence allows them.
    reference: [Option<Figure>; 5],
    chart: ChartFile,
}

#[derive(Serialize)]
struct PrintTrend<'a> {
    finding: &'a str,
    paragraphs: &'a [String],
    chart: ChartFile,
}

#[derive(Clone, Serialize)]
struct PrintRank {
    shown: String,
    interval: String,
    short: String,
}

impl From<Rank> for PrintRank {
    fn from(rank: Rank) -> Self {
        Self {
            shown: rank.shown(),
            interval: rank.interval_shown(),
            short: format!("P{:.0}", rank.percentile.clamp(0.0, 100.0).round()),
        }
    }
}

impl<'a> PrintModel<'a> {
    /// The model of a document whose charts are these, in the order of printing.
    pub(crate) fn new(document: &'a ReportDocument, charts: &[ChartFile]) -> Self {
        let mut charts = charts.iter().cloned();
        let standing: Vec<PrintStanding<'_>> =
            document.standing.iter().map(|section| print_standing(section, &mut charts)).collect();
        Self {
            company: &document.company,
            period: &document.period,
            snapshot: &document.snapshot,
            generated_on: document.generated_on.to_string(),
            generated_label: document.generated_label(),
            synthetic: document.synthetic,
            cover: &document.cover,
            summary: print_summary(&document.summary, &standing),
            figures: document
                .figures
                .iter()
                .map(|group| PrintGroup {
                    name: &group.name,
                    rows: group.rows.iter().map(print_row).collect(),
                })
                .collect(),
            standing,
            trends: document
                .trends
                .iter()
                .filter_map(|section| Some(print_trend(section, charts.next()?)))
                .collect(),
            definitions: &document.definitions,
            method: &document.method,
            bar_width: BAR_WIDTH,
        }
    }
}

/// How many tiles stand side by side, so that rows come out even.
fn columns_for(tiles: usize) -> usize {
    match tiles {
        0..=4 => tiles.max(1),
        5 | 6 | 9 => 3,
        _ => 4,
    }
}

fn print_summary<'a>(summary: &'a Summary, standing: &[PrintStanding<'a>]) -> PrintSummary<'a> {
    let position = |headline: &Headline| {
        standing.iter().flat_map(|section| &section.rows).find(|row| row.metric == headline.label).cloned()
    };
    PrintSummary {
        finding: &summary.finding,
        sentences: &summary.sentences,
        headline_columns: columns_for(summary.headlines.len()),
        headlines: summary.headlines.iter().map(print_headline).collect(),
        positions: summary.headlines.iter().filter_map(position).collect(),
    }
}

fn print_headline(headline: &Headline) -> PrintHeadline<'_> {
    PrintHeadline {
        label: &headline.label,
        note: headline.note.as_deref(),
        value: headline.value.as_ref(),
        change: headline.change.as_ref(),
        rank: headline.rank.map(PrintRank::from),
    }
}

fn print_row(row: &FigureRow) -> PrintRow<'_> {
    PrintRow {
        metric: &row.metric,
        value: row.value.as_ref(),
        previous: row.previous.as_ref(),
        change: row.change.as_ref(),
        median: row.median.as_ref(),
        rank: row.rank.map(PrintRank::from),
        peers: &row.peers,
    }
}

fn print_standing<'a>(
    section: &'a StandingSection,
    charts: &mut impl Iterator<Item = ChartFile>,
) -> PrintStanding<'a> {
    PrintStanding {
        group: &section.group,
        finding: &section.finding,
        paragraphs: &section.paragraphs,
        rows: section.bars.iter().filter_map(|bar| Some(print_position(bar, charts.next()?))).collect(),
        note: section.note.as_deref(),
    }
}

fn print_position(bar: &PercentileBar, chart: ChartFile) -> PrintPosition<'_> {
    let shown = |value: f64| figure(value, bar.unit, bar.currency);
    let open = bar.open_reference_points();
    let point =
        |wanted: &str| open.iter().find(|(name, _)| *name == wanted).and_then(|(_, value)| *value).map(shown);
    PrintPosition {
        metric: &bar.title,
        you: bar.you.map(shown),
        median: point("Median"),
        rank: bar.open_rank().map(PrintRank::from),
        peers: format!("{} peers", bar.peers),
        reference: ["P10", "P25", "Median", "P75", "P90"].map(point),
        chart,
    }
}

fn print_trend(section: &TrendSection, chart: ChartFile) -> PrintTrend<'_> {
    PrintTrend { finding: &section.finding, paragraphs: &section.paragraphs, chart }
}
