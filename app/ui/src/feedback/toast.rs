//! Short messages about what was just done.

use leptos::prelude::*;

use super::Tone;
use crate::{Button, ButtonAct, ButtonKind, Icon, IconName, classes};

/// One short message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToastMessage {
    /// What it means.
    pub tone: Tone,
    /// What was done: "24 rows committed".
    pub text: String,
}

/// The messages now shown. Put it into the context with `provide_toasts`, take it with `expect_context`.
#[derive(Clone, Copy)]
pub struct Toasts(RwSignal<Vec<(u32, ToastMessage)>>);

impl Toasts {
    /// Shows one more message, until the person dismisses it.
    pub fn show(self, tone: Tone, text: impl Into<String>) {
        let message = ToastMessage { tone, text: text.into() };
        self.0.update(|messages| {
            let next_key = messages.last().map_or(0, |(key, _)| key.wrapping_add(1));
            messages.push((next_key, message));
        });
    }

    fn dismiss(self, key: u32) {
        self.0.update(|messages| messages.retain(|(other, _)| *other != key));
    }
}

/// Starts the list of messages with what the server has to say after a redirect, and provides it to the components below.
pub fn provide_toasts(flash: Vec<ToastMessage>) -> Toasts {
    let toasts = Toasts(RwSignal::new((0..).zip(flash).collect()));
    provide_context(toasts);
    toasts
}

/// The region in which messages appear, read out politely. Once in the shell, after the content.
#[component]
pub fn ToastRegion() -> impl IntoView {
    let toasts = use_context::<Toasts>().unwrap_or_else(|| provide_toasts(Vec::new()));
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || toasts.0.get() key=|(key, _)| *key let((key, message))>
                <div class=classes(["toast", message.tone.class()])>
                    <Icon name=message.tone.icon() label=message.tone.word() />
                    <span>{message.text}</span>
                    <Button
                        kind=ButtonKind::Quiet
                        act=ButtonAct::Handler
                        icon=IconName::Close
                        icon_only=true
                        on:click=move |_| toasts.dismiss(key)
                    >
                        "Dismiss"
                    </Button>
                </div>
            </For>
        </div>
    }
}
