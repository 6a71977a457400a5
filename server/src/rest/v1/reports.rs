//! Reports as files.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use kernel::{AppError, ReportId};
use metrics::model::FiguresQuery;
use platform::Class;
use reports::model::ReportSummary;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    caller::{ReportsRead, ReportsWrite, Within, admit},
    exchange::Id,
};
use crate::{rest::answer::attachment, rest::problem::Problem, services::Services};

/// One report.
#[derive(Serialize, ToSchema)]
pub(crate) struct Report {
    /// The report.
    id: Uuid,
    /// The finding.
    title: String,
    /// The period it is about.
    period: String,
    /// Which peers it compares with.
    snapshot: String,
    /// The size of the file in bytes.
    size_bytes: u64,
    /// When it was made.
    created_at: DateTime<Utc>,
}

impl From<ReportSummary> for Report {
    fn from(report: ReportSummary) -> Self {
        Self {
            id: report.id.uuid(),
            title: report.title,
            period: report.period,
            snapshot: report.snapshot,
            size_bytes: report.size_bytes,
            created_at: report.created_at,
        }
    }
}

/// Every report, newest first.
#[utoipa::path(get, path = "/reports", tag = "reports", operation_id = "list_reports", security(("bearer" = ["reports:read"])),
    params(("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, body = Vec<Report>), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn list(
    State(services): State<Services>,
    within: Within<ReportsRead>,
) -> Result<Json<Vec<Report>>, Problem> {
    Ok(Json(services.reports.list(&within.actor).await?.into_iter().map(Report::from).collect()))
}

/// One report.
#[utoipa::path(get, path = "/reports/{id}", tag = "reports", operation_id = "show_report", security(("bearer" = ["reports:read"])),
    params(("id" = Uuid, Path), ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, body = Report), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn show(
    State(services): State<Services>,
    within: Within<ReportsRead>,
    Id(id): Id<ReportId>,
) -> Result<Json<Report>, Problem> {
    let reports = services.reports.list(&within.actor).await?;
    let report = reports.into_iter().find(|report| report.id == id);
    Ok(Json(report.ok_or_else(|| AppError::not_found("report"))?.into()))
}

/// A kind of report.
#[derive(Serialize, ToSchema)]
pub(crate) struct Template {
    /// The stable name.
    key: &'static str,
    /// What it is called.
    label: &'static str,
    /// What is in it.
    description: &'static str,
}

/// Every kind of report.
#[utoipa::path(get, path = "/reports/templates", tag = "reports", operation_id = "report_templates",
    responses((status = 200, body = Vec<Template>)))]
pub(crate) async fn templates() -> Json<Vec<Template>> {
    Json(vec![Template {
        key: "benchmark",
        label: "Benchmark report",
        description: "Key figures with the median of the peers and the rank among them, a page of percentiles for each group of metrics, trends, definitions and method, for a board",
    }])
}

/// The metrics that reports show where they are known, by their stable names.
#[utoipa::path(get, path = "/reports/metrics", tag = "reports", operation_id = "report_metrics",
    responses((status = 200, body = Vec<String>)))]
pub(crate) async fn report_metrics() -> Json<Vec<&'static str>> {
    Json(benchmarks::compared().collect())
}

/// Make a report of the newest figures.
#[utoipa::path(post, path = "/reports", tag = "reports", operation_id = "generate_report", security(("bearer" = ["reports:write"])),
    params(("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 201, body = Report), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn generate(
    State(services): State<Services>,
    within: Within<ReportsWrite>,
) -> Result<(StatusCode, Json<Report>), Problem> {
    admit(&services, Class::Export, &within.actor).await?;
    let report = services.reports.create(&within.actor, FiguresQuery::default()).await?;
    Ok((StatusCode::CREATED, Json(report.into())))
}

/// Remove a report.
#[utoipa::path(delete, path = "/reports/{id}", tag = "reports", operation_id = "delete_report", security(("bearer" = ["reports:write"])),
    params(("id" = Uuid, Path), ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn delete(
    State(services): State<Services>,
    within: Within<ReportsWrite>,
    Id(id): Id<ReportId>,
) -> Result<StatusCode, Problem> {
    services.reports.delete(&within.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The file of a report.
#[utoipa::path(get, path = "/reports/{id}/download", tag = "reports", operation_id = "download_report", security(("bearer" = ["reports:read"])),
    params(("id" = Uuid, Path), ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, content_type = "application/pdf"), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn download(
    State(services): State<Services>,
    within: Within<ReportsRead>,
    Id(id): Id<ReportId>,
) -> Result<Response, Problem> {
    admit(&services, Class::Export, &within.actor).await?;
    let (name, bytes) = services.reports.download(&within.actor, id).await?;
    Ok((attachment(&name, "application/pdf"), bytes).into_response())
}
