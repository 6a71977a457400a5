//! The check: what a commit would do, without doing it.

use accounts::WorkspaceView;
use api::{ApiError, FormState};
use kernel::{DatasetId, Figure, Permission, count};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use metrics::model::{DryRun, ImportSummary, MonthRange};
use ui::{Button, ButtonKind, KeyFigure, KeyFigures, LinkButton, Moment, Notice, PageHead, Steps, Tone};

use super::{
    bridge::BridgeCheck,
    changes::{Changes, LeftOut},
    functions::{CommitImport, dataset_id, get_check},
    history::UndoImportQuestion,
    problem::StepProblem,
    steps::{counted, step_address, steps_at},
};

/// The id of the form, for the button in the head of the page.
const FORM: &str = "commit";

/// Shows what an import would add and change, and lets it be committed.
#[component]
pub(super) fn CheckPage() -> impl IntoView {
    let view = expect_context::<WorkspaceView>();
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("dataset").unwrap_or_default());
    let slug = view.workspace.slug.clone();
    let run = Resource::new_blocking(move || (slug.clone(), id.get()), |(slug, id)| find_check(slug, id));
    view! {
        <Suspense>
            {move || {
                let view = view.clone();
                let file = format!("/w/{}/data/{}", view.workspace.slug, id.get());
                Suspend::new(async move {
                    match run.await {
                        Ok(run) => view! { <CheckStep view=view run=run /> }.into_any(),
                        Err(error) => view! { <StepProblem error=error file=file /> }.into_any(),
                    }
                })
            }}
        </Suspense>
    }
}

#[component]
fn CheckStep(view: WorkspaceView, run: DryRun) -> impl IntoView {
    let action = ServerAction::<CommitImport>::new();
    let state = Memo::new(move |_| FormState::of(action.value().get()));
    let may_change = view.role.allows(Permission::ManageData);
    let workspace = view.workspace.slug;
    let (id, name) = (run.dataset.summary.id, run.dataset.summary.name.clone());
    let values = run.added + run.changed;
    let (lead, head_workspace, sent_workspace) = (finding(&run), workspace.clone(), workspace.clone());
    let steps = steps_at("check", &workspace, id);
    view! {
        <Title text=name.clone() />
        <PageHead
            title=name
            lead=|| lead
            actions=move || {
                view! {
                    <HeadActions workspace=head_workspace id=id values=values may_change=may_change />
                }
            }
        />
        <Steps label="Import" steps=steps />
        {move || state.read().general(&[]).map(|sentence| view! { <Notice tone=Tone::Bad>{sentence}</Notice> })}
        {(!may_change).then(|| view! { <Notice>"Analysts, admins and owners can commit this import."</Notice> })}
        // Without a box of its own, since all it holds is hidden.
        <ActionForm action=action attr:id=FORM attr:class="contents">
            <input type="hidden" name="workspace" value=sent_workspace />
            <input type="hidden" name="id" value=id.to_string() />
        </ActionForm>
        <Findings workspace=workspace run=run may_change=may_change />
    }
}

#[component]
fn HeadActions(workspace: String, id: DatasetId, values: u64, may_change: bool) -> impl IntoView {
    let columns = step_address(&workspace, id, "map");
    let may_commit = may_change && values > 0;
    let words = format!("Commit {}", counted(values, "value", "values"));
    view! {
        <LinkButton href=columns>"Back to columns"</LinkButton>
        {may_commit
            .then(|| {
                view! {
                    <Button kind=ButtonKind::Primary attr:form=FORM>
                        {words}
                    </Button>
                }
            })}
    }
}

#[component]
fn Findings(workspace: String, run: DryRun, may_change: bool) -> impl IntoView {
    let values = run.added + run.changed;
    let (id, currency) = (run.dataset.summary.id, run.currency);
    let committed = run.committed.clone().map(|import| {
        view! { <CommittedBefore workspace=workspace.clone() import=import left=values may_change=may_change /> }
    });
    let nothing = (values == 0 && run.committed.is_none()).then(|| {
        let sentence = nothing_to_import(&run);
        view! { <Notice tone=Tone::Warning title="There is nothing to import">{sentence}</Notice> }
    });
    view! {
        {committed}
        {nothing}
        <Tiles run=run.clone() />
        <BridgeCheck bridge=run.bridge currency=currency />
        {(run.problem_count > 0)
            .then(|| {
                view! {
                    <LeftOut workspace=workspace id=id problems=run.problems total=run.problem_count rows=run.rejected_rows />
                }
            })}
        {(values > 0).then(|| view! { <Changes changes=run.changes total=values currency=currency /> })}
    }
}

#[component]
fn Tiles(run: DryRun) -> impl IntoView {
    let number = |number: u64| Some(Figure { number: count(number), unit: String::new() });
    let months =
        run.months.map(|months| Figure { number: count(months.count() as u64), unit: String::new() });
    let stretch = run.months.map(MonthRange::label).unwrap_or_default();
    view! {
        <KeyFigures label="What a commit would do">
            <KeyFigure label="New values" figure=number(run.added) />
            <KeyFigure label="Changed values" figure=number(run.changed) />
            <KeyFigure label="Values kept already" figure=number(run.unchanged) />
            <KeyFigure label="Months" figure=months note=stretch />
        </KeyFigures>
    }
}

#[component]
fn CommittedBefore(workspace: String, import: ImportSummary, left: u64, may_change: bool) -> impl IntoView {
    let values = counted(import.added + import.changed, "value", "values");
    let rest = match left {
        0 => "Nothing of it is left to commit.",
        _ => "A commit now brings in what differs from what is kept.",
    };
    let at = import.committed_at;
    view! {
        <Notice title="This file was imported before">
            <p>
                {values} " came in on " <Moment at=at /> ". " {rest} " "
                <a href=format!("/w/{workspace}/data/imports")>"See all imports"</a>
            </p>
            {may_change.then(|| view! { <UndoImportQuestion workspace=workspace import=import place="committed" /> })}
        </Notice>
    }
}

/// What the check found, in a sentence or two.
fn finding(run: &DryRun) -> String {
    let values = run.added + run.changed;
    let found = match (values, run.months) {
        (0, _) | (_, None) => "There is nothing to import.".to_owned(),
        (_, Some(months)) => format!(
            "{} and {} in {}.",
            counted(run.added, "new value", "new values"),
            counted(run.changed, "changed one", "changed ones"),
            months.label()
        ),
    };
    let left_out = match run.rejected_rows {
        0 => String::new(),
        rows => format!(" {} something that is left out.", counted(rows, "row holds", "rows hold")),
    };
    let promise =
        if values == 0 { "" } else { " Nothing is saved until you commit, and a commit can be undone." };
    format!("{found}{left_out}{promise}")
}

fn nothing_to_import(run: &DryRun) -> &'static str {
    match (run.unchanged, run.problem_count) {
        (0, 0) => "The mapped columns hold no values. Go back to the columns and choose those that do.",
        (0, _) => {
            "No cell of the mapped columns could be read. Correct the cells below, or go back and change how they are read."
        }
        (_, 0) => "Every value of this file is kept already.",
        (..) => "Every value that can be read is kept already. Correct the cells below to bring in the rest.",
    }
}

async fn find_check(workspace: String, id: String) -> Result<DryRun, ApiError> {
    get_check(workspace, dataset_id(&id)?).await
}
