//! The frame of a person who is signed in.

use leptos::prelude::*;

use super::{Brand, NavGroup, NavItem, SkipLink, side::NavGroups, side::current_href};
use crate::{Icon, IconName, ToastRegion};

/// Side navigation, top bar and content. On small screens the navigation is a drawer: a native popover, so it opens and
/// closes (Escape, a press beside it) without script.
#[component]
pub fn AppShell(
    /// The groups of the navigation.
    #[prop(into)]
    navigation: Signal<Vec<NavGroup>>,
    /// The places at its foot, such as settings.
    #[prop(optional, into)]
    last: Signal<Vec<NavItem>>,
    /// The path shown now: `use_location().pathname`.
    #[prop(into)]
    path: Signal<String>,
    /// Where the logo leads.
    #[prop(default = "/".to_owned(), into)]
    home: String,
    /// The `WorkspaceSwitch`.
    #[prop(optional, into)]
    switch: Option<ViewFnOnce>,
    /// The `Breadcrumbs`.
    #[prop(optional, into)]
    crumbs: Option<ViewFnOnce>,
    /// The right end of the top bar: `SearchBox`, notifications, `AccountMenu`.
    #[prop(optional, into)]
    tools: Option<ViewFnOnce>,
    /// A `SyntheticBanner`, when it applies.
    #[prop(optional, into)]
    banner: Option<ViewFnOnce>,
    /// The page: a `PageHead`, then cards.
    children: Children,
) -> impl IntoView {
    view! {
        <SkipLink />
        <div class="shell">
            <aside class="side" id="side" popover="auto" aria-label="Navigation">
                <SideContent navigation=navigation last=last path=path home=home switch=switch />
            </aside>
            <div class="main">
                <header class="top">
                    <button class="btn quiet square drawer-button" type="button" popovertarget="side">
                        <Icon name=IconName::Menu label="Navigation" />
                    </button>
                    {crumbs.map(ViewFnOnce::run)}
                    <div class="tools">{tools.map(ViewFnOnce::run)}</div>
                </header>
                <div>{banner.map(ViewFnOnce::run)}</div>
                <main class="page" id="main" tabindex="-1">
                    {children()}
                </main>
            </div>
        </div>
        <ToastRegion />
    }
}

#[component]
fn SideContent(
    navigation: Signal<Vec<NavGroup>>,
    last: Signal<Vec<NavItem>>,
    path: Signal<String>,
    home: String,
    switch: Option<ViewFnOnce>,
) -> impl IntoView {
    let current = Memo::new(move |_| {
        let (groups, last) = (navigation.get(), last.get());
        let items = groups.iter().flat_map(|group| &group.items).chain(&last);
        path.with(|path| current_href(items, path).map(str::to_owned))
    });
    let last_group = move || vec![NavGroup { heading: None, items: last.get() }];
    view! {
        <div class="side-head">
            <Brand href=home />
        </div>
        {switch.map(ViewFnOnce::run)}
        <nav aria-label="Main">
            {move || view! { <NavGroups groups=navigation.get() current=current.get() /> }}
        </nav>
        <nav class="last" aria-label="More">
            {move || view! { <NavGroups groups=last_group() current=current.get() /> }}
        </nav>
    }
}

/// The search of the top bar: a form that asks by GET.
#[component]
pub fn SearchBox(
    /// Where it asks.
    #[prop(into)]
    action: String,
    /// What can be found.
    #[prop(default = "Search or jump to…".to_owned(), into)]
    placeholder: String,
    /// The keys that lead here, once a handler listens to them.
    #[prop(optional, into)]
    keys: Option<String>,
) -> impl IntoView {
    view! {
        <form class="search" role="search" method="get" action=action>
            <Icon name=IconName::Search />
            <input type="search" name="query" placeholder=placeholder aria-label="Search" />
            {keys.map(|keys| view! { <kbd class="chip">{keys}</kbd> })}
        </form>
    }
}

/// The notifications of the top bar: a link with how many are unread.
#[component]
pub fn NotificationLink(
    /// Where they are.
    #[prop(into)]
    href: String,
    /// How many are unread.
    #[prop(into)]
    unread: Signal<u32>,
) -> impl IntoView {
    let label = move || match unread.get() {
        0 => "Notifications, none unread".to_owned(),
        number => format!("Notifications, {number} unread"),
    };
    view! {
        <a class="btn quiet" href=href aria-label=label>
            <Icon name=IconName::Bell />
            {move || (unread.get() > 0).then(|| view! { <span class="num">{unread.get()}</span> })}
        </a>
    }
}
