//! What the pages ask of the server.

use api::ApiError;
use leptos::prelude::*;
use metrics::model::{CatalogueView, DashboardView, FigureView};

use crate::address::Choices;

/// The dashboard of the period and currency chosen.
#[server]
pub async fn get_dashboard(workspace: String, choices: Choices) -> Result<DashboardView, ApiError> {
    let (metrics, actor) = api::enter::<metrics::Metrics>(&workspace).await?;
    Ok(metrics.dashboard(&actor, choices.parse()?).await?)
}

/// One figure opened to its definition, inputs and rows.
#[server]
pub async fn get_figure(workspace: String, key: String, choices: Choices) -> Result<FigureView, ApiError> {
    let (metrics, actor) = api::enter::<metrics::Metrics>(&workspace).await?;
    let key = metrics::MetricKey::parse(&key).ok_or_else(|| kernel::AppError::not_found("metric"))?;
    Ok(metrics.figure(&actor, key, choices.parse()?).await?)
}

/// The newest value of every metric.
#[server]
pub async fn get_catalogue(workspace: String, choices: Choices) -> Result<CatalogueView, ApiError> {
    let (metrics, actor) = api::enter::<metrics::Metrics>(&workspace).await?;
    Ok(metrics.catalogue(&actor, choices.parse()?.currency).await?)
}

#[cfg(feature = "ssr")]
impl Choices {
    fn parse(&self) -> Result<metrics::model::FiguresQuery, kernel::AppError> {
        metrics::model::FiguresQuery::parse(&self.month, &self.window, &self.currency)
    }
}
