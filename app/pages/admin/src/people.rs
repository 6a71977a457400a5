//! Everybody who has an account.

use accounts::{PersonLine, PersonState};
use api::ErrorPage;
use kernel::Page;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use ui::{
    Button, Card, Chip, ChipTone, Confirm, DataTable, EmptyState, HeadCell, IconName, Moment, NarrowTable,
    Notice, NumberCell, PageHead, Pagination, TextInput, Tone,
};

use crate::functions::{LET_IN_AGAIN, SET_ACTIVE, SET_ADMINISTRATOR, SIGN_OUT_PERSON, get_people};

/// Lists people, and lets them in or keeps them out.
#[component]
pub(crate) fn PeoplePage() -> impl IntoView {
    let query = use_query_map();
    let asked = move |name: &str| query.read().get(name).unwrap_or_default();
    let people = Resource::new_blocking(
        move || (asked("search"), asked("page")),
        |(search, page)| get_people(search, page),
    );
    let done = move || sentence(&asked("done"));
    view! {
        <Title text="People" />
        <PageHead title="People" lead=|| "Everybody who has an account here. Addresses are masked; search for a whole address to find its account." />
        {move || done().map(|sentence| view! { <Notice tone=Tone::Good>{sentence}</Notice> })}
        <Suspense>
            {move || Suspend::new(async move {
                match people.await {
                    Ok(people) => view! { <People people=people search=asked("search") /> }.into_any(),
                    Err(error) => view! { <ErrorPage error=error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

fn sentence(done: &str) -> Option<&'static str> {
    Some(match done {
        "activated" => "The person may sign in again.",
        "deactivated" => {
            "The person is signed out everywhere and may not sign in. What belongs to them stays."
        }
        "made" => "The person is an administrator now.",
        "removed" => "The person is no administrator any more.",
        "signed-out" => "The person is signed out everywhere.",
        "let-in" => "The person can try to sign in again at once.",
        _ => return None,
    })
}

#[component]
fn People(people: Page<PersonLine>, search: String) -> impl IntoView {
    let (request, total) = (people.request, people.total);
    let found = search.clone();
    let href = Callback::new(move |page: u64| format!("/admin/people?search={found}&page={page}"));
    let rows = people.items.into_iter().map(|person| view! { <PersonRow person=person /> }).collect_view();
    view! {
        <Card>
            <form method="get" action="/admin/people" class="actions mb-4">
                <TextInput name="search" label="A name, or a whole address" placeholder="ada@company.example" value=Signal::stored(search) />
                <Button>"Search"</Button>
            </form>
            {if total == 0 {
                view! {
                    <EmptyState title="Nobody is like that" sentence="Search for part of a name, or for a whole address." icon=IconName::Search />
                }
                    .into_any()
            } else {
                view! {
                    <DataTable caption="People" narrow=NarrowTable::Stacks>
                        <thead>
                            <tr>
                                <HeadCell>"Person"</HeadCell>
                                <HeadCell>"Since"</HeadCell>
                                <HeadCell numeric=true>"Workspaces"</HeadCell>
                                <HeadCell numeric=true>"Signed in"</HeadCell>
                                <HeadCell>"Actions"</HeadCell>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </DataTable>
                    <Pagination page=request total=total what=if total == 1 { "person" } else { "people" } href=href />
                }
                    .into_any()
            }}
        </Card>
    }
}

#[component]
fn PersonRow(person: PersonLine) -> impl IntoView {
    let id = person.id.to_string();
    let is_active = person.state == PersonState::Active;
    view! {
        <tr>
            <th scope="row">
                {person.display_name.clone()} {person.is_administrator.then(|| view! { " " <Chip tone=ChipTone::Accent>"administrator"</Chip> })}
                {(!is_active).then(|| view! { " " <Chip tone=ChipTone::Bad>"kept out"</Chip> })}
                {person.paused_until.is_some().then(|| view! { " " <Chip tone=ChipTone::Warning>"has to wait"</Chip> })} <br />
                <span class="muted text-s">{person.email.clone()}</span>
            </th>
            <td data-label="Since"><Moment at=person.created_at /></td>
            <NumberCell label="Workspaces">{person.workspaces}</NumberCell>
            <NumberCell label="Signed in">{browsers(person.sessions)}</NumberCell>
            <td class="wide">
                <div class="actions">
                    {person
                        .paused_until
                        .map(|until| {
                            view! {
                                <Deed action=LET_IN_AGAIN person=id.clone() wanted=None>"Let in again"</Deed>
                                <span class="muted text-s">"waits until " <Moment at=until /></span>
                            }
                        })}
                    {(person.sessions > 0)
                        .then(|| view! { <Deed action=SIGN_OUT_PERSON person=id.clone() wanted=None>"Sign out"</Deed> })}
                    {(!person.is_self).then(|| view! { <ActiveForm person=person.clone() /> })}
                    <AdministratorForm person=person />
                </div>
            </td>
        </tr>
    }
}

fn browsers(count: i64) -> String {
    match count {
        0 => "nowhere".to_owned(),
        1 => "1 browser".to_owned(),
        count => format!("{count} browsers"),
    }
}

/// Keeps the person out, or lets them in again.
#[component]
fn ActiveForm(person: PersonLine) -> impl IntoView {
    let id = person.id.to_string();
    if person.state == PersonState::Deactivated {
        return view! { <Deed action=SET_ACTIVE person=id wanted=Some(true)>"Let in"</Deed> }.into_any();
    }
    view! {
        <Confirm
            id=format!("keep-out-{id}")
            trigger="Keep out…"
            title=format!("Keep {} out?", person.display_name)
            confirm="Keep out"
            action=SET_ACTIVE
            fields=fields(&id, Some(false))
        >
            "They are signed out everywhere at once and cannot sign in until you let them in. Their workspaces, keys and files stay as they are."
        </Confirm>
    }
    .into_any()
}

/// Makes the person an administrator, or one no more.
#[component]
fn AdministratorForm(person: PersonLine) -> impl IntoView {
    let (id, name) = (person.id.to_string(), person.display_name);
    let (trigger, title, confirm) = if person.is_administrator {
        ("Take administration away…", format!("Take administration away from {name}?"), "Take away")
    } else {
        ("Make administrator…", format!("Make {name} an administrator?"), "Make administrator")
    };
    view! {
        <Confirm
            id=format!("administrator-{id}")
            trigger=trigger
            title=title
            confirm=confirm
            action=SET_ADMINISTRATOR
            fields=fields(&id, Some(!person.is_administrator))
        >
            "Administrators let people in or keep them out, and can break the glass of any workspace, which its owners are told."
        </Confirm>
    }
}

/// A button that does something to a person at once.
#[component]
fn Deed(action: &'static str, person: String, wanted: Option<bool>, children: Children) -> impl IntoView {
    let fields = fields(&person, wanted)
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
        .collect_view();
    view! {
        <form method="post" action=action>
            {fields}
            <Button>{children()}</Button>
        </form>
    }
}

fn fields(person: &str, wanted: Option<bool>) -> Vec<(String, String)> {
    let wanted = wanted.map(|wanted| ("wanted".to_owned(), wanted.to_string()));
    std::iter::once(("person".to_owned(), person.to_owned())).chain(wanted).collect()
}
