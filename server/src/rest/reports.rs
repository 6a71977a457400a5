//! Reports as files.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use kernel::ReportId;
use tower_sessions::Session;

use super::answer::{Refusal, actor, attachment};
use crate::services::Services;

/// The file of a report.
pub(crate) async fn download(
    State(services): State<Services>,
    Path((workspace, id)): Path<(String, ReportId)>,
    session: Session,
) -> Result<Response, Refusal> {
    let actor = actor(&services, &session, &workspace).await?;
    let (name, bytes) = services.reports.download(&actor, id).await?;
    Ok((attachment(&name, "application/pdf"), bytes).into_response())
}
