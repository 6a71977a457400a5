//! The page that makes another workspace.

use accounts::WorkspaceSummary;
use api::{ErrorPage, FormState};
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{
    Button, ButtonKind, Card, FormField, LinkButton, Notice, PublicShell, PublicWidth, Requirement,
    TextInput, Tone,
};

use crate::functions::{CreateWorkspace, get_my_workspaces};

/// Takes the name of a company and leads to its workspace; the way on for whoever belongs to none.
#[component]
pub(crate) fn NewWorkspacePage() -> impl IntoView {
    let workspaces = Resource::new_blocking(|| (), |()| get_my_workspaces());
    view! {
        <Title text="New workspace" />
        <PublicShell
            links=Vec::new()
            width=PublicWidth::Form
            actions=|| view! { <LinkButton href="/account">"Your account"</LinkButton> }
        >
            <h1>"New workspace"</h1>
            <Suspense>
                {move || Suspend::new(async move {
                    match workspaces.await {
                        Ok(workspaces) => {
                            view! {
                                <CompanyForm />
                                <Belonging workspaces=workspaces />
                            }
                                .into_any()
                        }
                        Err(error) => view! { <ErrorPage error=error /> }.into_any(),
                    }
                })}
            </Suspense>
        </PublicShell>
    }
}

#[component]
fn CompanyForm() -> impl IntoView {
    let action = ServerAction::<CreateWorkspace>::new();
    let state = Memo::new(move |_| FormState::of(action.value().get()));
    view! {
        <Card>
            <ActionForm action=action attr:class="form" attr:novalidate=true>
                {move || state.read().general(&["name"]).map(|sentence| view! { <Notice tone=Tone::Bad>{sentence}</Notice> })}
                <FormField
                    name="input[name]"
                    label="Company"
                    hint="The company whose numbers you bring. Nobody else belongs to it until you invite somebody."
                    error=Signal::derive(move || state.read().error("name"))
                    requirement=Requirement::Required
                >
                    <TextInput
                        value=Signal::derive(move || state.read().typed("name", ""))
                        autocomplete="organization"
                    />
                </FormField>
                <Button kind=ButtonKind::Primary busy=action.pending()>"Make workspace"</Button>
            </ActionForm>
        </Card>
    }
}

/// Where the person belongs already.
#[component]
fn Belonging(workspaces: Vec<WorkspaceSummary>) -> impl IntoView {
    if workspaces.is_empty() {
        return view! {
            <p class="text-s">
                "You belong to no workspace now. Make one of your own, or open the link of an invitation to somebody else’s."
            </p>
        }
        .into_any();
    }
    let links = workspaces.into_iter().map(|workspace| {
        view! {
            <li>
                <a href=format!("/w/{}", workspace.slug)>{workspace.name}</a>
            </li>
        }
    });
    view! {
        <Card heading="You belong to">
            <ul class="grid gap-1">{links.collect_view()}</ul>
        </Card>
    }
    .into_any()
}
