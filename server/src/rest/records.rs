//! The audit log as a file.

use accounts::RecordsInput;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use chrono::SecondsFormat;
use kernel::{Actor, AppError};
use reports::tables::{Cell, Column, Table, to_csv};
use tower_sessions::Session;

use super::{
    answer::{actor, attachment},
    problem::Problem,
    v1::exchange::Params,
};
use crate::services::Services;

/// The deeds of the workspace that are asked for, newest first, as CSV.
pub(crate) async fn audit_csv(
    State(services): State<Services>,
    Path(workspace): Path<String>,
    Params(asked): Params<RecordsInput>,
    session: Session,
) -> Result<Response, Problem> {
    let actor = actor(&services, &session, &workspace).await?;
    let table = records_table(&services, &actor, asked).await?;
    let name = format!("{workspace}-audit-log.csv");
    Ok((attachment(&name, "text/csv; charset=utf-8"), to_csv(&table)).into_response())
}

pub(super) async fn records_table(
    services: &Services,
    actor: &Actor,
    mut asked: RecordsInput,
) -> Result<Table, AppError> {
    const PAGE: u32 = 1000;
    let mut rows = Vec::new();
    loop {
        let page = services.accounts.records(actor, &asked, PAGE).await?;
        rows.extend(page.lines.into_iter().map(|line| {
            let when = line.happened_at.to_rfc3339_opts(SecondsFormat::Micros, true);
            let place = line.seq.to_string();
            let (where_from, request) = (line.place, line.request_id);
            let cells = [place, when, line.who, line.action, line.subject, line.detail, where_from, request];
            cells.into_iter().map(Cell::text).collect()
        }));
        let Some(before) = page.next else { break };
        asked.before = before.to_string();
    }
    let labels = ["Number", "When", "Who", "What", "To what", "Detail", "From", "Request"];
    Ok(Table {
        title: "Audit log".to_owned(),
        columns: labels.into_iter().map(Column::text).collect(),
        rows,
        about: Vec::new(),
        generated_at: services.ambient.now(),
    })
}
