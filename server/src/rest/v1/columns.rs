//! The columns of a file: what they look like, and what they say about people.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use datasets::{ColumnFormat, Dataset, FileProfile, PersonalData};
use kernel::{AppError, DatasetId, Permission};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    caller::{DataRead, DataWrite, Within},
    exchange::{Body, Id, Params},
    format::understood_now,
    whole::whole,
};
use crate::{rest::problem::Problem, services::Services};

/// More columns has no file.
pub(super) const MOST_COLUMNS: u32 = 1000;

/// How columns are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ColumnParams {
    /// `shown` for personal data as it stands in the file; masked if left out.
    #[param(max_length = 10)]
    personal: Option<String>,
}

/// What was understood of a file.
#[derive(Serialize, ToSchema)]
pub(crate) struct FileColumns {
    /// Whether anything of the file is masked for those who may not see personal data.
    holds_personal_data: bool,
    /// The columns in order.
    columns: Vec<ShownColumn>,
}

/// One column of a file.
#[derive(Serialize, ToSchema)]
pub(crate) struct ShownColumn {
    /// Its position, counted from 0.
    column: u32,
    /// What its first line says.
    header: String,
    /// As what its cells are read: text, `whole_number`, `money_point` and so on.
    read_as: &'static str,
    /// What its cells say about people: none, email, phone, name, iban, `national_id` or `free_text`.
    personal: &'static str,
    /// Its first different cells; personal ones are masked.
    samples: Vec<String>,
}

/// What columns say about people; those that are left out stay what they are.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Classification {
    /// The columns.
    #[schema(max_items = 1000)]
    columns: Vec<ClassifiedColumn>,
}

/// What one column says about people.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClassifiedColumn {
    /// Its position, counted from 0.
    #[serde(deserialize_with = "whole")]
    #[schema(maximum = 999)]
    column: u32,
    /// As in the answer.
    #[schema(max_length = 20)]
    personal: String,
}

impl ClassifiedColumn {
    fn kind(&self, index: usize) -> Result<PersonalData, AppError> {
        if self.column >= MOST_COLUMNS {
            let message = format!("A file has at most {MOST_COLUMNS} columns");
            return Err(AppError::invalid(format!("columns[{index}].column"), message));
        }
        self.personal.parse().map_err(|_| {
            let message = "Choose none, email, phone, name, iban, national_id or free_text";
            AppError::invalid(format!("columns[{index}].personal"), message)
        })
    }
}

impl From<ColumnFormat> for ShownColumn {
    fn from(column: ColumnFormat) -> Self {
        let (read_as, personal) = (column.kind.key(), column.hides().key());
        Self { column: column.index, header: column.header, read_as, personal, samples: column.samples }
    }
}

/// What was understood of a file.
pub(super) fn understood(dataset: Dataset) -> Result<FileProfile, AppError> {
    dataset.profile.ok_or_else(|| {
        AppError::conflict(
            dataset.problem.unwrap_or_else(|| "The file is still being read. Wait a moment".to_owned()),
        )
    })
}

impl From<FileProfile> for FileColumns {
    fn from(profile: FileProfile) -> Self {
        Self {
            holds_personal_data: profile.format.holds_personal_data(),
            columns: profile.format.columns.into_iter().map(ShownColumn::from).collect(),
        }
    }
}

/// The columns of a file with their first cells. Personal data is masked; persons who may see it, and signed in within the last ten
/// minutes, ask for it with `personal=shown`, which is noted in the audit log.
#[utoipa::path(get, path = "/data/files/{id}/columns", tag = "data", operation_id = "show_columns", security(("bearer" = ["data:read"])),
    params(("id" = Uuid, Path), ColumnParams, ("Quartile-Workspace" = Option<String>, Header)),
    responses((status = 200, body = FileColumns), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn show(
    State(services): State<Services>,
    within: Within<DataRead>,
    Id(id): Id<DatasetId>,
    Params(params): Params<ColumnParams>,
) -> Result<Json<FileColumns>, Problem> {
    let dataset = match params.personal.as_deref() {
        None => services.datasets.get(&within.actor, id).await?,
        Some("shown") => services.datasets.reveal(&within.actor, id, within.proof(&services).await?).await?,
        Some(_) => return Err(AppError::invalid("personal", "This is `shown`, or it is left out").into()),
    };
    Ok(Json(understood(dataset)?.into()))
}

/// Say what columns tell about people. To call a personal column harmless, one has to be allowed to see what is in it, and to have
/// signed in within the last ten minutes. The file is read anew, and answered once that is done; with 409 after a few seconds, and then it
/// goes on.
#[utoipa::path(put, path = "/data/files/{id}/columns", tag = "data", operation_id = "classify_columns", security(("bearer" = ["data:write"])),
    params(("id" = Uuid, Path), ("Quartile-Workspace" = Option<String>, Header)), request_body = Classification,
    responses((status = 200, body = FileColumns), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn classify(
    State(services): State<Services>,
    within: Within<DataWrite>,
    Id(id): Id<DatasetId>,
    Body(chosen): Body<Classification>,
) -> Result<Json<FileColumns>, Problem> {
    within.actor.require(Permission::ManageData)?;
    let mut choices = BTreeMap::new();
    for (index, choice) in chosen.columns.iter().enumerate() {
        choices.insert(choice.column, (index, choice.kind(index)?));
    }
    let before = services.datasets.get(&within.actor, id).await?;
    let stored = before.overrides.clone();
    let mut overrides = stored.clone();
    let known = understood_now(before)?.format.columns;
    for (column, (index, kind)) in choices {
        if !known.iter().any(|it| it.index == column) {
            let message = "This file has no such column. Columns are counted from 0";
            return Err(Problem::of_state(AppError::invalid(format!("columns[{index}].column"), message)));
        }
        overrides.personal.insert(column, kind);
    }
    if overrides != stored {
        let proof = within.proof(&services).await?;
        services.datasets.choose_format(&within.actor, id, &overrides, proof).await?;
    }
    Ok(Json(understood_now(services.datasets.get_once_read(&within.actor, id).await?)?.into()))
}
