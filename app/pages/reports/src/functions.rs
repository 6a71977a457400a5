//! What the pages ask of the server.

use api::ApiError;
#[cfg(feature = "ssr")]
use kernel::AppError;
use kernel::ReportId;
use leptos::prelude::*;
use reports::model::{ReportSummary, Sharing};

/// Where the form that removes a report goes.
pub(crate) const DELETE_REPORT: &str = <DeleteReport as leptos::server_fn::ServerFn>::PATH;
/// Where the form that lets a viewer see a report goes.
pub(crate) const SHARE_REPORT: &str = <ShareReport as leptos::server_fn::ServerFn>::PATH;
/// Where the form that lets everybody see a report goes.
pub(crate) const SHARE_WITH_EVERYONE: &str = <ShareWithEveryone as leptos::server_fn::ServerFn>::PATH;

/// Every report that the person sees.
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

/// Who sees a report besides those who make reports.
#[server]
pub async fn get_sharing(workspace: String, id: String) -> Result<Sharing, ApiError> {
    let (reports, actor) = api::enter::<reports::Reports>(&workspace).await?;
    actor.require(kernel::Permission::CreateReports)?;
    let id = id.parse().map_err(|_| AppError::not_found("report"))?;
    Ok(reports.sharing(&actor, id).await?)
}

/// Lets everybody in the workspace see a report, or no longer.
#[server]
pub async fn share_with_everyone(workspace: String, id: ReportId, wanted: bool) -> Result<(), ApiError> {
    let (reports, actor) = api::enter::<reports::Reports>(&workspace).await?;
    reports.share(&actor, id, reports::model::SharingChange::everyone(wanted)).await?;
    leptos_axum::redirect(&format!("/w/{workspace}/reports/{id}/share?saved"));
    Ok(())
}

/// Lets a viewer see a report, or no longer.
#[server]
pub async fn share_report(
    workspace: String,
    id: ReportId,
    person: String,
    access: String,
) -> Result<(), ApiError> {
    let (reports, actor) = api::enter::<reports::Reports>(&workspace).await?;
    let person = person.parse().map_err(|_| AppError::not_found("member"))?;
    let access = match access.as_str() {
        "none" => None,
        key => Some(
            reports::model::Access::from_key(key)
                .ok_or_else(|| AppError::invalid("access", "Choose one of the entries of the list"))?,
        ),
    };
    reports.share(&actor, id, reports::model::SharingChange::member(person, access)).await?;
    leptos_axum::redirect(&format!("/w/{workspace}/reports/{id}/share?saved"));
    Ok(())
}
