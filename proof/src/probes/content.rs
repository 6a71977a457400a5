//! Texts and files that mean harm to whoever looks at them.

use serde_json::json;

use super::{
    cast::{Person, send_file},
    verdict::{Check, Finding},
    world::World,
};
use crate::{
    Failure,
    client::{Ask, Browser},
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
/// What begins a formula in a spreadsheet.
const FORMULAS: [&str; 9] =
    ["=cmd|'/C calc'!A0", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "＝1+1", "＋1+1", "＠SUM(1)"];

/// Someone in a workspace of their own, on the main deployment.
async fn newcomer(world: &World, name: &str) -> Result<(Person, String), Failure> {
    let email = format!("{name}@content.example");
    let person = Person::sign_up(&world.main, "Con Moreau", &email, &format!("Content {name}")).await?;
    let list = world.door().send(Ask::get("/api/v1/workspaces").bearer(&person.token().await?)).await?.json();
    let slug = list[0]["slug"].as_str().ok_or("no workspace")?.to_owned();
    Ok((person, slug))
}

/// Texts that would run are texts on every page.
pub(crate) async fn p37_stored_texts_stay_texts(world: &World) -> Finding {
    let mut check = Check::new();
    let (person, slug) = newcomer(world, "scripts").await?;
    let (door, token) = (world.door(), person.token().await?);
    let mut files = Vec::new();
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
                inspect(&mut check, (&page, script), &answer.text());
            }
        }
    }
    check.verdict(format!("{} texts as cell, header, file, company and key, on every page of their workspace as HTML; the pages run in Chromium in the journeys", SCRIPTS.len()))
}

/// Looks for what a browser would carry out. Scripts of ours bear a nonce; whatever was typed does not.
fn inspect(check: &mut Check, (page, script): (&str, &str), text: &str) {
    let lowered = text.to_lowercase();
    for start in [
        "<script>",
        "<img src=x",
        "<svg onload",
        "<iframe",
        "<math>",
        "href=\"javascript:",
        "href=javascript:",
    ] {
        check.that(!lowered.contains(start), || format!("{page}: {start} of {script:?}"));
    }
    // Inside of a script, its end must not be spelled.
    for part in text.split("<script").skip(1) {
        let body = part
            .split_once('>')
            .map(|(_, body)| body.split("</script").next().unwrap_or_default())
            .unwrap_or_default();
        check.that(!body.contains("zqcanary()<") && !body.contains('\u{2028}'), || {
            format!("{page}: {script:?} inside of a script")
        });
    }
}

/// Pages and pictures that were sent as figures come back as bytes to keep, never to show.
pub(crate) async fn p38_a_page_sent_as_a_file_comes_back_as_bytes(world: &World) -> Finding {
    let mut check = Check::new();
    let (person, slug) = newcomer(world, "pages").await?;
    let mut browser = person.sign_in().await?;
    for (name, content) in [
        ("page.html", "<!doctype html><script>zqcanary()</script>,mrr\n2026-01,1\n"),
        ("picture.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"zqcanary()\"/>,mrr\n2026-01,1\n"),
        ("page.csv", "month,<script>zqcanary()</script>\n2026-01,1\n"),
        (
            "feed.xml",
            "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY y SYSTEM \"file:///etc/passwd\">]>,mrr\n2026-01,&y;\n",
        ),
    ] {
        let ask = Ask::post("/api/v1/data/upload").bearer(&person.token().await?).workspace(&slug);
        let answer = world.door().send(ask.file(name, content.as_bytes())).await?;
        check.status(name, &answer, &[201, 415, 422]);
        let Some(id) = answer.json()["id"].as_str().map(str::to_owned) else { continue };
        let page = browser.get(&format!("/w/{slug}/data/{id}/original")).await?;
        let api = Ask::get(&format!("/api/v1/data/files/{id}/download"))
            .bearer(&person.token().await?)
            .workspace(&slug);
        for (what, download) in [("page", page), ("api", world.door().send(api).await?)] {
            check.equal(&format!("{name} by {what}"), download.status, 200);
            check.equal("its type", download.header("content-type"), "application/octet-stream");
            check.that(download.header("content-disposition").starts_with("attachment"), || {
                format!("{name}: {}", download.header("content-disposition"))
            });
            check.equal("nosniff", download.header("x-content-type-options"), "nosniff");
            check.that(download.header("content-security-policy").contains("sandbox"), || {
                format!("{name}: no sandbox")
            });
            check.that(download.text() == content, || format!("{name}: other bytes came back"));
        }
    }
    check.verdict("a page, a picture, a page named .csv and XML with an entity, by page and API")
}

/// Names cannot leave their header, and paths not their folder.
pub(crate) async fn p39_names_and_paths_stay_where_they_belong(world: &World) -> Finding {
    let mut check = Check::new();
    let (person, slug) = newcomer(world, "names").await?;
    let (door, token) = (world.door(), person.token().await?);
    let long = "x".repeat(300);
    for name in [
        "../../x.csv",
        "..\\..\\x.csv",
        "a\r\nSet-Cookie: b=1.csv",
        "a\"; filename*=UTF-8''evil.exe",
        "a\u{202e}vsc.exe",
        "a\0b.csv",
        "CON.csv",
        &long,
        "",
        ".",
        "/etc/passwd",
    ] {
        let ask = Ask::post("/api/v1/data/upload").bearer(&token).workspace(&slug);
        let answer = door.send(ask.file(name, b"month,mrr\n2026-01,1\n")).await?;
        check.status(&format!("the name {name:.20?}"), &answer, &[201, 400, 422]);
        let Some(id) = answer.json()["id"].as_str().map(str::to_owned) else { continue };
        let ask = Ask::get(&format!("/api/v1/data/files/{id}/download")).bearer(&token).workspace(&slug);
        let download = door.send(ask).await?;
        let disposition = download.header("content-disposition").to_owned();
        let (plain, rest) = disposition
            .strip_prefix("attachment; filename=\"")
            .and_then(|rest| rest.split_once('"'))
            .unwrap_or_default();
        check.that(
            !plain.is_empty() && plain.len() <= 200 && plain.is_ascii() && !plain.contains(['/', '\\']),
            || format!("{name:.20?} became {disposition:.200}"),
        );
        check.that(
            rest.matches("filename*=").count() <= 1 && !rest.contains("%2F") && !rest.contains("%0D"),
            || format!("{name:.20?} became {disposition:.200}"),
        );
        check.equal("cookies", download.cookies().len(), 0);
    }
    for path in [
        "/pkg/../../Cargo.toml",
        "/pkg/%2e%2e/%2e%2e/Cargo.toml",
        "/pkg/..%2f..%2fCargo.toml",
        "/pkg/..%5c..%5cCargo.toml",
        "/pkg/....//....//Cargo.toml",
        "/fonts/%2e%2e%2f%2e%2e%2fetc/passwd",
        "/vendor//etc/passwd",
        "/pictures/%00",
        "/.env",
        "/.git/config",
        "/config.toml",
        "/keys.toml",
        "/quartile.db",
        "/data/quartile.db",
        "/pkg/..;/keys.toml",
        "//etc/passwd",
        "/hash.txt",
    ] {
        let answer = door.send(Ask::get(path)).await?;
        check.status(path, &answer, &[400, 404]);
        let text = answer.text();
        check.that(
            !text.contains("[package]") && !text.contains("root:x:") && !text.contains("SQLite format"),
            || format!("{path} shows a file"),
        );
    }
    check.verdict("11 names and 17 paths")
}

/// What begins like a formula is text in files that people open.
pub(crate) async fn p43_formulas_are_text_in_files(world: &World) -> Finding {
    let mut check = Check::new();
    let (person, slug) = newcomer(world, "formulas").await?;
    let (door, token) = (world.door(), person.token().await?);
    let mut browser = person.sign_in().await?;
    // Numbers enough that the column is one of numbers.
    let mut content = "month,MRR\n".to_owned();
    for month in 0..240 {
        content += &format!("{}-{:02},{}\n", 2000 + month / 12, month % 12 + 1, 100 + month);
    }
    for (number, formula) in FORMULAS.iter().enumerate() {
        content += &format!("2025-{:02},\"{formula}\"\n", number + 1);
    }
    let file = send_file(&door, &token, &slug, ("formulas.csv", content.as_bytes())).await?;
    let columns =
        json!({ "columns": [{ "column": 0, "used_for": "@period" }, { "column": 1, "used_for": "mrr" }] });
    let mapping =
        Ask::new("PUT", &format!("/api/v1/data/files/{file}/mapping")).bearer(&token).workspace(&slug);
    check.equal("choosing columns", door.send(mapping.json(&columns)).await?.status, 200);
    let rejected = browser.get(&format!("/w/{slug}/data/{file}/rejected.csv")).await?;
    check.equal("the rejected rows", rejected.status, 200);
    let text = rejected.text();
    check.that(text.contains("calc"), || format!("the rejected rows are not there: {:.200}", text));
    cells(&mut check, "rejected.csv", &text);

    for formula in FORMULAS {
        let body = json!({ "name": format!("{formula} key"), "scopes": ["metrics:read"] });
        door.send(Ask::post("/api/v1/api-keys").bearer(&token).workspace(&slug).json(&body)).await?;
        let body = json!({ "name": formula.trim(), "currency": "USD" });
        door.send(Ask::new("PUT", "/api/v1/workspaces/current").bearer(&token).workspace(&slug).json(&body))
            .await?;
        send_file(&door, &token, &slug, (&format!("{formula}.csv"), b"month,mrr\n2026-01,-5\n")).await?;
        let audit = browser.get(&format!("/w/{slug}/audit.csv")).await?;
        check.equal("the audit log", audit.status, 200);
        cells(&mut check, "audit.csv", &audit.text());
    }
    numbers(&mut check, &door, &token, (&slug, &mut browser)).await?;
    check.verdict(format!(
        "{} beginnings in rejected rows, audit log and figures; numbers stay numbers",
        FORMULAS.len()
    ))
}

/// Negative figures are numbers and no formulas.
async fn numbers(
    check: &mut Check,
    door: &crate::client::Door,
    token: &str,
    (slug, browser): (&str, &mut Browser),
) -> Result<(), Failure> {
    let body = json!({ "currency": "USD", "observations": [{ "metric": "mrr", "month": "2026-01", "value": 100 }, { "metric": "cash", "month": "2026-01", "value": 12 }] });
    let answer = door
        .send(Ask::post("/api/v1/metrics/observations").bearer(token).workspace(slug).json(&body))
        .await?;
    check.equal("writing figures", answer.status, 200);
    let figures = browser.get(&format!("/w/{slug}/figures.csv")).await?;
    check.equal("figures.csv", figures.status, 200);
    check.that(figures.text().contains("100"), || {
        format!("figures.csv without the figure: {:.200}", figures.text())
    });
    cells(check, "figures.csv", &figures.text());
    let book = browser.get(&format!("/w/{slug}/figures.xlsx")).await?;
    check.equal("figures.xlsx", book.status, 200);
    check.that(book.body.starts_with(b"PK"), || "figures.xlsx is no workbook".to_owned());
    Ok(())
}

/// No cell of a table begins a formula, unless it is a number.
fn cells(check: &mut Check, file: &str, text: &str) {
    for line in text.lines() {
        for cell in line.split(',') {
            let cell = cell.trim_matches('"');
            let begins = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
            check.that(!begins || cell.parse::<f64>().is_ok(), || format!("{file}: the cell {cell:?}"));
        }
    }
}
