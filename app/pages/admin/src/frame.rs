//! The frame of every page of administrators.

use api::ErrorPage;
use leptos::prelude::*;
use leptos_router::{components::Outlet, hooks::use_location};
use ui::{
    AccountMenu, AppShell, Breadcrumbs, Crumb, EmptyState, IconName, LinkButton, MenuHeading, MenuLink,
    NavGroup, NavItem, PublicShell, ThemeSwitch,
};

use crate::{functions::get_desk, model::DeskView};

const PLACES: [(&str, &str, IconName); 7] = [
    ("/admin", "Health", IconName::Dashboard),
    ("/admin/people", "People", IconName::User),
    ("/admin/workspaces", "Workspaces", IconName::Home),
    ("/admin/jobs", "Jobs", IconName::Undo),
    ("/admin/blocks", "Blocks", IconName::Lock),
    ("/admin/records", "Audit log", IconName::Report),
    ("/admin/settings", "Settings in force", IconName::Settings),
];

/// Shows the pages to administrators who showed lately who they are; to nobody else is there anything at these addresses.
#[component]
pub(crate) fn AdminFrame() -> impl IntoView {
    let desk = Resource::new_blocking(|| (), |()| get_desk());
    // Without a Suspense around it, for the reason given at the frame of a workspace.
    move || {
        Suspend::new(async move {
            match desk.await {
                Ok(desk) => view! { <Frame desk=desk /> }.into_any(),
                Err(error) => {
                    view! { <PublicShell links=Vec::new()><ErrorPage error=error /></PublicShell> }.into_any()
                }
            }
        })
    }
}

#[component]
fn Frame(desk: DeskView) -> impl IntoView {
    let path = use_location().pathname;
    let items = PLACES.into_iter().map(|(href, label, icon)| NavItem::new(label, href, icon)).collect();
    let navigation = vec![NavGroup { heading: Some("This instance".to_owned()), items }];
    let crumbs = Signal::derive(move || {
        let here = path.get();
        let place = PLACES.iter().rev().find(|(href, ..)| here.trim_end_matches('/') == *href);
        vec![
            Crumb::link("Administration", "/admin"),
            Crumb::here(place.map_or("Page", |(_, label, _)| label)),
        ]
    });
    let name = desk.name;
    view! {
        <AppShell
            navigation=navigation
            path=path
            home="/admin"
            crumbs=move || view! { <Breadcrumbs crumbs=crumbs /> }
            tools=move || {
                view! {
                    <AccountMenu name=name.clone()>
                        <MenuHeading>{name.clone()}</MenuHeading>
                        <MenuLink href="/account" icon=IconName::User>"Your account"</MenuLink>
                        <MenuLink href="/" icon=IconName::Home>"Your workspace"</MenuLink>
                        <ThemeSwitch return_to=path />
                    </AccountMenu>
                }
            }
        >
            {if desk.is_proved {
                view! { <Outlet /> }.into_any()
            } else {
                let href = format!("/account/prove?next={}", path.get_untracked());
                view! {
                    <EmptyState
                        title="Confirm it is you"
                        sentence="Administration opens for half an hour at a time, after your password or Google."
                        icon=IconName::Lock
                    >
                        <LinkButton href=href>"Confirm"</LinkButton>
                    </EmptyState>
                }
                    .into_any()
            }}
        </AppShell>
    }
}
