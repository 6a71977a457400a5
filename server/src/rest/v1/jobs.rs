//! Background work.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use kernel::Permission;
use platform::JobView;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::caller::{DataRead, Within};
use crate::{rest::problem::Problem, services::Services};

const MOST: u32 = 100;

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

/// The newest hundred pieces of background work of the workspace.
#[utoipa::path(get, path = "/jobs", tag = "data", operation_id = "list_jobs", security(("bearer" = ["data:read"])),
    params(("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, body = Vec<Job>), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn list(
    State(services): State<Services>,
    within: Within<DataRead>,
) -> Result<Json<Vec<Job>>, Problem> {
    let scope = within.actor.require(Permission::View)?;
    Ok(Json(services.jobs.list(scope, MOST).await?.into_iter().map(Job::from).collect()))
}
