//! What the pages ask of the server.

use api::ApiError;
use kernel::ReportId;
use leptos::prelude::*;
use reports::model::ReportSummary;

/// Where the form that removes a report goes.
pub(crate) const DELETE_REPORT: &str = <DeleteReport as leptos::server_fn::ServerFn>::PATH;

/// Every report of the workspace.
#[server]
pub async fn list_reports(workspace: String) -> Result<Vec<ReportSummary>, ApiError> {
    let (reports, actor) = api::enter::<reports::Reports>(&workspace).await?;
    Ok(reports.list(&actor).await?)
}

/// Makes the report of the newest quarter.
#[server]
pub async fn create_report(workspace: String) -> Result<(), ApiError> {
    let (reports, actor) = api::enter::<reports::Reports>(&workspace).await?;
    let made = reports.create(&actor, metrics::model::FiguresQuery::default()).await?;
    leptos_axum::redirect(&format!("/w/{workspace}/reports?made={}", made.id));
    Ok(())
}

/// Removes a report.
#[server]
pub async fn delete_report(workspace: String, id: ReportId) -> Result<(), ApiError> {
    let (reports, actor) = api::enter::<reports::Reports>(&workspace).await?;
    reports.delete(&actor, id).await?;
    leptos_axum::redirect(&format!("/w/{workspace}/reports"));
    Ok(())
}
