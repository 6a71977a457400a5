//! The frame of pages that need no account.

use leptos::prelude::*;

use super::{Brand, SkipLink};
use crate::ToastRegion;

/// One link of a header or footer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainLink {
    /// What it is called.
    pub label: String,
    /// Where it leads.
    pub href: String,
}

impl PlainLink {
    /// A link.
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into() }
    }
}

/// How wide the content is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PublicWidth {
    /// As wide as a page: landing, method.
    #[default]
    Page,
    /// As wide as a column of settings: the own account.
    Settings,
    /// As wide as a form: sign-in, sign-up.
    Form,
}

/// Header, content and footer of landing, sign-in and errors.
#[component]
pub fn PublicShell(
    /// The places shown in the header of wide screens and in every footer.
    links: Vec<PlainLink>,
    /// How wide the content is.
    #[prop(optional)]
    width: PublicWidth,
    /// The right end of the header: "Sign in" and the primary button.
    #[prop(optional, into)]
    actions: Option<ViewFnOnce>,
    /// The footer's words and `ThemeSwitch`.
    #[prop(optional, into)]
    footer: Option<ViewFnOnce>,
    /// The page.
    children: Children,
) -> impl IntoView {
    let main_class = match width {
        PublicWidth::Page => "public-main",
        PublicWidth::Settings => "public-main medium",
        PublicWidth::Form => "public-main narrow",
    };
    view! {
        <SkipLink />
        <div class="public">
            <header class="public-head">
                <Brand />
                <div class="ways">
                    <nav aria-label="Main">{link_views(links.clone())}</nav>
                    {actions.map(ViewFnOnce::run)}
                </div>
            </header>
            <main class=main_class id="main" tabindex="-1">
                {children()}
            </main>
            <footer class="public-foot">
                <nav aria-label="Footer">{link_views(links)}</nav>
                {footer.map(ViewFnOnce::run)}
            </footer>
        </div>
        <ToastRegion />
    }
}

fn link_views(links: Vec<PlainLink>) -> impl IntoView {
    links.into_iter().map(|link| view! { <a href=link.href>{link.label}</a> }).collect_view()
}
