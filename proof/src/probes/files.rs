//! Files and their names that mean harm.

use super::{
    people::newcomer,
    verdict::{Check, Finding},
    world::World,
};
use crate::client::Ask;

/// Names that would leave their header or their folder; one is 300 letters long.
const NAMES: [&str; 11] = [
    "../../x.csv",
    "..\\..\\x.csv",
    "a\r\nSet-Cookie: b=1.csv",
    "a\"; filename*=UTF-8''evil.exe",
    "a\u{202e}vsc.exe",
    "a\0b.csv",
    "CON.csv",
    "{long}.csv",
    "",
    ".",
    "/etc/passwd",
];
/// Paths that would leave the folder of what may be shown.
const PATHS: [&str; 17] = [
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
];

/// Pages and pictures that were sent as figures come back as bytes to keep, never to show.
pub(crate) async fn p38_a_page_sent_as_a_file_comes_back_as_bytes(world: &World) -> Finding {
    let mut check = Check::new();
    let (person, slug) = newcomer(&world.main, "pages").await?;
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
        let Some(id) = answer.field("/id").as_str().map(str::to_owned) else { continue };
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
    let (person, slug) = newcomer(&world.main, "names").await?;
    let (door, token) = (world.door(), person.token().await?);
    for name in NAMES {
        let name = &name.replace("{long}", &"x".repeat(300));
        let ask = Ask::post("/api/v1/data/upload").bearer(&token).workspace(&slug);
        let answer = door.send(ask.file(name, b"month,mrr\n2026-01,1\n")).await?;
        check.status(&format!("the name {name:.20?}"), &answer, &[201, 400, 422]);
        let Some(id) = answer.field("/id").as_str().map(str::to_owned) else { continue };
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
    for path in PATHS {
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
