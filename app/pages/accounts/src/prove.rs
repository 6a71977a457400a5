//! Asking who acts, before something dangerous.

use accounts::AccountView;
use api::{ErrorPage, FormState};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use ui::{
    Button, ButtonKind, Card, FormField, LinkButton, Notice, PasswordInput, PublicShell, PublicWidth,
    Requirement, Tone,
};

use crate::{
    functions::{Prove, get_account},
    sign_in::google_address,
};

/// Takes the password once more, or the word of Google.
#[component]
pub(crate) fn ProvePage() -> impl IntoView {
    let account = Resource::new_blocking(|| (), |()| get_account());
    let query = use_query_map();
    let next = move || query.read().get("next").unwrap_or_default();
    view! {
        <Title text="Confirm it is you" />
        <PublicShell links=Vec::new() width=PublicWidth::Form>
            <h1>"Confirm it is you"</h1>
            <p>"What you are about to do cannot be done by somebody who only found your screen open. Afterwards, do it again."</p>
            <Suspense>
                {move || Suspend::new(async move {
                    match account.await {
                        Ok(account) => view! { <ProofForm account=account next=next() /> }.into_any(),
                        Err(error) => view! { <ErrorPage error=error /> }.into_any(),
                    }
                })}
            </Suspense>
        </PublicShell>
    }
}

#[component]
fn ProofForm(account: AccountView, next: String) -> impl IntoView {
    let action = ServerAction::<Prove>::new();
    let state = Memo::new(move |_| FormState::of(action.value().get()));
    let google = account.has_google.then(|| google_address(&next, Some("proof")));
    view! {
        <Card>
            {google.map(|href| view! { <LinkButton href=href>"Confirm with Google"</LinkButton> })}
            {account
                .has_password
                .then(|| {
                    view! {
                        <ActionForm action=action attr:class="form" attr:novalidate=true>
                            {move || {
                                state.read().general(&["password"]).map(|sentence| view! { <Notice tone=Tone::Bad>{sentence}</Notice> })
                            }}
                            <input type="hidden" name="input[next]" value=next />
                            <FormField
                                name="input[password]"
                                label="Your password"
                                error=Signal::derive(move || state.read().error("password"))
                                requirement=Requirement::Required
                            >
                                <PasswordInput />
                            </FormField>
                            <Button kind=ButtonKind::Primary>"Confirm"</Button>
                        </ActionForm>
                    }
                })}
        </Card>
    }
}
