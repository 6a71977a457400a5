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
use reports::model::{Access, BENCHMARK, ReportSummary, SharingChange};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    caller::{ReportsRead, ReportsWrite, Within, admit},
    exchange::{Body, Id, Page, PageParams, Params},
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
    /// Whether everybody in the workspace sees it.
    for_everyone: bool,
    /// What you may do with it: `read`, or `edit`, which is to remove it as well.
    access: &'static str,
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
            for_everyone: report.for_everyone,
            access: report.access.key(),
        }
    }
}

/// Every report that you see, newest first.
#[utoipa::path(get, path = "/reports", tag = "reports", operation_id = "list_reports", security(("bearer" = ["reports:read"])),
    params(PageParams, ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, body = Page<Report>), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn list(
    State(services): State<Services>,
    within: Within<ReportsRead>,
    Params(params): Params<PageParams>,
) -> Result<Json<Page<Report>>, Problem> {
    let (after, limit) = (params.moment()?, params.limit()?);
    let reports = services.reports.list_after(&within.actor, after, limit + 1).await?;
    Ok(Page::by_moment(reports, limit, |report| (report.created_at, report.id.uuid())))
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
    Ok(Json(services.reports.show(&within.actor, id).await?.into()))
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
        key: BENCHMARK,
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

/// Who sees a report besides those who make reports.
#[derive(Serialize, ToSchema)]
pub(crate) struct Sharing {
    /// Whether everybody in the workspace sees it.
    for_everyone: bool,
    /// The viewers of the workspace.
    viewers: Vec<Viewer>,
}

/// Somebody who sees a report only if it is shared.
#[derive(Serialize, ToSchema)]
pub(crate) struct Viewer {
    /// The person.
    id: Uuid,
    /// What the person is called.
    name: String,
    /// The address; masked for those who do not manage members.
    email: String,
    /// `none`, `read`, or `edit`, which is to remove it as well.
    access: &'static str,
}

/// What is to be different.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedSharing {
    /// Whether everybody in the workspace sees it; left out, it stays as it is.
    for_everyone: Option<bool>,
    /// Members and what each may do; whoever is left out keeps what they have.
    #[serde(default)]
    #[schema(max_items = 100)]
    people: Vec<ChangedAccess>,
}

/// What one member may do.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedAccess {
    /// The member.
    id: Uuid,
    /// The access.
    access: GivenAccess,
}

/// What can be given to a member.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GivenAccess {
    /// Nothing beyond the role.
    None,
    /// See and download it.
    Read,
    /// Remove it as well.
    Edit,
}

impl From<GivenAccess> for Option<Access> {
    fn from(given: GivenAccess) -> Self {
        match given {
            GivenAccess::None => None,
            GivenAccess::Read => Some(Access::Read),
            GivenAccess::Edit => Some(Access::Edit),
        }
    }
}

/// Who sees a report besides those who make reports.
#[utoipa::path(get, path = "/reports/{id}/sharing", tag = "reports", operation_id = "show_sharing", security(("bearer" = ["reports:write"])),
    params(("id" = Uuid, Path), ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, body = Sharing), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn sharing(
    State(services): State<Services>,
    within: Within<ReportsWrite>,
    Id(id): Id<ReportId>,
) -> Result<Json<Sharing>, Problem> {
    let sharing = services.reports.sharing(&within.actor, id).await?;
    let viewer = |it: reports::model::ViewerAccess| Viewer {
        id: it.id.uuid(),
        name: it.name,
        email: it.email,
        access: it.access.map_or("none", Access::key),
    };
    Ok(Json(Sharing {
        for_everyone: sharing.report.for_everyone,
        viewers: sharing.viewers.into_iter().map(viewer).collect(),
    }))
}

/// Change who sees a report.
#[utoipa::path(patch, path = "/reports/{id}/sharing", tag = "reports", operation_id = "share_report", security(("bearer" = ["reports:write"])),
    params(("id" = Uuid, Path), ("Quartile-Workspace" = Option<String>, Header)), request_body = ChangedSharing,
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn share(
    State(services): State<Services>,
    within: Within<ReportsWrite>,
    Id(id): Id<ReportId>,
    Body(change): Body<ChangedSharing>,
) -> Result<StatusCode, Problem> {
    if change.people.len() > 100 {
        return Err(AppError::invalid("people", "Change what at most 100 people may do at once").into());
    }
    let people = change.people.into_iter().map(|it| (it.id.into(), it.access.into())).collect();
    let change = SharingChange { for_everyone: change.for_everyone, people };
    let shared = services.reports.share(&within.actor, id, change).await;
    shared.map_err(|error| Problem::of_member_in("people", error))?;
    Ok(StatusCode::NO_CONTENT)
}
