//! The first page of a workspace: three steps from nothing to a comparison.

use accounts::{CompanyProfile, WorkspaceView};
use api::ErrorPage;
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{ButtonKind, Card, Chip, ChipTone, IconName, LinkButton, PageHead};

use crate::functions::get_profile;

/// Leads from an empty workspace to a first comparison.
#[component]
pub(crate) fn OverviewPage() -> impl IntoView {
    let view = expect_context::<WorkspaceView>();
    let slug = view.workspace.slug.clone();
    let profile = Resource::new_blocking(move || slug.clone(), get_profile);
    let slug = view.workspace.slug.clone();
    view! {
        <Title text=view.workspace.name.clone() />
        <PageHead
            title=view.workspace.name
            lead=|| "From a spreadsheet to where you stand, in three steps."
        />
        <Suspense>
            {move || {
                let slug = slug.clone();
                Suspend::new(async move {
                    match profile.await {
                        Ok(profile) => view! { <ThreeSteps profile=profile slug=slug /> }.into_any(),
                        Err(error) => view! { <ErrorPage error=error /> }.into_any(),
                    }
                })
            }}
        </Suspense>
    }
}

#[component]
fn ThreeSteps(profile: CompanyProfile, slug: String) -> impl IntoView {
    let [settings, data, dashboard, standing, reports] =
        ["settings", "data", "dashboard", "standing", "reports"].map(|page| format!("/w/{slug}/{page}"));
    let is_comparable = profile.is_comparable();
    let profile_kind = if is_comparable { ButtonKind::Default } else { ButtonKind::Primary };
    let data_kind = if is_comparable { ButtonKind::Primary } else { ButtonKind::Default };
    view! {
        <div class="grid gap-6 lg:grid-cols-3">
            <Card
                heading="1 · Say what kind of company it is"
                actions=move || {
                    is_comparable.then(|| view! { <Chip tone=ChipTone::Good icon=IconName::Check>"done"</Chip> })
                }
                body_class="grid gap-4 justify-items-start"
            >
                <p class="prose">"Industry and stage decide whom you are compared with. The size follows from your data."</p>
                <LinkButton href=settings kind=profile_kind>
                    {if is_comparable { "Change the profile" } else { "Fill in the profile" }}
                </LinkButton>
            </Card>
            <Card heading="2 · Bring your numbers" body_class="grid gap-4 justify-items-start">
                <p class="prose">
                    "One CSV with a row for each month is enough. You see what was understood before anything is saved, and every import can be undone."
                </p>
                <LinkButton href=data kind=data_kind icon=IconName::Upload>"Upload a CSV"</LinkButton>
            </Card>
            <Card heading="3 · See where you stand" body_class="grid gap-4 justify-items-start">
                <p class="prose">
                    "Against published figures at once, and against live peers where there are at least six. Take a report to the board."
                </p>
                <span class="actions">
                    <LinkButton href=dashboard>"Dashboard"</LinkButton>
                    <LinkButton href=standing>"Compare"</LinkButton>
                    <LinkButton href=reports>"Reports"</LinkButton>
                </span>
            </Card>
        </div>
    }
}
