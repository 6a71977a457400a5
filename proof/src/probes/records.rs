//! Who did what: written once, changed never.

use futures::stream::{self, StreamExt};
use serde_json::json;

use super::{
    cast::OURS,
    people::Person,
    verdict::{Check, Finding},
    world::World,
};
use crate::{
    Failure,
    client::Ask,
    stage::{Database, Deployment},
};

/// So many events are written at once.
const AT_ONCE: usize = 1_000;

/// The program's own role cannot change what was done, and whoever can is found out.
pub(crate) async fn p49_what_was_done_stays_written(world: &World) -> Finding {
    let mut check = Check::new();
    let mut other = world.plan().start().await?;
    let person = Person::sign_up(&other, "Ada Moreau", "ada@acme.example", "Acme").await?;
    let (door, token) = (other.door(), person.token().await?);
    let save = |number: usize| {
        let body = json!({ "name": format!("Acme {number}"), "currency": "USD" });
        door.send_owned(Ask::new("PUT", "/api/v1/workspaces/current").bearer(&token).json(&body))
    };
    let saved: Vec<u16> = stream::iter(0..AT_ONCE)
        .map(save)
        .buffer_unordered(16)
        .map(|answer| answer.map_or(0, |answer| answer.status))
        .collect()
        .await;
    let well = saved.iter().filter(|status| **status == 200).count();
    check.equal("changes carried out", well, AT_ONCE);
    let written =
        other.database.count("SELECT count(*) FROM audit_events WHERE action = 'profile.saved'").await?;
    check.equal("changes written down", written, AT_ONCE as u64);
    verify(&mut check, &other, "after all that", true).await?;

    let sequence =
        other.database.count("SELECT max(seq) FROM audit_events WHERE action = 'profile.saved'").await?;
    for (what, sql) in [
        ("UPDATE", format!("UPDATE audit_events SET actor = 'nobody' WHERE seq = {sequence}")),
        ("DELETE", format!("DELETE FROM audit_events WHERE seq = {sequence}")),
        (
            "upsert",
            format!(
                "INSERT INTO audit_events SELECT * FROM audit_events WHERE seq = {sequence} AND action = 'profile.saved' ON CONFLICT (workspace_id, seq) DO UPDATE SET actor = 'nobody'"
            ),
        ),
        ("TRUNCATE", "TRUNCATE audit_events".to_owned()),
    ] {
        if matches!(other.database, Database::Sqlite(_)) && what == "TRUNCATE" {
            continue;
        }
        let refused = other.database.execute_as_program(&sql).await;
        check.that(refused.is_err(), || format!("{what} was carried out"));
    }
    check.verdict_after(tamper(&mut other, sequence).await?).verdict(format!(
        "{AT_ONCE} events at once whole; UPDATE, DELETE and upsert (on Postgres TRUNCATE as well) refused; edited, deleted, reordered and cut found by `audit verify`"
    ))
}

impl Check {
    /// Takes over what another check found.
    fn verdict_after(mut self, other: Vec<(bool, String)>) -> Self {
        for (holds, words) in other {
            self.that(holds, || words);
        }
        self
    }
}

/// As the superuser, with the guards taken away: each change is found, and what it changed is put back.
async fn tamper(other: &mut Deployment, sequence: u64) -> Result<Vec<(bool, String)>, Failure> {
    // The ends of the chains are signed into the log at each start.
    for node in &mut other.nodes {
        node.restart().await?;
    }
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let log = other.log_file().display().to_string();
    let database = &other.database;
    let workspace = format!("workspace_id = (SELECT id FROM workspaces WHERE slug = '{OURS}')");
    let one = format!("{workspace} AND seq = {}", sequence - 5);
    let mut found = Vec::new();
    for (what, change, back) in [
        (
            "an edited row",
            format!("UPDATE audit_events SET detail = detail || 'x' WHERE {one}"),
            format!("UPDATE audit_events SET detail = substr(detail, 1, length(detail) - 1) WHERE {one}"),
        ),
        (
            "another time",
            format!("UPDATE audit_events SET happened_at = happened_at + 1 WHERE {one}"),
            format!("UPDATE audit_events SET happened_at = happened_at - 1 WHERE {one}"),
        ),
        ("another order", swap(&workspace, sequence), swap(&workspace, sequence)),
    ] {
        past_the_guards(database, &change).await?;
        let (is_whole, words) = audit(other, None).await?;
        found.push((!is_whole, format!("{what} is not found: {words}")));
        past_the_guards(database, &back).await?;
    }
    let (is_whole, words) = audit(other, None).await?;
    found.push((is_whole, format!("put back, it is not whole: {words}")));
    let (is_whole, words) = audit(other, Some(&log)).await?;
    found.push((is_whole, format!("with the ends from the log it is not whole: {words}")));
    // After that sequence there may be more; what was signed is cut off with it.
    past_the_guards(
        database,
        &format!("DELETE FROM audit_events WHERE {workspace} AND seq > {}", sequence - 3),
    )
    .await?;
    let (is_whole, words) = audit(other, Some(&log)).await?;
    found.push((!is_whole, format!("a tail that was cut off is not found: {words}")));
    past_the_guards(database, &format!("DELETE FROM audit_events WHERE {one}")).await?;
    let (is_whole, words) = audit(other, None).await?;
    found.push((!is_whole, format!("a deleted row is not found: {words}")));
    Ok(found)
}

/// Exchanges the numbers of two rows.
fn swap(workspace: &str, sequence: u64) -> String {
    let (first, second) = (sequence - 5, sequence - 4);
    format!(
        "UPDATE audit_events SET seq = 900000 WHERE {workspace} AND seq = {first}; UPDATE audit_events SET seq = {first} WHERE {workspace} AND seq = {second}; UPDATE audit_events SET seq = {second} WHERE {workspace} AND seq = 900000"
    )
}

/// Changes what was done as somebody who owns the database. Every command of the program puts the guards up again.
async fn past_the_guards(database: &Database, sql: &str) -> Result<(), Failure> {
    match database {
        Database::Sqlite(_) => {
            for trigger in database
                .texts("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_events'")
                .await?
            {
                database.execute(&format!("DROP TRIGGER {trigger}")).await?;
            }
        }
        Database::Postgres(_) => {
            database.execute("ALTER TABLE audit_events DISABLE TRIGGER USER").await?;
        }
    }
    database.execute(sql).await?;
    Ok(())
}

/// Whether the program finds its chains whole, and what it says.
async fn audit(other: &Deployment, heads: Option<&str>) -> Result<(bool, String), Failure> {
    let words = match heads {
        Some(file) => other.run(&["audit", "verify", "--heads", file]).await?,
        None => other.run(&["audit", "verify"]).await?,
    };
    let said = [words.stdout, words.stderr].concat();
    let said: String = String::from_utf8_lossy(&said).chars().take(300).collect();
    Ok((words.status.success(), said))
}

async fn verify(check: &mut Check, other: &Deployment, when: &str, expected: bool) -> Result<(), Failure> {
    let (is_whole, words) = audit(other, None).await?;
    check.that(is_whole == expected, || format!("`audit verify` {when}: {words:.300}"));
    Ok(())
}
