//! What every answer tells the browser.

use kernel::Role;

use super::{
    cast::OURS,
    failures::Broken,
    pages,
    verdict::{Check, Finding},
    world::World,
};
use crate::{
    Failure,
    client::{Answer, Ask, Browser, Door},
};

/// What the policy has to hold; the nonce is checked by itself.
const POLICY: [&str; 12] = [
    "default-src 'none'",
    "'strict-dynamic'",
    "'wasm-unsafe-eval'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "report-",
];

/// Every kind of answer carries the headers; every page has a nonce of its own.
pub(crate) async fn p13_every_kind_of_answer_carries_the_headers(world: &World) -> Finding {
    let mut check = Check::new();
    // Straight from a node: what a proxy adds is the proxy's.
    let door = world.main.door_of(0).ok_or("no node")?;
    for (what, answer, status) in answers(world, &door).await? {
        check.equal(what, answer.status, status);
        headers(&mut check, what, &answer);
    }
    let broken = Broken::start(world).await?;
    for (what, answer) in &broken.answers {
        check.equal(what, answer.status, 500);
        headers(&mut check, what, answer);
    }
    let kinds = 13 + broken.answers.len();
    drop(broken);
    nonces(&door, &mut check).await?;
    let assets = door.send(Ask::get("/favicon.svg")).await?;
    check
        .that(assets.header("cache-control").starts_with("public"), || "an asset may not be kept".to_owned());
    let mut seen = pages::public();
    seen.extend(pages::own());
    seen.extend(world.cast.ours.pages(Role::Owner));
    let session = world.cast.owner()?.sign_in().await?.session().to_owned();
    super::walk::walk(world, &mut check, (&session, &seen)).await?;
    let desk = pages::of_administrators(200);
    let session = world.cast.administrator.sign_in().await?.session().to_owned();
    super::walk::walk(world, &mut check, (&session, &desk)).await?;
    check.verdict(format!(
        "{kinds} kinds of answers, {} of them 500 (a table is missing), and all {} pages of the product in Chromium, each with its status; Referrer-Policy is same-origin on purpose, for forms without JavaScript",
        kinds - 13,
        seen.len() + desk.len()
    ))
}

/// Every page for strangers has a nonce of its own on all its scripts, and nowhere else.
async fn nonces(door: &Door, check: &mut Check) -> Result<(), Failure> {
    let mut browser = Browser::new(door);
    let (mut nonces, mut leaking) = (Vec::new(), Vec::new());
    let mut seen = pages::public();
    // Once more, to see that it gets another one.
    seen.extend(seen.first().cloned());
    for pages::Page { path, status } in &seen {
        let page = browser.get(path).await?;
        check.equal(&format!("{path} for a stranger"), page.status, *status);
        let policy = page.header("content-security-policy").to_owned();
        let nonce = policy
            .split("'nonce-")
            .nth(1)
            .and_then(|rest| rest.split('\'').next())
            .unwrap_or_default()
            .to_owned();
        check.that(nonce.len() >= 22 && !nonces.contains(&nonce), || format!("{path}: a short or old nonce"));
        let text = page.text();
        let scripts: Vec<&str> =
            text.split("<script").skip(1).filter_map(|rest| rest.split('>').next()).collect();
        check.that(scripts.iter().all(|script| script.contains(&format!("nonce=\"{nonce}\""))), || {
            format!("{path}: a script without the nonce")
        });
        check.that(!text.contains(" style=\"") && !text.contains(" onclick="), || {
            format!("{path}: an inline style or handler")
        });
        if stray(&text, &nonce) > 0 {
            leaking.push(path.as_str());
        }
        nonces.push(nonce);
    }
    check.that(leaking.is_empty(), || {
        format!(
            "the nonce is the value of another attribute, which browsers do not hide, on {}",
            leaking.join(" ")
        )
    });
    Ok(())
}

/// How often the nonce stands in an attribute of another name.
fn stray(text: &str, nonce: &str) -> usize {
    text.matches(&format!("=\"{nonce}\"")).count() - text.matches(&format!("nonce=\"{nonce}\"")).count()
}

async fn answers(world: &World, door: &Door) -> Result<Vec<(&'static str, Answer, u16)>, Failure> {
    let mut browser = world.cast.owner()?.sign_in().await?;
    browser.door = door.clone();
    let catalogue = door.send(Ask::get("/api/v1/metrics/catalogue")).await?;
    let kept = Ask::get("/api/v1/metrics/catalogue").header("if-none-match", catalogue.header("etag"));
    let large = format!(r#"{{"email":"{}"}}"#, "a".repeat(2_000_000));
    Ok(vec![
        ("a page", browser.get(&format!("/w/{OURS}")).await?, 200),
        ("a page for strangers", door.send(Ask::get("/")).await?, 200),
        (
            "a refused page",
            door.send(Ask::get(&format!("/w/{OURS}")).header("accept", "text/html")).await?,
            401,
        ),
        ("JSON", catalogue, 200),
        ("what has not changed", door.send(kept).await?, 304),
        ("a problem", door.send(Ask::get("/api/v1/users/me")).await?, 401),
        ("an asset", door.send(Ask::get("/favicon.svg")).await?, 200),
        ("a missing asset", door.send(Ask::get("/pkg/nothing.js")).await?, 404),
        ("a missing page", door.send(Ask::get("/nowhere")).await?, 404),
        ("a download", browser.get(&format!("/w/{OURS}/figures.csv")).await?, 200),
        ("a wrong method", door.send(Ask::new("PATCH", "/api/v1/workspaces")).await?, 405),
        ("too much", door.send(Ask::post("/api/v1/auth/signin").body("application/json", large)).await?, 413),
        ("a foreign write", door.send(Ask::post("/theme").header("origin", "null")).await?, 403),
    ])
}

fn headers(check: &mut Check, what: &str, answer: &Answer) {
    let policy = answer.header("content-security-policy");
    if what == "a download" {
        check.that(policy.contains("sandbox"), || format!("{what}: the policy is {policy}"));
    } else {
        for part in POLICY {
            check.that(policy.contains(part), || format!("{what}: the policy lacks {part}"));
        }
    }
    check.that(
        !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'") && !policy.contains('*'),
        || format!("{what}: {policy}"),
    );
    for (name, value) in [
        ("strict-transport-security", "max-age=63072000; includeSubDomains"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("server", ""),
        ("x-powered-by", ""),
    ] {
        check.equal(&format!("{what}: {name}"), answer.header(name), value);
    }
    check.that(answer.header("permissions-policy").contains("camera=()"), || {
        format!("{what}: no permissions policy")
    });
    let may_be_kept = ["JSON", "what has not changed", "an asset"].contains(&what);
    check.that(may_be_kept || answer.header("cache-control") == "no-store", || {
        format!("{what}: may be kept, {:?}", answer.header("cache-control"))
    });
    check.that(answer.header("x-request-id").len() >= 8, || format!("{what}: no request id"));
}
