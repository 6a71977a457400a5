//! What the pages ask of the server.

use api::ApiError;
use leptos::prelude::*;
use metrics::model::{CatalogueView, DashboardView, FigureView};
use serde::{Deserialize, Serialize};

use crate::address::Choices;

/// The dashboard, and its first trend ready for ECharts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DashboardAnswer {
    /// What there is to see.
    pub view: DashboardView,
    /// The options of the first trend as JSON.
    pub option: Option<String>,
}

/// One figure opened, and its trend ready for ECharts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FigureAnswer {
    /// What there is to see.
    pub view: FigureView,
    /// The options of its trend as JSON.
    pub option: Option<String>,
}

/// The dashboard of the period and currency chosen.
#[server]
pub async fn get_dashboard(workspace: String, choices: Choices) -> Result<DashboardAnswer, ApiError> {
    let (metrics, actor) = api::enter::<metrics::Metrics>(&workspace).await?;
    let view = metrics.dashboard(&actor, choices.parse()?).await?;
    let first = view.content.as_ref().and_then(|content| content.trends.first());
    Ok(DashboardAnswer { option: first.map(|trend| option(&trend.chart)), view })
}

/// One figure opened to its definition, inputs and rows.
#[server]
pub async fn get_figure(workspace: String, key: String, choices: Choices) -> Result<FigureAnswer, ApiError> {
    let (metrics, actor) = api::enter::<metrics::Metrics>(&workspace).await?;
    let key = metrics::MetricKey::parse(&key).ok_or_else(|| kernel::AppError::not_found("metric"))?;
    let view = metrics.figure(&actor, key, choices.parse()?).await?;
    Ok(FigureAnswer { option: view.trend.as_ref().map(option), view })
}

/// The newest value of every metric.
#[server]
pub async fn get_catalogue(workspace: String, choices: Choices) -> Result<CatalogueView, ApiError> {
    let (metrics, actor) = api::enter::<metrics::Metrics>(&workspace).await?;
    Ok(metrics.catalogue(&actor, choices.parse()?.currency).await?)
}

/// The options of ECharts in the colours of the page.
#[cfg(feature = "ssr")]
fn option(chart: &charts::TrendChart) -> String {
    charts::trend_option(chart, charts::Theme::Page).to_string()
}

#[cfg(feature = "ssr")]
impl Choices {
    fn parse(&self) -> Result<metrics::model::FiguresQuery, kernel::AppError> {
        metrics::model::FiguresQuery::parse(&self.month, &self.window, &self.currency)
    }
}
