//! The frame of every page in a workspace.

use accounts::{WorkspaceSummary, WorkspaceView};
use accounts_pages::{SIGN_OUT, get_workspace};
use api::{ApiError, ErrorPage};
use leptos::prelude::*;
use leptos_router::{
    components::Outlet,
    hooks::{use_location, use_params_map},
};
use ui::{
    AccountMenu, AppShell, IconName, LinkButton, MenuHeading, MenuSubmit, NavGroup, NavItem, PublicShell,
    SyntheticBanner, ThemeSwitch, WorkspaceLink, WorkspaceSwitch,
};

/// Loads the workspace named in the address and frames its pages, or says why it cannot be shown.
#[component]
pub(crate) fn WorkspaceFrame() -> impl IntoView {
    let params = use_params_map();
    let slug = Memo::new(move |_| params.read().get("workspace").unwrap_or_default());
    let workspace = Resource::new_blocking(move || slug.get(), get_workspace);
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match workspace.await {
                    Ok(view) => view! { <Frame view=view /> }.into_any(),
                    Err(error) => view! { <Refused error=error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Frame(view: WorkspaceView) -> impl IntoView {
    provide_context(view.clone());
    let path = use_location().pathname;
    let base = format!("/w/{}", view.workspace.slug);
    let links = workspace_links(&view);
    let name = view.workspace.name.clone();
    let person = view.person.clone();
    let is_synthetic = view.workspace.is_synthetic;
    view! {
        <AppShell
            navigation=navigation(&base)
            last=vec![NavItem::new("Settings", format!("{base}/settings"), IconName::Settings)]
            path=path
            home=base.clone()
            switch=move || view! { <WorkspaceSwitch name=name workspaces=links /> }
            tools=move || match person {
                Some(person) => {
                    view! {
                        <AccountMenu name=person.display_name.clone()>
                            <MenuHeading>{person.display_name.clone()} <br /> {person.email.clone()}</MenuHeading>
                            <ThemeSwitch return_to=path />
                            <hr />
                            <MenuSubmit action=SIGN_OUT icon=IconName::SignOut>
                                "Sign out"
                            </MenuSubmit>
                        </AccountMenu>
                    }
                        .into_any()
                }
                None => {
                    view! {
                        <ThemeSwitch return_to=path />
                        <LinkButton href="/sign-up">"Start with your own data"</LinkButton>
                    }
                        .into_any()
                }
            }
            banner=move || {
                is_synthetic
                    .then(|| {
                        view! {
                            <SyntheticBanner sentence="This company and all its peers are made up, to show how Quartile works." />
                        }
                    })
            }
        >
            <Outlet />
        </AppShell>
    }
}

#[component]
fn Refused(error: ApiError) -> impl IntoView {
    view! {
        <PublicShell links=crate::home::public_links()>
            <ErrorPage error=error />
        </PublicShell>
    }
}

fn navigation(base: &str) -> Vec<NavGroup> {
    let item = |label: &str, path: &str, icon| NavItem::new(label, format!("{base}{path}"), icon);
    vec![
        NavGroup { heading: None, items: vec![item("Overview", "", IconName::Home)] },
        NavGroup {
            heading: Some("Company".to_owned()),
            items: vec![
                item("Dashboard", "/dashboard", IconName::Dashboard),
                item("Where you stand", "/standing", IconName::Standing),
                item("Reports", "/reports", IconName::Report),
                item("Data", "/data", IconName::Data),
            ],
        },
    ]
}

fn workspace_links(view: &WorkspaceView) -> Vec<WorkspaceLink> {
    let is_member = view.others.iter().any(|other| other.slug == view.workspace.slug);
    let visited = (!is_member).then_some(&view.workspace);
    let shown = visited.into_iter().chain(&view.others);
    shown
        .map(|workspace: &WorkspaceSummary| WorkspaceLink {
            name: workspace.name.clone(),
            href: format!("/w/{}", workspace.slug),
            is_current: workspace.slug == view.workspace.slug,
        })
        .collect()
}
