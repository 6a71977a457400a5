//! Where the company stands.

use axum::{Json, extract::State};
use benchmarks::{
    model::{PublishedReference, Rung, SnapshotLabel, StandingRow, StandingView},
    published,
};
use chrono::{DateTime, Utc};
use kernel::{AppError, Direction};
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::{BenchmarksRead, Within};
use crate::{rest::problem::Problem, services::Services};

/// Where the company stands.
#[derive(Serialize, ToSchema)]
pub(crate) struct Standing {
    /// The company's name.
    company: String,
    /// Whether the company and its peers are made up.
    is_synthetic: bool,
    /// The currency of amounts, as ISO 4217.
    currency: &'static str,
    /// The month of the company's values, as `2026-09`; absent before the first import.
    month: Option<String>,
    /// The frozen peers; absent if there are none for this company.
    snapshot: Option<Snapshot>,
    /// The finding over all metrics.
    headline: String,
    /// Each metric.
    positions: Vec<Position>,
}

/// A set of frozen peers.
#[derive(Serialize, ToSchema)]
pub(crate) struct Snapshot {
    /// As `2026 Q3`.
    quarter: String,
    /// The first digits of the digest of everything in it.
    hash: String,
    /// When it was taken.
    taken_at: DateTime<Utc>,
}

/// Where the company stands for one metric.
#[derive(Serialize, ToSchema)]
pub(crate) struct Position {
    /// The stable name of the metric.
    metric: &'static str,
    /// The company's own value.
    value: Option<f64>,
    /// ahead, behind, about the middle, neither way is better, or too few peers.
    standing: &'static str,
    /// The share of peers left behind, in whole per cent; absent without peers enough.
    percentile: Option<u8>,
    /// The lower end of its 95 % interval.
    percentile_low: Option<u8>,
    /// The upper end of its 95 % interval.
    percentile_high: Option<u8>,
    /// How many peers, as a range: never a count.
    peers: String,
    /// Which peers, from the closest to all.
    peers_are: Option<String>,
    /// The median of the peers.
    median: Option<f64>,
    /// Published figures that fit the company, the most fitting first.
    published: Vec<Published>,
}

/// A published figure.
#[derive(Serialize, ToSchema)]
pub(crate) struct Published {
    /// The stable name of the metric.
    metric: String,
    /// Who published it, which edition, and through whom it was read.
    source: String,
    /// When it was published.
    year: Option<u16>,
    /// How many companies stand behind it.
    companies: Option<u32>,
    /// Who these companies are.
    population: String,
    /// What the source measures.
    definition: String,
    /// Whether it was read in somebody else's account of the source.
    is_secondary: bool,
    /// The published values, from the worst to the best.
    marks: Vec<PublishedValue>,
    /// Where the company's own value lies among them.
    placement: Option<String>,
}

/// One published value.
#[derive(Serialize, ToSchema)]
pub(crate) struct PublishedValue {
    /// What it is: `the median`.
    name: String,
    /// Its value, in the unit of the metric.
    value: f64,
}

impl From<SnapshotLabel> for Snapshot {
    fn from(label: SnapshotLabel) -> Self {
        Self { quarter: label.quarter, hash: label.hash, taken_at: label.taken_at }
    }
}

impl From<StandingView> for Standing {
    fn from(view: StandingView) -> Self {
        Self {
            company: view.company,
            is_synthetic: view.is_synthetic,
            currency: view.currency.code(),
            month: view.month.map(|month| month.to_string()),
            snapshot: view.snapshot.map(Snapshot::from),
            headline: view.headline,
            positions: view.groups.into_iter().flat_map(|group| group.rows).map(Position::from).collect(),
        }
    }
}

impl From<StandingRow> for Position {
    fn from(row: StandingRow) -> Self {
        let rank = row.position.rank;
        Self {
            metric: row.key.as_str(),
            value: row.value.known(),
            standing: row.position.standing().words(),
            percentile: rank.map(|rank| rank.percentile),
            percentile_low: rank.map(|rank| rank.low),
            percentile_high: rank.map(|rank| rank.high),
            peers: row.position.peers.to_string(),
            peers_are: row.position.rung.map(Rung::words),
            median: row.position.quantiles.p50,
            published: row.published.into_iter().map(Published::from).collect(),
        }
    }
}

impl From<PublishedReference> for Published {
    fn from(reference: PublishedReference) -> Self {
        let marks = reference.marks.into_iter();
        Self {
            metric: reference.metric,
            source: reference.source,
            year: reference.published,
            companies: reference.companies,
            population: reference.population,
            definition: reference.definition,
            is_secondary: reference.is_secondary,
            marks: marks.map(|mark| PublishedValue { name: mark.name, value: mark.value }).collect(),
            placement: reference.placement.map(|placement| placement.words()),
        }
    }
}

/// Where the company stands for every metric that can be compared.
#[utoipa::path(get, path = "/benchmarks/position", tag = "benchmarks", operation_id = "position", security(("bearer" = ["benchmarks:read"])),
    params(("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, body = Standing), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn position(
    State(services): State<Services>,
    within: Within<BenchmarksRead>,
) -> Result<Json<Standing>, Problem> {
    Ok(Json(services.benchmarks.standing(&within.actor).await?.into()))
}

/// The frozen peers that this company is compared with.
#[utoipa::path(get, path = "/benchmarks/snapshot", tag = "benchmarks", operation_id = "snapshot", security(("bearer" = ["benchmarks:read"])),
    params(("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, body = Snapshot), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn snapshot(
    State(services): State<Services>,
    within: Within<BenchmarksRead>,
) -> Result<Json<Snapshot>, Problem> {
    let view = services.benchmarks.standing(&within.actor).await?;
    let snapshot = view.snapshot.ok_or_else(|| AppError::not_found("snapshot of peers"))?;
    Ok(Json(snapshot.into()))
}

/// Every published figure that companies are compared with, whoever asks.
#[utoipa::path(get, path = "/benchmarks/cohorts", tag = "benchmarks", operation_id = "cohorts",
    responses((status = 200, body = Vec<Published>)))]
pub(crate) async fn cohorts() -> Json<Vec<Published>> {
    let reference = |figure| Published::from(published::reference(figure, None, direction(figure.metric)));
    Json(published::all().map(reference).collect())
}

fn direction(metric: &str) -> Direction {
    metrics::MetricKey::parse(metric).map_or(Direction::Context, |key| key.metric().direction())
}
