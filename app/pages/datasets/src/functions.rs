//! What the pages ask of the server.

use api::ApiError;
use datasets::{Dataset, DatasetSummary, FormatInput};
use kernel::{DatasetId, Page};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Where the form that deletes a file goes.
pub(crate) const DELETE_DATASET: &str = <DeleteDataset as leptos::server_fn::ServerFn>::PATH;
/// The value of the button that goes on to the next step.
pub(crate) const GO_ON: &str = "columns";

/// How large an upload may be on this instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadLimits {
    /// Bytes of a file.
    pub most_bytes: u64,
    /// Columns of a file.
    pub most_columns: u32,
    /// Bytes of a cell.
    pub most_cell_bytes: u32,
}

/// What the list of files shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FilesView {
    /// One page of the files.
    pub files: Page<DatasetSummary>,
    /// How large an upload may be.
    pub limits: UploadLimits,
    /// Why the last upload without JavaScript was refused.
    pub upload_problem: Option<String>,
}

/// One page of the files, newest first.
#[server]
pub async fn get_files(
    workspace: String,
    page: u32,
    #[server(default)] was_refused: bool,
) -> Result<FilesView, ApiError> {
    let limits = expect_context::<UploadLimits>();
    let session = api::session().await?;
    let (datasets, actor) = api::enter::<datasets::Datasets>(&workspace).await?;
    let files = datasets.list(&actor, kernel::PageRequest::new(page)).await?;
    let upload_problem =
        if was_refused { api::read_session(&session, crate::UPLOAD_PROBLEM_KEY).await? } else { None };
    Ok(FilesView { files, limits, upload_problem })
}

/// One file, masked; or with everything personal in it, for those who may see that and have just shown who they are. Whoever has yet to
/// show that is led there.
#[server]
pub async fn get_dataset(
    workspace: String,
    id: DatasetId,
    #[server(default)] shows_personal: bool,
) -> Result<Dataset, ApiError> {
    let (datasets, actor) = api::enter::<datasets::Datasets>(&workspace).await?;
    if !shows_personal {
        return Ok(datasets.get(&actor, id).await?);
    }
    actor.require(kernel::Permission::ReadPersonalData)?;
    if !api::is_proved(&format!("/w/{workspace}/data/{id}/format?personal=shown")).await? {
        return Ok(datasets.get(&actor, id).await?);
    }
    Ok(datasets.reveal(&actor, id, kernel::Proof::Fresh).await?)
}

/// Reads a file as chosen, and goes on to its columns if that was asked for and they are understood.
#[server]
pub async fn choose_format(
    workspace: String,
    id: DatasetId,
    input: FormatInput,
    #[server(default)] then: String,
) -> Result<(), ApiError> {
    let (datasets, actor) = api::enter::<datasets::Datasets>(&workspace).await?;
    let before = datasets.get(&actor, id).await?;
    let overrides = input.overrides(&before)?;
    // One that was given up is read again also if nothing else is chosen.
    if overrides != before.overrides || before.summary.state == datasets::DatasetState::Unreadable {
        let mut proof = kernel::Proof::Missing;
        let sees_personal = actor.may(kernel::Permission::ReadPersonalData);
        if sees_personal && datasets.lays_bare(&actor, id, &overrides).await? {
            if !api::is_proved(&format!("/w/{workspace}/data/{id}/format")).await? {
                return Ok(());
            }
            proof = kernel::Proof::Fresh;
        }
        datasets.choose_format(&actor, id, &overrides, proof).await?;
    }
    let after = datasets.get_once_read(&actor, id).await?;
    if then == GO_ON && after.summary.state == datasets::DatasetState::Ready {
        leptos_axum::redirect(&format!("/w/{workspace}/data/{id}/map"));
    }
    Ok(())
}

/// Removes a file.
#[server]
pub async fn delete_dataset(workspace: String, id: DatasetId) -> Result<(), ApiError> {
    let (datasets, actor) = api::enter::<datasets::Datasets>(&workspace).await?;
    datasets.delete(&actor, id).await?;
    leptos_axum::redirect(&format!("/w/{workspace}/data?deleted=file"));
    Ok(())
}
