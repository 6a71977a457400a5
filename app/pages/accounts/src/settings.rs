//! The company profile.

use accounts::{COUNTRIES, CompanyProfile, Industry, ProfileInput, Stage, WorkspaceView};
use api::{ErrorPage, FormState};
use kernel::{Currency, Permission};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use ui::{
    Button, ButtonKind, Card, Checkbox, FormField, InputKind, Notice, PageHead, Requirement, Select,
    SelectOption, TextInput, Tone,
};

use crate::functions::{SaveProfile, get_profile};

const FIELDS: [&str; 7] = ["name", "industry", "stage", "country", "currency", "founded", "headcount"];

/// Shows and changes what decides whom the company is compared with.
#[component]
pub(crate) fn SettingsPage() -> impl IntoView {
    let view = expect_context::<WorkspaceView>();
    let slug = view.workspace.slug.clone();
    let profile = Resource::new_blocking(move || slug.clone(), get_profile);
    let query = use_query_map();
    let was_saved = move || query.read().get("saved").is_some();
    view! {
        <Title text="Company profile" />
        <PageHead
            title="Company profile"
            lead=|| "Industry, stage and size decide whom you are compared with. The size comes from your data."
        />
        {move || was_saved().then(|| view! { <Notice tone=Tone::Good>"The profile is saved."</Notice> })}
        <Suspense>
            {move || {
                let view = view.clone();
                Suspend::new(async move {
                    match profile.await {
                        Ok(profile) => view! { <ProfileForm view=view profile=profile /> }.into_any(),
                        Err(error) => view! { <ErrorPage error=error /> }.into_any(),
                    }
                })
            }}
        </Suspense>
    }
}

#[component]
fn ProfileForm(view: WorkspaceView, profile: CompanyProfile) -> impl IntoView {
    let action = ServerAction::<SaveProfile>::new();
    let state = Memo::new(move |_| FormState::of(action.value().get()));
    let before = ProfileInput::from(&profile);
    let may_change = view.role.allows(Permission::ManageCompany);
    let slug = view.workspace.slug;
    view! {
        <Card>
            <ActionForm action=action attr:class="form" attr:novalidate=true>
                {move || state.read().general(&FIELDS).map(|sentence| view! { <Notice tone=Tone::Bad>{sentence}</Notice> })}
                <input type="hidden" name="workspace" value=slug />
                <ProfileFields state=state before=before />
                {if may_change {
                    view! {
                        <div class="actions">
                            <Button kind=ButtonKind::Primary>"Save profile"</Button>
                        </div>
                    }
                        .into_any()
                } else {
                    view! { <p class="muted text-s">"Admins and owners can change the profile."</p> }.into_any()
                }}
            </ActionForm>
        </Card>
    }
}

#[component]
fn ProfileFields(state: Memo<FormState>, before: ProfileInput) -> impl IntoView {
    let error = move |field: &'static str| Signal::derive(move || state.read().error(field));
    let typed =
        move |field: &'static str, before: String| Signal::derive(move || state.read().typed(field, &before));
    let chosen = move |field: &'static str, before: &str| state.read_untracked().typed(field, before);
    view! {
        <div class="form-grid">
            <FormField name="input[name]" label="Company" error=error("name") requirement=Requirement::Required>
                <TextInput value=typed("name", before.name) autocomplete="organization" />
            </FormField>
            <FormField name="input[industry]" label="Industry" error=error("industry")>
                <Select options=industries() selected=chosen("industry", &before.industry) />
            </FormField>
            <FormField name="input[stage]" label="Stage" error=error("stage")>
                <Select options=stages() selected=chosen("stage", &before.stage) />
            </FormField>
            <FormField name="input[currency]" label="Currency of your figures" error=error("currency")>
                <Select options=currencies() selected=chosen("currency", &before.currency) />
            </FormField>
            <FormField name="input[country]" label="Country" error=error("country")>
                <Select options=countries() selected=chosen("country", &before.country) />
            </FormField>
            <FormField name="input[founded]" label="Founded" hint="The year, like 2019" error=error("founded")>
                <TextInput kind=InputKind::Number value=typed("founded", before.founded) />
            </FormField>
            <FormField name="input[headcount]" label="People working there now" error=error("headcount")>
                <TextInput kind=InputKind::Number value=typed("headcount", before.headcount) />
            </FormField>
        </div>
        <Checkbox
            name="input[shares_with_peers]"
            value="on"
            label="Count my figures, anonymously, among other companies’ peers"
            hint="From the next quarterly snapshot on, and only in groups of at least six. You can take this back; you leave at the next snapshot."
            checked=chosen("shares_with_peers", &before.shares_with_peers) == "on"
        />
    }
}

fn industries() -> Vec<SelectOption> {
    with_unknown(Industry::ALL.iter().map(|industry| SelectOption::new(industry.key(), industry.label())))
}

fn stages() -> Vec<SelectOption> {
    with_unknown(Stage::ALL.iter().map(|stage| SelectOption::new(stage.key(), stage.label())))
}

fn countries() -> Vec<SelectOption> {
    with_unknown(COUNTRIES.iter().map(|(code, name)| SelectOption::new(*code, *name)))
}

fn currencies() -> Vec<SelectOption> {
    Currency::ALL
        .iter()
        .map(|currency| {
            SelectOption::new(currency.code(), format!("{} · {}", currency.code(), currency.name()))
        })
        .collect()
}

fn with_unknown(options: impl Iterator<Item = SelectOption>) -> Vec<SelectOption> {
    std::iter::once(SelectOption::new("", "Choose…")).chain(options).collect()
}
