//! A page that keeps the person waiting says that it is on its way.

use std::time::Duration;

use leptos::prelude::{document, set_timeout};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlAnchorElement, MouseEvent};

use super::listening::{around, on_unanswered};

/// The mark of a document that is about to be replaced; styles draw a line along its top.
const LEAVING: &str = "data-leaving";
const PATIENCE: Duration = Duration::from_secs(30);
/// Quicker pages need no word.
const GRACE: Duration = Duration::from_millis(300);

pub(super) fn listen() {
    on_unanswered("click", |event| {
        if let Some(link) = around::<HtmlAnchorElement>(event, "a[href]")
            && opens_here(event)
            && leads_to_a_page(&link)
        {
            wait();
        }
    });
}

/// Says after a moment that another page is on its way.
pub(super) fn wait() {
    set_timeout(
        || {
            if let Some(root) = document().document_element() {
                drop(root.set_attribute(LEAVING, ""));
            }
        },
        GRACE,
    );
    // By then the page has come, or will not.
    set_timeout(stay, PATIENCE);
}

/// Takes it back: the page stayed, or is shown again.
pub(super) fn stay() {
    if let Some(root) = document().document_element() {
        drop(root.remove_attribute(LEAVING));
    }
}

fn opens_here(event: &Event) -> bool {
    event.dyn_ref::<MouseEvent>().is_some_and(|event| {
        event.button() == 0
            && !event.ctrl_key()
            && !event.meta_key()
            && !event.shift_key()
            && !event.alt_key()
    })
}

/// Whether the browser leaves this page for the link: not for files, other windows and places on the page.
fn leads_to_a_page(link: &HtmlAnchorElement) -> bool {
    let path = link.pathname();
    let last = path.rsplit('/').next().unwrap_or("");
    let is_file = last.contains('.') || last == "original" || link.has_attribute("download");
    link.target().is_empty() && link.hash().is_empty() && !is_file
}
