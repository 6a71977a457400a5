//! Where a link of an invitation leads.

use accounts::OpenInvitation;
use api::{ErrorPage, FormState};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use ui::{Button, ButtonKind, Card, LinkButton, Notice, PublicShell, PublicWidth, Tone};

use super::functions::{AcceptInvitation, get_invitation};

/// Says who asks to join what, and takes a yes.
#[component]
pub(crate) fn InvitationPage() -> impl IntoView {
    let query = use_query_map();
    let link = move || query.read().get("link").unwrap_or_default();
    let invitation = Resource::new_blocking(link, get_invitation);
    view! {
        <Title text="Invitation" />
        <PublicShell links=Vec::new() width=PublicWidth::Form>
            <Suspense>
                {move || Suspend::new(async move {
                    match invitation.await {
                        Ok((invitation, is_signed_in)) => {
                            view! { <Asked invitation=invitation is_signed_in=is_signed_in link=link() /> }.into_any()
                        }
                        Err(error) => view! { <ErrorPage error=error /> }.into_any(),
                    }
                })}
            </Suspense>
        </PublicShell>
    }
}

#[component]
fn Asked(invitation: OpenInvitation, is_signed_in: bool, link: String) -> impl IntoView {
    let action = ServerAction::<AcceptInvitation>::new();
    let state = Memo::new(move |_| FormState::of(action.value().get()));
    let OpenInvitation { workspace, invited_by, role } = invitation;
    let here = format!("/sign-in?next=/invitation%3Flink%3D{link}");
    view! {
        <h1>"Join " {workspace.clone()}</h1>
        <Card>
            {move || state.read().general(&[]).map(|sentence| view! { <Notice tone=Tone::Bad>{sentence}</Notice> })}
            <p>
                {invited_by} " asks you to join " <strong>{workspace.clone()}</strong> " as " {role.key()} ": "
                {role.description()} "."
            </p>
            {if is_signed_in {
                view! {
                    <ActionForm action=action attr:class="form mt-4" attr:novalidate=true>
                        <input type="hidden" name="link" value=link />
                        <Button kind=ButtonKind::Primary>"Join " {workspace}</Button>
                    </ActionForm>
                }
                    .into_any()
            } else {
                view! {
                    <div class="actions mt-4">
                        <LinkButton kind=ButtonKind::Primary href=here>"Sign in to join"</LinkButton>
                        <LinkButton href="/sign-up">"Create an account first"</LinkButton>
                    </div>
                }
                    .into_any()
            }}
        </Card>
        {(!is_signed_in)
            .then(|| {
                view! {
                    <p class="muted text-s">"After creating an account, open the link of the invitation again."</p>
                }
            })}
    }
}
