//! The side navigation and what stands at its head.

use leptos::prelude::*;

use crate::{Chip, Icon, IconName, Menu, MenuLink};

/// One place in the navigation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavItem {
    /// What it is called.
    pub label: String,
    /// Where it is. It is current for this path and all below it.
    pub href: String,
    /// Its icon.
    pub icon: IconName,
    /// A count or a word beside it.
    pub badge: Option<String>,
}

impl NavItem {
    /// A place without a badge.
    pub fn new(label: impl Into<String>, href: impl Into<String>, icon: IconName) -> Self {
        Self { label: label.into(), href: href.into(), icon, badge: None }
    }
}

/// Places that belong together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NavGroup {
    /// What they have in common; the first group may have no heading.
    pub heading: Option<String>,
    /// The places.
    pub items: Vec<NavItem>,
}

/// The address among `items` that the path belongs to: the longest that the path is, or lies below.
pub(crate) fn current_href<'a>(items: impl IntoIterator<Item = &'a NavItem>, path: &str) -> Option<&'a str> {
    items
        .into_iter()
        .map(|item| item.href.as_str())
        .filter(|href| {
            path.strip_prefix(href.trim_end_matches('/'))
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
        .max_by_key(|href| href.len())
}

/// The groups of the navigation as lists of links.
#[component]
pub(crate) fn NavGroups(
    /// The groups.
    groups: Vec<NavGroup>,
    /// The address that is current.
    current: Option<String>,
) -> impl IntoView {
    let link = move |item: NavItem| {
        let is_current = current.as_deref() == Some(item.href.as_str());
        view! {
            <li>
                <a class="nav-link" href=item.href aria-current=is_current.then_some("page")>
                    <Icon name=item.icon />
                    {item.label}
                    {item.badge.map(|badge| view! { <Chip>{badge}</Chip> })}
                </a>
            </li>
        }
    };
    groups
        .into_iter()
        .map(|group| {
            view! {
                {group.heading.map(|heading| view! { <div class="eyebrow">{heading}</div> })}
                <ul>{group.items.into_iter().map(&link).collect_view()}</ul>
            }
        })
        .collect_view()
}

/// A workspace one may go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceLink {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub href: String,
    /// Whether it is the one shown.
    pub is_current: bool,
}

/// The name of the workspace shown, opening to the others.
#[component]
pub fn WorkspaceSwitch(
    /// The workspace shown.
    #[prop(into)]
    name: String,
    /// All workspaces of the person.
    workspaces: Vec<WorkspaceLink>,
    /// More lines: a new workspace, its settings.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let shown = name.clone();
    view! {
        <Menu
            class="switch"
            trigger_class=""
            label=format!("Workspace {name}, change")
            trigger=move || {
                view! {
                    <InitialTile name=shown.clone() />
                    <span class="name">{shown.clone()}</span>
                    <Icon name=IconName::ChevronDown />
                }
            }
        >
            {workspaces
                .into_iter()
                .map(|workspace| {
                    view! {
                        <MenuLink href=workspace.href is_current=workspace.is_current>
                            {workspace.name}
                        </MenuLink>
                    }
                })
                .collect_view()}
            {children.map(|children| view! { <hr /> {children()} })}
        </Menu>
    }
}

/// The first letters of a name in a tile: one for a workspace, two for a person.
#[component]
pub fn InitialTile(
    /// The name.
    #[prop(into)]
    name: String,
    /// Round and with two letters, as for people.
    #[prop(optional)]
    person: bool,
) -> impl IntoView {
    let letters = initials(&name, if person { 2 } else { 1 });
    view! {
        <span class=if person { "tile round" } else { "tile" } aria-hidden="true">
            {letters}
        </span>
    }
}

/// The first letters of the first words.
fn initials(name: &str, letters: usize) -> String {
    name.split_whitespace()
        .filter_map(|word| word.chars().find(|letter| letter.is_alphanumeric()))
        .take(letters)
        .flat_map(char::to_uppercase)
        .collect()
}

/// The person signed in, opening to account, theme and sign-out.
#[component]
pub fn AccountMenu(
    /// The person's name, or e-mail address.
    #[prop(into)]
    name: String,
    /// `MenuHeading`, `MenuLink`s, a `ThemeSwitch`, and the `MenuSubmit` that signs out.
    children: Children,
) -> impl IntoView {
    let shown = name.clone();
    view! {
        <Menu
            side=crate::MenuSide::End
            trigger_class="account"
            label=format!("Account of {name}")
            trigger=move || view! { <InitialTile name=shown.clone() person=true /> }
        >
            {children()}
        </Menu>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_address_above_a_path_is_current() {
        let items =
            ["/w/1", "/w/1/data", "/w/1/data-quality"].map(|href| NavItem::new("", href, IconName::Data));
        let current = |path| current_href(&items, path);
        assert_eq!(current("/w/1"), Some("/w/1"));
        assert_eq!(current("/w/1/data/7"), Some("/w/1/data"));
        assert_eq!(current("/w/1/data-quality"), Some("/w/1/data-quality"));
        assert_eq!(current("/w/12"), None);
    }

    #[test]
    fn initials_are_letters_of_words() {
        assert_eq!(initials("Mia Köhler", 2), "MK");
        assert_eq!(initials("«northlight» gmbh", 1), "N");
        assert_eq!(initials("", 2), "");
    }
}
