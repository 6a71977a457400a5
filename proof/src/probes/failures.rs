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
    client::{Answer, Ask, Browser},
    stage::{Deployment, Engine, FaultyLine, Mood},
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

/// What is said of the fault that cannot be tried from here.
const PANIC: &str = "No request is known that makes a handler panic; that is tried in server/src/middleware/panics.rs (a_fault_tells_the_visitor_nothing_but_where_to_ask) and server/src/panics.rs";

/// A deployment that misses a table, and what came of asking for what needs it.
pub(super) struct Broken {
    deployment: Deployment,
    browser: Browser,
    /// Answers by what was asked for.
    pub(super) answers: Vec<(&'static str, Answer)>,
}

impl Broken {
    /// Takes the table away past the program, and asks its first node.
    pub(super) async fn start(world: &World) -> Result<Self, Failure> {
        let deployment = world.plan().start().await?;
        let person = Person::sign_up(&deployment, "Ada Moreau", "ada@acme.example", "Acme").await?;
        let door = deployment.door_of(0).ok_or("no node")?;
        let token = person.token().await?;
        let mut browser = Browser { door: door.clone(), ..person.sign_in().await? };
        let settings = browser.get(&format!("/w/{OURS}/settings")).await?.attributes("action");
        let save = settings
            .into_iter()
            .find(|action| action.ends_with("/save_profile"))
            .ok_or("no form of the profile")?;
        deployment.database.execute("ALTER TABLE company_profiles RENAME TO company_profiles_gone").await?;
        let api = Ask::get("/api/v1/workspaces/current").bearer(&token);
        let form = [("workspace", OURS), ("input[name]", "Acme"), ("input[currency]", "USD")];
        let function = Ask::post(&save)
            .form(&form)
            .headers(&[("accept", "application/json"), ("sec-fetch-site", "same-origin")]);
        let answers = vec![
            ("a page that fails", browser.get(&format!("/w/{OURS}/settings")).await?),
            ("a download that fails", browser.get(&format!("/w/{OURS}/figures.csv")).await?),
            ("the API that fails", door.send(api).await?),
            ("a server function that fails", browser.ask(function).await?),
        ];
        Ok(Self { deployment, browser, answers })
    }
}

/// A fault shows a reference, and nothing about the inside.
pub(crate) async fn p47_a_fault_shows_a_reference_and_nothing_else(world: &World) -> Finding {
    let mut check = Check::new();
    let mut broken = Broken::start(world).await?;
    let other = &broken.deployment;
    for (what, answer) in &broken.answers {
        check.equal(what, answer.status, 500);
        silent(&mut check, what, answer);
        let id = answer.header("x-request-id").to_owned();
        check.that(!id.is_empty() && other.log().contains(&id), || {
            format!("{what}: its reference is not in the log")
        });
    }
    other.database.execute("ALTER TABLE company_profiles_gone RENAME TO company_profiles").await?;
    let settings = format!("/w/{OURS}/settings");
    check.equal("the page afterwards", broken.browser.get(&settings).await?.status, 200);
    for node in &mut broken.deployment.nodes {
        check.that(node.process().ended().is_none(), || "a node is gone".to_owned());
    }
    over_a_faulty_line(world, &mut check).await?;
    check.verdict(format!(
        "a missing table under a page, a download, the API and a server function; well again afterwards; on Postgres also a line to it that is cut, reset and frozen. {PANIC}"
    ))
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
