//! The browser entry point.

// Links the islands of every page; the document names those that are on it.
use app as _;

/// Makes the islands ready; the script of the document then brings each to life.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
