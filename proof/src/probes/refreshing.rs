//! Refresh tokens: good once, and no honest client is signed out by its own haste.

use std::time::{Duration, Instant};

use futures::future::join_all;
use serde_json::json;
use tokio::{io::AsyncWriteExt, time::sleep};

use super::{
    people::Person,
    verdict::{Check, Finding},
    world::World,
};
use crate::{
    Failure,
    client::{Answer, Ask, Door},
    options::how_many,
    stage::Signal,
};

/// How often eight clients race for one token.
const ROUNDS: usize = 1_000;
/// How long a token that was given up gets the same answer.
const GRACE: Duration = Duration::from_secs(11);

async fn refresh(door: &Door, token: &str) -> Result<Answer, Failure> {
    let ask = Ask::post("/api/v1/auth/refresh").json(&json!({ "refresh_token": token }));
    door.send(ask.header("user-agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")).await
}

async fn sign_in(door: &Door, email: &str) -> Result<String, Failure> {
    let body = json!({ "email": email, "password": super::people::PASSWORD });
    let ask = Ask::post("/api/v1/auth/signin").json(&body);
    let answer = door.send(ask.header("user-agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")).await?;
    successor(&answer)
}

fn successor(answer: &Answer) -> Result<String, Failure> {
    let token = answer.field("/refresh_token").as_str().map(str::to_owned);
    token.ok_or_else(|| format!("no refresh token in {}", answer.in_short()).into())
}

/// A token that is used again late ends the whole sign-in, is written down, and the person is told.
pub(crate) async fn p20_a_stolen_refresh_token_ends_the_sign_in(world: &World) -> Finding {
    let mut check = Check::new();
    let door = world.door();
    let person = Person::sign_up(&world.main, "Rita Moreau", "rita@refresh.example", "Refresh").await?;
    let first = sign_in(&door, &person.email).await?;
    let second = successor(&refresh(&door, &first).await?)?;
    sleep(GRACE).await;
    check.equal("the first token, late", refresh(&door, &first).await?.status, 401);
    check.equal("the second one after that", refresh(&door, &second).await?.status, 401);
    let noted = "SELECT count(*) FROM audit_events WHERE action = 'api.refresh_reused'";
    let noted = world.main.database.count(noted).await?;
    check.that(noted > 0, || "nothing about it is in the audit log".to_owned());
    let mail = world.main.mail.to(&person.email, 1).await;
    check.that(mail.is_ok(), || "nobody told the person".to_owned());
    check.verdict("used again after 11 s: both tokens dead, written down, and a message")
}

/// Eight at once get the same successor, and nobody is signed out.
pub(crate) async fn p21_haste_signs_nobody_out(world: &World) -> Finding {
    let mut check = Check::new();
    let door = world.door();
    let person = Person::sign_up(&world.main, "Hal Moreau", "hal@haste.example", "Haste").await?;
    let mut token = sign_in(&door, &person.email).await?;
    let (begun, mut rounds) = (Instant::now(), 0);
    for round in 0..ROUNDS {
        if world.options.is_long_enough(begun) {
            break;
        }
        rounds += 1;
        let answers = join_all((0..8).map(|_| refresh(&door, &token))).await;
        let mut successors = Vec::new();
        for answer in answers {
            match successor(&answer?) {
                Ok(next) => successors.push(next),
                Err(failure) => check.that(false, || format!("round {round}: {failure}")),
            }
        }
        successors.dedup();
        check.equal(&format!("round {round}: different successors"), successors.len(), 1);
        let Some(next) = successors.pop() else { break };
        token = next;
    }
    check.verdict(format!(
        "{rounds} of {ROUNDS} rounds of eight at once ({}), each with one successor for all",
        how_many(rounds == ROUNDS)
    ))
}

/// The token before the one before is a copy, however soon it comes.
pub(crate) async fn p22_a_grandparent_is_a_thief(world: &World) -> Finding {
    let mut check = Check::new();
    let door = world.door();
    let email = &world.cast.outsider.email;
    let first = sign_in(&door, email).await?;
    let second = successor(&refresh(&door, &first).await?)?;
    let third = successor(&refresh(&door, &second).await?)?;
    check.equal("the grandparent at once", refresh(&door, &first).await?.status, 401);
    check.equal("the living one after that", refresh(&door, &third).await?.status, 401);
    let other = sign_in(&door, email).await?;
    let stolen = refresh(&door, &other).await?;
    let again = door
        .send(
            Ask::post("/api/v1/auth/refresh")
                .json(&json!({ "refresh_token": other }))
                .header("user-agent", "curl/8.0"),
        )
        .await?;
    check.equal("the first use", stolen.status, 200);
    check.equal("the same token within the grace by another client", again.status, 401);
    check.verdict("a grandparent inside the grace, and another client inside the grace")
}

/// What was rotated stays rotated, even if the program died before it could say so.
pub(crate) async fn p23_a_lost_answer_is_given_again(world: &World) -> Finding {
    let mut check = Check::new();
    let mut other = world.plan().start().await?;
    let person = Person::sign_up(&other, "Ada Moreau", "ada@acme.example", "Acme").await?;
    let rotated = "SELECT count(*) FROM refresh_tokens WHERE rotated_at IS NOT NULL";
    for round in 0..5 {
        let door = other.door_of(0).ok_or("no node")?;
        let token = sign_in(&door, &person.email).await?;
        let before = other.database.count(rotated).await?;
        let body = json!({ "refresh_token": token }).to_string();
        let request = format!(
            "POST /api/v1/auth/refresh HTTP/1.1\r\nHost: {}\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            door.name,
            body.len()
        );
        let mut stream = door.connect(std::net::Ipv4Addr::LOCALHOST).await?;
        stream.write_all(request.as_bytes()).await?;
        for _ in 0..2_000 {
            if other.database.count(rotated).await? > before {
                break;
            }
        }
        let node = other.nodes.first_mut().ok_or("no node")?;
        node.process().send(Signal::Kill)?;
        drop(stream);
        node.restart().await?;
        check.equal(
            &format!("round {round}: rotated before the kill"),
            other.database.count(rotated).await? > before,
            true,
        );
        let first = refresh(&door, &token).await?;
        let second = refresh(&door, &token).await?;
        check.equal(&format!("round {round}: the same token once more"), first.status, 200);
        check.equal(
            &format!("round {round}: the successor"),
            successor(&first).ok(),
            successor(&second).ok(),
        );
        let next = successor(&first).unwrap_or_default();
        check.equal(
            &format!("round {round}: the successor is good"),
            refresh(&door, &next).await?.status,
            200,
        );
    }
    check.verdict("5 kills after the rotation was kept: the same successor, and it is good")
}
