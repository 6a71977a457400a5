//! What the services say, as messages.

use benchmarks::model::{PublishedReference, Rung, SnapshotLabel, StandingRow, StandingView};
use chrono::SecondsFormat;
use kernel::Month;
use metrics::{MetricKey, model::FiguresTable};

use super::pb::{self, read_series_response::Part};

/// The definition of a metric.
pub(super) fn metric(key: MetricKey) -> pb::Metric {
    let metric = key.metric();
    pb::Metric {
        key: metric.key.to_owned(),
        label: metric.label.to_owned(),
        formula: metric.formula.map(str::to_owned),
        words: metric.words.to_owned(),
        pitfall: metric.pitfall.to_owned(),
        source: metric.source.to_owned(),
    }
}

/// The head, and then each wanted metric that has a value in a wanted month.
pub(super) fn series(
    table: FiguresTable,
    has: impl Fn(MetricKey) -> bool,
    covers: impl Fn(Month) -> bool,
) -> Vec<pb::ReadSeriesResponse> {
    let months: Vec<(usize, String)> = table
        .months
        .iter()
        .enumerate()
        .filter(|(_, month)| covers(**month))
        .map(|(place, month)| (place, month.to_string()))
        .collect();
    let head = pb::SeriesHead {
        company: table.company,
        is_synthetic: table.is_synthetic,
        currency: table.currency.code().to_owned(),
        months: months.iter().map(|(_, month)| month.clone()).collect(),
    };
    let rows = table.rows.into_iter().filter(|(key, _)| has(*key)).filter_map(|(key, values)| {
        let points = months.iter().filter_map(|(place, month)| {
            let value = values.get(*place).copied().flatten()?;
            Some(pb::Point { month: month.clone(), value })
        });
        let points: Vec<_> = points.collect();
        let series = pb::Series { metric: key.as_str().to_owned(), points };
        (!series.points.is_empty()).then_some(Part::Series(series))
    });
    let part = |part| pb::ReadSeriesResponse { part: Some(part) };
    std::iter::once(Part::Head(head)).chain(rows).map(part).collect()
}

impl From<StandingView> for pb::ReadAggregatesResponse {
    fn from(view: StandingView) -> Self {
        let rows = view.groups.into_iter().flat_map(|group| group.rows);
        Self {
            company: view.company,
            is_synthetic: view.is_synthetic,
            currency: view.currency.code().to_owned(),
            month: view.month.map(|month| month.to_string()),
            snapshot: view.snapshot.map(pb::Snapshot::from),
            headline: view.headline,
            aggregates: rows.map(pb::Aggregate::from).collect(),
        }
    }
}

impl From<SnapshotLabel> for pb::Snapshot {
    fn from(label: SnapshotLabel) -> Self {
        let taken_at = label.taken_at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        Self { quarter: label.quarter, hash: label.hash, taken_at }
    }
}

impl From<StandingRow> for pb::Aggregate {
    fn from(row: StandingRow) -> Self {
        let rank = row.position.rank;
        Self {
            metric: row.key.as_str().to_owned(),
            value: row.value.known(),
            standing: row.position.standing().words().to_owned(),
            percentile: rank.map(|rank| rank.percentile.into()),
            percentile_low: rank.map(|rank| rank.low.into()),
            percentile_high: rank.map(|rank| rank.high.into()),
            peers: row.position.peers.to_string(),
            peers_are: row.position.rung.map(Rung::words),
            median: row.position.quantiles.p50,
            published: row.published.into_iter().map(pb::Published::from).collect(),
        }
    }
}

impl From<PublishedReference> for pb::Published {
    fn from(reference: PublishedReference) -> Self {
        let marks = reference.marks.into_iter();
        Self {
            metric: reference.metric,
            source: reference.source,
            year: reference.published.map(u32::from),
            companies: reference.companies,
            population: reference.population,
            definition: reference.definition,
            is_secondary: reference.is_secondary,
            marks: marks.map(|mark| pb::Mark { name: mark.name, value: mark.value }).collect(),
            placement: reference.placement.map(|placement| placement.words()),
        }
    }
}
