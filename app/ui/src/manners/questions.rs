//! Questions before something that cannot be undone stand above the page.

use wasm_bindgen::JsCast;
use web_sys::{HtmlDetailsElement, HtmlDialogElement, HtmlElement};

use super::listening::{around, on, on_unanswered};

const QUESTION: &str = "details.confirm";

pub(super) fn listen() {
    on_unanswered("click", |event| {
        if let Some(summary) = around::<HtmlElement>(event, "details.confirm > summary")
            && ask(&summary).is_some()
        {
            event.prevent_default();
        }
        if around::<HtmlElement>(event, "[data-does='close-dialog']").is_some()
            && let Some(dialog) = around::<HtmlDialogElement>(event, "dialog")
        {
            dialog.close();
        }
    });
    on("close", |event| {
        if let Some(details) = around::<HtmlDetailsElement>(event, QUESTION) {
            details.set_open(false);
        }
    });
}

fn ask(summary: &HtmlElement) -> Option<()> {
    let details: HtmlDetailsElement = summary.closest(QUESTION).ok()??.dyn_into().ok()?;
    let dialog: HtmlDialogElement = details.query_selector("dialog").ok()??.dyn_into().ok()?;
    // A dialog inside closed details is not drawn, and one that is open already cannot become modal.
    details.set_open(true);
    dialog.set_open(false);
    // Laid out first, or the browser finds nothing in it that could take the focus.
    let _ = dialog.offset_height();
    dialog.show_modal().ok()
}
