//! What the pages of an import ask of the server.

use std::collections::BTreeMap;

use api::ApiError;
use kernel::{AppError, DatasetId, ImportId};
use leptos::prelude::*;
use metrics::model::{DryRun, ImportSummary, MappingView};
use serde::{Deserialize, Serialize};

/// Where the form that undoes an import goes.
pub(super) const UNDO_IMPORT: &str = <UndoImport as leptos::server_fn::ServerFn>::PATH;

/// The mapping form as sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MappingInput {
    /// The keys of what columns are used for, by `c` and the position of the column.
    pub choices: BTreeMap<String, String>,
}

/// The columns of a file with what each is used for.
#[server]
pub async fn get_mapping(workspace: String, id: DatasetId) -> Result<MappingView, ApiError> {
    let (metrics, actor) = api::enter::<metrics::Metrics>(&workspace).await?;
    Ok(metrics.mapping(&actor, id).await?)
}

/// Keeps what columns are used for, and goes on to the check if that can be imported with.
#[server]
pub async fn save_mapping(workspace: String, id: DatasetId, input: MappingInput) -> Result<(), ApiError> {
    let (metrics, actor) = api::enter::<metrics::Metrics>(&workspace).await?;
    metrics.save_mapping(&actor, id, &input.choices).await?;
    leptos_axum::redirect(&format!("/w/{workspace}/data/{id}/check"));
    Ok(())
}

/// What a commit would do.
#[server]
pub async fn get_check(workspace: String, id: DatasetId) -> Result<DryRun, ApiError> {
    let (metrics, actor) = api::enter::<metrics::Metrics>(&workspace).await?;
    Ok(metrics.check(&actor, id).await?)
}

/// Keeps the values of a file.
#[server]
pub async fn commit_import(workspace: String, id: DatasetId) -> Result<(), ApiError> {
    let (metrics, actor) = api::enter::<metrics::Metrics>(&workspace).await?;
    let import = metrics.commit(&actor, id).await?;
    leptos_axum::redirect(&format!("/w/{workspace}/data/imports?committed={}", import.id));
    Ok(())
}

/// Every import, newest first.
#[server]
pub async fn list_imports(workspace: String) -> Result<Vec<ImportSummary>, ApiError> {
    let (metrics, actor) = api::enter::<metrics::Metrics>(&workspace).await?;
    Ok(metrics.list_imports(&actor).await?)
}

/// Takes an import back.
#[server]
pub async fn undo_import(workspace: String, id: ImportId) -> Result<(), ApiError> {
    let (metrics, actor) = api::enter::<metrics::Metrics>(&workspace).await?;
    metrics.undo(&actor, id).await?;
    leptos_axum::redirect(&format!("/w/{workspace}/data/imports?undone={id}"));
    Ok(())
}

/// The id of a file as it stands in an address.
pub(super) fn dataset_id(text: &str) -> Result<DatasetId, ApiError> {
    text.parse().map_err(|_| AppError::not_found("file").into())
}
