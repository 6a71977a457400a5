//! How a file is read: its encoding, its delimiter, and what its columns are read as.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use datasets::{ColumnKind, Dataset, DatasetState, Delimiter, FileProfile, FormatInput, TextEncoding};
use kernel::{AppError, DatasetId, Permission};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    caller::{DataRead, DataWrite, Within},
    columns::{MOST_COLUMNS, understood},
    exchange::{Body, Id},
    whole::whole,
};
use crate::{rest::problem::Problem, services::Services};

/// How a file is read.
#[derive(Serialize, ToSchema)]
pub(crate) struct FileFormat {
    /// How its bytes stand for letters.
    encoding: &'static str,
    /// Whether that follows from the file; otherwise look at the samples of its columns.
    is_encoding_certain: bool,
    /// What stands between two cells.
    delimiter: &'static str,
    /// The line with the names of the columns, counted from 1.
    header_line: u64,
    /// A last line that looks like a total and is left out.
    totals_line: Option<u64>,
    /// Cells and rows that cannot be read so; `GET /data/files/{id}/problems` lists them.
    problems: u64,
    /// What was left out, guessed or looks odd.
    notes: Vec<String>,
}

/// How a file is to be read. Encoding and delimiter are found out if they are left out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChosenFormat {
    /// How its bytes stand for letters.
    #[schema(value_type = Option<String>)]
    encoding: Option<TextEncoding>,
    /// What stands between two cells.
    #[schema(value_type = Option<String>)]
    delimiter: Option<Delimiter>,
    /// What columns are read as; those that are left out are read as before. Another delimiter makes other columns, so choose it before.
    #[serde(default)]
    #[schema(max_items = 1000)]
    columns: Vec<ChosenKind>,
}

/// What one column is read as.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChosenKind {
    /// Its position, counted from 0.
    #[serde(deserialize_with = "whole")]
    #[schema(maximum = 999)]
    column: u32,
    /// As `GET /data/files/{id}/columns` answers it.
    #[schema(value_type = String)]
    read_as: ColumnKind,
}

impl From<FileProfile> for FileFormat {
    fn from(profile: FileProfile) -> Self {
        Self {
            encoding: profile.format.encoding.key(),
            is_encoding_certain: profile.format.is_encoding_certain,
            delimiter: profile.format.delimiter.key(),
            header_line: profile.format.header_line,
            totals_line: profile.format.totals_line,
            problems: profile.problem_count,
            notes: profile.notes,
        }
    }
}

/// What was understood of a file the way it is read now, if that is done.
pub(super) fn understood_now(dataset: Dataset) -> Result<FileProfile, AppError> {
    if dataset.summary.state == DatasetState::Reading {
        return Err(AppError::conflict("The file is being read. Ask again in a moment"));
    }
    understood(dataset)
}

impl ChosenFormat {
    fn check(&self) -> Result<(), AppError> {
        let beyond = self.columns.iter().position(|choice| choice.column >= MOST_COLUMNS);
        let message = format!("A file has at most {MOST_COLUMNS} columns");
        beyond.map_or(Ok(()), |index| Err(AppError::invalid(format!("columns[{index}].column"), message)))
    }

    /// The form of the page with the same content; refuses columns that the file does not have.
    fn input(&self, before: &Dataset) -> Result<FormatInput, AppError> {
        let known = before.profile.as_ref().map(|profile| profile.format.columns.as_slice());
        let mut kinds = BTreeMap::new();
        for (index, choice) in self.columns.iter().enumerate() {
            if !known.unwrap_or_default().iter().any(|it| it.index == choice.column) {
                let message = "This file has no such column. Columns are counted from 0";
                return Err(AppError::invalid(format!("columns[{index}].column"), message));
            }
            kinds.insert(format!("c{}", choice.column), choice.read_as.key().to_owned());
        }
        Ok(FormatInput {
            encoding: self.encoding.map(TextEncoding::key).unwrap_or_default().to_owned(),
            delimiter: self.delimiter.map(Delimiter::key).unwrap_or_default().to_owned(),
            kinds,
            personal: BTreeMap::new(),
        })
    }
}

/// How a file is read: as chosen, or as it was found out.
#[utoipa::path(get, path = "/data/files/{id}/format", tag = "data", operation_id = "show_format", security(("bearer" = ["data:read"])),
    params(("id" = Uuid, Path), ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, body = FileFormat), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn show(
    State(services): State<Services>,
    within: Within<DataRead>,
    Id(id): Id<DatasetId>,
) -> Result<Json<FileFormat>, Problem> {
    Ok(Json(understood_now(services.datasets.get(&within.actor, id).await?)?.into()))
}

/// Choose how a file is read. It is read anew, and answered once that is done, with 409 after a few seconds, and then it goes on; what is
/// chosen is kept, also if it cannot be read so.
#[utoipa::path(put, path = "/data/files/{id}/format", tag = "data", operation_id = "choose_format", security(("bearer" = ["data:write"])),
    params(("id" = Uuid, Path), ("Quartile-Workspace" = Option<String>, Header)), request_body = ChosenFormat,
    responses((status = 200, body = FileFormat), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn choose(
    State(services): State<Services>,
    within: Within<DataWrite>,
    Id(id): Id<DatasetId>,
    Body(chosen): Body<ChosenFormat>,
) -> Result<Json<FileFormat>, Problem> {
    within.actor.require(Permission::ManageData)?;
    chosen.check()?;
    let before = services.datasets.get(&within.actor, id).await?;
    let overrides = chosen.input(&before).map_err(Problem::of_state)?.overrides(&before)?;
    if overrides.delimiter != before.overrides.delimiter && !chosen.columns.is_empty() {
        let message =
            "Another delimiter makes other columns. Choose it first, and then what those are read as";
        return Err(AppError::conflict(message).into());
    }
    // One that was given up is read again also if nothing else is chosen.
    if overrides != before.overrides || before.summary.state == DatasetState::Unreadable {
        let proof = within.proof(&services).await?;
        services.datasets.choose_format(&within.actor, id, &overrides, proof).await?;
    }
    Ok(Json(understood_now(services.datasets.get_once_read(&within.actor, id).await?)?.into()))
}
