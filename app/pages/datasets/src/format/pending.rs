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

/// When nobody told that the file is read, the page looks by itself: it may have been read before the page began to listen.
#[cfg(feature = "hydrate")]
const LOOK_AFTER: Duration = Duration::from_secs(4);

/// Loads the page again once the file is read, where script runs.
#[island]
fn WaitForFile(
    /// The workspace's part of the address.
    workspace: String,
    /// The file.
    file: String,
) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    {
        use leptos::wasm_bindgen::{JsCast, closure::Closure};
        fn look() {
            drop(window().location().reload());
        }
        set_timeout(look, LOOK_AFTER);
        // Strangers are not told; their page looks by itself.
        if let Ok(source) = web_sys::EventSource::new(&format!("/w/{workspace}/events")) {
            let heard = Closure::<dyn Fn(web_sys::MessageEvent)>::new(move |event: web_sys::MessageEvent| {
                let text = event.data().as_string().unwrap_or_default();
                if text.contains("dataset.read") && text.contains(&file) {
                    look();
                }
            });
            let listener = heard.into_js_value();
            drop(source.add_event_listener_with_callback("change", listener.unchecked_ref()));
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (workspace, file);
}

/// The file is kept and being read.
#[component]
pub(super) fn ReadingFile(view: WorkspaceView, dataset: Dataset) -> impl IntoView {
    let workspace = view.workspace.slug;
    let name = dataset.summary.name;
    let file = dataset.summary.id.to_string();
    let here = format!("/w/{workspace}/data/{}/format", dataset.summary.id);
    view! {
        <PageHead title=name.clone() lead=|| "The file is kept. Next you see how it was understood." />
        <Steps label="Import" steps=steps_at_format(&workspace) />
        <Card>
            <div class="grid gap-3">
                <Progress label=format!("Reading {name}…") detail=file_size(dataset.summary.size_bytes) />
                <WaitForFile workspace=workspace.clone() file=file />
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
