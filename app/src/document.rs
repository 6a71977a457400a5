//! The HTML document around every page; made on the server only.

use leptos::{hydration::HydrationScripts, nonce::Nonce, prelude::*, tachys::html::InertElement};
use leptos_meta::MetaTags;
use ui::{Manners, Theme};

use crate::routes::App;

/// The whole document of one answer.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en" class=Theme::of_this_page().as_str()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="manifest" href="/manifest.webmanifest" />
                <link rel="preload" href="/fonts/inter-latin.woff2" r#as="font" type="font/woff2" crossorigin="anonymous" />
                <leptos_meta::HashedStylesheet options=options.clone() id="style" />
                <Hydration options=options />
                <MetaTags />
            </head>
            <body>
                <App />
                <Manners />
            </body>
        </html>
    }
}

/// What brings the islands to life. Leptos names the nonce in `crossorigin` of its links too, where browsers let scripts read it.
#[component]
fn Hydration(options: LeptosOptions) -> impl IntoView {
    let html = view! { <HydrationScripts options=options islands=true /> }.to_html();
    let html = match use_context::<Nonce>() {
        Some(nonce) => html.replace(&format!("crossorigin=\"{nonce}\""), "crossorigin=\"anonymous\""),
        None => html,
    };
    InertElement::new(html)
}
