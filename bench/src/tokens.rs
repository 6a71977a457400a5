//! What checking an access token costs.

use std::time::{Duration, Instant};

use accounts::{NewPerson, testing::accounts};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use db::testing::TestDb;
use ed25519_dalek::{Signature, VerifyingKey};
use kernel::Ambient;

use crate::{Failure, outcome::Outcome};

const CHECKED: u32 = 20_000;

/// Checks one token again and again on one core: its signature and claims, the same with the database asked whether it still counts, and
/// beside these the bare signature.
pub(crate) async fn measure() -> Result<Outcome, Failure> {
    let db = TestDb::sqlite().await;
    let accounts = accounts(&db.db, &Ambient::system()).await;
    let new = NewPerson::parse("Ada Moreau", "ada@example.com", "Acme", "a long sentence for the bench")?;
    let (person, _) = accounts.sign_up(new).await?;
    let token = accounts.begin_tokens(person.id, "bench").await?.access_token;

    let (key, signed, signature) = parts(&accounts, &token).await?;
    let mut bare = Vec::new();
    let (mut checked, mut counts) = (Vec::new(), Vec::new());
    for _ in 0..CHECKED {
        let begun = Instant::now();
        key.verify_strict(signed.as_bytes(), &signature)?;
        bare.push(begun.elapsed());
        let begun = Instant::now();
        accounts.verify(&token).await?;
        checked.push(begun.elapsed());
        let begun = Instant::now();
        accounts.person_of_access(&token).await?;
        counts.push(begun.elapsed());
    }
    Ok(Outcome {
        title: "Access tokens",
        setting: format!(
            "One token of {} bytes, checked {CHECKED} times on one core; every request with a token has this done for it, and nothing of it is \
             remembered.",
            token.len()
        ),
        columns: &["what", "median", "99th percentile", "at most, on one core"],
        rows: vec![
            row("signature and claims", checked),
            row("and whether its sign-in still counts, from SQLite", counts),
            row("ed25519-dalek, the bare signature", bare),
        ],
    })
}

/// The key that the token was signed with, what was signed, and the signature.
async fn parts<'a>(
    accounts: &accounts::Accounts,
    token: &'a str,
) -> Result<(VerifyingKey, &'a str, Signature), Failure> {
    let keys = serde_json::to_value(accounts.public_keys().await?)?;
    let x = keys.pointer("/0/x").and_then(serde_json::Value::as_str).ok_or("no key is published")?;
    let key: [u8; 32] = URL_SAFE_NO_PAD.decode(x)?.try_into().map_err(|_| "a key has another length")?;
    let (signed, signature) = token.rsplit_once('.').ok_or("a token has no signature")?;
    let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature)?)?;
    Ok((VerifyingKey::from_bytes(&key)?, signed, signature))
}

fn row(what: &str, mut times: Vec<Duration>) -> Vec<String> {
    times.sort_unstable();
    let at = |part: usize| times.get(times.len() * part / 100).copied().unwrap_or_default().as_secs_f64();
    let micros = |seconds: f64| format!("{:.0} µs", seconds * 1e6);
    vec![what.to_owned(), micros(at(50)), micros(at(99)), format!("{:.0}/s", 1.0 / at(50))]
}
