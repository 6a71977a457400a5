//! Keys for programs.

use std::time::{Duration, Instant};

use kernel::Scope;
use serde_json::json;

use super::{
    cast::OURS,
    people::{Person, make_key},
    sessions::{contains, shift},
    verdict::{Check, Finding},
    world::World,
};
use crate::{
    Failure,
    client::{Answer, Ask, Door, at},
    stage::{Engine, Postgres},
};

async fn company(door: &Door, key: &str) -> Result<Answer, Failure> {
    door.send(Ask::get("/api/v1/workspaces/current").bearer(key)).await
}

/// A key is shown once, kept as a hash, and ends at once everywhere.
pub(crate) async fn p36_a_key_is_shown_once_and_ends_at_once(world: &World) -> Finding {
    let mut check = Check::new();
    let (door, token) = (world.door(), world.cast.owner()?.token().await?);
    let key = make_key(&door, &token, OURS, &["workspace:read"]).await?;
    check.equal("the key", company(&door, &key).await?.status, 200);
    let secret = key.rsplit('_').next().unwrap_or_default().to_owned();
    check.equal("its length", key.len(), 8 + 8 + 1 + 43 + 6);
    let list = door.send(Ask::get("/api/v1/api-keys").bearer(&token).workspace(OURS)).await?;
    check.that(!list.text().contains(&secret), || "the list shows the secret".to_owned());
    let kept = world.main.kept_bytes().await?;
    check.that(!contains(&kept, secret.as_bytes()), || "the secret is kept".to_owned());
    check.that(!world.main.log().contains(&secret), || "the secret is in the log".to_owned());

    for (what, changed) in [
        ("a letter changed", swap_letter(&key)),
        ("cut short", key.get(..key.len() - 1).unwrap_or_default().to_owned()),
        ("a right form of nobody's", "mk_live_AAAAAAAA_".to_owned() + &"A".repeat(49)),
    ] {
        let answer = company(&door, &changed).await?;
        check.equal(what, answer.status, 401);
        check.that(answer.is_problem(), || format!("{what}: no problem document"));
    }
    for query in [format!("api_key={key}"), format!("access_token={token}"), format!("metrics={key}")] {
        let answer = door.send(Ask::get(&format!("/api/v1/metrics/series?{query}"))).await?;
        check.equal("a credential in an address", answer.status, 400);
        check.that(!answer.text().contains(&secret), || "a refusal repeats the secret".to_owned());
    }
    check.that(!world.main.log().contains(&secret), || "an address with the secret is in the log".to_owned());
    for scope in [Scope::WorkspaceRead, Scope::MembersWrite] {
        let ask = Ask::post("/api/v1/api-keys").bearer(world.cast.key(scope)?);
        let answer = door.send(ask.json(&json!({ "name": "Wider", "scopes": ["audit:read"] }))).await?;
        check.equal(&format!("a key with {} makes a key", scope.key()), answer.status, 403);
    }
    for wish in [
        json!({ "name": "x", "scopes": ["*"] }),
        json!({ "name": "x", "scopes": [] }),
        json!({ "name": "x", "scopes": ["metrics:read"], "days": 366 }),
        json!({ "name": "x", "scopes": ["metrics:read"], "networks": ["0.0.0.0/33"] }),
    ] {
        let answer =
            door.send(Ask::post("/api/v1/api-keys").bearer(&token).workspace(OURS).json(&wish)).await?;
        check.equal(&format!("{wish}"), answer.status, 422);
    }
    bound(world, &mut check).await?;
    ends(world, &mut check).await?;
    without_database(world, &mut check).await?;
    check.verdict("shown once, nowhere kept, not in addresses, no wider keys, bound to networks, revoked and ended at every node")
}

/// A letter in the middle of the secret, so that the checksum no longer fits.
fn swap_letter(key: &str) -> String {
    let other = if key.chars().nth(30) == Some('x') { 'y' } else { 'x' };
    key.chars().enumerate().map(|(place, letter)| if place == 30 { other } else { letter }).collect()
}

/// A key that is bound to a network works from there alone.
async fn bound(world: &World, check: &mut Check) -> Result<(), Failure> {
    let (door, token) = (world.door(), world.cast.owner()?.token().await?);
    let wish = json!({ "name": "Bound", "scopes": ["workspace:read"], "networks": ["127.8.0.0/16"] });
    let made =
        door.send(Ask::post("/api/v1/api-keys").bearer(&token).workspace(OURS).json(&wish)).await?.json();
    let key = at(&made, "/secret").as_str().unwrap_or_default();
    for (from, status) in [([127, 8, 0, 1], 200), ([127, 9, 0, 1], 401)] {
        let answer = door.send(Ask::get("/api/v1/workspaces/current").bearer(key).from(from.into())).await?;
        check.status(
            &format!("a bound key from {from:?}"),
            &answer,
            if status == 200 { &[200] } else { &[401, 403] },
        );
    }
    Ok(())
}

/// Revoked, it ends within a second at every node; after its time it ends by itself.
async fn ends(world: &World, check: &mut Check) -> Result<(), Failure> {
    let mut other = world.plan().start().await?;
    let person = Person::sign_up(&other, "Ada Moreau", "ada@acme.example", "Acme").await?;
    let (door, token) = (other.door(), person.token().await?);
    let wish = json!({ "name": "Short", "scopes": ["workspace:read"], "days": 1 });
    let made = door.send(Ask::post("/api/v1/api-keys").bearer(&token).json(&wish)).await?.json();
    let (key, id) = (
        at(&made, "/secret").as_str().unwrap_or_default(),
        at(&made, "/key/id").as_str().unwrap_or_default(),
    );
    shift(&mut other, 24 * 3600 - 60).await?;
    check.equal("a minute before its end", company(&door, key).await?.status, 200);
    shift(&mut other, 24 * 3600 + 60).await?;
    check.equal("a minute after its end", company(&door, key).await?.status, 401);
    shift(&mut other, 0).await?;
    let revoked = door.send(Ask::new("DELETE", &format!("/api/v1/api-keys/{id}")).bearer(&token)).await?;
    check.equal("revoking", revoked.status, 204);
    for number in 0..other.nodes.len() {
        let node = other.door_of(number).ok_or("no node")?;
        check.equal(&format!("at node {number} after that"), company(&node, key).await?.status, 401);
    }
    Ok(())
}

/// What is no key is refused while the database hangs: nobody asked it.
async fn without_database(world: &World, check: &mut Check) -> Result<(), Failure> {
    if !matches!(world.plan().engine, Engine::Cluster(_)) {
        return Ok(());
    }
    let postgres = Postgres::start().await?;
    let (node, door) = world.lone_node(&postgres, None).await?;
    postgres.freeze()?;
    let begun = Instant::now();
    let answer = company(&door, &("mk_live_AAAAAAAA_".to_owned() + &"A".repeat(49))).await;
    let took = begun.elapsed();
    postgres.thaw()?;
    drop(node);
    check.equal("a bad checksum while the database hangs", answer?.status, 401);
    check.that(took < Duration::from_secs(1), || {
        format!("a bad checksum took {took:?} while the database hung")
    });
    Ok(())
}
