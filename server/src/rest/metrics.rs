//! Figures and rejected rows as files.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use kernel::DatasetId;
use tower_sessions::Session;

use super::answer::{Refusal, actor, attachment};
use crate::services::Services;

/// The rows of a file that cannot be imported, to put right and upload again.
pub async fn rejected_rows(
    State(services): State<Services>,
    Path((workspace, id)): Path<(String, DatasetId)>,
    session: Session,
) -> Result<Response, Refusal> {
    let actor = actor(&services, &session, &workspace).await?;
    let rows = services.metrics.rejected_rows(&actor, id).await?;
    Ok((attachment("rejected-rows.csv", "text/csv; charset=utf-8"), rows).into_response())
}
