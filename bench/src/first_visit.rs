//! What a browser has to load before it shows the first dashboard.

use std::collections::BTreeSet;

use crate::{
    Failure,
    options::Options,
    outcome::{Outcome, kilobytes},
    program::Program,
    visitor::{COMPRESSED, PLAIN, Visitor},
};

const PAGE: &str = "/w/demo-northlight/dashboard";
/// Loaded after the page is there, when a chart is about to be seen.
const LATER: &str = "/vendor/echarts.esm.min.mjs";

/// The page and every file that it or its styles name, as compressed as the server sends them.
pub(crate) async fn measure(options: &Options) -> Result<Outcome, Failure> {
    let program = Program::start_with_demo(options).await?;
    let mut visitor = program.visitor().await?;
    let page = visitor.get(PAGE, COMPRESSED).await?;
    let text = visitor.get(PAGE, PLAIN).await?.text().to_owned();
    let mut rows = vec![vec!["the page itself".to_owned(), kilobytes(page.body.len() as u64)]];
    let mut total = page.body.len() as u64;
    let mut files = files_named_in(&text);
    for file in files.clone().iter().filter(|file| is_kind(file, "css") || is_kind(file, "js")) {
        files.extend(files_named_in(visitor.get(file, PLAIN).await?.text()));
    }
    for file in &files {
        let size = size(&mut visitor, file).await?;
        total += size;
        rows.push(vec![format!("`{}`", without_hash(file)), kilobytes(size)]);
    }
    rows.push(vec!["**together** (budget: ≤ 350 kB)".to_owned(), format!("**{}**", kilobytes(total))]);
    let later = size(&mut visitor, LATER).await?;
    rows.push(vec![format!("afterwards, for interactive charts: `{LATER}`"), kilobytes(later)]);
    Ok(Outcome {
        title: "First visit",
        setting: "The dashboard of the demo with every script, style, font and picture that it names, as sent to a browser \
                  with an empty cache."
            .to_owned(),
        columns: &["file", "compressed"],
        rows,
    })
}

async fn size(visitor: &mut Visitor, file: &str) -> Result<u64, Failure> {
    Ok(visitor.get(file, COMPRESSED).await?.body.len() as u64)
}

/// The paths of our own static files in a page or a style.
fn files_named_in(text: &str) -> BTreeSet<String> {
    const FOLDERS: [&str; 5] = ["/pkg/", "/fonts/", "/pictures/", "/favicon", "/manifest"];
    let ends = |letter: char| matches!(letter, '"' | '\'' | ')' | ' ' | '<' | '\\' | '?' | '#');
    let starting = |start: &'static str| {
        let starts = text.match_indices(start);
        starts.filter_map(move |(place, _)| text.get(place..)?.split(ends).next())
    };
    let is_file = |path: &&str| path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    let absolute = FOLDERS.into_iter().flat_map(starting).filter(is_file).map(str::to_owned);
    // A script names those it imports by where it lies itself.
    let imported = starting("./snippets/").filter(is_file);
    absolute.chain(imported.filter_map(|path| Some(format!("/pkg{}", path.strip_prefix('.')?)))).collect()
}

fn is_kind(path: &str, extension: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, found)| found == extension)
}

/// A name without the hash of its content, so that tables compare.
fn without_hash(path: &str) -> String {
    let Some((start, extension)) = path.rsplit_once('.') else { return path.to_owned() };
    match start.rsplit_once('.') {
        Some((name, _)) => format!("{name}.{extension}"),
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_in_pages_and_styles() {
        let text = r#"<link href="/pkg/quartile.x1.css"><script>import("/pkg/quartile.y2.js")</script> import x from './snippets/ui-1/js/charts.js';
            @font-face{src:url(/fonts/inter.woff2) format("woff2")} <a href="/w/a/figures">"#;
        let files: Vec<String> = files_named_in(text).into_iter().collect();
        assert_eq!(
            files,
            [
                "/fonts/inter.woff2",
                "/pkg/quartile.x1.css",
                "/pkg/quartile.y2.js",
                "/pkg/snippets/ui-1/js/charts.js"
            ]
        );
        assert_eq!(without_hash("/pkg/quartile.x1.css"), "/pkg/quartile.css");
        assert_eq!(without_hash("/favicon.svg"), "/favicon.svg");
    }
}
