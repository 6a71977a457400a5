//! What the columns of a file are used for.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use kernel::{Actor, AppError, DatasetId, Permission};
use metrics::model::{ColumnMapping, MappingView};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    caller::{DataRead, DataWrite, Within},
    columns::MOST_COLUMNS,
    exchange::{Body, Id},
    whole::whole,
};
use crate::{
    rest::problem::{FieldProblem, Problem, problems_of},
    services::Services,
};

/// What each column of a file is used for.
#[derive(Serialize, ToSchema)]
pub(crate) struct FileMapping {
    /// The columns in order.
    columns: Vec<FileColumn>,
    /// What is in the way of an import with this.
    problems: Vec<FieldProblem>,
}

/// One column of a file.
#[derive(Serialize, ToSchema)]
pub(crate) struct FileColumn {
    /// Its position, counted from 0.
    column: u32,
    /// What its first line says.
    header: String,
    /// `@period` for the month; the name of a metric for its values, with `-` before it if the sign is to be turned, and `*1000` after it
    /// if values are thousands; `@name` and `@value` where each row names its metric; empty if it is kept and not imported.
    used_for: String,
}

/// What columns are to be used for; those that are left out are kept and not imported.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChosenMapping {
    /// The columns.
    #[schema(max_items = 1000)]
    columns: Vec<ChosenColumn>,
}

/// What one column is to be used for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChosenColumn {
    /// Its position, counted from 0.
    #[serde(deserialize_with = "whole")]
    #[schema(maximum = 999)]
    column: u32,
    /// As in the answer.
    #[schema(max_length = 100)]
    used_for: String,
}

impl ChosenColumn {
    fn check(&self, index: usize) -> Result<(), AppError> {
        if self.column >= MOST_COLUMNS {
            let message = format!("A file has at most {MOST_COLUMNS} columns");
            return Err(AppError::invalid(format!("columns[{index}].column"), message));
        }
        // Written in one way, the one that is answered.
        if ColumnMapping::parse(&self.used_for).is_some_and(|mapping| mapping.key() == self.used_for) {
            return Ok(());
        }
        let message = "This is neither @period, @name or @value nor the name of a metric";
        Err(AppError::invalid(format!("columns[{index}].used_for"), message))
    }
}

impl FileMapping {
    async fn of(services: &Services, actor: &Actor, id: DatasetId) -> Result<Self, AppError> {
        let view: MappingView = services.metrics.mapping(actor, id).await?;
        let problems = match services.metrics.check_mapping(actor, &view).await {
            Err(error @ AppError::Invalid { .. }) => problems_of(error.fields()),
            checked => checked.map(|()| Vec::new())?,
        };
        let columns = view.columns.into_iter().map(|column| FileColumn {
            column: column.format.index,
            header: column.format.header,
            used_for: column.mapping.key(),
        });
        Ok(Self { columns: columns.collect(), problems })
    }
}

/// What each column of a file is used for, as chosen or as suggested.
#[utoipa::path(get, path = "/data/files/{id}/mapping", tag = "data", operation_id = "show_mapping", security(("bearer" = ["data:read"])),
    params(("id" = Uuid, Path), ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, body = FileMapping), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn show(
    State(services): State<Services>,
    within: Within<DataRead>,
    Id(id): Id<DatasetId>,
) -> Result<Json<FileMapping>, Problem> {
    Ok(Json(FileMapping::of(&services, &within.actor, id).await?))
}

/// Choose what each column of a file is used for. What is chosen is kept, also if it cannot be imported with yet.
#[utoipa::path(put, path = "/data/files/{id}/mapping", tag = "data", operation_id = "choose_mapping", security(("bearer" = ["data:write"])),
    params(("id" = Uuid, Path), ("Quartile-Workspace" = Option<String>, Header)), request_body = ChosenMapping,
    responses((status = 200, body = FileMapping), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn choose(
    State(services): State<Services>,
    within: Within<DataWrite>,
    Id(id): Id<DatasetId>,
    Body(chosen): Body<ChosenMapping>,
) -> Result<Json<FileMapping>, Problem> {
    within.actor.require(Permission::ManageData)?;
    for (index, choice) in chosen.columns.iter().enumerate() {
        choice.check(index)?;
    }
    let columns = services.metrics.mapping(&within.actor, id).await?.columns;
    let mut choices = BTreeMap::new();
    for (index, choice) in chosen.columns.iter().enumerate() {
        let is_there = columns.iter().any(|column| column.format.index == choice.column);
        if !is_there {
            let message = "This file has no such column. Columns are counted from 0";
            return Err(Problem::of_state(AppError::invalid(format!("columns[{index}].column"), message)));
        }
        choices.insert(format!("c{}", choice.column), choice.used_for.clone());
    }
    match services.metrics.save_mapping(&within.actor, id, &choices).await {
        // It is kept; the answer says what is in the way.
        Ok(()) | Err(AppError::Invalid { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(Json(FileMapping::of(&services, &within.actor, id).await?))
}

/// What each column of the file of an import is used for. An import that is not committed yet goes by the id of its file.
#[utoipa::path(get, path = "/data/imports/{id}/mapping", tag = "data", operation_id = "show_mapping_of_import", security(("bearer" = ["data:read"])),
    params(("id" = Uuid, Path), ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, body = FileMapping), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn show_of_import(
    State(services): State<Services>,
    within: Within<DataRead>,
    Id(id): Id<Uuid>,
) -> Result<Json<FileMapping>, Problem> {
    let file = services.metrics.file_of_import(&within.actor, id).await?;
    show(State(services), within, Id(file)).await
}

/// Choose what each column of the file of an import is used for, as for the file. An import that is not committed yet goes by the id of
/// its file.
#[utoipa::path(put, path = "/data/imports/{id}/mapping", tag = "data", operation_id = "choose_mapping_of_import", security(("bearer" = ["data:write"])),
    params(("id" = Uuid, Path), ("Quartile-Workspace" = Option<String>, Header)), request_body = ChosenMapping,
    responses((status = 200, body = FileMapping), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn choose_of_import(
    State(services): State<Services>,
    within: Within<DataWrite>,
    Id(id): Id<Uuid>,
    body: Body<ChosenMapping>,
) -> Result<Json<FileMapping>, Problem> {
    let file = services.metrics.file_of_import(&within.actor, id).await?;
    choose(State(services), within, Id(file), body).await
}
