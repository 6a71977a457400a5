//! The frame of every page in a workspace.

use accounts::{WorkspaceSummary, WorkspaceView};
use accounts_pages::{NEW_WORKSPACE, SIGN_OUT, get_workspace};
use admin_pages::LOOK_AWAY;
use api::{ApiError, ErrorPage};
use chrono::{DateTime, Utc};
use kernel::{Permission, Role};
use leptos::prelude::*;
use leptos_router::{
    components::Outlet,
    hooks::{use_location, use_params_map},
};
use ui::{
    AccountMenu, AppShell, Breadcrumbs, Button, Crumb, IconName, LinkButton, MenuHeading, MenuLink,
    MenuSubmit, Moment, NavGroup, NavItem, Notice, PublicShell, SyntheticBanner, ThemeSwitch, Tone,
    WorkspaceLink, WorkspaceSwitch,
};

/// Loads the workspace named in the address and frames its pages, or says why it cannot be shown.
#[component]
pub(crate) fn WorkspaceFrame() -> impl IntoView {
    let params = use_params_map();
    let slug = Memo::new(move |_| params.read().get("workspace").unwrap_or_default());
    let workspace = Resource::new_blocking(move || slug.get(), get_workspace);
    // Without a Suspense around it: that would build the frame twice, and with it every resource of the page inside. Of the
    // resources of the first frame, which is thrown away, the answer would wait for ever if one was not loaded by then.
    move || {
        Suspend::new(async move {
            match workspace.await {
                Ok(view) => view! { <Frame view=view /> }.into_any(),
                Err(error) => view! { <Refused error=error /> }.into_any(),
            }
        })
    }
}

#[component]
fn Frame(view: WorkspaceView) -> impl IntoView {
    provide_context(view.clone());
    let path = use_location().pathname;
    let base = format!("/w/{}", view.workspace.slug);
    let links = workspace_links(&view);
    let crumbs = {
        let (base, name) = (base.clone(), view.workspace.name.clone());
        Signal::derive(move || crumbs(&base, &name, &path.read()))
    };
    // Figures have no entry of their own in the navigation: they are reached from the dashboard.
    let area = {
        let (figures, dashboard) = (format!("{base}/figures"), format!("{base}/dashboard"));
        Signal::derive(move || {
            path.with(|path| if path.starts_with(&figures) { dashboard.clone() } else { path.clone() })
        })
    };
    let name = view.workspace.name.clone();
    let person = view.person.clone();
    let is_signed_in = person.is_some();
    let is_synthetic = view.workspace.is_synthetic;
    let is_administrator = view.is_administrator;
    let look = view.look_ends_at.map(|ends_at| (view.workspace.slug.clone(), ends_at));
    view! {
        <AppShell
            navigation=navigation(&base)
            last=last_items(&base, view.role)
            path=area
            home=base.clone()
            crumbs=move || view! { <Breadcrumbs crumbs=crumbs /> }
            switch=move || view! { <Switch name=name workspaces=links is_signed_in=is_signed_in /> }
            tools=move || match person {
                Some(person) => {
                    view! {
                        <AccountMenu name=person.display_name.clone()>
                            <MenuHeading>{person.display_name.clone()} <br /> {person.email.clone()}</MenuHeading>
                            <MenuLink href="/account" icon=IconName::User>
                                "Your account"
                            </MenuLink>
                            {is_administrator
                                .then(|| view! { <MenuLink href="/admin" icon=IconName::Settings>"Administration"</MenuLink> })}
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
                        <span class="max-sm:hidden">
                            <ThemeSwitch return_to=path />
                        </span>
                        <LinkButton href="/sign-up">"Sign up"</LinkButton>
                    }
                        .into_any()
                }
            }
            banner=move || {
                if let Some((slug, ends_at)) = look {
                    return view! { <EmergencyBanner slug=slug ends_at=ends_at /> }.into_any();
                }
                is_synthetic
                    .then(|| {
                        view! {
                            <SyntheticBanner sentence="This company and all its peers are made up, to show how Quartile works." />
                        }
                    })
                    .into_any()
            }
        >
            <Outlet />
        </AppShell>
    }
}

/// The way to the other workspaces, and for whoever is signed in to one more.
#[component]
fn Switch(name: String, workspaces: Vec<WorkspaceLink>, is_signed_in: bool) -> impl IntoView {
    if !is_signed_in {
        return view! { <WorkspaceSwitch name=name workspaces=workspaces /> }.into_any();
    }
    view! {
        <WorkspaceSwitch name=name workspaces=workspaces>
            <MenuLink href=NEW_WORKSPACE icon=IconName::Plus>
                "New workspace"
            </MenuLink>
        </WorkspaceSwitch>
    }
    .into_any()
}

/// Says that somebody looks in who does not belong to the workspace, and lets them stop.
#[component]
fn EmergencyBanner(slug: String, ends_at: DateTime<Utc>) -> impl IntoView {
    view! {
        <div class="emergency-banner">
            <Notice tone=Tone::Warning>
                "You look into this workspace as an administrator until " <Moment at=ends_at /> ". Its owners were told why."
                <form method="post" action=LOOK_AWAY>
                    <input type="hidden" name="workspace" value=slug />
                    <Button>"Stop looking"</Button>
                </form>
            </Notice>
        </div>
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

/// The places at the foot of the navigation: those that the role may see.
fn last_items(base: &str, role: Role) -> Vec<NavItem> {
    let item = |label: &str, path: &str, icon| NavItem::new(label, format!("{base}{path}"), icon);
    let mut items = vec![item("Members", "/members", IconName::User)];
    if role.allows(Permission::ManageKeys) {
        items.push(item("Keys", "/keys", IconName::Lock));
    }
    if role.allows(Permission::ReadAudit) {
        items.push(item("Audit log", "/audit", IconName::Report));
    }
    items.push(item("Settings", "/settings", IconName::Settings));
    items
}

/// The way to a path: the workspace, the area, and what is open in it.
fn crumbs(base: &str, name: &str, path: &str) -> Vec<Crumb> {
    const AREAS: [(&str, &str); 9] = [
        ("dashboard", "Dashboard"),
        ("standing", "Where you stand"),
        ("reports", "Reports"),
        ("data", "Data"),
        ("figures", "Figures"),
        ("members", "Members"),
        ("keys", "Keys"),
        ("audit", "Audit log"),
        ("settings", "Settings"),
    ];
    let mut parts = path.strip_prefix(base).unwrap_or("").split('/').filter(|part| !part.is_empty());
    let area = parts.next().and_then(|part| AREAS.iter().find(|(key, _)| *key == part));
    let Some((key, label)) = area else { return vec![Crumb::here(name)] };
    let workspace = Crumb::link(name, base);
    let rest: Vec<&str> = parts.collect();
    let here = match (*key, rest.as_slice()) {
        (_, []) => return vec![workspace, Crumb::here(*label)],
        ("data", ["imports"]) => "Imports",
        ("data", _) => "File",
        ("reports", _) => "Share",
        _ => "Figure",
    };
    vec![workspace, Crumb::link(*label, format!("{base}/{key}")), Crumb::here(here)]
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

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(path: &str) -> Vec<String> {
        crumbs("/w/northlight", "Northlight", path).into_iter().map(|crumb| crumb.label).collect()
    }

    #[test]
    fn every_area_has_a_way_back() {
        assert_eq!(labels("/w/northlight"), ["Northlight"]);
        assert_eq!(labels("/w/northlight/dashboard"), ["Northlight", "Dashboard"]);
        assert_eq!(labels("/w/northlight/data/imports"), ["Northlight", "Data", "Imports"]);
        assert_eq!(labels("/w/northlight/data/0193/map"), ["Northlight", "Data", "File"]);
        assert_eq!(labels("/w/northlight/reports/0193/share"), ["Northlight", "Reports", "Share"]);
        assert_eq!(labels("/w/northlight/figures/mrr"), ["Northlight", "Figures", "Figure"]);
    }
}
