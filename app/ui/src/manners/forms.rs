//! Forms say that they are on their way, and are sent once.

use std::time::Duration;

use leptos::prelude::{document, set_timeout, window};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{
    Event, HtmlElement, HtmlFormElement, HtmlInputElement, HtmlSelectElement, PageTransitionEvent,
    SubmitEvent,
};

use super::{
    leaving,
    listening::{all, around, on_unanswered},
};

/// The mark of a form whose answer is awaited.
const SENT: &str = "data-sent";
/// By then the answer has come, or will not.
const PATIENCE: Duration = Duration::from_secs(30);
const DOTS: &str = "<i></i><i></i><i></i>";

pub(super) fn listen() {
    on_unanswered("submit", send_once);
    on_unanswered("change", |event| {
        let select = around::<HtmlSelectElement>(event, "select[data-does='submit']");
        if let Some(form) = select.and_then(|select| select.form()) {
            // Refused only when the form is invalid, and then the browser has said so.
            drop(form.request_submit());
        }
    });
    on_unanswered("click", |event| {
        if let Some(button) = around::<HtmlElement>(event, "[data-does='show-password']") {
            show_password(&button);
        }
    });
    let returned = Closure::<dyn Fn(PageTransitionEvent)>::new(|event: PageTransitionEvent| {
        if event.persisted() {
            forget_sent();
        }
    });
    drop(window().add_event_listener_with_callback("pageshow", returned.into_js_value().unchecked_ref()));
}

fn send_once(event: &Event) {
    let Some(form) = around::<HtmlFormElement>(event, "form[method=post]") else { return };
    if form.has_attribute(SENT) {
        return event.prevent_default();
    }
    leaving::wait();
    // These cannot fail: the names are ours.
    drop(form.set_attribute(SENT, ""));
    // Whoever stops the browser meanwhile may want to send it again.
    set_timeout(forget_sent, PATIENCE);
    let Some(button) = event.dyn_ref::<SubmitEvent>().and_then(SubmitEvent::submitter) else { return };
    drop(button.set_attribute("aria-busy", "true"));
    if let Ok(dots) = document().create_element("span") {
        dots.set_class_name("busy-dots");
        drop(dots.set_attribute("aria-hidden", "true"));
        dots.set_inner_html(DOTS);
        drop(button.append_child(&dots));
    }
}

/// Lets forms be sent again.
fn forget_sent() {
    leaving::stay();
    for form in all("form[data-sent]") {
        drop(form.remove_attribute(SENT));
    }
    for dots in all("form [aria-busy] > .busy-dots") {
        if let Some(button) = dots.parent_element() {
            drop(button.remove_attribute("aria-busy"));
        }
        dots.remove();
    }
}

fn show_password(button: &HtmlElement) {
    let input = button.parent_element().and_then(|around| around.query_selector("input").ok().flatten());
    let Some(input) = input.and_then(|input| input.dyn_into::<HtmlInputElement>().ok()) else { return };
    let is_shown = input.type_() == "password";
    input.set_type(if is_shown { "text" } else { "password" });
    drop(button.set_attribute("aria-pressed", if is_shown { "true" } else { "false" }));
}
