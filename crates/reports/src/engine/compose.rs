//! The benchmark report: what a board reads, in the order in which it reads it.

use benchmarks::engine::{Finding, headline};
use benchmarks::model::{Placement, StandingGroup, StandingRow, StandingView};
use charts::AnyChart;
use chrono::NaiveDate;
use kernel::{Currency, Month, Unit, delta, figure};
use metrics::model::{Change as MetricChange, DashboardContent, DashboardView, Judgement};

use super::definitions::{definitions, method};
use crate::document::{
    Change, Cover, Fact, FigureGroup, FigureRow, Headline, ReportDocument, StandingSection, Summary, Tone,
    TrendSection,
};

/// The document; `None` without figures.
pub(crate) fn compose(
    dashboard: &DashboardView,
    standing: &StandingView,
    generated_on: NaiveDate,
) -> Option<ReportDocument> {
    let content = dashboard.content.as_ref()?;
    let board = &content.dashboard;
    let period = board.window.ending(board.month).label();
    let snapshot = standing.snapshot.as_ref().filter(|_| standing.obstacle.is_none());
    let snapshot = snapshot.map_or_else(
        || "published figures only".to_owned(),
        |snapshot| format!("{} ({})", snapshot.quarter, snapshot.hash),
    );
    Some(ReportDocument {
        company: dashboard.company.clone(),
        generated_on,
        currency: dashboard.shown.currency,
        synthetic: dashboard.is_synthetic,
        cover: cover(standing, &period, &snapshot, dashboard.shown.currency),
        summary: summary(dashboard, content, standing),
        figures: figure_groups(standing, standing.month.unwrap_or(board.month)),
        standing: standing.groups.iter().filter_map(standing_section).collect(),
        trends: trends(content),
        definitions: definitions(standing),
        method: method(),
        period,
        snapshot,
    })
}

fn cover(standing: &StandingView, period: &str, snapshot: &str, currency: Currency) -> Cover {
    let profile = standing.profile;
    let compared = [
        profile.industry.map(|industry| industry.label().to_owned()),
        profile.band.map(|band| band.label().to_owned()),
        profile.stage.map(|stage| stage.label().to_owned()),
    ];
    let compared: Vec<String> = compared.into_iter().flatten().collect();
    let fact = |label: &str, value: String| Fact { label: label.to_owned(), value };
    let ranked = match (standing.ranked.has_changed, standing.ranked.is_limited) {
        (false, false) => None,
        (true, false) => Some("of the figures when peers were counted"),
        (false, true) => Some("none before the next count of peers"),
        (true, true) => Some("only of the figures when peers were counted"),
    };
    let ranked = ranked.map(|words| fact("Percentiles", words.to_owned()));
    Cover {
        kind: "Benchmark report".to_owned(),
        facts: [
            fact("Period", period.to_owned()),
            fact(
                "Compared with",
                if compared.is_empty() { "all companies".to_owned() } else { compared.join(", ") },
            ),
            fact("Peers", snapshot.to_owned()),
            fact("Currency", format!("{} ({})", currency.name(), currency.code())),
        ]
        .into_iter()
        .chain(ranked)
        .collect(),
    }
}

fn summary(dashboard: &DashboardView, content: &DashboardContent, standing: &StandingView) -> Summary {
    let currency = dashboard.shown.currency;
    let attention = content.dashboard.attention.iter().take(3);
    let notes = attention.map(|note| format!("{}. {}", note.headline.trim_end_matches('.'), note.detail));
    let standing_sentence = Some(standing.summary.clone()).filter(|sentence| !sentence.is_empty());
    let finding = if standing.headline.is_empty() {
        format!("{} in figures", dashboard.company)
    } else {
        standing.headline.clone()
    };
    Summary {
        finding,
        sentences: standing_sentence.into_iter().chain(notes).collect(),
        headlines: content
            .dashboard
            .figures
            .iter()
            .map(|key_figure| Headline {
                label: key_figure.label.clone(),
                note: None,
                value: key_figure.value.known().map(|value| figure(value, key_figure.unit, currency)),
                change: key_figure.change.map(|change| shown_change(change, key_figure.unit, currency)),
                rank: row_of(standing, key_figure.key).and_then(|row| row.bar.open_rank()),
            })
            .collect(),
    }
}

fn figure_groups(standing: &StandingView, last: Month) -> Vec<FigureGroup> {
    let row = |row: &StandingRow| figure_row(row, last.plus(-3), standing.currency);
    let group = |group: &StandingGroup| FigureGroup {
        name: group.name.clone(),
        rows: group.rows.iter().map(row).collect(),
    };
    standing.groups.iter().map(group).collect()
}

/// Value, value before, median and rank on one basis: the last month, in the currency that peers are compared in.
fn figure_row(row: &StandingRow, month_before: Month, currency: Currency) -> FigureRow {
    let shown = |value: f64| figure(value, row.unit, currency);
    let value = row.value.known();
    let change = row.before.zip(value).map(|(before, after)| {
        let change = metrics::engine::change(row.key, month_before, before, after);
        shown_change(change, row.unit, currency)
    });
    FigureRow {
        metric: row.label.clone(),
        value: value.map(shown),
        previous: row.before.map(shown),
        change,
        median: row.position.quantiles.p50.map(shown),
        rank: row.bar.open_rank(),
        peers: row.position.peers.to_string(),
    }
}

fn standing_section(group: &StandingGroup) -> Option<StandingSection> {
    let placed: Vec<&StandingRow> = group.rows.iter().filter(|row| row.value.known().is_some()).collect();
    if placed.is_empty() {
        return None;
    }
    let names: Vec<String> = placed.iter().map(|row| inside_a_sentence(&row.label)).collect();
    let findings: Vec<Finding<'_>> =
        placed.iter().zip(&names).map(|(row, name)| Finding::new(name, &row.position)).collect();
    let finding = Some(headline(&findings)).filter(|finding| !finding.is_empty());
    let levels = placed.iter().filter_map(|row| row.position.rung).map(|rung| rung.cohort.label());
    let mut cohorts: Vec<String> = levels.collect();
    cohorts.dedup();
    Some(StandingSection {
        group: group.name.clone(),
        finding: finding.unwrap_or_else(|| group.name.clone()),
        paragraphs: placed.iter().filter_map(|row| published_sentence(row)).collect(),
        bars: placed.iter().map(|row| row.bar.clone()).collect(),
        note: (!cohorts.is_empty()).then(|| format!("Peers: {}.", cohorts.join("; "))),
    })
}

/// A label as it stands inside a sentence: `net revenue retention`, and still `EBITDA margin`, `SaaS quick ratio`.
fn inside_a_sentence(label: &str) -> String {
    let first_word = label.split(' ').next().unwrap_or("");
    if first_word.chars().skip(1).any(char::is_uppercase) {
        return label.to_owned();
    }
    let mut letters = label.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// What the most fitting published figure says of the metric.
fn published_sentence(row: &StandingRow) -> Option<String> {
    let reference = row.published.first()?;
    let placement = reference.placement.as_ref().filter(|placement| **placement != Placement::Unplaced)?;
    let year =
        reference.figure_year.or(reference.published).map(|year| format!(", {year}")).unwrap_or_default();
    Some(format!(
        "{} is {} of the published figures ({}{year}).",
        row.label,
        placement.words(),
        reference.source
    ))
}

fn trends(content: &DashboardContent) -> Vec<TrendSection> {
    let courses = content.trends.iter().map(|trend| TrendSection {
        finding: trend.key.metric().label.to_owned(),
        paragraphs: vec![trend.key.metric().words.to_owned()],
        chart: AnyChart::Trend(trend.chart.clone()),
    });
    let bridge = content.waterfall.iter().map(|waterfall| TrendSection {
        finding: "How monthly recurring revenue moved".to_owned(),
        paragraphs: vec!["Start + new + reactivated + expansion − contraction − churned = end.".to_owned()],
        chart: AnyChart::Waterfall(waterfall.clone()),
    });
    courses.chain(bridge).collect()
}

fn shown_change(change: MetricChange, unit: Unit, currency: Currency) -> Change {
    let amount = match change.relative {
        Some(relative) => delta(relative * 100.0, Unit::Points, currency).number + "\u{2009}%",
        None => delta(change.absolute, unit, currency).to_string(),
    };
    Change {
        amount,
        since: change.against.label(),
        tone: match change.judgement {
            Judgement::Better => Tone::Better,
            Judgement::Worse => Tone::Worse,
            Judgement::Neutral => Tone::Neutral,
        },
    }
}

fn row_of(standing: &StandingView, key: metrics::MetricKey) -> Option<&StandingRow> {
    standing.groups.iter().flat_map(|group| &group.rows).find(|row| row.key == key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abbreviations_keep_their_capitals_inside_a_sentence() {
        let labels = ["Net revenue retention", "EBITDA margin", "SaaS quick ratio", "New CAC ratio", ""];
        let inside = ["net revenue retention", "EBITDA margin", "SaaS quick ratio", "new CAC ratio", ""];
        assert_eq!(labels.map(inside_a_sentence), inside);
    }
}
