//! Network places that are not answered, or have to wait.

use accounts::PausedPlace;
use api::{ErrorPage, FormState};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use ui::{
    Button, Card, DataTable, EmptyState, FormField, HeadCell, IconName, Moment, NarrowTable, Notice,
    NumberCell, PageHead, Requirement, Select, SelectOption, TextInput, Tone,
};

use crate::{
    functions::{BlockPlace, LIFT_BLOCK, LIFT_PAUSE, get_blocks},
    model::BlockLine,
};

/// Lists and lifts blocks, and shuts a place out.
#[component]
pub(crate) fn BlocksPage() -> impl IntoView {
    let blocks = Resource::new_blocking(|| (), |()| get_blocks());
    let query = use_query_map();
    let done = move || match query.read().get("done").as_deref() {
        Some("blocked") => Some("That place is not answered any more."),
        Some("lifted") => Some("That place is answered again."),
        _ => None,
    };
    view! {
        <Title text="Blocks" />
        <PageHead
            title="Blocks"
            lead=|| "Who looks for weaknesses is not answered for a day; who types wrong passwords waits longer and longer. The setting limits.exempt names networks that are never held back."
        />
        {move || done().map(|sentence| view! { <Notice tone=Tone::Good>{sentence}</Notice> })}
        <Suspense>
            {move || Suspend::new(async move {
                match blocks.await {
                    Ok((blocks, paused)) => view! { <Blocked blocks=blocks /> <Paused places=paused /> }.into_any(),
                    Err(error) => view! { <ErrorPage error=error /> }.into_any(),
                }
            })}
        </Suspense>
        <BlockCard />
    }
}

#[component]
fn Blocked(blocks: Vec<BlockLine>) -> impl IntoView {
    if blocks.is_empty() {
        return view! { <EmptyState title="Nobody is shut out" sentence="Scanners, and places that you shut out below, will be listed here." icon=IconName::Lock /> }
            .into_any();
    }
    let row = |block: BlockLine| {
        view! {
            <tr>
                <th scope="row"><code>{block.place.clone()}</code></th>
                <td class="wide" data-label="Why">{block.reason}</td>
                <td data-label="Since"><Moment at=block.blocked_at /></td>
                <td data-label="Until"><Moment at=block.blocked_until /></td>
                <td class="wide"><Lift action=LIFT_BLOCK place=block.place /></td>
            </tr>
        }
    };
    let rows = blocks.into_iter().map(row).collect_view();
    view! {
        <Card heading="Not answered">
            <DataTable caption="Network places that are not answered" narrow=NarrowTable::Stacks>
                <thead>
                    <tr>
                        <HeadCell>"Place"</HeadCell>
                        <HeadCell>"Why"</HeadCell>
                        <HeadCell>"Since"</HeadCell>
                        <HeadCell>"Until"</HeadCell>
                        <HeadCell>"Actions"</HeadCell>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
        </Card>
    }
    .into_any()
}

#[component]
fn Paused(places: Vec<PausedPlace>) -> impl IntoView {
    let row = |paused: PausedPlace| {
        view! {
            <tr>
                <th scope="row"><code>{paused.place.clone()}</code></th>
                <NumberCell label="Wrong passwords">{paused.failures}</NumberCell>
                <td data-label="Waits until"><Moment at=paused.blocked_until /></td>
                <td class="wide"><Lift action=LIFT_PAUSE place=paused.place /></td>
            </tr>
        }
    };
    (!places.is_empty()).then(|| {
        let rows = places.into_iter().map(row).collect_view();
        view! {
            <Card heading="Waiting after wrong passwords">
                <DataTable caption="Network places that wait after wrong passwords" narrow=NarrowTable::Stacks>
                    <thead>
                        <tr>
                            <HeadCell>"Place"</HeadCell>
                            <HeadCell numeric=true>"Wrong passwords"</HeadCell>
                            <HeadCell>"Waits until"</HeadCell>
                            <HeadCell>"Actions"</HeadCell>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </DataTable>
            </Card>
        }
    })
}

#[component]
fn Lift(action: &'static str, place: String) -> impl IntoView {
    view! {
        <form method="post" action=action>
            <input type="hidden" name="place" value=place />
            <Button>"Answer again"</Button>
        </form>
    }
}

#[component]
fn BlockCard() -> impl IntoView {
    let action = ServerAction::<BlockPlace>::new();
    let state = Memo::new(move |_| FormState::of(action.value().get()));
    let error = move |field: &'static str| Signal::derive(move || state.read().error(field));
    let typed = move |field: &'static str| Signal::derive(move || state.read().typed(field, ""));
    let options = [("1", "1 hour"), ("24", "1 day"), ("168", "1 week"), ("720", "30 days")]
        .map(|(value, label)| SelectOption::new(value, label));
    view! {
        <Card heading="Shut a place out">
            <ActionForm action=action attr:class="form" attr:novalidate=true>
                {move || {
                    state
                        .read()
                        .general(&["place", "reason", "hours"])
                        .map(|sentence| view! { <Notice tone=Tone::Bad>{sentence}</Notice> })
                }}
                <div class="form-grid">
                    <FormField
                        name="input[place]"
                        label="Network address"
                        hint="Of IPv6, the whole /64 is shut out"
                        error=error("place")
                        requirement=Requirement::Required
                    >
                        <TextInput value=typed("place") placeholder="192.0.2.7" />
                    </FormField>
                    <FormField name="input[reason]" label="Reason" error=error("reason") requirement=Requirement::Required>
                        <TextInput value=typed("reason") />
                    </FormField>
                    <FormField name="input[hours]" label="For how long" error=error("hours")>
                        <Select options=options.to_vec() selected="24" />
                    </FormField>
                </div>
                <div class="actions">
                    <Button>"Shut out"</Button>
                </div>
            </ActionForm>
        </Card>
    }
}
