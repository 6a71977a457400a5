//! Messages go when they are dismissed.

use web_sys::HtmlElement;

use super::listening::{around, on_unanswered};

pub(super) fn listen() {
    on_unanswered("click", |event| {
        if around::<HtmlElement>(event, "[data-does='dismiss']").is_some()
            && let Some(toast) = around::<HtmlElement>(event, ".toast")
        {
            toast.remove();
        }
    });
}
