//! Faults of the program's own, and what it writes into its log.

use std::time::Duration;

use serde_json::Value;

use super::{
    cast::{CANARY, OURS, PASSWORD, Person},
    verdict::{Check, Finding},
    world::{OPERATOR, World},
};
use crate::{client::Ask, stage::SITE_NAME};

/// What would tell about the inside.
const INSIDE: [&str; 10] = [
    "company_profiles",
    "SELECT",
    "sqlx",
    "no such table",
    "relation \"",
    ".rs:",
    "panicked",
    "/root/",
    "backtrace",
    "postgres://",
];

/// A fault shows a reference, and nothing about the inside.
pub(crate) async fn p47_a_fault_shows_a_reference_and_nothing_else(world: &World) -> Finding {
    let mut check = Check::new();
    let other = world.plan().start().await?;
    let person = Person::sign_up(&other, "Ada Moreau", "ada@acme.example", "Acme").await?;
    let mut browser = person.sign_in().await?;
    let (door, token) = (other.door(), person.token().await?);
    let settings = browser.get(&format!("/w/{OURS}/settings")).await?.attributes("action");
    let save = settings
        .into_iter()
        .find(|action| action.ends_with("/save_profile"))
        .ok_or("no form of the profile")?;
    other.database.execute("ALTER TABLE company_profiles RENAME TO company_profiles_gone").await?;
    let api = Ask::get("/api/v1/workspaces/current").bearer(&token);
    let form = [("workspace", OURS), ("input[name]", "Acme"), ("input[currency]", "USD")];
    let function = Ask::post(&save)
        .form(&form)
        .headers(&[("accept", "application/json"), ("sec-fetch-site", "same-origin")]);
    for (what, answer) in [
        ("a page", browser.get(&format!("/w/{OURS}/settings")).await?),
        ("a download", browser.get(&format!("/w/{OURS}/figures.csv")).await?),
        ("the API", door.send(api).await?),
        ("a server function", browser.ask(function).await?),
    ] {
        check.equal(what, answer.status, 500);
        let text = answer.text();
        for word in INSIDE {
            check.that(!text.contains(word), || format!("{what} says {word}: {:.200}", text));
        }
        let id = answer.header("x-request-id").to_owned();
        check.that(!id.is_empty() && other.log().contains(&id), || {
            format!("{what}: its reference is not in the log")
        });
    }
    other.database.execute("ALTER TABLE company_profiles_gone RENAME TO company_profiles").await?;
    check.equal("the page afterwards", browser.get(&format!("/w/{OURS}/settings")).await?.status, 200);
    check
        .that(other.nodes.iter().all(|node| node.ready_after.as_secs() < 60), || "a node is gone".to_owned());
    check.verdict(
        "a missing table under a page, a download, the API and a server function; well again afterwards",
    )
}

/// One line of JSON for each event, whatever is sent, and no secret in it.
pub(crate) async fn p48_the_log_is_one_line_each_without_secrets(world: &World) -> Finding {
    let mut check = Check::new();
    let other = world.plan().start().await?;
    let name = format!("{CANARY} {{\"level\":\"ERROR\"}}");
    let email = format!("{}@acme.example", CANARY.to_lowercase());
    let person = Person::sign_up(&other, &name, &email, "Acme").await?;
    let (door, token) = (other.door(), person.token().await?);
    for agent in ["a\x1b[2J", "{\"level\":\"ERROR\",\"message\":\"forged\"}", "a\tb", "\u{202e}evil"] {
        for path in [
            "/sign-in",
            "/%0d%0a{\"level\":\"ERROR\"}",
            "/%1b[31m",
            &format!("/api/v1/audit?actor={CANARY}&token={token}"),
        ] {
            let request = format!(
                "GET {path} HTTP/1.1\r\nHost: {SITE_NAME}\r\nUser-Agent: {agent}\r\nX-Request-Id: forged-request-id\r\nConnection: close\r\n\r\n"
            );
            door.send_raw(request.as_bytes(), Duration::from_secs(5)).await?;
        }
    }
    let body = serde_json::json!({ "email": email, "password": format!("{CANARY} wrong password") });
    door.send(Ask::post("/api/v1/auth/signin").json(&body)).await?;
    super::cast::send_file(
        &door,
        &token,
        OURS,
        (&format!("{CANARY}.csv"), format!("month,{CANARY}\n2026-01,{CANARY}\n").as_bytes()),
    )
    .await?;
    let key = super::cast::make_key(&door, &token, OURS, &["metrics:read"]).await?;
    let metrics = door.send(Ask::get("/metrics").bearer(OPERATOR)).await?.text();
    let log = other.log();
    let lines: Vec<&str> = log.lines().filter(|line| !line.starts_with("Quartile is ready")).collect();
    check.that(lines.len() > 10, || format!("the log has {} lines", lines.len()));
    for line in &lines {
        let event: Option<Value> = serde_json::from_str(line).ok();
        let is_whole =
            event.as_ref().is_some_and(|event| event["timestamp"].is_string() && event["level"].is_string());
        check.that(is_whole, || format!("no event: {line:.160}"));
        check.that(!line.contains('\u{1b}'), || format!("control characters: {line:.160}"));
        check.that(event.is_none_or(|event| event["message"] != "forged"), || "a forged event".to_owned());
    }
    let session = person.browser.session().to_owned();
    for (what, secret) in [
        ("an address", email.as_str()),
        ("a canary", CANARY),
        ("a password", PASSWORD),
        ("a token", &token),
        ("a key", &key),
        ("a session", &session),
        ("a request id that was sent", "forged-request-id"),
    ] {
        if secret.is_empty() {
            continue;
        }
        check.that(!log.contains(secret), || {
            let line = log.lines().find(|line| line.contains(secret)).unwrap_or_default();
            format!("{what} is in the log: {line:.300}")
        });
        check.that(!metrics.contains(secret), || format!("{what} is in the measurements"));
    }
    check.verdict(format!(
        "{} lines, each an event; no address, name, password, token, key or file name",
        lines.len()
    ))
}
