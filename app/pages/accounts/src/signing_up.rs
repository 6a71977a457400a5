//! What follows a sign-up whose address has to be confirmed.

use api::FormState;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use ui::{Button, ButtonKind, Card, Notice, PublicShell, PublicWidth, Tone};

use crate::{functions::ConfirmSignUp, mail_notice::MailNotice};

/// Says that a message is on its way; the same for every address.
#[component]
pub(crate) fn SentPage() -> impl IntoView {
    view! {
        <Title text="Check your mail" />
        <PublicShell links=Vec::new() width=PublicWidth::Form>
            <h1>"Check your mail"</h1>
            <Card>
                <p>
                    "We sent a message to the address you gave. Open the link in it to finish your account; it is good for 24 hours."
                </p>
                <p class="muted text-s">
                    "Nothing there after a few minutes? Look among unwanted mail, or "
                    <a href="/sign-up">"sign up again"</a> " and check how the address is spelt."
                </p>
            </Card>
            <MailNotice />
        </PublicShell>
    }
}

/// Makes the account once the person asks for it: programs that only look at links make none.
#[component]
pub(crate) fn ConfirmPage() -> impl IntoView {
    let action = ServerAction::<ConfirmSignUp>::new();
    let state = Memo::new(move |_| FormState::of(action.value().get()));
    let query = use_query_map();
    let link = move || query.read().get("link").unwrap_or_default();
    view! {
        <Title text="Confirm your address" />
        <PublicShell links=Vec::new() width=PublicWidth::Form>
            <h1>"One step left"</h1>
            <Card>
                <ActionForm action=action attr:class="form" attr:novalidate=true>
                    {move || state.read().general(&[]).map(|sentence| view! { <Notice tone=Tone::Bad>{sentence}</Notice> })}
                    <p>"The address is yours: finish your account and open your workspace."</p>
                    <input type="hidden" name="link" value=link />
                    <Button kind=ButtonKind::Primary>"Finish my account"</Button>
                </ActionForm>
            </Card>
            <p class="text-s">"The link is too old? " <a href="/sign-up">"Sign up again"</a></p>
        </PublicShell>
    }
}
