//! Short messages about what was just done.

use leptos::prelude::*;

use super::Tone;
#[cfg(feature = "hydrate")]
use crate::{Button, ButtonAct, ButtonKind, Icon, IconName, classes};

/// The place in which messages appear, read out politely. Once in the shell, after the content.
#[component]
pub fn ToastRegion() -> impl IntoView {
    view! { <div class="toasts" role="status" aria-live="polite"></div> }
}

/// Shows a short message until the person dismisses it; for islands. What the server has to say stands on the page.
#[cfg(feature = "hydrate")]
pub fn say(tone: Tone, text: &'static str) {
    use wasm_bindgen::JsCast;
    let region = document().query_selector(".toasts").ok().flatten();
    let Some(region) = region.and_then(|region| region.dyn_into().ok()) else { return };
    leptos::mount::mount_to(region, move || {
        view! {
            <div class=classes(["toast", tone.class()])>
                <Icon name=tone.icon() label=tone.word() />
                <span>{text}</span>
                <Button
                    kind=ButtonKind::Quiet
                    act=ButtonAct::Handler
                    icon=IconName::Close
                    icon_only=true
                    attr:data-does="dismiss"
                >
                    "Dismiss"
                </Button>
            </div>
        }
    })
    .forget();
}

/// Nothing: the server says on the page what it has to say.
#[cfg(not(feature = "hydrate"))]
pub fn say(_tone: Tone, _text: &'static str) {}
