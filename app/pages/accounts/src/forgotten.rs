//! Forgotten passwords.

use api::FormState;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use ui::{
    Button, ButtonKind, Card, FormField, InputKind, Notice, PasswordInput, PasswordUse, PublicShell,
    PublicWidth, Requirement, TextInput, Tone,
};

use crate::{
    functions::{RequestReset, ResetPassword},
    mail_notice::MailNotice,
};

/// Asks for the address, and then says the same for every address.
#[component]
pub(crate) fn ForgottenPage() -> impl IntoView {
    let action = ServerAction::<RequestReset>::new();
    let state = Memo::new(move |_| FormState::of(action.value().get()));
    let query = use_query_map();
    let was_sent = move || query.read().get("sent").is_some();
    view! {
        <Title text="Forgotten password" />
        <PublicShell links=Vec::new() width=PublicWidth::Form>
            <h1>"Set a new password"</h1>
            {move || {
                was_sent()
                    .then(|| {
                        view! {
                            <Notice tone=Tone::Good>
                                "If the address belongs to an account, a message with a link is on its way. The link is good for 60 minutes."
                            </Notice>
                            <MailNotice />
                        }
                    })
            }}
            <Card>
                <ActionForm action=action attr:class="form" attr:novalidate=true>
                    {move || state.read().general(&["email"]).map(|sentence| view! { <Notice tone=Tone::Bad>{sentence}</Notice> })}
                    <FormField
                        name="input[email]"
                        label="E-mail"
                        hint="The address you sign in with."
                        error=Signal::derive(move || state.read().error("email"))
                        requirement=Requirement::Required
                    >
                        <TextInput
                            kind=InputKind::Email
                            value=Signal::derive(move || state.read().typed("email", ""))
                            autocomplete="username"
                        />
                    </FormField>
                    <Button kind=ButtonKind::Primary>"Send me a link"</Button>
                </ActionForm>
            </Card>
            <p class="text-s">"It came back to you? " <a href="/sign-in">"Sign in"</a></p>
        </PublicShell>
    }
}

/// Takes the new password of whoever opened the link in the message.
#[component]
pub(crate) fn ResetPage() -> impl IntoView {
    let action = ServerAction::<ResetPassword>::new();
    let state = Memo::new(move |_| FormState::of(action.value().get()));
    let query = use_query_map();
    let link = move || query.read().get("link").unwrap_or_default();
    view! {
        <Title text="New password" />
        <PublicShell links=Vec::new() width=PublicWidth::Form>
            <h1>"Choose a new password"</h1>
            <Card>
                <ActionForm action=action attr:class="form" attr:novalidate=true>
                    {move || state.read().general(&["password"]).map(|sentence| view! { <Notice tone=Tone::Bad>{sentence}</Notice> })}
                    <input type="hidden" name="link" value=link />
                    <FormField
                        name="password"
                        label="New password"
                        hint="At least 15 characters. A sentence of a few words is easy to remember. You are signed out everywhere."
                        error=Signal::derive(move || state.read().error("password"))
                        requirement=Requirement::Required
                    >
                        <PasswordInput usage=PasswordUse::New />
                    </FormField>
                    <Button kind=ButtonKind::Primary>"Set password"</Button>
                </ActionForm>
            </Card>
            <p class="text-s">"The link is too old? " <a href="/forgotten-password">"Ask for a new one"</a></p>
        </PublicShell>
    }
}
