//! Texts that would run if they were not text.

use std::collections::BTreeMap;

use kernel::Role;
use serde_json::json;

use super::{
    cast::FIGURES,
    google,
    pages::{self, Page, Places},
    people::{Person, send_file},
    verdict::{Check, Finding},
    world::World,
};
use crate::{
    Failure,
    client::{Ask, Browser, at},
};

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
/// Ends whatever is open in a page and runs.
const WORST: &str = "</title><script>zqcanary()</script>";

/// Texts that would run are texts on every page.
pub(crate) async fn p37_stored_texts_stay_texts(world: &World) -> Finding {
    let mut check = Check::new();
    let person = Person::sign_up(&world.main, WORST, "scripts@content.example", "Content scripts").await?;
    let (door, token) = (world.door(), person.token().await?);
    let list = door.send(Ask::get("/api/v1/workspaces").bearer(&token)).await?.json();
    let slug = at(&list, "/0/slug").as_str().ok_or("no workspace")?.to_owned();
    let mut places = Places::furnish(&world.main, &person, &slug, FIGURES).await?;
    let mut pages = Vec::new();
    let (mut inspected, mut wrong) = (0, BTreeMap::new());
    for script in SCRIPTS {
        places.file = store(world, &mut check, (&token, &slug, script)).await?;
        let mut browser = person.sign_in().await?;
        let own = [as_found(&places), pages::own()].concat();
        inspected += look(&mut check, &mut wrong, (&mut browser, &own, script)).await?;
        let chart = browser.get(&format!("/w/{slug}/charts/mrr.svg")).await?;
        check.equal("a chart", chart.status, 200);
        inspect(&mut wrong, ("a chart", script), &chart.text());
        // Not what is there anyway, but what the file of this text has.
        pages.extend(own.into_iter().filter(|page| page.path.contains(&places.file)));
    }
    // Once more with all of it there, as a browser sees it.
    rename(world, (&token, &slug, WORST), &mut check, &[200]).await?;
    pages.extend(as_found(&places).into_iter().filter(|page| !page.path.contains(&places.file)));
    pages.extend(pages::own());
    let desk = pages::of_administrators(200);
    let mut administrator = world.cast.administrator.sign_in().await?;
    inspected += look(&mut check, &mut wrong, (&mut administrator, &desk, WORST)).await?;
    inspected += name_of_a_provider(world, &mut check, &mut wrong).await?;
    check.that(inspected >= 20 * SCRIPTS.len(), || format!("only {inspected} pages were inspected"));
    for (kind, examples) in &wrong {
        let first = examples.first().cloned().unwrap_or_default();
        check.that(false, || format!("{kind}, {} times, for example {first}", examples.len()));
    }
    let session = person.sign_in().await?.session().to_owned();
    super::walk::walk(world, &mut check, (&session, &pages)).await?;
    super::walk::walk(world, &mut check, (administrator.session(), &desk)).await?;
    check.verdict(format!(
        "{} texts as cell, header, file, company and key, one as the name of a person (typed, and of a provider); {inspected} pages as HTML: all of the workspace, the person and the administrators; {} of them in Chromium; there are no notifications with texts of others",
        SCRIPTS.len(),
        pages.len() + desk.len()
    ))
}

/// Pages of the workspace, with a file of which nothing can be imported.
fn as_found(places: &Places) -> Vec<pages::Page> {
    let found = |page: pages::Page| {
        let status = if page.path.ends_with("/check") { 422 } else { page.status };
        pages::Page { status, ..page }
    };
    places.pages(Role::Owner).into_iter().map(found).collect()
}

/// Keeps a text wherever the API takes one; the file that holds it.
async fn store(
    world: &World,
    check: &mut Check,
    (token, slug, script): (&str, &str, &str),
) -> Result<String, Failure> {
    let door = world.door();
    let cell = script.replace('"', "\"\"");
    let content = format!("month,\"{cell}\",mrr\n2026-01,\"{cell}\",100\n2026-02,\"{cell}\",\"{cell}\"\n");
    let file = send_file(&door, token, slug, (&format!("{script}.csv"), content.as_bytes())).await?;
    rename(world, (token, slug, script), check, &[200, 422]).await?;
    let body = json!({ "name": script, "scopes": ["metrics:read"] });
    door.send(Ask::post("/api/v1/api-keys").bearer(token).workspace(slug).json(&body)).await?;
    Ok(file)
}

/// Gives the company another name.
async fn rename(
    world: &World,
    (token, slug, name): (&str, &str, &str),
    check: &mut Check,
    expected: &[u16],
) -> Result<(), Failure> {
    let body = json!({ "name": name, "currency": "USD" });
    let ask = Ask::new("PUT", "/api/v1/workspaces/current").bearer(token).workspace(slug).json(&body);
    check.status("a company with that name", &world.door().send(ask).await?, expected);
    Ok(())
}

/// Inspects pages; how many.
async fn look(
    check: &mut Check,
    wrong: &mut BTreeMap<String, Vec<String>>,
    (browser, pages, script): (&mut Browser, &[Page], &str),
) -> Result<usize, Failure> {
    for Page { path, status } in pages {
        let answer = browser.get(path).await?;
        check.equal(path, answer.status, *status);
        check.that(answer.header("content-type").starts_with("text/html"), || format!("{path} is no page"));
        inspect(wrong, (path, script), &answer.text());
    }
    Ok(pages.len())
}

/// Somebody whose provider gives them such a name; how many pages were inspected.
async fn name_of_a_provider(
    world: &World,
    check: &mut Check,
    wrong: &mut BTreeMap<String, Vec<String>>,
) -> Result<usize, Failure> {
    let (provider, deployment) = google::with_provider(world).await?;
    let claims = json!({ "sub": "scripts", "email": "scripts@example.com", "name": WORST });
    let (mut browser, _) = google::sign_in(&provider, &deployment, (claims, None)).await?;
    let account = browser.get("/account").await?;
    check.that(account.text().contains("zqcanary"), || {
        format!("the name of the provider is nowhere: {}", account.in_short())
    });
    look(check, wrong, (&mut browser, &pages::own(), WORST)).await
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
