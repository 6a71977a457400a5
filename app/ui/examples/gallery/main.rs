//! Writes pages made of all components as static HTML, to look at: `cargo run -p ui --features ssr --example gallery -- FOLDER`.
//!
//! The folder must hold `main.css`, built by the Tailwind CLI. Each page is written light, dark and as the system.

mod dashboard;
mod data;
mod import;
mod landing;
mod parts;
mod standing;

use std::{env, fs, io, path::PathBuf};

use leptos::prelude::*;
use ui::Theme;

type Page = fn() -> AnyView;

fn main() -> io::Result<()> {
    let folder = PathBuf::from(env::args().nth(1).unwrap_or_else(|| ".".to_owned()));
    fs::create_dir_all(&folder)?;
    let pages: [(&str, Page); 5] = [
        ("dashboard", dashboard::page),
        ("standing", standing::page),
        ("import", import::page),
        ("landing", landing::page),
        ("parts", parts::page),
    ];
    for (name, page) in pages {
        for theme in [Theme::System, Theme::Light, Theme::Dark] {
            let html = document(name, theme, page);
            fs::write(folder.join(format!("{name}-{}.html", theme.as_str())), html)?;
        }
    }
    Ok(())
}

fn document(title: &str, theme: Theme, page: Page) -> String {
    let owner = Owner::new();
    let body = owner.with(|| {
        provide_context(theme);
        page().to_html()
    });
    format!(
        "<!doctype html><html lang=\"en\" class=\"{}\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{title}</title>\
         <link rel=\"stylesheet\" href=\"main.css\"><body>{body}</body></html>",
        theme.as_str()
    )
}
