//! Light and dark.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

use crate::{Icon, IconName, classes};

/// The name of the cookie that keeps a person's choice. It must stay readable to script, so it is not `HttpOnly`.
pub const THEME_COOKIE: &str = "theme";

/// Which colours a person wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Whatever the system says.
    #[default]
    System,
    /// Dark ink on light paper.
    Light,
    /// Light ink on dark paper.
    Dark,
}

impl Theme {
    const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The theme of a cookie's or a form's value; anything unknown is `System`.
    pub fn parse(value: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.as_str() == value).unwrap_or_default()
    }

    /// The value kept in the cookie and the class on `<html>`: `system`, `light`, `dark`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme of this page. The server puts it into the context from the cookie and renders it as the class of
    /// `<html>`; the browser reads it from there, so both draw the same.
    pub fn of_this_page() -> Self {
        if cfg!(feature = "hydrate") {
            Self::from_document()
        } else {
            use_context::<Self>().unwrap_or_default()
        }
    }

    fn from_document() -> Self {
        let classes = document().document_element().map(|root| root.class_list());
        Self::ALL
            .into_iter()
            .find(|theme| classes.as_ref().is_some_and(|list| list.contains(theme.as_str())))
            .unwrap_or_default()
    }

    /// Puts the theme on the page at once and keeps it for a year.
    fn apply(self) {
        let Some(root) = document().document_element() else { return };
        for other in Self::ALL {
            // Fails only for names with spaces, and ours have none.
            drop(root.class_list().toggle_with_force(other.as_str(), other == self));
        }
        if let Ok(document) = document().dyn_into::<web_sys::HtmlDocument>() {
            let cookie = format!("{THEME_COOKIE}={}; Path=/; Max-Age=31536000; SameSite=Lax", self.as_str());
            drop(document.set_cookie(&cookie));
        }
    }

    fn icon(self) -> IconName {
        match self {
            Self::System => IconName::System,
            Self::Light => IconName::Sun,
            Self::Dark => IconName::Moon,
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::System => "As the system",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }
}

/// The choice of light and dark: a form that sets the cookie, applied at once where script runs.
#[component]
pub fn ThemeSwitch(
    /// Where the form goes, by POST with `theme` and `return_to`.
    #[prop(default = "/theme".to_owned(), into)]
    action: String,
    /// Where the server sends the person afterwards: the path shown now.
    #[prop(into)]
    return_to: Signal<String>,
) -> impl IntoView {
    let chosen = RwSignal::new(Theme::of_this_page());
    let button = move |theme: Theme| {
        let choose = move |event: ev::MouseEvent| {
            event.prevent_default();
            theme.apply();
            chosen.set(theme);
        };
        view! {
            <button
                class=classes(["btn", "quiet"])
                type="submit"
                name="theme"
                value=theme.as_str()
                aria-label=theme.label()
                title=theme.label()
                aria-pressed=move || (chosen.get() == theme).to_string()
                on:click=choose
            >
                <Icon name=theme.icon() />
            </button>
        }
    };
    view! {
        <form class="theme-switch" method="post" action=action>
            <input type="hidden" name="return_to" value=move || return_to.get() />
            <fieldset>
                <legend class="visually-hidden">"Colours"</legend>
                {Theme::ALL.map(button)}
            </fieldset>
        </form>
    }
}
