//! Menus of links and small forms, by native `<details>`.

use leptos::prelude::*;

use crate::{Icon, IconName, classes};

/// On which side of its button a menu hangs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MenuSide {
    /// Left edges meet.
    #[default]
    Start,
    /// Right edges meet.
    End,
}

/// A button that opens a panel of choices. Opens and closes without script; with it, `Manners` also closes it when it is left.
#[component]
pub fn Menu(
    /// What the button shows.
    #[prop(into)]
    trigger: ViewFnOnce,
    /// What the button is called when its content does not say so.
    #[prop(optional, into)]
    label: Option<String>,
    /// Which edge the panel keeps to.
    #[prop(optional)]
    side: MenuSide,
    /// Classes of the button; a plain button when left out.
    #[prop(default = "btn".to_owned(), into)]
    trigger_class: String,
    /// Classes of the whole.
    #[prop(optional, into)]
    class: String,
    /// `MenuLink`, `MenuSubmit`, `MenuHeading`, `<hr>`, or any form.
    children: Children,
) -> impl IntoView {
    let side_class = if side == MenuSide::End { "end" } else { "" };
    view! {
        <details class=classes(["menu", side_class, &class])>
            <summary class=trigger_class aria-label=label>
                {trigger.run()}
            </summary>
            // Takes the focus when a part between its items is pressed, so that pressing there does not close it.
            <div class="menu-panel" tabindex="-1">
                {children()}
            </div>
        </details>
    }
}

/// A line of a menu that leads somewhere.
#[component]
pub fn MenuLink(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// An icon before the words.
    #[prop(optional, into)]
    icon: Option<IconName>,
    /// Whether it leads to what is shown now.
    #[prop(optional)]
    is_current: bool,
    /// The words.
    children: Children,
) -> impl IntoView {
    view! {
        <a
            class="menu-item"
            href=href

            aria-current=is_current.then_some("true")
        >
            {icon.map(|icon| view! { <Icon name=icon /> })}
            {children()}
            {is_current.then(|| view! { <span class="mark"><Icon name=IconName::Check /></span> })}
        </a>
    }
}

/// A line of a menu that changes something: a form of its own, so that it works without script.
#[component]
pub fn MenuSubmit(
    /// Where the form goes.
    #[prop(into)]
    action: String,
    /// Name and value sent with it.
    #[prop(optional, into)]
    field: Option<(String, String)>,
    /// An icon before the words.
    #[prop(optional, into)]
    icon: Option<IconName>,
    /// The words.
    children: Children,
) -> impl IntoView {
    let (name, value) = field.unzip();
    view! {
        <form method="post" action=action>
            <button class="menu-item" type="submit" name=name value=value>
                {icon.map(|icon| view! { <Icon name=icon /> })}
                {children()}
            </button>
        </form>
    }
}

/// A heading inside a menu.
#[component]
pub fn MenuHeading(
    /// The words.
    children: Children,
) -> impl IntoView {
    view! { <div class="menu-heading">{children()}</div> }
}
