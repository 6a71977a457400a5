//! Every workspace: that it is there, and the way to look into it in an emergency.

use accounts::{EMERGENCY_MINUTES, WorkspaceLine};
use api::{ErrorPage, FormState};
use kernel::Page;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use ui::{
    Button, ButtonKind, Card, Chip, ChipTone, DataTable, EmptyState, FormField, HeadCell, IconName,
    LinkButton, Moment, NarrowTable, Notice, NumberCell, PageHead, Pagination, Requirement, Select,
    SelectOption, TextInput, Tone,
};

use crate::functions::{LOOK_AWAY, LookInto, get_workspaces};

/// Lists workspaces; with `look` in the address it asks why one is to be looked into.
#[component]
pub(crate) fn WorkspacesPage() -> impl IntoView {
    let query = use_query_map();
    let asked = move |name: &str| query.read().get(name).unwrap_or_default();
    let workspaces = Resource::new_blocking(
        move || (asked("search"), asked("page")),
        |(search, page)| get_workspaces(search, page),
    );
    let look = asked("look");
    view! {
        <Title text="Workspaces" />
        <PageHead title="Workspaces" lead=|| "That they are there, not what is in them." />
        {(asked("done") == "away").then(|| view! { <Notice tone=Tone::Good>"You look into that workspace no more."</Notice> })}
        {(!look.is_empty()).then(|| view! { <LookCard workspace=look /> })}
        <Suspense>
            {move || Suspend::new(async move {
                match workspaces.await {
                    Ok(workspaces) => view! { <Workspaces workspaces=workspaces search=asked("search") /> }.into_any(),
                    Err(error) => view! { <ErrorPage error=error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// Breaks the glass.
#[component]
fn LookCard(workspace: String) -> impl IntoView {
    let action = ServerAction::<LookInto>::new();
    let state = Memo::new(move |_| FormState::of(action.value().get()));
    let error = move |field: &'static str| Signal::derive(move || state.read().error(field));
    let options = EMERGENCY_MINUTES.map(|minutes| {
        let label = if minutes < 60 { format!("{minutes} minutes") } else { format!("{} h", minutes / 60) };
        SelectOption::new(minutes.to_string(), label)
    });
    view! {
        <Card heading=format!("Look into {workspace}")>
            <p>
                "You will see the workspace as a viewer does: masked addresses, and nothing can be changed. "
                "The reason goes into its audit log and, by message, to its owners."
            </p>
            <ActionForm action=action attr:class="form" attr:novalidate=true>
                {move || {
                    state
                        .read()
                        .general(&["reason", "minutes"])
                        .map(|sentence| view! { <Notice tone=Tone::Bad>{sentence}</Notice> })
                }}
                <input type="hidden" name="input[workspace]" value=workspace />
                <FormField
                    name="input[reason]"
                    label="Reason"
                    hint="The owners read it"
                    error=error("reason")
                    requirement=Requirement::Required
                >
                    <TextInput value=Signal::derive(move || state.read().typed("reason", "")) />
                </FormField>
                <FormField name="input[minutes]" label="For how long" error=error("minutes")>
                    <Select options=options.to_vec() selected="15" />
                </FormField>
                <div class="actions">
                    <LinkButton href="/admin/workspaces">"Cancel"</LinkButton>
                    <Button kind=ButtonKind::Primary>"Look into it and tell the owners"</Button>
                </div>
            </ActionForm>
        </Card>
    }
}

#[component]
fn Workspaces(workspaces: Page<WorkspaceLine>, search: String) -> impl IntoView {
    let (request, total) = (workspaces.request, workspaces.total);
    let found = search.clone();
    let href = Callback::new(move |page: u64| format!("/admin/workspaces?search={found}&page={page}"));
    let rows = workspaces.items.into_iter().map(|line| view! { <WorkspaceRow line=line /> }).collect_view();
    view! {
        <Card>
            <form method="get" action="/admin/workspaces" class="actions mb-4">
                <TextInput name="search" label="A name" placeholder="Northlight" value=Signal::stored(search) />
                <Button>"Search"</Button>
            </form>
            {if total == 0 {
                view! { <EmptyState title="No such workspace" sentence="Search for part of its name or address." icon=IconName::Search /> }
                    .into_any()
            } else {
                view! {
                    <DataTable caption="Workspaces" narrow=NarrowTable::Stacks>
                        <thead>
                            <tr>
                                <HeadCell>"Workspace"</HeadCell>
                                <HeadCell>"Since"</HeadCell>
                                <HeadCell numeric=true>"Members"</HeadCell>
                                <HeadCell>"Actions"</HeadCell>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </DataTable>
                    <Pagination page=request total=total what=if total == 1 { "workspace" } else { "workspaces" } href=href />
                }
                    .into_any()
            }}
        </Card>
    }
}

#[component]
fn WorkspaceRow(line: WorkspaceLine) -> impl IntoView {
    let slug = line.slug.clone();
    let action = match (line.is_synthetic, line.look_ends_at) {
        (true, _) => view! { <LinkButton href=format!("/w/{slug}")>"Open"</LinkButton> }.into_any(),
        (false, Some(until)) => view! {
            <div class="actions">
                <LinkButton href=format!("/w/{slug}") icon=IconName::Eye>"Open"</LinkButton>
                <form method="post" action=LOOK_AWAY>
                    <input type="hidden" name="workspace" value=slug />
                    <Button>"Stop looking"</Button>
                </form>
                <span class="muted text-s">"until " <Moment at=until /></span>
            </div>
        }
        .into_any(),
        (false, None) => {
            view! { <LinkButton href=format!("/admin/workspaces?look={slug}") icon=IconName::Eye>"Look inside…"</LinkButton> }.into_any()
        }
    };
    view! {
        <tr>
            <th scope="row">
                {line.name} {line.is_synthetic.then(|| view! { " " <Chip tone=ChipTone::Synthetic>"synthetic"</Chip> })}
                {line.deletion_due_at.map(|due| view! { " " <Chip tone=ChipTone::Warning>"goes " <Moment at=due /></Chip> })} <br />
                <span class="muted text-s">{line.slug}</span>
            </th>
            <td data-label="Since"><Moment at=line.created_at /></td>
            <NumberCell label="Members">{line.members}</NumberCell>
            <td class="wide">{action}</td>
        </tr>
    }
}
