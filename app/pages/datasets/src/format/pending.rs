//! Files that are not understood, or not yet.

#[cfg(feature = "hydrate")]
use std::time::Duration;

use accounts::WorkspaceView;
use api::FormState;
use datasets::Dataset;
use kernel::{Permission, file_size};
use leptos::prelude::*;
use ui::{
    Button, ButtonKind, Card, ErrorPanel, LinkButton, Notice, OnlyWithoutScript, PageHead, Progress, Steps,
    Tone,
};

use super::{DiscardFile, columns::LayoutFields};
use crate::{functions::ChooseFormat, steps::steps_at_format};

#[cfg(feature = "hydrate")]
const BETWEEN_LOOKS: Duration = Duration::from_secs(2);

/// Loads the page again after a while, where script runs.
#[island]
fn LookAgain() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    set_timeout(|| drop(window().location().reload()), BETWEEN_LOOKS);
}

/// The file is kept and being read.
#[component]
pub(super) fn ReadingFile(view: WorkspaceView, dataset: Dataset) -> impl IntoView {
    let workspace = view.workspace.slug;
    let name = dataset.summary.name;
    let here = format!("/w/{workspace}/data/{}/format", dataset.summary.id);
    view! {
        <PageHead title=name.clone() lead=|| "The file is kept. Next you see how it was understood." />
        <Steps label="Import" steps=steps_at_format(&workspace) />
        <Card>
            <div class="grid gap-3">
                <Progress label=format!("Reading {name}…") detail=file_size(dataset.summary.size_bytes) />
                <LookAgain />
                <p class="soft text-s">"You can leave this page; the reading goes on."</p>
                <OnlyWithoutScript>
                    <p>
                        <LinkButton href=here>"See how far it is"</LinkButton>
                    </p>
                </OnlyWithoutScript>
            </div>
        </Card>
    }
}

/// The file is kept and cannot be read as it is.
#[component]
pub(super) fn UnreadableFile(
    view: WorkspaceView,
    dataset: Dataset,
    action: ServerAction<ChooseFormat>,
) -> impl IntoView {
    let may_change = view.role.allows(Permission::ManageData);
    let workspace = view.workspace.slug;
    let problem = dataset.problem.clone().unwrap_or_else(|| "What it holds was not understood".to_owned());
    let (discarded, back) = (dataset.clone(), format!("/w/{workspace}/data"));
    let discard_in = workspace.clone();
    view! {
        <PageHead
            title=dataset.summary.name.clone()
            lead=|| "The file is kept as it came. Nothing was imported from it."
            actions=move || {
                view! {
                    {may_change.then(|| view! { <DiscardFile workspace=discard_in dataset=discarded /> })}
                    <LinkButton href=back>"Back to files"</LinkButton>
                }
            }
        />
        <Steps label="Import" steps=steps_at_format(&workspace) />
        <Card>
            <ErrorPanel
                title="This file cannot be read as it is"
                sentence=problem
                remedy="Choose below how it was written and read it again, or upload a corrected file."
            />
        </Card>
        {may_change.then(|| view! { <TryAgain workspace=workspace dataset=dataset action=action /> })}
    }
}

#[component]
fn TryAgain(workspace: String, dataset: Dataset, action: ServerAction<ChooseFormat>) -> impl IntoView {
    let state = Memo::new(move |_| FormState::of(action.value().get()));
    view! {
        <Card heading="How the file is written">
            <ActionForm action=action attr:class="form">
                {move || state.read().general(&[]).map(|sentence| view! { <Notice tone=Tone::Bad>{sentence}</Notice> })}
                <input type="hidden" name="workspace" value=workspace />
                <input type="hidden" name="id" value=dataset.summary.id.to_string() />
                <LayoutFields dataset=dataset />
                <div class="actions">
                    <Button kind=ButtonKind::Primary>"Read again"</Button>
                </div>
            </ActionForm>
        </Card>
    }
}
