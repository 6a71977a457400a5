//! Buttons, and links that look like them.

use leptos::prelude::*;

use crate::{Icon, IconName, VisuallyHidden, classes};

/// How much a button asks for attention. One primary button on a view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// An ordinary action.
    #[default]
    Default,
    /// The one action a view is for.
    Primary,
    /// Beside content, without a frame.
    Quiet,
    /// Leads to something that cannot be undone.
    Danger,
    /// The last press before it happens.
    FinalDanger,
}

impl ButtonKind {
    fn class(self) -> &'static str {
        match self {
            Self::Default => "",
            Self::Primary => "primary",
            Self::Quiet => "quiet",
            Self::Danger => "danger",
            Self::FinalDanger => "danger final",
        }
    }
}

/// What pressing a button does natively.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonAct {
    /// Sends the form around it.
    #[default]
    Submit,
    /// Nothing: a handler acts, so the button is offered only where script runs.
    Handler,
}

/// A button. Say what it does with its object: "Check 24 rows".
#[component]
pub fn Button(
    /// How much attention it asks for.
    #[prop(optional)]
    kind: ButtonKind,
    /// Whether it sends its form or only calls a handler given by `on:click`.
    #[prop(optional)]
    act: ButtonAct,
    /// Name sent with the form.
    #[prop(optional, into)]
    name: Option<String>,
    /// Value sent with the form.
    #[prop(optional, into)]
    value: Option<String>,
    /// An icon before the words.
    #[prop(optional, into)]
    icon: Option<IconName>,
    /// Only the icon is drawn; the words stay for assistive technology.
    #[prop(optional)]
    icon_only: bool,
    /// Taller, for landing pages.
    #[prop(optional)]
    large: bool,
    /// Whether its work is under way: it says so and cannot be pressed again.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Whether it cannot be pressed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// The words.
    children: Children,
) -> impl IntoView {
    let class = classes([
        "btn",
        kind.class(),
        if large { "large" } else { "" },
        if icon_only { "square" } else { "" },
        if act == ButtonAct::Handler { "needs-script" } else { "" },
    ]);
    view! {
        <button
            class=class
            type=if act == ButtonAct::Submit { "submit" } else { "button" }
            name=name
            value=value
            disabled=move || disabled.get() || busy.get()
            aria-busy=move || busy.get().then_some("true")
        >
            {icon.map(|icon| view! { <Icon name=icon /> })}
            {words(icon_only, children)}
            {move || busy.get().then(BusyDots)}
        </button>
    }
}

fn words(icon_only: bool, children: Children) -> AnyView {
    if icon_only { view! { <VisuallyHidden>{children()}</VisuallyHidden> }.into_any() } else { children() }
}

#[component]
fn BusyDots() -> impl IntoView {
    view! {
        <span class="busy-dots" aria-hidden="true">
            <i></i>
            <i></i>
            <i></i>
        </span>
    }
}

/// A link that looks like a button: it leads somewhere and changes nothing.
#[component]
pub fn LinkButton(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// How much attention it asks for.
    #[prop(optional)]
    kind: ButtonKind,
    /// An icon before the words.
    #[prop(optional, into)]
    icon: Option<IconName>,
    /// Only the icon is drawn; the words stay for assistive technology.
    #[prop(optional)]
    icon_only: bool,
    /// Taller, for landing pages.
    #[prop(optional)]
    large: bool,
    /// The words.
    children: Children,
) -> impl IntoView {
    let class = classes([
        "btn",
        kind.class(),
        if large { "large" } else { "" },
        if icon_only { "square" } else { "" },
    ]);
    view! {
        <a class=class href=href>
            {icon.map(|icon| view! { <Icon name=icon /> })}
            {words(icon_only, children)}
        </a>
    }
}
