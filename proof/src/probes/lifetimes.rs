//! How long an access token is good, and the key that signs it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

use super::{
    forgery::{refused, show},
    people::{Person, tokens},
    sessions::shift,
    verdict::{Check, Finding},
    world::World,
};
use crate::client::{Ask, at};

/// Tokens that were good once, or are good elsewhere.
pub(crate) async fn p16_a_token_is_good_here_and_now_alone(world: &World) -> Finding {
    let mut check = Check::new();
    let mut other = world.plan().start().await?;
    let door = other.door();
    let person = Person::sign_up(&other, "Ada Moreau", "ada@acme.example", "Acme").await?;
    let (token, _) = tokens(&door, &person.email).await?;
    check.equal("a fresh token", show(&door, &token).await?.status, 200);
    shift(&mut other, 590).await?;
    check.equal("after 9 min 50 s", show(&door, &token).await?.status, 200);
    shift(&mut other, 620).await?;
    refused(&mut check, &door, ("after 10 min 20 s", &token)).await?;
    // Signed by a node whose clock is ahead.
    let (early, _) = tokens(&door, &person.email).await?;
    shift(&mut other, 0).await?;
    refused(&mut check, &door, ("not yet good for ten minutes", &early)).await?;
    // The same keys under another name: a copy of the instance for trying things out.
    let (good, _) = tokens(&door, &person.email).await?;
    let mut renamed = crate::stage::Settings::default();
    renamed.set("server.base_url", "https://staging.example");
    for node in &mut other.nodes {
        node.restart_with(&renamed).await?;
    }
    // It is asked by its new name, since it answers to no other.
    let renamed = crate::client::Door { name: "staging.example".to_owned(), ..door };
    refused(&mut check, &renamed, ("of another issuer", &good)).await?;
    check.verdict("expired, not yet good, of another issuer with the same keys; tokens with claims left out can be signed by nobody else and are tried in the unit tests")
}

/// The key that signs is replaced, and what the old one signed stays good until it ends.
pub(crate) async fn p19_keys_are_replaced_without_signing_anybody_out(world: &World) -> Finding {
    const MONTH: i64 = 30 * 24 * 3600;
    let mut check = Check::new();
    let mut other = world.plan().start().await?;
    let door = other.door();
    let person = Person::sign_up(&other, "Ada Moreau", "ada@acme.example", "Acme").await?;
    let (first, _) = tokens(&door, &person.email).await?;
    check.equal("a fresh token", show(&door, &first).await?.status, 200);
    shift(&mut other, MONTH - 300).await?;
    let (old, _) = tokens(&door, &person.email).await?;
    shift(&mut other, MONTH + 120).await?;
    let (new, _) = tokens(&door, &person.email).await?;
    check.that(kid(&old) != kid(&new), || "the key was not replaced after 30 days".to_owned());
    check.equal("the token of the old key", show(&door, &old).await?.status, 200);
    check.equal("the token of the new key", show(&door, &new).await?.status, 200);
    let keys = door.send(Ask::get("/.well-known/jwks.json")).await?.text();
    check.that(keys.contains(&kid(&new)) && keys.contains(&kid(&old)), || format!("published: {keys:.200}"));
    shift(&mut other, MONTH + 400).await?;
    check.equal("the token of the old key when it ended", show(&door, &old).await?.status, 401);
    check.verdict("replaced after 30 days; both keys published; the old token good until its end")
}

fn kid(token: &str) -> String {
    let head = token.split('.').next().and_then(|head| URL_SAFE_NO_PAD.decode(head).ok());
    let head: Value = head.and_then(|head| serde_json::from_slice(&head).ok()).unwrap_or_default();
    at(&head, "/kid").as_str().unwrap_or("no kid").to_owned()
}
