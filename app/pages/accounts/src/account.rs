//! The own account: password and sessions.

use accounts::{AccountView, SessionView};
use api::{ErrorPage, FormState};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use ui::{
    Button, Card, Chip, ChipTone, Confirm, DataTable, FormField, HeadCell, IconName, LinkButton, Moment,
    NarrowTable, Notice, PageHead, Pairs, PasswordInput, PasswordUse, PublicShell, PublicWidth, Requirement,
    Tone,
};

use crate::{
    functions::{
        ChangePassword, DISCONNECT_GOOGLE, END_ALL_SESSIONS, END_SESSION, get_account, get_erasure_problem,
        get_google_is_set_up,
    },
    sign_in::problem_sentence,
};

/// Shows where the person is signed in, and changes the password.
#[component]
pub(crate) fn AccountPage() -> impl IntoView {
    let account = Resource::new_blocking(|| (), |()| get_account());
    let query = use_query_map();
    let refused = Resource::new_blocking(|| (), |()| get_erasure_problem());
    let google = Resource::new_blocking(|| (), |()| get_google_is_set_up());
    let saved = move || query.read().get("saved").as_deref().and_then(saved_sentence);
    let problem = move || query.read().get("problem").as_deref().and_then(problem_sentence);
    view! {
        <Title text="Your account" />
        <PublicShell links=Vec::new() width=PublicWidth::Settings actions=|| view! { <LinkButton href="/">"Home"</LinkButton> }>
            <PageHead title="Your account" lead=|| "Who you are here, and where you are signed in." />
            {move || saved().map(|sentence| view! { <Notice tone=Tone::Good>{sentence}</Notice> })}
            {move || problem().map(|sentence| view! { <Notice tone=Tone::Bad>{sentence}</Notice> })}
            <Suspense>
                {move || Suspend::new(async move {
                    let sentence = refused.await.ok().flatten();
                    sentence.map(|sentence| view! { <Notice tone=Tone::Bad>{sentence}</Notice> })
                })}
                {move || Suspend::new(async move {
                    match account.await {
                        Ok(account) => {
                            let has_google = google.await.unwrap_or(false);
                            view! { <Account account=account google_is_set_up=has_google /> }.into_any()
                        }
                        Err(error) => view! { <ErrorPage error=error /> }.into_any(),
                    }
                })}
            </Suspense>
        </PublicShell>
    }
}

#[component]
fn Account(account: AccountView, google_is_set_up: bool) -> impl IntoView {
    let ways = match (account.has_password, account.has_google) {
        (true, true) => "a password or Google",
        (true, false) => "a password",
        _ => "Google",
    };
    let confirmed = if account.is_confirmed { "confirmed" } else { "not confirmed by a message yet" };
    let facts = vec![
        ("Name".to_owned(), account.person.display_name),
        ("E-mail".to_owned(), format!("{} ({confirmed})", account.person.email)),
        ("You sign in with".to_owned(), ways.to_owned()),
    ];
    view! {
        <Card heading="You">
            <Pairs pairs=facts />
        </Card>
        <Sessions sessions=account.sessions />
        {account.has_password.then(|| view! { <PasswordCard /> })}
        {(google_is_set_up && account.has_password).then(|| view! { <GoogleCard is_connected=account.has_google /> })}
        <LeavingCard />
    }
}

fn saved_sentence(what: &str) -> Option<&'static str> {
    Some(match what {
        "session" => "That session is ended.",
        "google" => "Google is connected: you can sign in with it from now on.",
        "google-off" => "Google is disconnected: you sign in with your password from now on.",
        _ => return None,
    })
}

/// Whether the person can sign in with Google as well.
#[component]
fn GoogleCard(is_connected: bool) -> impl IntoView {
    let inner = if is_connected {
        view! {
            <p>"A Google account can sign in to this account."</p>
            <div class="mt-4">
                <Confirm
                    id="disconnect-google"
                    trigger="Disconnect Google…"
                    title="Disconnect Google?"
                    confirm="Disconnect"
                    action=DISCONNECT_GOOGLE
                    fields=Vec::new()
                >
                    "You then sign in with your password alone."
                </Confirm>
            </div>
        }
        .into_any()
    } else {
        view! {
            <p>"Connect a Google account to sign in with it as well. You confirm with your password first."</p>
            <div class="mt-4"><LinkButton href="/sign-in/google?for=link">"Connect Google"</LinkButton></div>
        }
        .into_any()
    };
    view! { <Card heading="Sign-in with Google">{inner}</Card> }
}

#[component]
fn Sessions(sessions: Vec<SessionView>) -> impl IntoView {
    let rows = sessions.into_iter().map(|session| view! { <SessionRow session=session /> }).collect_view();
    view! {
        <Card heading="Where you are signed in">
            <DataTable caption="Sessions" narrow=NarrowTable::Stacks>
                <thead>
                    <tr>
                        <HeadCell>"Device"</HeadCell>
                        <HeadCell>"Signed in"</HeadCell>
                        <HeadCell>"Last used"</HeadCell>
                        <HeadCell>"Actions"</HeadCell>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
            <div class="mt-4">
            <Confirm
                id="end-all"
                trigger="Sign out everywhere…"
                title="Sign out everywhere?"
                confirm="Sign out everywhere"
                action=END_ALL_SESSIONS
                fields=Vec::new()
            >
                "Every device and every program is signed out at once, this one too."
            </Confirm>
            </div>
        </Card>
    }
}

#[component]
fn SessionRow(session: SessionView) -> impl IntoView {
    let handle = session.handle.to_string();
    view! {
        <tr>
            <th scope="row">
                {session.device} {session.is_program.then(|| view! { " " <Chip>"program"</Chip> })}
                {session.is_here.then(|| view! { " " <Chip tone=ChipTone::Good>"this device"</Chip> })}
            </th>
            <td data-label="Signed in"><Moment at=session.started_at /></td>
            <td class="wide" data-label="Last used"><Moment at=session.seen_at /></td>
            <td class="wide">
                {(!session.is_here)
                    .then(|| {
                        view! {
                            <form method="post" action=END_SESSION>
                                <input type="hidden" name="handle" value=handle />
                                <Button>"Sign out"</Button>
                            </form>
                        }
                    })}
            </td>
        </tr>
    }
}

/// What a person takes along, and the way out.
#[component]
fn LeavingCard() -> impl IntoView {
    view! {
        <Card heading="Your data">
            <p>"Everything that is kept about you, as a file for people and programs."</p>
            <div class="actions mt-4">
                <LinkButton href="/account/export.json" icon=IconName::Download>"Download your data"</LinkButton>
                <Confirm
                    id="delete-account"
                    trigger="Delete account…"
                    title="Delete your account?"
                    confirm="Delete it now"
                    action="/account/erase"
                    fields=Vec::new()
                >
                    "Your name, your address and how you sign in are removed at once and cannot be read again. Workspaces in which you are alone go with everything in them."
                </Confirm>
            </div>
        </Card>
    }
}

#[component]
fn PasswordCard() -> impl IntoView {
    let action = ServerAction::<ChangePassword>::new();
    let state = Memo::new(move |_| FormState::of(action.value().get()));
    view! {
        <Card heading="Password">
            <ActionForm action=action attr:class="form" attr:novalidate=true>
                {move || state.read().general(&["password"]).map(|sentence| view! { <Notice tone=Tone::Bad>{sentence}</Notice> })}
                <FormField
                    name="password"
                    label="New password"
                    hint="At least 15 characters. Every device is signed out afterwards, and a message tells you of the change."
                    error=Signal::derive(move || state.read().error("password"))
                    requirement=Requirement::Required
                >
                    <PasswordInput usage=PasswordUse::New />
                </FormField>
                <div class="actions">
                    <Button>"Change password"</Button>
                </div>
            </ActionForm>
        </Card>
    }
}
