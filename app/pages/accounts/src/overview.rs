//! The first page of a workspace: what to do next.

use accounts::WorkspaceView;
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{ButtonKind, Card, LinkButton, PageHead};

/// Leads from an empty workspace to a first comparison.
#[component]
pub(crate) fn OverviewPage() -> impl IntoView {
    let view = expect_context::<WorkspaceView>();
    let [settings, data, standing] =
        ["settings", "data", "standing"].map(|page| format!("/w/{}/{page}", view.workspace.slug));
    view! {
        <Title text=view.workspace.name.clone() />
        <PageHead title=view.workspace.name lead=|| "Three steps to where you stand." />
        <Card heading="1. Say what kind of company it is">
            <p class="prose">"Industry and stage decide whom you are compared with."</p>
            <LinkButton href=settings>"Fill in the profile"</LinkButton>
        </Card>
        <Card heading="2. Bring your numbers">
            <p class="prose">"One CSV with a row for each month is enough."</p>
            <LinkButton href=data kind=ButtonKind::Primary>"Upload a CSV"</LinkButton>
        </Card>
        <Card heading="3. See where you stand">
            <p class="prose">"Against published figures at once, and against peers as soon as there are six."</p>
            <LinkButton href=standing>"Compare"</LinkButton>
        </Card>
    }
}
