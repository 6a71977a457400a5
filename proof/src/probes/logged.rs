//! What the program writes into its log.

use std::time::Duration;

use serde_json::Value;

use super::{
    cast::{CANARY, OURS},
    people::{PASSWORD, Person},
    verdict::{Check, Finding},
    world::{OPERATOR, World},
};
use crate::{
    Failure,
    client::{Ask, Door, at},
    stage::SITE_NAME,
};

/// One line of JSON for each event, whatever is sent, and no secret in it.
pub(crate) async fn p48_the_log_is_one_line_each_without_secrets(world: &World) -> Finding {
    let mut check = Check::new();
    let other = world.plan().start().await?;
    let name = format!("{CANARY} {{\"level\":\"ERROR\"}}");
    let email = format!("{}@acme.example", CANARY.to_lowercase());
    let person = Person::sign_up(&other, &name, &email, "Acme").await?;
    let (door, token) = (other.door(), person.token().await?);
    make_noise(&door, &token, &email).await?;
    let key = super::people::make_key(&door, &token, OURS, &["metrics:read"]).await?;
    let metrics = door.send(Ask::get("/metrics").bearer(OPERATOR)).await?.text();
    let log = other.log();
    // What is said to whoever starts the program is no event; the link in it is said once and never logged.
    let claim = format!("https://{SITE_NAME}/admin/claim?link=");
    let spoken = ["Quartile is ready", "Nobody runs this instance yet", &claim];
    let lines: Vec<&str> =
        log.lines().filter(|line| !spoken.iter().any(|beginning| line.starts_with(beginning))).collect();
    check.equal(
        "how often the link of the first administrator is said",
        log.matches("/admin/claim?link=").count(),
        1,
    );
    check.that(lines.len() > 10, || format!("the log has {} lines", lines.len()));
    for line in &lines {
        one_event(&mut check, line);
    }
    let says_who = lines.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok()).any(|event| {
        let is_person = at(&event, "/actor").as_str().is_some_and(|actor| actor.starts_with("person:"));
        at(&event, "/message") == "Request answered" && is_person && at(&event, "/workspace").is_string()
    });
    check.that(says_who, || "no line of a request says who asked, and in which workspace".to_owned());
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

/// Sends what would break out of a line, and what has no place in a log.
async fn make_noise(door: &Door, token: &str, email: &str) -> Result<(), Failure> {
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
    super::people::send_file(
        door,
        token,
        OURS,
        (&format!("{CANARY}.csv"), format!("month,{CANARY}\n2026-01,{CANARY}\n").as_bytes()),
    )
    .await?;
    Ok(())
}

/// A line is one event of the program's own.
fn one_event(check: &mut Check, line: &str) {
    let event: Option<Value> = serde_json::from_str(line).ok();
    let is_whole = event
        .as_ref()
        .is_some_and(|event| at(event, "/timestamp").is_string() && at(event, "/level").is_string());
    check.that(is_whole, || format!("no event: {line:.160}"));
    check.that(!line.contains('\u{1b}'), || format!("control characters: {line:.160}"));
    check.that(event.is_none_or(|event| at(&event, "/message") != "forged"), || "a forged event".to_owned());
}
