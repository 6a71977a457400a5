//! The HTML document around every page; made on the server only.

use leptos::{hydration::HydrationScripts, prelude::*};
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
                <HydrationScripts options=options islands=true />
                <MetaTags />
            </head>
            <body>
                <App />
                <Manners />
            </body>
        </html>
    }
}
