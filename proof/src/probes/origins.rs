//! Requests that another site makes a browser send.

use std::collections::BTreeSet;

use kernel::Role;

use super::{
    cast::OURS,
    operations::UNKNOWN,
    pages::{self, Page},
    truth,
    verdict::{Check, Finding},
    world::World,
};
use crate::{
    Failure,
    client::{Ask, Browser},
};

/// What marks a request as another site's, by name.
const FOREIGN: [(&str, &[(&str, &str)]); 5] = [
    ("cross-site", &[("sec-fetch-site", "cross-site")]),
    ("same-site", &[("sec-fetch-site", "same-site")]),
    ("a foreign origin", &[("origin", "https://evil.example")]),
    ("the origin null", &[("origin", "null")]),
    ("no origin at all", &[]),
];
/// What changes by being asked: when somebody was seen, and whom a workspace was compared with.
const MAY_CHANGE: [&str; 4] = ["sessions", "token_families", "benchmark_looks", "signing_keys"];

/// Every write with a cookie has to come from a page of ours; nothing is written by reading.
pub(crate) async fn p11_other_sites_write_nothing(world: &World) -> Finding {
    let mut check = Check::new();
    let mut browser = world.cast.owner()?.sign_in().await?;
    let mut desk = world.cast.administrator.sign_in().await?;
    let seen = [world.cast.ours.pages(Role::Owner), pages::own(), pages::public()].concat();
    let administration = pages::of_administrators(200);
    let mut actions = actions_of(&mut check, &mut browser, &seen).await?;
    actions.extend(["/theme".to_owned(), format!("/w/{OURS}/data/upload")]);
    let of_the_desk = actions_of(&mut check, &mut desk, &administration).await?;
    // Signing in for it is written down, so that comes before.
    let token = world.cast.owner()?.token().await?;
    let before = truth::all_rows(&world.main.database, &MAY_CHANGE).await?;
    let mut writes: Vec<Ask> =
        actions.union(&of_the_desk).map(|action| Ask::post(action).form(&[("workspace", OURS)])).collect();
    writes.extend(world.operations.iter().filter(|it| it.is_unsafe()).map(|it| it.ask(UNKNOWN)));
    for write in &writes {
        for (what, headers) in FOREIGN {
            let answer = browser.clone().ask(write.clone().headers(headers)).await?;
            check.equal(&format!("{} from {what}", write.path()), answer.status, 403);
        }
    }
    for operation in world.operations.iter().filter(|it| it.takes_json()) {
        let body = super::operations::body_of(&operation.id).to_string();
        let ask =
            Ask::new(&operation.method, &operation.path.replace("{id}", UNKNOWN)).body("text/plain", body);
        let ask = ask.workspace(OURS).header("sec-fetch-site", "same-origin");
        let answer = browser.clone().ask(ask).await?;
        check.equal(&format!("{} as plain text", operation.id), answer.status, 415);
    }
    // A page of ours may write, and so may a program that brings a token and no cookie.
    let answer = browser.post("/theme", &[("theme", "dark")], "/method").await?;
    check.equal("a page of ours", answer.status, 303);
    let company = world.operation("change_role")?.ask(UNKNOWN).bearer(&token).workspace(OURS);
    let answer = world.door().send(company.header("sec-fetch-site", "cross-site")).await?;
    check.equal("a token without a cookie gets as far as the id", answer.status, 404);
    // What is left out here is noted: everything of a person or a workspace that is taken along.
    let read = [seen, world.cast.ours.files(Role::Owner)].concat();
    only_read(&mut check, &mut browser, (&read, &actions)).await?;
    only_read(&mut check, &mut desk, (&administration, &of_the_desk)).await?;
    let after = truth::all_rows(&world.main.database, &MAY_CHANGE).await?;
    let changed: Vec<&String> = after.iter().filter(|row| !before.contains(row)).collect();
    check.that(changed.is_empty() && after.len() == before.len(), || {
        format!("rows changed, for example {:.120}", changed.first().copied().unwrap_or(&String::new()))
    });
    check.verdict(format!(
        "{} writes × {} kinds of other sites; {} rows the same after reading {} pages and files",
        writes.len(),
        FOREIGN.len(),
        after.len(),
        read.len() + administration.len()
    ))
}

/// Where the forms of these pages go.
async fn actions_of(
    check: &mut Check,
    browser: &mut Browser,
    pages: &[Page],
) -> Result<BTreeSet<String>, Failure> {
    let mut actions = BTreeSet::new();
    for Page { path, status } in pages {
        let page = browser.get(path).await?;
        check.equal(path, page.status, *status);
        actions.extend(page.attributes("action").into_iter().filter(|action| action.starts_with('/')));
    }
    Ok(actions)
}

/// Reads the pages, and asks where forms go as if there were something to read.
async fn only_read(
    check: &mut Check,
    browser: &mut Browser,
    (pages, actions): (&[Page], &BTreeSet<String>),
) -> Result<(), Failure> {
    for (page, method) in pages.iter().flat_map(|page| [(page, "GET"), (page, "HEAD")]) {
        let answer = browser.ask(Ask::new(method, &page.path).header("accept", "text/html")).await?;
        check.equal(&format!("{method} {}", page.path), answer.status, page.status);
    }
    for action in actions {
        let answer = browser.ask(Ask::get(action)).await?;
        // Some forms only search, and go to their own page.
        let is_page = action.split('?').next().is_some_and(|path| pages.iter().any(|page| page.path == path));
        check.that(answer.status != 200 || is_page, || format!("GET {action} was carried out"));
    }
    Ok(())
}

/// Pages of other sites read nothing, except those that the operator named, and never with a cookie.
pub(crate) async fn p12_other_sites_read_only_if_named(world: &World) -> Finding {
    const KNOWN: &str = "https://tools.example";
    let mut check = Check::new();
    let named = world.plan().with("server.cors_origins", KNOWN).start().await?;
    for (origin, is_known) in [
        (KNOWN, true),
        ("https://evil.example", false),
        ("null", false),
        ("https://tools.example.evil.example", false),
    ] {
        let expected = if is_known { origin } else { "" };
        let answer =
            named.door().send(Ask::get("/api/v1/metrics/catalogue").header("origin", origin)).await?;
        check.equal(&format!("the API for {origin}"), answer.header("access-control-allow-origin"), expected);
        check.equal("credentials", answer.header("access-control-allow-credentials"), "");
        check.that(
            answer
                .headers
                .get_all("vary")
                .iter()
                .any(|value| value.to_str().is_ok_and(|value| value.to_lowercase().contains("origin"))),
            || format!("no Vary: Origin for {origin}"),
        );
        for method in ["PUT", "TRACE", "FOO"] {
            let ask = Ask::new("OPTIONS", "/api/v1/workspaces/current").header("origin", origin);
            let answer = named.door().send(ask.header("access-control-request-method", method)).await?;
            let methods = answer.header("access-control-allow-methods").to_owned();
            check.that(!methods.contains("TRACE") && !methods.contains("FOO") && methods != "*", || {
                methods.clone()
            });
            check.equal(
                &format!("a preflight for {origin}"),
                answer.header("access-control-allow-origin"),
                expected,
            );
        }
        let page = Browser::new(&named.door()).ask(Ask::get("/sign-in").header("origin", origin)).await?;
        check.equal(&format!("pages for {origin}"), page.header("access-control-allow-origin"), "");
    }
    let answer = world.door().send(Ask::get("/api/v1/metrics/catalogue").header("origin", KNOWN)).await?;
    check.equal("without the setting", answer.header("access-control-allow-origin"), "");
    without_cookies(&named, KNOWN, &mut check).await?;
    check.verdict("a named site, another, null, and one that looks like it; API and pages")
}

/// A page of a named site cannot use the session of whoever looks at it.
async fn without_cookies(
    named: &crate::stage::Deployment,
    origin: &str,
    check: &mut Check,
) -> Result<(), Failure> {
    let person = super::people::Person::sign_up(named, "Ada Moreau", "ada@acme.example", "Acme").await?;
    let mut browser = person.browser.clone();
    let body = serde_json::json!({ "name": "Taken", "currency": "USD" });
    let ask = Ask::new("PUT", "/api/v1/workspaces/current").json(&body);
    let answer = browser.ask(ask.headers(&[("origin", origin), ("sec-fetch-site", "cross-site")])).await?;
    check.equal("a named site that writes with the cookie", answer.status, 403);
    Ok(())
}
