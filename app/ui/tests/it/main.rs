//! What the components promise as HTML, and what the tokens promise as colours.

// The pages of the gallery hold every component, so what must hold for all of them is tested on those pages.
#[path = "../../examples/gallery/dashboard.rs"]
mod dashboard;
#[path = "../../examples/gallery/data.rs"]
mod data;
#[path = "../../examples/gallery/import.rs"]
mod import;
#[path = "../../examples/gallery/landing.rs"]
mod landing;
#[path = "../../examples/gallery/parts.rs"]
mod parts;
#[path = "../../examples/gallery/standing.rs"]
mod standing;

mod contrast;
mod feedback;
mod figures;
mod forms;
mod pages;
mod shell;

use std::sync::Arc;

use hydration_context::SsrSharedContext;
use leptos::prelude::*;

/// The HTML that the server sends, without the comments that only hydration reads.
fn html<V: RenderHtml>(view: impl FnOnce() -> V) -> String {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    owner.with(|| view().to_html()).replace("<!>", "")
}
