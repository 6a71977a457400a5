//! Reports as files.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use tower_sessions::Session;

use super::{
    answer::{actor, attachment},
    problem::Problem,
};
use crate::services::Services;

/// The file of a report.
pub(crate) async fn download(
    State(services): State<Services>,
    Path((workspace, id)): Path<(String, String)>,
    session: Session,
) -> Result<Response, Problem> {
    let actor = actor(&services, &session, &workspace).await?;
    let (name, bytes) = services.reports.download(&actor, super::answer::id(&id, "report")?).await?;
    Ok((attachment(&name, "application/pdf"), bytes).into_response())
}
