//! What in a file cannot be used: its cells and rows, and why.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use datasets::RowProblem;
use kernel::{AppError, DatasetId};
use platform::Class;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    caller::{DataRead, Within, admit},
    exchange::{Id, Page, PageParams, Params},
    format::understood_now,
};
use crate::{
    rest::{answer::attachment, metrics::CSV, problem::Problem},
    services::Services,
};

/// A cell or a row that cannot be used.
#[derive(Serialize, ToSchema)]
pub(crate) struct CellProblem {
    /// The line on which the row begins, counted from 1.
    line: u64,
    /// The position of the column, counted from 0; null if the whole row is meant.
    column: Option<u32>,
    /// What the column is called; empty if the whole row is meant.
    column_name: String,
    /// The cell as it is written, shortened; masked if it is personal.
    value: String,
    /// What is wrong and what to do.
    detail: String,
}

impl From<RowProblem> for CellProblem {
    fn from(problem: RowProblem) -> Self {
        let RowProblem { line, column, column_name, value, message } = problem;
        Self { line, column, column_name, value, detail: message }
    }
}

/// The page of those that are known.
fn page(problems: Vec<RowProblem>, params: &PageParams) -> Result<Json<Page<CellProblem>>, AppError> {
    let (from, limit) = (params.place()?.unwrap_or(0), params.limit()?);
    let mut rest = problems.into_iter().skip(usize::try_from(from).unwrap_or(usize::MAX));
    let items = rest.by_ref().take(limit as usize).map(CellProblem::from).collect();
    let next = rest.next().map(|_| from.saturating_add(limit.into()));
    Ok(Page::new(items, next))
}

/// The cells and rows of a file that cannot be read as it is read now, by line; of more than a thousand the first thousand.
#[utoipa::path(get, path = "/data/files/{id}/problems", tag = "data", operation_id = "list_file_problems", security(("bearer" = ["data:read"])),
    params(("id" = Uuid, Path), PageParams, ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, body = Page<CellProblem>), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn of_file(
    State(services): State<Services>,
    within: Within<DataRead>,
    Id(id): Id<DatasetId>,
    Params(params): Params<PageParams>,
) -> Result<Json<Page<CellProblem>>, Problem> {
    let profile = understood_now(services.datasets.get(&within.actor, id).await?)?;
    Ok(page(profile.problems, &params)?)
}

/// The cells and rows that a commit of an import leaves out, by line; of more than a thousand the first thousand. An import that is not
/// committed yet goes by the id of its file.
#[utoipa::path(get, path = "/data/imports/{id}/problems", tag = "data", operation_id = "list_import_problems", security(("bearer" = ["data:read"])),
    params(("id" = Uuid, Path), PageParams, ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, body = Page<CellProblem>), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn of_import(
    State(services): State<Services>,
    within: Within<DataRead>,
    Id(id): Id<Uuid>,
    Params(params): Params<PageParams>,
) -> Result<Json<Page<CellProblem>>, Problem> {
    let file = services.metrics.file_of_import(&within.actor, id).await?;
    let run = services.metrics.check(&within.actor, file).await.map_err(Problem::of_state)?;
    Ok(page(run.problems, &params)?)
}

/// The rows with something that a commit of an import leaves out, as a CSV file to put right and upload again: each after its line and the
/// reason, with everything personal masked. An import that is not committed yet goes by the id of its file.
#[utoipa::path(get, path = "/data/imports/{id}/rejected-rows", tag = "data", operation_id = "download_rejected_rows", security(("bearer" = ["data:read"])),
    params(("id" = Uuid, Path), ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, content_type = "text/csv"), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn rejected_rows(
    State(services): State<Services>,
    within: Within<DataRead>,
    Id(id): Id<Uuid>,
) -> Result<Response, Problem> {
    admit(&services, Class::Export, &within.actor).await?;
    let file = services.metrics.file_of_import(&within.actor, id).await?;
    let rows = services.metrics.rejected_rows(&within.actor, file).await.map_err(Problem::of_state)?;
    Ok((attachment("rejected-rows.csv", CSV), rows).into_response())
}
