//! Keys for programs.

mod functions;

use accounts::{ApiKeyView, WorkspaceView};
use api::{ErrorPage, FormState};
use kernel::Scope;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use ui::{
    Button, ButtonKind, Card, Checkbox, Chip, ChipTone, Confirm, DataTable, FormField, HeadCell, InputKind,
    Moment, NarrowTable, Notice, PageHead, Requirement, TextInput, Tone,
};

use functions::{KeysPageView, MakeKey, REVOKE_KEY, ROTATE_KEY, get_keys};

/// Lists keys, makes and ends them.
#[component]
pub(crate) fn KeysPage() -> impl IntoView {
    let workspace = expect_context::<WorkspaceView>();
    let slug = workspace.workspace.slug.clone();
    let keys = Resource::new_blocking(move || slug.clone(), get_keys);
    let query = use_query_map();
    let was_ended = move || query.read().get("done").is_some();
    view! {
        <Title text="Keys" />
        <PageHead
            title="Keys for programs"
            lead=|| "A program uses Quartile with a key instead of a person’s password. It ends when whoever made it may make none any more."
            actions=|| view! { <a class="btn" href="/docs/api">"What the API offers"</a> }
        />
        {move || was_ended().then(|| view! { <Notice tone=Tone::Good>"The key is ended. Programs that use it are refused from now on."</Notice> })}
        <Suspense>
            {move || {
                let slug = workspace.workspace.slug.clone();
                Suspend::new(async move {
                    match keys.await {
                        Ok(KeysPageView { keys, new_key }) => {
                            view! {
                                {new_key.map(|key| view! { <NewKey secret=key /> })}
                                {(!keys.is_empty()).then(|| view! { <KeyTable keys=keys slug=slug.clone() /> })}
                                <MakeKeyCard slug=slug />
                            }
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
fn NewKey(secret: String) -> impl IntoView {
    view! {
        <Notice tone=Tone::Good>
            "Copy the key now. It is shown only this once, and Quartile does not keep it:" <br />
            <code class="break-all">{secret}</code>
        </Notice>
    }
}

#[component]
fn KeyTable(keys: Vec<ApiKeyView>, slug: String) -> impl IntoView {
    let rows = keys.into_iter().map(|key| view! { <KeyRow key=key slug=slug.clone() /> }).collect_view();
    view! {
        <Card>
            <DataTable caption="Keys" narrow=NarrowTable::Stacks>
                <thead>
                    <tr>
                        <HeadCell>"Key"</HeadCell>
                        <HeadCell>"May"</HeadCell>
                        <HeadCell>"Last used"</HeadCell>
                        <HeadCell>"Ends"</HeadCell>
                        <HeadCell>"Actions"</HeadCell>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
        </Card>
    }
}

#[component]
fn KeyRow(key: ApiKeyView, slug: String) -> impl IntoView {
    let id = key.id.to_string();
    let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.key()).collect();
    let from = (!key.networks.is_empty()).then(|| format!("only from {}", key.networks.join(", ")));
    let maker = key.made_by.clone().map(|name| format!(" by {name}"));
    let ends = key.revoked_at.unwrap_or(key.expires_at);
    let is_replaced = key.revoked_at.is_some();
    let is_live = !key.has_ended;
    let fields = vec![("workspace".to_owned(), slug.clone()), ("id".to_owned(), id.clone())];
    let revoke_id = id.clone();
    view! {
        <tr>
            <th scope="row">
                {key.name.clone()} {is_replaced.then(|| view! { " " <Chip tone=ChipTone::Warning>{if is_live { "replaced" } else { "ended" }}</Chip> })}
                <br /> <span class="muted text-s"><code>{format!("mk_live_{}_…", key.public_id)}</code>{maker}</span>
            </th>
            <td>{scopes.join(", ")} {from.map(|from| view! { <br /> <span class="muted text-s">{from}</span> })}</td>
            <td data-label="Last used">
                {match key.last_used_at {
                    Some(at) => view! { <Moment at=at /> }.into_any(),
                    None => view! { <span class="muted">"never"</span> }.into_any(),
                }}
            </td>
            <td data-label="Ends"><Moment at=ends /></td>
            <td class="wide">
                {is_live
                    .then(|| {
                        view! {
                            <span class="actions">
                                {(!is_replaced)
                                    .then(|| {
                                        view! {
                                            <form method="post" action=ROTATE_KEY>
                                                <input type="hidden" name="workspace" value=slug />
                                                <input type="hidden" name="id" value=id />
                                                <Button>"Replace"</Button>
                                            </form>
                                        }
                                    })}
                                <Confirm
                                    id=format!("revoke-{revoke_id}")
                                    trigger="End…"
                                    title=format!("End the key {}?", key.name)
                                    confirm="End key"
                                    action=REVOKE_KEY
                                    fields=fields
                                >
                                    "Programs that use it are refused at once. “Replace” gives them a day to change over."
                                </Confirm>
                            </span>
                        }
                    })}
            </td>
        </tr>
    }
}

#[component]
fn MakeKeyCard(slug: String) -> impl IntoView {
    let action = ServerAction::<MakeKey>::new();
    let state = Memo::new(move |_| FormState::of(action.value().get()));
    let error = move |field: &'static str| Signal::derive(move || state.read().error(field));
    let typed = move |field: &'static str, before: &'static str| {
        Signal::derive(move || state.read().typed(field, before))
    };
    let scopes = Scope::ALL
        .into_iter()
        .map(|scope| {
            view! {
                <Checkbox name=format!("input[scopes][{}]", scope.key()) value="on" label=scope.key() hint=scope.description() />
            }
        })
        .collect_view();
    view! {
        <Card heading="Make a key">
            <ActionForm action=action attr:class="form" attr:novalidate=true>
                {move || {
                    state
                        .read()
                        .general(&["name", "networks", "days", "scopes"])
                        .map(|sentence| view! { <Notice tone=Tone::Bad>{sentence}</Notice> })
                }}
                <input type="hidden" name="workspace" value=slug />
                <div class="form-grid">
                    <FormField name="input[name]" label="Name" hint="Which program it is for." error=error("name") requirement=Requirement::Required>
                        <TextInput value=typed("name", "") autocomplete="off" />
                    </FormField>
                    <FormField name="input[days]" label="Lives for, in days" hint="From 1 to 365." error=error("days")>
                        <TextInput kind=InputKind::Number value=typed("days", "90") />
                    </FormField>
                    <FormField name="input[networks]" label="Only from" hint="Networks like 192.0.2.0/24; empty for everywhere." error=error("networks")>
                        <TextInput value=typed("networks", "") autocomplete="off" />
                    </FormField>
                </div>
                <fieldset class="form-grid">
                    <legend>"What programs with it may do"</legend>
                    {scopes}
                </fieldset>
                {move || state.read().error("scopes").map(|sentence| view! { <Notice tone=Tone::Bad>{sentence}</Notice> })}
                <div class="actions">
                    <Button kind=ButtonKind::Primary>"Make key"</Button>
                </div>
            </ActionForm>
        </Card>
    }
}
