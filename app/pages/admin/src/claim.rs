//! Becoming an administrator with a link that the operator of the machine has.

use api::{ErrorPage, FormState};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use ui::{Button, ButtonKind, Card, Notice, PublicShell, PublicWidth, Tone};

use crate::functions::BecomeAdministrator;

/// Asks once more before the link is used up.
#[component]
pub(crate) fn ClaimPage() -> impl IntoView {
    let action = ServerAction::<BecomeAdministrator>::new();
    let state = Memo::new(move |_| FormState::of(action.value().get()));
    let link = use_query_map().read_untracked().get("link").unwrap_or_default();
    let is_signed_in = Resource::new_blocking(|| (), |()| crate::functions::get_is_signed_in());
    view! {
        <Title text="Become an administrator" />
        <PublicShell links=Vec::new() width=PublicWidth::Form>
            <h1>"Run this instance"</h1>
            <p>
                "Administrators see who is here, what works and what does not, and let people in or keep them out. "
                "They do not see what companies keep, unless they break the glass: for a reason, for a while, and the owners are told."
            </p>
            <Suspense>
                {move || {
                    let link = link.clone();
                    Suspend::new(async move {
                        match is_signed_in.await {
                            Ok(()) => {
                                view! {
                                    <Card>
                                        <ActionForm action=action attr:class="form">
                                            {move || {
                                                state.read().general(&[]).map(|sentence| view! { <Notice tone=Tone::Bad>{sentence}</Notice> })
                                            }}
                                            <input type="hidden" name="link" value=link />
                                            <Button kind=ButtonKind::Primary>"Become an administrator"</Button>
                                        </ActionForm>
                                    </Card>
                                }
                                    .into_any()
                            }
                            Err(error) => view! { <ErrorPage error=error /> }.into_any(),
                        }
                    })
                }}
            </Suspense>
        </PublicShell>
    }
}
