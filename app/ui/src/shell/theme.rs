//! Light and dark.

use leptos::prelude::*;

use crate::{Icon, IconName, classes};

const PLAIN_COOKIE: &str = "theme";
const SECURE_COOKIE: &str = "__Host-theme";

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
    /// Every theme, in the order of the switch.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

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

    /// The cookie that keeps the choice for a year; over TLS it is bound to this host, and never goes over a plain connection. It must stay
    /// readable to script, so it is not `HttpOnly`.
    pub fn cookie(self, is_https: bool) -> String {
        let (name, secure) = if is_https { (SECURE_COOKIE, "; Secure") } else { (PLAIN_COOKIE, "") };
        format!("{name}={}; Path=/; Max-Age=31536000; SameSite=Lax{secure}", self.as_str())
    }

    /// The choice that a browser sends along; over TLS nothing counts that another host may have set.
    pub fn of_cookies<'a>(mut cookies: impl Iterator<Item = (&'a str, &'a str)>, is_https: bool) -> Self {
        let wanted = if is_https { SECURE_COOKIE } else { PLAIN_COOKIE };
        let chosen = cookies.find_map(|(name, value)| (name == wanted).then_some(value));
        chosen.map(Self::parse).unwrap_or_default()
    }

    /// The theme of this page: the server puts it into the context from the cookie, and renders it as the class of `<html>`.
    pub fn of_this_page() -> Self {
        use_context::<Self>().unwrap_or_default()
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

/// The choice of light and dark: a form that sets the cookie, applied at once by `Manners` where script runs.
#[component]
pub fn ThemeSwitch(
    /// Where the form goes, by POST with `theme` and `return_to`.
    #[prop(default = "/theme".to_owned(), into)]
    action: String,
    /// Where the server sends the person afterwards: the path shown now.
    #[prop(into)]
    return_to: Signal<String>,
) -> impl IntoView {
    let chosen = Theme::of_this_page();
    let button = move |theme: Theme| {
        view! {
            <button
                class=classes(["btn", "quiet"])
                type="submit"
                name="theme"
                value=theme.as_str()
                aria-label=theme.label()
                title=theme.label()
                aria-pressed=(chosen == theme).to_string()
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
