//! Rights that are taken away, whichever way they come.

use std::time::Duration;

use futures::future::try_join_all;
use kernel::Role;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{
    cast::{OURS, join, take_out},
    events::events,
    people::{PASSWORD, Person, id_of, tokens},
    verdict::{Check, Finding},
    world::World,
};
use crate::{
    Failure,
    client::{Ask, Browser, Listening, at},
};

/// Reading so many rows takes longer than sending another file and taking its sender out.
const LONG_ROWS: usize = 300_000;
/// By then they are read, by a program that is not optimised on a busy machine.
const READ_WITHIN_SECONDS: usize = 240;
/// By then a stream has ended whose right has.
const STREAM_ENDS_WITHIN: Duration = Duration::from_secs(5);

/// Every right that is taken away ends at the next request, whichever way it comes.
pub(crate) async fn p07_a_right_ends_at_once(world: &World) -> Finding {
    let mut check = Check::new();
    demoted_and_taken_out(world, &mut check).await?;
    revoked(world, &mut check).await?;
    deactivated(world, &mut check).await?;
    check.verdict(
        "demoted, taken out, deactivated and revoked: refused at the next request by session, token, refresh token and key, at every node; \
         live streams end within 5 s. A file of theirs that still waits to be read is not read any more; what was asked for a deactivated \
         person (a new password) is not carried out",
    )
}

async fn demoted_and_taken_out(world: &World, check: &mut Check) -> Result<(), Failure> {
    let (door, owner) = (world.door(), world.cast.owner()?);
    let mut person = join(&world.main, owner, Role::Admin, "leaver").await?;
    let (token, id) = (person.token().await?, id_of(&door, &person).await?);
    let reads = |token: &str| door.send_owned(Ask::get("/api/v1/audit").bearer(token).workspace(OURS));
    check.equal("an admin reads the audit log", reads(&token).await?.status, 200);
    check.equal("and its page", person.browser.get(&format!("/w/{OURS}/audit")).await?.status, 200);
    let ask = Ask::new("PATCH", &format!("/api/v1/members/{id}")).bearer(&owner.token().await?);
    let ask = ask.workspace(OURS).json(&json!({ "role": "analyst" }));
    check.equal("demoting", door.send(ask).await?.status, 204);
    check.equal("the token after that", reads(&token).await?.status, 403);
    check.equal("the page after that", person.browser.get(&format!("/w/{OURS}/audit")).await?.status, 403);
    let streams = watch(world, check, &person.browser).await?;
    let long = occupy(world).await?;
    let file = send(world, &token, ("last.csv", "month,mrr\n2026-01,100\n")).await?;
    take_out(&world.main, owner, &person).await?;
    for number in 0..world.main.nodes.len() {
        let Some(node) = world.main.door_of(number) else { continue };
        let answer = node.send(Ask::get("/api/v1/workspaces/current").bearer(&token).workspace(OURS)).await?;
        check.equal(&format!("the token at node {number}"), answer.status, 404);
        person.browser.door = node;
        check.equal("the session", person.browser.get(&format!("/w/{OURS}")).await?.status, 404);
    }
    end(check, "taken out", streams).await;
    let place = format!("/api/v1/data/files/{file}");
    let asked = door.send(Ask::get(&place).bearer(&token).workspace(OURS)).await?;
    check.equal("their file for whoever was taken out", asked.status, 404);
    check.equal(
        "the file that still waited, for the owner",
        is_read(world, &file).await?,
        json!("unreadable"),
    );
    for id in long {
        check.equal("a file of the owner before it", is_read(world, &id).await?, json!("ready"));
        remove(world, check, &id).await?;
    }
    remove(world, check, &file).await
}

/// Files of the owner, one for each node, that take so long to read that what comes after them waits; their ids.
async fn occupy(world: &World) -> Result<Vec<String>, Failure> {
    let token = world.cast.owner()?.token().await?;
    let long = "month,mrr,arr,new mrr,churned mrr,note\n2026-01,100,1200,10.5,3.25,as before\n";
    let long = long.repeat(LONG_ROWS);
    let names: Vec<String> = (0..world.main.nodes.len()).map(|node| format!("long-{node}.csv")).collect();
    try_join_all(names.iter().map(|name| send(world, &token, (name, &long)))).await
}

async fn send(world: &World, token: &str, (name, content): (&str, &str)) -> Result<String, Failure> {
    let ask = Ask::post("/api/v1/data/upload").bearer(token).workspace(OURS);
    let sent = world.door().send(ask.file(name, content.as_bytes())).await?;
    sent.field("/id").as_str().map(str::to_owned).ok_or_else(|| sent.in_short().into())
}

/// What becomes of a file, for the owner.
async fn is_read(world: &World, file: &str) -> Result<Value, Failure> {
    let token = world.cast.owner()?.token().await?;
    for _ in 0..READ_WITHIN_SECONDS * 10 {
        let ask = Ask::get(&format!("/api/v1/data/files/{file}")).bearer(&token).workspace(OURS);
        let state = world.door().send(ask).await?.field("/state");
        if state != "reading" {
            return Ok(state);
        }
        sleep(Duration::from_millis(100)).await;
    }
    Ok(json!("reading"))
}

async fn remove(world: &World, check: &mut Check, file: &str) -> Result<(), Failure> {
    let ask = Ask::new("DELETE", &format!("/api/v1/data/files/{file}"));
    let ask = ask.bearer(&world.cast.owner()?.token().await?).workspace(OURS);
    check.equal("removing it", world.door().send(ask).await?.status, 204);
    Ok(())
}

async fn revoked(world: &World, check: &mut Check) -> Result<(), Failure> {
    let (door, token) = (world.door(), world.cast.owner()?.token().await?);
    let key = super::people::make_key(&door, &token, OURS, &["workspace:read"]).await?;
    let asks_with_key = || door.send_owned(Ask::get("/api/v1/workspaces/current").bearer(&key));
    check.equal("a key", asks_with_key().await?.status, 200);
    let keys = door.send(Ask::get("/api/v1/api-keys").bearer(&token).workspace(OURS)).await?.json();
    let id = at(&keys, "/items/0/id").as_str().unwrap_or_default().to_owned();
    let ask = Ask::new("DELETE", &format!("/api/v1/api-keys/{id}")).bearer(&token).workspace(OURS);
    check.equal("revoking", door.send(ask).await?.status, 204);
    check.equal("the key after that", asks_with_key().await?.status, 401);
    Ok(())
}

/// An administrator keeps somebody out of the instance.
async fn deactivated(world: &World, check: &mut Check) -> Result<(), Failure> {
    let (door, owner) = (world.door(), world.cast.owner()?);
    let mut person = join(&world.main, owner, Role::Analyst, "kept-out").await?;
    let (access, refresh) = tokens(&door, &person.email).await?;
    let id = id_of(&door, &person).await?;
    let streams = watch(world, check, &person.browser).await?;
    let mut desk = world.cast.administrator.sign_in().await?;
    let page = format!("/admin/people?search={}", person.email.replace('@', "%40"));
    let answer = desk.submit(&page, "set_active", &[("person", &id), ("wanted", "false")]).await?;
    check.equal("deactivating", answer.header("location"), "/admin/people?done=deactivated");
    for number in 0..world.main.nodes.len() {
        let Some(node) = world.main.door_of(number) else { continue };
        let answer = node.send(Ask::get("/api/v1/users/me").bearer(&access)).await?;
        check.equal(&format!("the token of a deactivated person at node {number}"), answer.status, 401);
        person.browser.door = node;
        check.equal("the session", person.browser.get(&format!("/w/{OURS}")).await?.status, 401);
    }
    let ask = Ask::post("/api/v1/auth/refresh").json(&json!({ "refresh_token": refresh }));
    check.equal("the refresh token", door.send(ask).await?.status, 401);
    let form = json!({ "email": person.email, "password": PASSWORD });
    check.equal("signing in", door.send(Ask::post("/api/v1/auth/signin").json(&form)).await?.status, 401);
    end(check, "deactivated", streams).await;
    no_message(world, check, &person).await?;
    let answer = desk.submit(&page, "set_active", &[("person", &id), ("wanted", "true")]).await?;
    check.equal("letting them in again", answer.header("location"), "/admin/people?done=activated");
    check.equal(
        "the token all the same",
        door.send(Ask::get("/api/v1/users/me").bearer(&access)).await?.status,
        401,
    );
    let ask = Ask::new("DELETE", &format!("/api/v1/members/{id}")).bearer(&owner.token().await?);
    check.equal("taking them out", door.send(ask.workspace(OURS)).await?.status, 204);
    Ok(())
}

/// Asked for a new password, the program writes to those who may come in, and not to whoever is kept out.
async fn no_message(world: &World, check: &mut Check, person: &Person) -> Result<(), Failure> {
    let owner = world.cast.owner()?;
    let count = |email: &str| {
        let to = format!("To: {email}");
        world.main.mail.all().iter().filter(|mail| mail.contains(&to)).count()
    };
    let (before, seen) = (count(&person.email), count(&owner.email));
    for email in [&person.email, &owner.email] {
        let mut browser = Browser::new(&world.door());
        let answer =
            browser.submit("/forgotten-password", "request_reset", &[("input[email]", email)]).await?;
        check.equal("asking for a new password", answer.header("location"), "/forgotten-password?sent=1");
    }
    world.main.mail.to(&owner.email, seen).await?;
    // The other request came first; with two nodes it may be at the other one.
    sleep(Duration::from_secs(1)).await;
    check.equal("messages to whoever is kept out", count(&person.email), before);
    Ok(())
}

/// A stream at every node.
async fn watch(world: &World, check: &mut Check, browser: &Browser) -> Result<Vec<Listening>, Failure> {
    let mut streams = Vec::new();
    for number in 0..world.main.nodes.len() {
        let door = world.main.door_of(number).ok_or("no node")?;
        let stream = door.listen(browser.carry(events())).await?;
        check.equal("somebody watches", stream.status, 200);
        streams.push(stream);
    }
    Ok(streams)
}

async fn end(check: &mut Check, what: &str, streams: Vec<Listening>) {
    for mut stream in streams {
        let ended = stream.ends(STREAM_ENDS_WITHIN).await;
        check.that(ended.is_some(), || format!("{what}: a stream goes on after 5 s"));
    }
}
