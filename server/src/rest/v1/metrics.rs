//! Definitions and figures.

use axum::{Json, extract::State};
use kernel::{AppError, Currency, FieldErrors, Month};
use metrics::{
    MetricKey,
    engine::check_value,
    model::{FiguresTable, NewObservation},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    caller::{MetricsRead, MetricsWrite, Within},
    exchange::{Body, Params},
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

/// Figures of months.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewObservations {
    /// The currency of amounts, as ISO 4217; the one that the company keeps its figures in.
    #[schema(max_length = 3, min_length = 3)]
    currency: String,
    /// The figures; all of them are kept, or none.
    #[schema(max_items = 10000, min_items = 1)]
    observations: Vec<OneObservation>,
}

/// One figure of one month.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OneObservation {
    /// The stable name of the metric.
    #[schema(max_length = 100)]
    metric: String,
    /// The month, as `2026-09`.
    #[schema(pattern = "^[0-9]{4}-[0-9]{2}$")]
    month: String,
    /// The value, in the unit of the metric: shares as fractions, amounts in major units.
    value: f64,
}

/// What became of them.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecordedAnswer {
    /// The import that they are, to undo it; absent if everything was kept before.
    import_id: Option<Uuid>,
    /// Figures that are new.
    added: u64,
    /// Figures that replaced others.
    changed: u64,
    /// Figures that were kept before.
    unchanged: u64,
}

impl NewObservations {
    fn parse(self) -> Result<(Currency, Vec<NewObservation>), AppError> {
        let mut errors = FieldErrors::default();
        let currency = errors.take("currency", currency(&self.currency).map_err(|error| error.to_string()));
        let mut observations = Vec::with_capacity(self.observations.len());
        for (index, wish) in self.observations.iter().enumerate() {
            let wish = (wish.metric.as_str(), wish.month.as_str(), wish.value);
            let place = format!("observations[{index}].");
            let found = observation(&mut errors, &place, wish);
            if let Some(found) = found
                && let Err(problem) = check_value(found.metric, found.value)
            {
                errors.add(format!("{place}value"), problem.to_string());
            }
            observations.extend(found);
        }
        errors.into_result()?;
        let currency = currency.ok_or_else(|| AppError::invalid("currency", "Name the currency"))?;
        Ok((currency, observations))
    }
}

/// Write figures of months: all of them are kept as one import, or none.
#[utoipa::path(post, path = "/metrics/observations", tag = "metrics", operation_id = "write_observations", security(("bearer" = ["metrics:write"])),
    params(("Quartile-Workspace" = Option<String>, Header)), request_body = NewObservations,
    responses((status = 200, body = RecordedAnswer), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn write(
    State(services): State<Services>,
    within: Within<MetricsWrite>,
    Body(new): Body<NewObservations>,
) -> Result<Json<RecordedAnswer>, Problem> {
    let (currency, new) = new.parse()?;
    let recorded = services.metrics.record(&within.actor, currency, &new).await.map_err(Problem::of_state)?;
    Ok(Json(RecordedAnswer {
        import_id: recorded.import.as_ref().map(|import| import.id.uuid()),
        added: recorded.import.as_ref().map_or(0, |import| import.added),
        changed: recorded.import.as_ref().map_or(0, |import| import.changed),
        unchanged: recorded.unchanged,
    }))
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

/// One figure as a program writes it; what is wrong is noted by field.
pub(crate) fn observation(
    errors: &mut FieldErrors,
    place: &str,
    (metric, month, value): (&str, &str, f64),
) -> Option<NewObservation> {
    let metric = MetricKey::parse(metric)
        .ok_or("This is no metric. GET /metrics/catalogue, or ListMetrics, lists them");
    let metric = errors.take(&format!("{place}metric"), metric);
    let month = month.parse::<Month>().map_err(|_| "This is no month. Write it like 2026-09");
    let month = errors.take(&format!("{place}month"), month);
    Some(NewObservation { metric: metric?, month: month?, value })
}

fn wanted(text: &str) -> Result<Vec<MetricKey>, AppError> {
    let key = |name: &str| {
        MetricKey::parse(name.trim_matches(' ')).ok_or_else(|| {
            AppError::invalid("metrics", "One of these is no metric. GET /metrics/catalogue lists them")
        })
    };
    text.split(',').map(key).collect()
}

/// The currency of that code.
pub(crate) fn currency(text: &str) -> Result<Currency, AppError> {
    text.to_uppercase().parse().map_err(|_| {
        AppError::invalid("currency", "Amounts are not shown in this currency. Take one like EUR or USD")
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
