//! Texts that would run if they were not text.

use std::collections::BTreeMap;

use serde_json::json;

use super::{
    people::{newcomer, send_file},
    verdict::{Check, Finding},
    world::World,
};
use crate::client::Ask;

/// What would run if it were not text.
const SCRIPTS: [&str; 12] = [
    "<script>zqcanary()</script>",
    "\"><script>zqcanary()</script>",
    "'><img src=x onerror=zqcanary()>",
    "<svg onload=zqcanary()>",
    "</script><script>zqcanary()</script>",
    "</title><script>zqcanary()</script>",
    "</textarea><script>zqcanary()</script>",
    "<iframe srcdoc='<script>zqcanary()</script>'>",
    "<a href=\"javascript:zqcanary()\">x</a>",
    "{{constructor.constructor('zqcanary()')()}}",
    "<math><mtext></mtext><script>zqcanary()</script></math>",
    "\u{2028}<!--<script>zqcanary()</script>",
];
/// Texts that would run are texts on every page.
pub(crate) async fn p37_stored_texts_stay_texts(world: &World) -> Finding {
    let mut check = Check::new();
    let (person, slug) = newcomer(&world.main, "scripts").await?;
    let (door, token) = (world.door(), person.token().await?);
    let (mut files, mut inspected, mut wrong) = (Vec::new(), 0, BTreeMap::new());
    for script in SCRIPTS {
        let cell = script.replace('"', "\"\"");
        let content =
            format!("month,\"{cell}\",mrr\n2026-01,\"{cell}\",100\n2026-02,\"{cell}\",\"{cell}\"\n");
        files.push(send_file(&door, &token, &slug, (&format!("{script}.csv"), content.as_bytes())).await?);
        let body = json!({ "name": script, "currency": "USD" });
        let ask = Ask::new("PUT", "/api/v1/workspaces/current").bearer(&token).workspace(&slug).json(&body);
        let answer = door.send(ask).await?;
        check.status("a company with that name", &answer, &[200, 422]);
        let body = json!({ "name": script, "scopes": ["metrics:read"] });
        door.send(Ask::post("/api/v1/api-keys").bearer(&token).workspace(&slug).json(&body)).await?;
        let mut pages = super::pages::of_a_workspace(&slug);
        if let Some(file) = files.last() {
            pages.extend(["format", "map", "check"].map(|page| format!("/w/{slug}/data/{file}/{page}")));
        }
        let mut browser = person.sign_in().await?;
        for page in pages {
            let answer = browser.get(&page).await?;
            if answer.header("content-type").starts_with("text/html") {
                inspected += 1;
                inspect(&mut wrong, (&page, script), &answer.text());
            }
        }
    }
    check.that(inspected > 100, || format!("only {inspected} pages were inspected"));
    for (kind, examples) in &wrong {
        let first = examples.first().cloned().unwrap_or_default();
        check.that(false, || format!("{kind}, {} times, for example {first}", examples.len()));
    }
    // Once more with all of it there, as a browser sees it.
    let body = json!({ "name": "</title><script>zqcanary()</script>", "currency": "USD" });
    let ask = Ask::new("PUT", "/api/v1/workspaces/current").bearer(&token).workspace(&slug).json(&body);
    check.equal("the last name", door.send(ask).await?.status, 200);
    let files =
        files.iter().flat_map(|file| ["format", "map"].map(|page| format!("/w/{slug}/data/{file}/{page}")));
    let pages = ["", "/dashboard", "/data", "/keys", "/audit", "/settings", "/members"]
        .map(|page| format!("/w/{slug}{page}"));
    let paths: Vec<String> = pages.into_iter().chain(files).collect();
    let session = person.sign_in().await?.session().to_owned();
    super::walk::walk(world, &mut check, (&session, &paths)).await?;
    check.verdict(format!(
        "{} texts as cell, header, file, company and key, on every page of their workspace as HTML, and {} pages in Chromium",
        SCRIPTS.len(),
        paths.len()
    ))
}

/// What begins markup that would run, or lead to something that does.
const RUNNING: [&str; 7] = [
    "<script>",
    "<img src=x",
    "<svg onload",
    "<iframe",
    "<math>",
    "<a href=\"javascript:",
    "<a href=javascript:",
];

/// Looks for what a browser would carry out, and keeps each with an example under its kind. Scripts of ours bear a nonce; whatever was
/// typed does not.
fn inspect(wrong: &mut BTreeMap<String, Vec<String>>, (page, script): (&str, &str), text: &str) {
    let mut note = |kind: &str| {
        wrong.entry(kind.to_owned()).or_default().push(format!("{page} with {script:?}"));
    };
    // What stands in a title is text up to its end, and has to be written so that it cannot be ended early.
    let (before, rest) = text.split_once("<title>").unwrap_or((text, ""));
    let (title, after) = rest.split_once("</title>").unwrap_or(("", rest));
    if title.contains('<') {
        note("a title that is not escaped");
    }
    let text = format!("{before}{after}");
    let lowered = text.to_lowercase();
    for start in RUNNING.iter().filter(|start| lowered.contains(**start)) {
        note(&format!("{start} in the page"));
    }
    // Inside of a script, its end must not be spelled.
    for part in text.split("<script").skip(1) {
        let body =
            part.split_once('>').and_then(|(_, body)| body.split("</script").next()).unwrap_or_default();
        if body.contains("zqcanary()<") || body.contains('\u{2028}') {
            note("a text inside of a script that could end it");
        }
    }
}
