//! Access tokens that nobody signed in for.

use std::time::{Duration, Instant};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{
    cast::OURS,
    people::{Person, tokens},
    verdict::{Check, Finding},
    world::World,
};
use crate::{
    Failure,
    client::{Answer, Ask, Door, at},
    stage::Canary,
};

/// A token that was signed in for, taken apart.
struct Real {
    text: String,
    head: Value,
    claims: Value,
    /// The 32 bytes that verify it.
    public: Vec<u8>,
}

impl Real {
    async fn fetch(world: &World) -> Result<Self, Failure> {
        let text = world.cast.owner()?.token().await?;
        let part = |number: usize| -> Option<Value> {
            let bytes = URL_SAFE_NO_PAD.decode(text.split('.').nth(number)?).ok()?;
            serde_json::from_slice(&bytes).ok()
        };
        let (head, claims) = part(0).zip(part(1)).ok_or("an access token is no JWT")?;
        let keys = world.door().send(Ask::get("/.well-known/jwks.json")).await?.json();
        let key = at(&keys, "/keys")
            .as_array()
            .into_iter()
            .flatten()
            .find(|key| at(key, "/kid") == at(&head, "/kid"));
        let public = key.and_then(|key| URL_SAFE_NO_PAD.decode(at(key, "/x").as_str()?).ok());
        Ok(Self {
            text: text.clone(),
            head,
            claims,
            public: public.ok_or("the key of the token is not published")?,
        })
    }

    /// The same token with another head, signed by `sign`.
    fn with_head(&self, change: Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
        let mut head = self.head.clone();
        if let (Some(head), Value::Object(change)) = (head.as_object_mut(), change) {
            head.extend(change);
        }
        token(&head, &self.claims, sign)
    }
}

fn token(head: &Value, claims: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let text = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(head.to_string()),
        URL_SAFE_NO_PAD.encode(claims.to_string())
    );
    let signature = sign(text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn by_us(text: &[u8]) -> Vec<u8> {
    SigningKey::from_bytes(&[7; 32]).sign(text).to_bytes().to_vec()
}

fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

pub(super) async fn show(door: &Door, token: &str) -> Result<Answer, Failure> {
    door.send(Ask::get("/api/v1/users/me").bearer(token)).await
}

/// Refused, with the words that every forged token gets.
pub(super) async fn refused(
    check: &mut Check,
    door: &Door,
    (what, token): (&str, &str),
) -> Result<(), Failure> {
    let answer = show(door, token).await?;
    check.equal(what, answer.status, 401);
    let challenge = answer.header("www-authenticate");
    check.that(challenge.contains("error=\"invalid_token\""), || {
        format!("{what}: the challenge is {challenge:?}")
    });
    let detail = answer.field("/detail").clone();
    let plain = show(door, "no-token-at-all").await?.field("/detail").clone();
    check.equal(&format!("{what}: the words"), detail, plain);
    Ok(())
}

/// Another algorithm than the one of the program.
pub(crate) async fn p14_no_other_algorithm_counts(world: &World) -> Finding {
    let mut check = Check::new();
    let (door, real) = (world.door(), Real::fetch(world).await?);
    check.equal("the real token", show(&door, &real.text).await?.status, 200);
    for name in ["none", "None", "NONE", ""] {
        let forged = real.with_head(json!({ "alg": name }), |_| Vec::new());
        refused(&mut check, &door, (&format!("alg {name:?}"), &forged)).await?;
    }
    let der = [&[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00][..], &real.public]
        .concat();
    let encoded = base64::engine::general_purpose::STANDARD.encode(&der);
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{encoded}\n-----END PUBLIC KEY-----\n");
    let x = URL_SAFE_NO_PAD.encode(&real.public);
    for (what, key) in [
        ("its bytes", real.public.as_slice()),
        ("DER", &der),
        ("PEM", pem.as_bytes()),
        ("base64", x.as_bytes()),
    ] {
        for algorithm in ["HS256", "HS384", "HS512"] {
            let forged = real.with_head(json!({ "alg": algorithm }), |text| hmac(key, text));
            refused(&mut check, &door, (&format!("{algorithm} with the public key as {what}"), &forged))
                .await?;
        }
    }
    for algorithm in ["RS256", "ES256", "PS256", "Ed448"] {
        refused(&mut check, &door, (algorithm, &real.with_head(json!({ "alg": algorithm }), by_us))).await?;
    }
    check.verdict("none, HMAC with the public key in four forms, RSA and curves")
}

/// Heads that name where the key is.
pub(crate) async fn p15_no_head_names_its_own_key(world: &World) -> Finding {
    let mut check = Check::new();
    let (door, real, canary) = (world.door(), Real::fetch(world).await?, Canary::start().await?);
    let url = format!("http://127.0.0.1:{}/keys", canary.port);
    let public = URL_SAFE_NO_PAD.encode(SigningKey::from_bytes(&[7; 32]).verifying_key().to_bytes());
    let own = json!({ "kty": "OKP", "crv": "Ed25519", "x": public, "kid": "mine" });
    for kid in [
        "../../../dev/null",
        "' OR '1'='1",
        "x'; DROP TABLE signing_keys; --",
        url.as_str(),
        "",
        &"k".repeat(5_000),
    ] {
        refused(
            &mut check,
            &door,
            (&format!("kid {kid:.30}"), &real.with_head(json!({ "kid": kid }), by_us)),
        )
        .await?;
    }
    for (what, change) in [
        ("jwk", json!({ "jwk": own, "kid": "mine" })),
        ("jku", json!({ "jku": url })),
        ("x5u", json!({ "x5u": url })),
        ("x5c", json!({ "x5c": [public] })),
        ("crit", json!({ "crit": ["exp"] })),
        ("no kid", json!({ "kid": null })),
        ("kid as a list", json!({ "kid": ["a"] })),
    ] {
        refused(&mut check, &door, (what, &real.with_head(change, by_us))).await?;
    }
    check.equal("calls of the listener", canary.calls(), 0);
    check.verdict("6 odd kids and 7 heads that bring or name a key; nobody called the listener")
}

/// Other credentials in place of an access token.
pub(crate) async fn p17_nothing_else_passes_for_a_token(world: &World) -> Finding {
    let mut check = Check::new();
    let (door, real) = (world.door(), Real::fetch(world).await?);
    let (_, refresh) = tokens(&door, &world.cast.owner()?.email).await?;
    refused(&mut check, &door, ("a refresh token", &refresh)).await?;
    let session = world.cast.owner()?.browser.session().to_owned();
    refused(&mut check, &door, ("the cookie of a session", &session)).await?;
    let body = json!({ "refresh_token": real.text });
    let answer = door.send(Ask::post("/api/v1/auth/refresh").json(&body)).await?;
    check.status("an access token as a refresh token", &answer, &[401, 422]);
    for typ in ["JWT", "at+JWT2", "", "id_token"] {
        refused(&mut check, &door, (&format!("typ {typ:?}"), &real.with_head(json!({ "typ": typ }), by_us)))
            .await?;
    }
    let other = world.plan().start().await?;
    let person = Person::sign_up(&other, "Ada Moreau", "ada@acme.example", "Acme").await?;
    let (foreign, _) = tokens(&other.door(), &person.email).await?;
    refused(&mut check, &door, ("a token of another instance", &foreign)).await?;
    let key = super::people::make_key(&other.door(), &foreign, OURS, &["workspace:read"]).await?;
    let answer = door.send(Ask::get("/api/v1/workspaces/current").bearer(&key)).await?;
    check.equal("a key of another instance", answer.status, 401);
    check.verdict("refresh token, cookie, other types, token and key of another instance")
}

/// Tokens that are no tokens.
pub(crate) async fn p18_broken_tokens_cost_nothing(world: &World) -> Finding {
    const SOON: Duration = Duration::from_millis(50);
    let mut check = Check::new();
    let (door, real) = (world.door(), Real::fetch(world).await?);
    let unsigned = real.text.rsplit_once('.').map(|(text, _)| text.to_owned()).unwrap_or_default();
    let claims =
        real.claims.to_string().replacen('{', "{\"sub\":\"00000000-0000-0000-0000-000000000000\",", 1);
    let head = URL_SAFE_NO_PAD.encode(real.head.to_string());
    let twice = format!("{head}.{}.{}", URL_SAFE_NO_PAD.encode(claims), "A".repeat(86));
    // The first letter of the signature: of the last one, some bits say nothing.
    let signature = real.text.get(unsigned.len() + 1..).unwrap_or_default();
    let (first, rest) = signature.split_at_checked(1).ok_or("a token without a signature")?;
    let changed = format!("{unsigned}.{}{rest}", if first == "A" { "B" } else { "A" });
    let mut slowest = Duration::ZERO;
    for (what, token, expected) in [
        ("an empty signature", format!("{unsigned}."), &[401][..]),
        ("no signature", unsigned.clone(), &[401]),
        ("more dots", format!("{}.x.y", real.text), &[401]),
        ("dots alone", ".".repeat(5_000), &[401]),
        ("claims twice", twice, &[401]),
        ("one letter changed", changed, &[401]),
        ("60 kB", "A".repeat(60_000), &[400, 401, 431]),
        ("1 MB", "A".repeat(1_000_000), &[400, 401, 431]),
    ] {
        let begun = Instant::now();
        let answer = door.send_raw(format!("GET /api/v1/users/me HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n", door.name).as_bytes(), Duration::from_secs(10)).await?;
        let took = begun.elapsed();
        check.that(answer.status().is_some_and(|status| expected.contains(&status)), || {
            format!("{what}: expected {expected:?}, got {:?}", answer.status())
        });
        check.that(took < SOON * 4, || format!("{what}: took {} ms", took.as_millis()));
        slowest = slowest.max(took);
    }
    check.that(door.send(Ask::get("/health")).await?.status == 200, || "the program is gone".to_owned());
    check.verdict(format!(
        "8 broken tokens, slowest {} ms with an unoptimised program (200 allowed, 50 when optimised)",
        slowest.as_millis()
    ))
}
