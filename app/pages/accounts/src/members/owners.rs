//! What only the owner does: giving the workspace away, and deleting it.

use accounts::WorkspaceView;
use api::FormState;
use leptos::prelude::*;
use ui::{
    Button, Card, Confirm, FormField, IconName, LinkButton, Moment, Notice, Select, SelectOption, Tone,
};

use super::functions::{DELETE_WORKSPACE, KEEP_WORKSPACE, TransferOwnership};

/// Gives the workspace to another member, or has it deleted with two weeks to think again.
#[component]
pub(super) fn OwnersCard(
    workspace: WorkspaceView,
    /// Id and name of every other member.
    others: Vec<(String, String)>,
) -> impl IntoView {
    let slug = workspace.workspace.slug.clone();
    let fields = vec![("workspace".to_owned(), slug.clone())];
    let kept_slug = slug.clone();
    view! {
        <Card heading="What only the owner does">
            <p>"Files, figures, reports, members and the audit log, as one archive."</p>
            <div class="actions mt-4">
                <LinkButton href=format!("/w/{slug}/everything.zip") icon=IconName::Download>"Download everything"</LinkButton>
            </div>
            {(!others.is_empty()).then(|| view! { <Transfer slug=slug others=others /> })}
            <div class="mt-4">
                {match workspace.deletion_due_at {
                    Some(at) => {
                        view! {
                            <Notice tone=Tone::Warning>
                                "This workspace will be deleted on " <Moment at=at /> " with everything in it."
                            </Notice>
                            <form method="post" action=KEEP_WORKSPACE class="mt-4">
                                <input type="hidden" name="workspace" value=kept_slug />
                                <Button>"Keep the workspace"</Button>
                            </form>
                        }
                            .into_any()
                    }
                    None => {
                        view! {
                            <Confirm
                                id="delete-workspace"
                                trigger="Delete workspace…"
                                title=format!("Delete {}?", workspace.workspace.name)
                                confirm="Delete in 14 days"
                                action=DELETE_WORKSPACE
                                fields=fields
                            >
                                "Files, figures, reports and members go 14 days from now. Until then you can keep the workspace after all."
                            </Confirm>
                        }
                            .into_any()
                    }
                }}
            </div>
        </Card>
    }
}

#[component]
fn Transfer(slug: String, others: Vec<(String, String)>) -> impl IntoView {
    let action = ServerAction::<TransferOwnership>::new();
    let state = Memo::new(move |_| FormState::of(action.value().get()));
    let options = std::iter::once(SelectOption::new("", "Choose…"))
        .chain(others.into_iter().map(|(id, name)| SelectOption::new(id, name)))
        .collect::<Vec<_>>();
    view! {
        <ActionForm action=action attr:class="form" attr:novalidate=true>
            {move || {
                state.read().general(&["person"]).map(|sentence| view! { <Notice tone=Tone::Bad>{sentence}</Notice> })
            }}
            <input type="hidden" name="workspace" value=slug />
            <FormField
                name="person"
                label="New owner"
                hint="You stay as an admin. You may be asked for your password first."
                error=Signal::derive(move || state.read().error("person"))
            >
                <Select options=options />
            </FormField>
            <div class="actions">
                <Button>"Give the workspace away"</Button>
            </div>
        </ActionForm>
    }
}
