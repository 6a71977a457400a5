//! The list of files, and the way to bring another.

mod example;
mod list;
mod sending;
mod upload;

use accounts::WorkspaceView;
use api::{ErrorPage, FormState};
use kernel::Permission;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use ui::{Notice, PageHead, Tab, Tabs, Tone};

use crate::functions::{DeleteDataset, FilesView, get_files};
use example::ExampleShapes;
use list::FileList;
use upload::UploadForm;

/// Every uploaded file with its next step, and the form for another.
#[component]
pub(crate) fn FilesPage() -> impl IntoView {
    let view = expect_context::<WorkspaceView>();
    let slug = view.workspace.slug.clone();
    let query = use_query_map();
    let page =
        Memo::new(move |_| query.read().get("page").and_then(|page| page.parse().ok()).unwrap_or(1_u32));
    let was_refused = Memo::new(move |_| query.read().get("refused").is_some());
    let files = Resource::new_blocking(
        {
            let slug = slug.clone();
            move || (slug.clone(), page.get(), was_refused.get())
        },
        |(slug, page, was_refused)| get_files(slug, page, was_refused),
    );
    // Its form asks first and is sent natively; the refusal comes back in the address.
    let deleting = ServerAction::<DeleteDataset>::new();
    let refusal = move || FormState::of(deleting.value().get()).general(&[]);
    let was_deleted = move || query.read().get("deleted").is_some();
    view! {
        <Title text="Data" />
        <PageHead title="Data" lead=|| "Files you bring, and the figures imported from them." />
        <Tabs label="Data" tabs=tabs(&slug) />
        {move || refusal().map(|sentence| view! { <Notice tone=Tone::Bad>{sentence}</Notice> })}
        {move || {
            was_deleted()
                .then(|| {
                    view! { <Notice tone=Tone::Good>"The file is deleted. Figures imported from it stay."</Notice> }
                })
        }}
        <Suspense>
            {move || {
                let view = view.clone();
                Suspend::new(async move {
                    match files.await {
                        Ok(files) => view! { <Files view=view files=files /> }.into_any(),
                        Err(error) => view! { <ErrorPage error=error /> }.into_any(),
                    }
                })
            }}
        </Suspense>
    }
}

#[component]
fn Files(view: WorkspaceView, files: FilesView) -> impl IntoView {
    let workspace = view.workspace.slug;
    let may_change = view.role.allows(Permission::ManageData);
    let upload = if may_change {
        let (limits, problem) = (files.limits, files.upload_problem);
        view! { <UploadForm workspace=workspace.clone() limits=limits problem=problem /> }.into_any()
    } else {
        view! {
            <Notice>"You can look at files and download them. Analysts, admins and owners can upload and delete."</Notice>
        }
        .into_any()
    };
    view! {
        {upload}
        <FileList workspace=workspace files=files.files may_change=may_change />
        {may_change.then(|| view! { <ExampleShapes /> })}
    }
}

fn tabs(workspace: &str) -> Vec<Tab> {
    let tab = |label: &str, path: &str, is_current| Tab {
        label: label.to_owned(),
        href: format!("/w/{workspace}/data{path}"),
        is_current,
    };
    vec![tab("Files", "", true), tab("Imports", "/imports", false)]
}
