//! Definitions and figures.

use axum::{Json, extract::State};
use kernel::Currency;
use metrics::{MetricKey, model::FiguresTable};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    caller::{MetricsRead, Within},
    exchange::Params,
};
use crate::{rest::problem::Problem, services::Services};

/// The definition of a metric.
#[derive(Serialize, ToSchema)]
pub(crate) struct Definition {
    /// The stable name.
    key: &'static str,
    /// The full name.
    label: &'static str,
    /// How it is computed; absent if it can only be reported.
    formula: Option<&'static str>,
    /// The same in words.
    words: &'static str,
    /// What is most often done wrong.
    pitfall: &'static str,
    /// Who defined it.
    source: &'static str,
}

/// Which figures are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SeriesParams {
    /// Names of metrics, with commas between them; all if left out.
    metrics: Option<String>,
    /// The currency of amounts, as ISO 4217; the company's if left out.
    currency: Option<String>,
}

/// Figures by month.
#[derive(Serialize, ToSchema)]
pub(crate) struct Series {
    /// The company's name.
    company: String,
    /// Whether all of it is made up.
    is_synthetic: bool,
    /// The currency of amounts, as ISO 4217.
    currency: &'static str,
    /// The months, oldest first, as `2026-09`.
    months: Vec<String>,
    /// The metrics that have at least one value.
    metrics: Vec<OneSeries>,
}

/// One metric by month.
#[derive(Serialize, ToSchema)]
pub(crate) struct OneSeries {
    /// The stable name of the metric.
    metric: &'static str,
    /// A value for each month; null where it is not known.
    values: Vec<Option<f64>>,
}

/// Every metric, with its definition.
#[utoipa::path(get, path = "/metrics/catalogue", tag = "metrics", operation_id = "catalogue",
    responses((status = 200, body = Vec<Definition>)))]
pub(crate) async fn catalogue() -> Json<Vec<Definition>> {
    let definition = |key: MetricKey| {
        let metric = key.metric();
        Definition {
            key: metric.key,
            label: metric.label,
            formula: metric.formula,
            words: metric.words,
            pitfall: metric.pitfall,
            source: metric.source,
        }
    };
    Json(MetricKey::all().map(definition).collect())
}

/// Figures by month.
#[utoipa::path(get, path = "/metrics/series", tag = "metrics", operation_id = "series", security(("bearer" = ["metrics:read"])),
    params(SeriesParams, ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, body = Series), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn series(
    State(services): State<Services>,
    within: Within<MetricsRead>,
    Params(params): Params<SeriesParams>,
) -> Result<Json<Series>, Problem> {
    let wanted = params.metrics.as_deref().map(wanted).transpose()?;
    let currency = params.currency.as_deref().map(currency).transpose()?;
    let table = services.metrics.table(&within.actor, currency).await?;
    Ok(Json(series_of(table, wanted.as_deref())))
}

fn wanted(text: &str) -> Result<Vec<MetricKey>, kernel::AppError> {
    let key = |name: &str| {
        MetricKey::parse(name.trim()).ok_or_else(|| {
            kernel::AppError::invalid(
                "metrics",
                "One of these is no metric. GET /metrics/catalogue lists them",
            )
        })
    };
    text.split(',').map(key).collect()
}

fn currency(text: &str) -> Result<Currency, kernel::AppError> {
    text.to_uppercase().parse().map_err(|_| {
        kernel::AppError::invalid(
            "currency",
            "Amounts are not shown in this currency. Take one like EUR or USD",
        )
    })
}

fn series_of(table: FiguresTable, wanted: Option<&[MetricKey]>) -> Series {
    let is_wanted = |key: &MetricKey| wanted.is_none_or(|wanted| wanted.contains(key));
    let rows = table.rows.into_iter().filter(|(key, _)| is_wanted(key));
    Series {
        company: table.company,
        is_synthetic: table.is_synthetic,
        currency: table.currency.code(),
        months: table.months.iter().map(ToString::to_string).collect(),
        metrics: rows.map(|(key, values)| OneSeries { metric: key.as_str(), values }).collect(),
    }
}
