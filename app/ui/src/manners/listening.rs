//! Listeners for the whole document.

use leptos::prelude::document;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{AddEventListenerOptions, Element, Event};

/// Calls `answer` for every event of that name, also for those that only their own element hears.
pub(super) fn on(name: &str, answer: fn(&Event)) {
    let listener = Closure::<dyn Fn(Event)>::new(move |event: Event| answer(&event)).into_js_value();
    let options = AddEventListenerOptions::new();
    options.set_capture(true);
    // Fails for no event: the name and the listener are ours.
    drop(document().add_event_listener_with_callback_and_add_event_listener_options(
        name,
        listener.unchecked_ref(),
        &options,
    ));
}

/// Calls `answer` for every event of that name that nobody below has answered.
pub(super) fn on_unanswered(name: &str, answer: fn(&Event)) {
    let listener = Closure::<dyn Fn(Event)>::new(move |event: Event| {
        if !event.default_prevented() {
            answer(&event);
        }
    });
    drop(document().add_event_listener_with_callback(name, listener.into_js_value().unchecked_ref()));
}

/// The element, from the one the event is about outwards, that the selector names.
pub(super) fn around<T: JsCast>(event: &Event, selector: &str) -> Option<T> {
    event.target()?.dyn_into::<Element>().ok()?.closest(selector).ok()??.dyn_into().ok()
}

/// Every element of the page that the selector names.
pub(super) fn all(selector: &str) -> impl Iterator<Item = Element> {
    let found = document().query_selector_all(selector).ok();
    let count = found.as_ref().map_or(0, web_sys::NodeList::length);
    (0..count).filter_map(move |place| found.as_ref()?.get(place)?.dyn_into().ok())
}

/// Says on the document that every island is alive: this is the last of them.
pub(super) fn announce() {
    if let Some(root) = document().document_element() {
        drop(root.set_attribute("data-live", ""));
    }
}
