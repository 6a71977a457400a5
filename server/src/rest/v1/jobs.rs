//! Background work.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use kernel::Permission;
use platform::JobView;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    caller::{DataRead, Within},
    exchange::{Page, PageParams, Params},
};
use crate::{rest::problem::Problem, services::Services};

/// A piece of background work.
#[derive(Serialize, ToSchema)]
pub(crate) struct Job {
    /// The job.
    id: Uuid,
    /// What is done: `datasets.read` reads a file.
    kind: String,
    /// ready, running, done or failed.
    state: String,
    /// How often it was begun.
    attempts: i64,
    /// When it was asked for.
    created_at: DateTime<Utc>,
    /// When it ended.
    finished_at: Option<DateTime<Utc>>,
    /// What went wrong the last time.
    problem: Option<String>,
}

impl From<JobView> for Job {
    fn from(job: JobView) -> Self {
        Self {
            id: job.id,
            kind: job.kind,
            state: job.state,
            attempts: job.attempts,
            created_at: job.created_at,
            finished_at: job.finished_at,
            problem: job.last_error,
        }
    }
}

/// The background work of the workspace, newest first. What was done is forgotten after thirty days.
#[utoipa::path(get, path = "/jobs", tag = "data", operation_id = "list_jobs", security(("bearer" = ["data:read"])),
    params(PageParams, ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, body = Page<Job>), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn list(
    State(services): State<Services>,
    within: Within<DataRead>,
    Params(params): Params<PageParams>,
) -> Result<Json<Page<Job>>, Problem> {
    let scope = within.actor.require(Permission::View)?;
    let (after, limit) = (params.moment()?, params.limit()?);
    let jobs = services.jobs.list_after(scope, after, limit + 1).await?;
    Ok(Page::by_moment(jobs, limit, |job| (job.created_at, job.id)))
}
