//! Menus close when something was chosen, when they are left, and with Escape.

use wasm_bindgen::JsCast;
use web_sys::{Event, FocusEvent, HtmlDetailsElement, HtmlElement, KeyboardEvent, Node};

use super::listening::{around, on, on_unanswered};

pub(super) fn listen() {
    on_unanswered("click", |event| {
        if around::<HtmlElement>(event, ".menu-panel").is_some() {
            close(event);
        }
    });
    on("focusout", |event| {
        let goes_to = event.dyn_ref::<FocusEvent>().and_then(FocusEvent::related_target);
        let goes_to = goes_to.and_then(|target| target.dyn_into::<Node>().ok());
        if menu(event).is_some_and(|menu| !menu.contains(goes_to.as_ref())) {
            close(event);
        }
    });
    on("keydown", |event| {
        let is_escape = event.dyn_ref::<KeyboardEvent>().is_some_and(|event| event.key() == "Escape");
        if let Some(menu) = menu(event).filter(|_| is_escape) {
            close(event);
            let button = menu.query_selector("summary").ok().flatten();
            // Refused only for an element that has left the page.
            let _ = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()).map(|it| it.focus());
        }
    });
}

fn menu(event: &Event) -> Option<HtmlDetailsElement> {
    around(event, "details.menu[open]")
}

fn close(event: &Event) {
    if let Some(menu) = menu(event) {
        menu.set_open(false);
    }
}
