//! A file that was understood, to confirm or to read otherwise.

use accounts::WorkspaceView;
use api::FormState;
use datasets::{Dataset, FileProfile, RowProblem};
use kernel::{Permission, count};
use leptos::prelude::*;
use ui::{Button, ButtonKind, Card, Fault, FaultTable, LinkButton, Notice, PageHead, Steps, Tone};

use super::{
    DiscardFile,
    columns::{ColumnTable, LayoutFields, MOST_COLUMNS, Rights},
    personal::PersonalNotice,
};
use crate::{
    functions::{ChooseFormat, GO_ON},
    sizes::counted,
    steps::steps_at_format,
};

/// The id of the form, for the buttons in the head of the page.
const FORM: &str = "format";
/// Problems listed one by one.
const MOST_PROBLEMS: usize = 200;

/// Shows what was found in a file, with the choice to read it otherwise.
#[component]
pub(super) fn ReviewFormat(
    view: WorkspaceView,
    dataset: Dataset,
    profile: FileProfile,
    shows_personal: bool,
    action: ServerAction<ChooseFormat>,
) -> impl IntoView {
    let may_change = view.role.allows(Permission::ManageData);
    let sees_personal = view.reads_personal_data;
    let personal = profile.format.holds_personal_data().then(|| {
        let file = format!("/w/{}/data/{}", view.workspace.slug, dataset.summary.id);
        view! { <PersonalNotice file=file may_see=sees_personal is_shown=shows_personal /> }
    });
    let workspace = view.workspace.slug;
    let lead =
        format!("{} Nothing is saved until you commit, and a commit can be undone.", profile.description());
    let state = Memo::new(move |_| FormState::of(action.value().get()));
    let (problems, problem_count, notes) =
        (profile.problems.clone(), profile.problem_count, profile.notes.clone());
    let (head_workspace, head_dataset) = (workspace.clone(), dataset.clone());
    view! {
        <PageHead
            title=dataset.summary.name.clone()
            lead=|| lead
            actions=move || {
                view! { <HeadActions workspace=head_workspace dataset=head_dataset may_change=may_change /> }
            }
        />
        <Steps label="Import" steps=steps_at_format(&workspace) />
        {move || state.read().general(&[]).map(|sentence| view! { <Notice tone=Tone::Bad>{sentence}</Notice> })}
        {personal}
        <Notes notes=notes />
        <FormatForm
            workspace=workspace
            dataset=dataset
            profile=profile
            rights=Rights { may_change, sees_personal }
            action=action
        />
        {(problem_count > 0).then(|| view! { <Problems problems=problems problem_count=problem_count /> })}
    }
}

#[component]
fn HeadActions(workspace: String, dataset: Dataset, may_change: bool) -> impl IntoView {
    let columns = format!("/w/{workspace}/data/{}/map", dataset.summary.id);
    if !may_change {
        return view! { <LinkButton href=columns kind=ButtonKind::Primary>"See the columns"</LinkButton> }
            .into_any();
    }
    view! {
        <DiscardFile workspace=workspace dataset=dataset />
        <Button kind=ButtonKind::Primary name="then" value=GO_ON attr:form=FORM>
            "Continue to columns"
        </Button>
    }
    .into_any()
}

#[component]
fn FormatForm(
    workspace: String,
    dataset: Dataset,
    profile: FileProfile,
    rights: Rights,
    action: ServerAction<ChooseFormat>,
) -> impl IntoView {
    let columns = profile.format.columns;
    let column_count = columns.len();
    if !rights.may_change {
        return view! {
            <Card heading="Columns">
                <ColumnTable columns=columns rights=rights />
            </Card>
            <p class="muted text-s">"Analysts, admins and owners can read the file otherwise and import it."</p>
        }
        .into_any();
    }
    view! {
        <ActionForm action=action attr:id=FORM attr:class="form">
            <input type="hidden" name="workspace" value=workspace />
            <input type="hidden" name="id" value=dataset.summary.id.to_string() />
            <Card heading="How the file is written">
                <LayoutFields dataset=dataset />
            </Card>
            <Card heading="Columns">
                <ColumnTable columns=columns rights=rights />
                {(column_count > MOST_COLUMNS).then(|| view! { <p class="muted text-s mt-4">{first_columns(column_count)}</p> })}
                <div class="actions mt-4">
                    <Button>"Read again"</Button>
                    <span class="muted text-s">"Reads the file as chosen here and shows the result on this page."</span>
                </div>
            </Card>
        </ActionForm>
    }
    .into_any()
}

/// What was dropped, guessed or looks odd.
#[component]
fn Notes(notes: Vec<String>) -> impl IntoView {
    let title =
        if notes.len() == 1 { "One thing to know about this file" } else { "What to know about this file" };
    let lines = notes.iter().map(|note| view! { <li>{note.clone()} "."</li> }).collect_view();
    (!notes.is_empty()).then(|| {
        view! {
            <Notice tone=Tone::Warning title=title>
                <ul>{lines}</ul>
            </Notice>
        }
    })
}

#[component]
fn Problems(problems: Vec<RowProblem>, problem_count: u64) -> impl IntoView {
    let heading = counted(problem_count, "cell needs you", "cells need you");
    let shown = problems.len().min(MOST_PROBLEMS) as u64;
    let faults = problems.into_iter().take(MOST_PROBLEMS).map(fault).collect();
    view! {
        <Card heading=heading>
            <p class="soft text-s">
                "You can go on: what cannot be read is left out and can be downloaded after the check. To keep it, correct the file and upload it again."
            </p>
            <FaultTable caption="Cells that could not be read" faults=faults />
            {(shown < problem_count)
                .then(|| {
                    view! {
                        <p class="muted text-s mt-4">
                            {format!("The first {} of {} are shown.", count(shown), count(problem_count))}
                        </p>
                    }
                })}
        </Card>
    }
}

fn fault(problem: RowProblem) -> Fault {
    Fault { line: problem.line, column: problem.column_name, value: problem.value, sentence: problem.message }
}

fn first_columns(all: usize) -> String {
    format!(
        "The first {} of {} columns are shown. The others are read as they were found.",
        count(MOST_COLUMNS as u64),
        count(all as u64)
    )
}
