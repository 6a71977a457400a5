//! Faults of the program's own.

use std::time::Duration;

use super::{
    cast::OURS,
    people::Person,
    verdict::{Check, Finding},
    world::World,
};
use crate::{
    Failure,
    client::{Answer, Ask},
    stage::{Engine, FaultyLine, Mood},
};

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
        silent(&mut check, what, &answer);
        let id = answer.header("x-request-id").to_owned();
        check.that(!id.is_empty() && other.log().contains(&id), || {
            format!("{what}: its reference is not in the log")
        });
    }
    other.database.execute("ALTER TABLE company_profiles_gone RENAME TO company_profiles").await?;
    check.equal("the page afterwards", browser.get(&format!("/w/{OURS}/settings")).await?.status, 200);
    check
        .that(other.nodes.iter().all(|node| node.ready_after.as_secs() < 60), || "a node is gone".to_owned());
    over_a_faulty_line(world, &mut check).await?;
    check.verdict(
        "a missing table under a page, a download, the API and a server function; well again afterwards; on Postgres also a line to it that is cut, reset and frozen",
    )
}

fn silent(check: &mut Check, what: &str, answer: &Answer) {
    let text = answer.text();
    for word in INSIDE {
        check.that(!text.contains(word), || format!("{what} says {word}: {text:.200}"));
    }
}

/// The line to the database breaks in three ways, and is well again.
async fn over_a_faulty_line(world: &World, check: &mut Check) -> Result<(), Failure> {
    let Engine::Cluster(postgres) = world.plan().engine else { return Ok(()) };
    let line = FaultyLine::to(([127, 0, 0, 1], postgres.port()).into()).await?;
    let (node, door) = world.lone_node(&postgres, Some(line.address)).await?;
    for mood in [Mood::Cut, Mood::Reset, Mood::Frozen] {
        line.be(mood);
        for path in ["/api/v1/users/me", "/w/acme", "/health/ready"] {
            let answer = door.send(Ask::get(path).bearer("mk_live_no-key")).await?;
            silent(check, &format!("{path} over a line that is {mood:?}"), &answer);
        }
        let ready = door.send(Ask::get("/health/ready")).await?.status;
        check.equal(&format!("ready over a line that is {mood:?}"), ready, 503);
        check.equal("alive all the same", door.send(Ask::get("/health")).await?.status, 200);
        line.be(Mood::Well);
        let mut is_well = false;
        for _ in 0..100 {
            is_well = door.send(Ask::get("/health/ready")).await?.status == 200;
            if is_well {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        check.that(is_well, || format!("not well 10 s after a line that was {mood:?}"));
    }
    drop(node);
    Ok(())
}
