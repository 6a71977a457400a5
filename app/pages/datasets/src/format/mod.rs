//! The format step: how a file was understood, and what to choose instead.

mod columns;
mod pending;
mod personal;
mod review;

use accounts::WorkspaceView;
use api::{ApiError, ErrorPage};
use datasets::{Dataset, DatasetState};
use kernel::AppError;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use ui::{Confirm, IconName};

use crate::functions::{ChooseFormat, DELETE_DATASET, get_dataset};
use pending::{ReadingFile, UnreadableFile};
use review::ReviewFormat;

/// Shows how a file was understood, waits until it is read, or says why it cannot be.
#[component]
pub(crate) fn FormatPage() -> impl IntoView {
    let view = expect_context::<WorkspaceView>();
    let action = ServerAction::<ChooseFormat>::new();
    let params = use_params_map();
    let query = use_query_map();
    let id = Memo::new(move |_| params.read().get("dataset").unwrap_or_default());
    let shows_personal = Memo::new(move |_| query.read().get("personal").as_deref() == Some("shown"));
    let slug = view.workspace.slug.clone();
    let dataset = Resource::new_blocking(
        move || (slug.clone(), id.get(), shows_personal.get(), action.version().get()),
        |(slug, id, shows_personal, _)| find_dataset(slug, id, shows_personal),
    );
    view! {
        <Suspense>
            {move || {
                let view = view.clone();
                Suspend::new(async move {
                    match dataset.await {
                        Ok(dataset) => {
                            view! { <FormatStep view=view dataset=dataset shows_personal=shows_personal.get() action=action /> }
                                .into_any()
                        }
                        Err(error) => view! { <ErrorPage error=error /> }.into_any(),
                    }
                })
            }}
        </Suspense>
    }
}

#[component]
fn FormatStep(
    view: WorkspaceView,
    dataset: Dataset,
    shows_personal: bool,
    action: ServerAction<ChooseFormat>,
) -> impl IntoView {
    let title = dataset.summary.name.clone();
    let step = match (dataset.summary.state, dataset.profile.clone()) {
        (DatasetState::Ready, Some(profile)) => {
            view! { <ReviewFormat view=view dataset=dataset profile=profile shows_personal=shows_personal action=action /> }.into_any()
        }
        (DatasetState::Reading, _) => view! { <ReadingFile view=view dataset=dataset /> }.into_any(),
        _ => view! { <UnreadableFile view=view dataset=dataset action=action /> }.into_any(),
    };
    view! {
        <Title text=title />
        {step}
    }
}

/// The way to give the file up.
#[component]
fn DiscardFile(workspace: String, dataset: Dataset) -> impl IntoView {
    let (id, name) = (dataset.summary.id, dataset.summary.name);
    view! {
        <Confirm
            id="discard"
            trigger="Discard…"
            icon=IconName::Trash
            title=format!("Discard {name}?")
            confirm="Delete file"
            action=DELETE_DATASET
            fields=vec![("workspace".to_owned(), workspace), ("id".to_owned(), id.to_string())]
        >
            <p>"The file and the choices made for it are removed for everyone. Figures that were imported from it before stay."</p>
        </Confirm>
    }
}

async fn find_dataset(workspace: String, id: String, shows_personal: bool) -> Result<Dataset, ApiError> {
    let id = id.parse().map_err(|_| AppError::not_found("file"))?;
    get_dataset(workspace, id, shows_personal).await
}
