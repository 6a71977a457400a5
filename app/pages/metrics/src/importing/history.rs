//! Every import, and taking one back.

use accounts::WorkspaceView;
use api::{ErrorPage, FormState};
use kernel::{Permission, count};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use metrics::model::ImportSummary;
use ui::{
    ButtonKind, Card, Chip, ChipTone, Confirm, DataTable, EmptyState, HeadCell, IconName, LinkButton, Moment,
    NarrowTable, Notice, NumberCell, PageHead, Tab, Tabs, Tone, VisuallyHidden,
};

use super::{
    functions::{UNDO_IMPORT, UndoImport, list_imports},
    steps::{counted, step_address},
};

/// Imports listed one by one.
const MOST_IMPORTS: usize = 200;

/// The imports of a workspace, newest first.
#[component]
pub(super) fn ImportsPage() -> impl IntoView {
    let view = expect_context::<WorkspaceView>();
    let slug = view.workspace.slug.clone();
    let source = slug.clone();
    let imports = Resource::new_blocking(move || source.clone(), list_imports);
    // Its form asks first and is sent natively; the refusal comes back in the address.
    let undoing = ServerAction::<UndoImport>::new();
    let refusal = move || FormState::of(undoing.value().get()).general(&[]);
    view! {
        <Title text="Imports" />
        <PageHead title="Data" lead=|| "What was imported, when, and from which file. Every import can be undone." />
        <Tabs label="Data" tabs=tabs(&slug) />
        {move || refusal().map(|sentence| view! { <Notice tone=Tone::Bad>{sentence}</Notice> })}
        <Suspense>
            {move || {
                let view = view.clone();
                Suspend::new(async move {
                    match imports.await {
                        Ok(imports) => view! { <Imports view=view imports=imports /> }.into_any(),
                        Err(error) => view! { <ErrorPage error=error /> }.into_any(),
                    }
                })
            }}
        </Suspense>
    }
}

#[component]
fn Imports(view: WorkspaceView, imports: Vec<ImportSummary>) -> impl IntoView {
    let query = use_query_map();
    let may_change = view.role.allows(Permission::ManageData);
    let workspace = view.workspace.slug;
    let asked = |name: &'static str| {
        let imports = imports.clone();
        Memo::new(move |_| {
            let id = query.read().get(name)?;
            imports.iter().find(|import| import.id.to_string() == id).cloned()
        })
    };
    let (committed, undone) = (asked("committed"), asked("undone"));
    let notice_in = workspace.clone();
    view! {
        {move || {
            committed
                .get()
                .filter(|import| import.undone_at.is_none())
                .map(|import| view! { <Committed workspace=notice_in.clone() import=import may_change=may_change /> })
        }}
        {move || undone.get().map(|import| view! { <Undone import=import /> })}
        <ImportList workspace=workspace imports=imports may_change=may_change />
    }
}

#[component]
fn Committed(workspace: String, import: ImportSummary, may_change: bool) -> impl IntoView {
    let values = import.added + import.changed;
    let title = format!("{} in", counted(values, "value is", "values are"));
    let [dashboard, standing] = ["dashboard", "standing"].map(|page| format!("/w/{workspace}/{page}"));
    view! {
        <Notice tone=Tone::Good title=title>
            <p>{format!("They come from {}. Changed your mind? Undo brings back what was there before.", import.file_name)}</p>
            <div class="actions mt-2">
                <LinkButton href=dashboard kind=ButtonKind::Primary>"See the dashboard"</LinkButton>
                <LinkButton href=standing>"See where you stand"</LinkButton>
                {may_change.then(|| view! { <UndoImportQuestion workspace=workspace import=import place="committed" /> })}
            </div>
        </Notice>
    }
}

#[component]
fn Undone(import: ImportSummary) -> impl IntoView {
    view! {
        <Notice tone=Tone::Good title="The import is undone">
            {format!("The figures are what they were before {}. The file is kept, so you can import it again.", import.file_name)}
        </Notice>
    }
}

#[component]
fn ImportList(workspace: String, imports: Vec<ImportSummary>, may_change: bool) -> impl IntoView {
    if imports.is_empty() {
        let files = format!("/w/{workspace}/data");
        return view! {
            <Card>
                <EmptyState
                    title="Nothing imported yet"
                    sentence="Once a file is committed, its import stands here, with what it changed and the way to undo it."
                >
                    <LinkButton href=files kind=ButtonKind::Primary>"Go to the files"</LinkButton>
                </EmptyState>
            </Card>
        }
        .into_any();
    }
    let all = imports.len();
    let rows = imports
        .into_iter()
        .take(MOST_IMPORTS)
        .map(|import| view! { <ImportRow workspace=workspace.clone() import=import may_change=may_change /> })
        .collect_view();
    let shown =
        format!("The last {} of {} imports are shown.", count(MOST_IMPORTS as u64), count(all as u64));
    view! {
        <Card heading="Imports">
            <DataTable caption="Imports" narrow=NarrowTable::Stacks>
                <thead>
                    <tr>
                        <HeadCell>"File"</HeadCell>
                        <HeadCell>"State"</HeadCell>
                        <HeadCell>"Committed"</HeadCell>
                        <HeadCell numeric=true>"Values added"</HeadCell>
                        <HeadCell numeric=true>"Values changed"</HeadCell>
                        <HeadCell>
                            <VisuallyHidden>"Actions"</VisuallyHidden>
                        </HeadCell>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
            {(all > MOST_IMPORTS).then(|| view! { <p class="muted text-s mt-4">{shown}</p> })}
        </Card>
    }
    .into_any()
}

#[component]
fn ImportRow(workspace: String, import: ImportSummary, may_change: bool) -> impl IntoView {
    let check = step_address(&workspace, import.dataset_id, "check");
    let (words, tone) = match import.undone_at {
        None => ("In force", ChipTone::Good),
        Some(_) => ("Undone", ChipTone::Neutral),
    };
    let can_undo = may_change && import.undone_at.is_none();
    view! {
        <tr>
            <th scope="row" class="break-words">
                {if import.has_file {
                    view! {
                        <a href=check>
                            <b>{import.file_name.clone()}</b>
                        </a>
                    }
                        .into_any()
                } else {
                    view! { <b>{import.file_name.clone()}</b> <br /> <span class="muted text-s">"file removed"</span> }.into_any()
                }}
            </th>
            <td>
                <Chip tone=tone>{words}</Chip>
            </td>
            <td class="wide">
                <Moment at=import.committed_at />
            </td>
            <NumberCell label="Added">{count(import.added)}</NumberCell>
            <NumberCell label="Changed">{count(import.changed)}</NumberCell>
            <td class="wide">
                {can_undo.then(|| view! { <UndoImportQuestion workspace=workspace import=import place="list" /> })}
            </td>
        </tr>
    }
}

/// The button that takes an import back, after asking.
#[component]
pub(super) fn UndoImportQuestion(
    /// The address of the workspace.
    workspace: String,
    /// The import.
    import: ImportSummary,
    /// Where on the page it stands; the same import may be offered twice.
    place: &'static str,
) -> impl IntoView {
    let values = counted(import.added + import.changed, "value goes", "values go");
    let again = if import.has_file {
        " The file is kept, so you can import it again."
    } else {
        " The file was removed; to import it again, upload it again."
    };
    view! {
        <Confirm
            id=format!("undo-{place}-{}", import.id)
            trigger="Undo…"
            icon=IconName::Undo
            title=format!("Undo the import of {}?", import.file_name)
            confirm="Undo import"
            action=UNDO_IMPORT
            fields=vec![("workspace".to_owned(), workspace), ("id".to_owned(), import.id.to_string())]
        >
            <p>{format!("{values} back to what stood there before, also on the dashboard and in comparisons.{again}")}</p>
        </Confirm>
    }
}

fn tabs(workspace: &str) -> Vec<Tab> {
    let tab = |label: &str, path: &str, is_current| Tab {
        label: label.to_owned(),
        href: format!("/w/{workspace}/data{path}"),
        is_current,
    };
    vec![tab("Files", "", false), tab("Imports", "/imports", true)]
}
