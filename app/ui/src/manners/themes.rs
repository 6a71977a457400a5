//! A theme that is chosen shows at once.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{HtmlButtonElement, HtmlDocument};

use super::listening::{all, around, on_unanswered};
use crate::Theme;

pub(super) fn listen() {
    on_unanswered("click", |event| {
        if let Some(button) = around::<HtmlButtonElement>(event, ".theme-switch button") {
            event.prevent_default();
            apply(Theme::parse(&button.value()));
        }
    });
}

/// Puts the theme on the page and keeps it for a year.
fn apply(theme: Theme) {
    let Some(root) = document().document_element() else { return };
    for other in Theme::ALL {
        // Fails only for names with spaces, and ours have none.
        drop(root.class_list().toggle_with_force(other.as_str(), other == theme));
    }
    for button in all(".theme-switch button") {
        let is_chosen = button.get_attribute("value").is_some_and(|value| value == theme.as_str());
        drop(button.set_attribute("aria-pressed", if is_chosen { "true" } else { "false" }));
    }
    if let Ok(document) = document().dyn_into::<HtmlDocument>() {
        let is_https = document.url().is_ok_and(|url| url.starts_with("https:"));
        drop(document.set_cookie(&theme.cookie(is_https)));
    }
}
