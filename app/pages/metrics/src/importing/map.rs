//! The mapping step: what each column of a file is used for.

use accounts::WorkspaceView;
use api::{ApiError, FormState};
use datasets::ColumnKind;
use kernel::{Permission, count};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use metrics::model::{MappedColumn, MappingView};
use ui::{
    Button, ButtonKind, Card, Chip, ChipTone, DataTable, FormField, HeadCell, LinkButton, NarrowTable,
    Notice, PageHead, PartChip, Select, Steps, Tone,
};

use super::{
    choices::{samples, uses},
    functions::{SaveMapping, dataset_id, get_mapping},
    problem::StepProblem,
    steps::{counted, step_address, steps_at},
};

/// The id of the form, for the button in the head of the page.
const FORM: &str = "mapping";
/// Columns shown with a choice of their own; a file may have a thousand.
const MOST_COLUMNS: usize = 200;

/// Says of every column which metric it holds, or that it is only kept.
#[component]
pub(super) fn MapPage() -> impl IntoView {
    let view = expect_context::<WorkspaceView>();
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("dataset").unwrap_or_default());
    let slug = view.workspace.slug.clone();
    let mapping =
        Resource::new_blocking(move || (slug.clone(), id.get()), |(slug, id)| find_mapping(slug, id));
    view! {
        <Suspense>
            {move || {
                let view = view.clone();
                let file = format!("/w/{}/data/{}", view.workspace.slug, id.get());
                Suspend::new(async move {
                    match mapping.await {
                        Ok(mapping) => view! { <MapStep view=view mapping=mapping /> }.into_any(),
                        Err(error) => view! { <StepProblem error=error file=file /> }.into_any(),
                    }
                })
            }}
        </Suspense>
    }
}

#[component]
fn MapStep(view: WorkspaceView, mapping: MappingView) -> impl IntoView {
    let action = ServerAction::<SaveMapping>::new();
    let state = Memo::new(move |_| FormState::of(action.value().get()));
    let may_change = view.role.allows(Permission::ManageData);
    let workspace = view.workspace.slug;
    let (summary, profile) = (mapping.dataset.summary, mapping.dataset.profile);
    let rows = profile.as_ref().map_or(0, |profile| profile.rows);
    let description = profile.map(|profile| profile.description()).unwrap_or_default();
    let fields: Vec<String> = mapping.columns.iter().map(field).collect();
    let general = move || {
        let shown: Vec<&str> = fields.iter().map(String::as_str).collect();
        state.read().general(&shown)
    };
    let (format, check) =
        (step_address(&workspace, summary.id, "format"), step_address(&workspace, summary.id, "check"));
    view! {
        <Title text=summary.name.clone() />
        <PageHead
            title=summary.name
            lead=move || format!("{description} Nothing is saved until you commit, and a commit can be undone.")
            actions=move || {
                view! {
                    <LinkButton href=format>"Back to format"</LinkButton>
                    {if may_change {
                        view! {
                            <Button kind=ButtonKind::Primary attr:form=FORM>
                                {format!("Check {}", counted(rows, "row", "rows"))}
                            </Button>
                        }
                            .into_any()
                    } else {
                        view! { <LinkButton href=check kind=ButtonKind::Primary>"See the check"</LinkButton> }.into_any()
                    }}
                }
            }
        />
        <Steps label="Import" steps=steps_at("map", &workspace, summary.id) />
        {move || general().map(|sentence| view! { <Notice tone=Tone::Bad>{sentence}</Notice> })}
        <ActionForm action=action attr:id=FORM attr:class="form">
            <input type="hidden" name="workspace" value=workspace />
            <input type="hidden" name="id" value=summary.id.to_string() />
            <Columns columns=mapping.columns state=state may_change=may_change />
        </ActionForm>
    }
}

#[component]
fn Columns(columns: Vec<MappedColumn>, state: Memo<FormState>, may_change: bool) -> impl IntoView {
    let all = columns.len();
    let mut columns = columns;
    let rest = columns.split_off(all.min(MOST_COLUMNS));
    let rows = columns
        .into_iter()
        .map(|column| view! { <ColumnRow column=column state=state may_change=may_change /> })
        .collect_view();
    // What is not shown stays as it is.
    let kept = rest
        .iter()
        .map(|column| view! { <input type="hidden" name=name(column) value=column.mapping.key() /> })
        .collect_view();
    let shown = format!(
        "The first {} of {} columns are shown. The others are used as they were proposed.",
        count(MOST_COLUMNS as u64),
        count(all as u64)
    );
    view! {
        <Card>
            <DataTable caption="Columns of the file" narrow=NarrowTable::Stacks>
                <thead>
                    <tr>
                        <HeadCell>"Column in the file"</HeadCell>
                        <HeadCell>"Samples"</HeadCell>
                        <HeadCell>"Read as"</HeadCell>
                        <HeadCell>"Metric"</HeadCell>
                        <HeadCell numeric=true>"Understood"</HeadCell>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
            {kept}
            {(all > MOST_COLUMNS).then(|| view! { <p class="muted text-s mt-4">{shown}</p> })}
            {(!may_change)
                .then(|| {
                    view! { <p class="muted text-s mt-4">"Analysts, admins and owners can choose otherwise and import."</p> }
                })}
        </Card>
    }
}

#[component]
fn ColumnRow(column: MappedColumn, state: Memo<FormState>, may_change: bool) -> impl IntoView {
    let options = uses(column.mapping);
    let chosen = column.mapping.key();
    let metric = if may_change {
        let field = field(&column);
        let error = Signal::derive(move || state.read().error(&field));
        let label = format!("Metric of {}", column.format.name);
        view! {
            <FormField name=name(&column) label=label error=error attr:class="field [&>label]:sr-only">
                <Select options=options selected=chosen />
            </FormField>
        }
        .into_any()
    } else {
        let label = options.into_iter().find(|option| option.value == chosen).map(|option| option.label);
        label.into_any()
    };
    let format = column.format;
    view! {
        <tr>
            <th scope="row" class="wide break-words">
                <b>{format.name.clone()}</b>
            </th>
            <td class="wide soft break-words">{samples(&format)}</td>
            <td>{format.kind.label()}</td>
            // On a phone the choice stands below what it is made of.
            <td class="wide max-sm:order-last md:min-w-60">{metric}</td>
            <td class="end">
                <Understood is_used=column.mapping.role.is_some() kind=format.kind part=format.understood whole=format.filled />
            </td>
        </tr>
    }
}

#[component]
fn Understood(is_used: bool, kind: ColumnKind, part: u64, whole: u64) -> impl IntoView {
    match whole {
        0 => view! { <Chip>"empty"</Chip> }.into_any(),
        _ if !is_used || kind == ColumnKind::Text => {
            view! { <PartChip part=part whole=whole tone=ChipTone::Neutral /> }.into_any()
        }
        _ => view! { <PartChip part=part whole=whole /> }.into_any(),
    }
}

/// The name under which errors about a column come back.
fn field(column: &MappedColumn) -> String {
    format!("c{}", column.format.index)
}

/// The name under which the form sends the choice for a column.
fn name(column: &MappedColumn) -> String {
    format!("input[choices][{}]", field(column))
}

async fn find_mapping(workspace: String, id: String) -> Result<MappingView, ApiError> {
    get_mapping(workspace, dataset_id(&id)?).await
}
