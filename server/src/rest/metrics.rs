//! Figures and rejected rows as files.

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use kernel::{AppError, OrInternal};
use metrics::{MetricKey, model::FiguresQuery};
use reports::tables::{Table, figures_table, figures_title, to_csv, to_xlsx};
use serde::Deserialize;
use tower_sessions::Session;

use super::{
    answer::{actor, attachment},
    problem::Problem,
};
use crate::services::Services;

pub(super) const CSV: &str = "text/csv; charset=utf-8";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// What the address of a file chooses; what is not there or empty is no choice.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct FileQuery {
    month: String,
    window: String,
    currency: String,
    key: String,
}

impl FileQuery {
    /// The choices, or what is wrong with them.
    pub(crate) fn parse(&self) -> Result<FiguresQuery, AppError> {
        FiguresQuery::parse(&self.month, &self.window, &self.currency)
    }

    fn key(&self) -> Result<Option<MetricKey>, AppError> {
        let chosen = Some(self.key.trim()).filter(|key| !key.is_empty());
        chosen.map(|key| MetricKey::parse(key).ok_or_else(|| AppError::not_found("metric"))).transpose()
    }
}

/// Every figure by month, or the course of one, as CSV.
pub(crate) async fn figures_csv(
    State(services): State<Services>,
    Path(workspace): Path<String>,
    Query(query): Query<FileQuery>,
    session: Session,
) -> Result<Response, Problem> {
    let (name, table) = figures(&services, &session, &workspace, &query).await?;
    Ok((attachment(&format!("{name}.csv"), CSV), to_csv(&table)).into_response())
}

/// Every figure by month, or the course of one, as a spreadsheet.
pub(crate) async fn figures_xlsx(
    State(services): State<Services>,
    Path(workspace): Path<String>,
    Query(query): Query<FileQuery>,
    session: Session,
) -> Result<Response, Problem> {
    let (name, table) = figures(&services, &session, &workspace, &query).await?;
    let file = to_xlsx(&table).or_internal("writing a spreadsheet")?;
    Ok((attachment(&format!("{name}.xlsx"), XLSX), file).into_response())
}

/// The rows of a file that cannot be imported, to put right and upload again.
pub(crate) async fn rejected_rows(
    State(services): State<Services>,
    Path((workspace, id)): Path<(String, String)>,
    session: Session,
) -> Result<Response, Problem> {
    let actor = actor(&services, &session, &workspace).await?;
    let rows = services.metrics.rejected_rows(&actor, super::answer::id(&id, "file")?).await?;
    Ok((attachment("rejected-rows.csv", CSV), rows).into_response())
}

async fn figures(
    services: &Services,
    session: &Session,
    workspace: &str,
    query: &FileQuery,
) -> Result<(String, Table), AppError> {
    let actor = actor(services, session, workspace).await?;
    let key = query.key()?;
    let figures = services.metrics.table(&actor, query.parse()?.currency).await?;
    let what = key.map_or("figures", MetricKey::as_str);
    let name = figures_title(workspace, what, figures.months.last().copied(), figures.is_synthetic);
    Ok((name, figures_table(&figures, key, services.ambient.now())?))
}
