//! The session of a browser.

use super::{
    cast::OURS,
    people::{Person, sign_in, tokens},
    verdict::{Check, Finding},
    world::{OPERATOR, World},
};
use crate::{
    Failure,
    client::{Answer, Ask, Browser},
    stage::Deployment,
};

const HOME: &str = "/w/acme";

/// A planted cookie is not taken over, and signing in again makes the one before worthless.
pub(crate) async fn p08_a_planted_cookie_opens_nothing(world: &World) -> Finding {
    let mut check = Check::new();
    let owner = world.cast.owner()?;
    let mut planted = Browser::new(&world.door());
    let value = "A".repeat(owner.browser.session().len());
    planted.cookies.insert("__Host-sid".to_owned(), value.clone());
    let mut thief = planted.clone();
    submit_sign_in(&mut planted, &owner.email).await?;
    check.that(planted.session() != value, || "the planted cookie became the session".to_owned());
    check.equal("the thief with the planted cookie", thief.get(HOME).await?.status, 401);
    check.equal("the person", planted.get(HOME).await?.status, 200);
    let mut before = planted.clone();
    submit_sign_in(&mut planted, &owner.email).await?;
    check.that(planted.session() != before.session(), || "the same cookie after a second sign-in".to_owned());
    check.equal("the cookie before the second sign-in", before.get(HOME).await?.status, 401);
    check.equal("the cookie after it", planted.get(HOME).await?.status, 200);
    check.verdict("planted, signed in, signed in again")
}

/// Signing out ends the session and the tokens; everywhere means everywhere.
pub(crate) async fn p09_a_sign_out_ends_everything_it_says(world: &World) -> Finding {
    let mut check = Check::new();
    let owner = world.cast.owner()?;
    let mut here = owner.sign_in().await?;
    let page = here.get(HOME).await?;
    check.equal("what the back button may keep", page.header("cache-control"), "no-store");
    let mut replayed = here.clone();
    let answer = here.submit(HOME, "sign_out", &[]).await?;
    check.status("signing out", &answer, &[302, 303]);
    check.that(answer.header("clear-site-data").contains("cache"), || {
        format!("signing out sends no Clear-Site-Data, got {:?}", answer.header("clear-site-data"))
    });
    for number in 0..world.main.nodes.len() {
        if let Some(node) = world.main.door_of(number) {
            replayed.door = node;
        }
        check.equal("the replayed cookie", replayed.get(HOME).await?.status, 401);
    }

    let (access, refresh) = tokens(&world.door(), &owner.email).await?;
    let ask = Ask::post("/api/v1/auth/signout").bearer(&access);
    check.equal("signing out of the API", world.door().send(ask).await?.status, 204);
    check.equal("the access token", me(world, &access).await?.status, 401);
    let body = serde_json::json!({ "refresh_token": refresh });
    let answer = world.door().send(Ask::post("/api/v1/auth/refresh").json(&body)).await?;
    check.equal("the refresh token", answer.status, 401);

    let person = Person::sign_up(&world.main, "Gus Moreau", "gus@everywhere.example", "Everywhere").await?;
    let (mut first, mut second) = (person.sign_in().await?, person.sign_in().await?);
    let (access, refresh) = tokens(&world.door(), &person.email).await?;
    first.submit("/account", "end_all_sessions", &[]).await?;
    for browser in [&mut first, &mut second] {
        check.equal("a session after everywhere", browser.get("/account").await?.status, 401);
    }
    check.equal("an access token after everywhere", me(world, &access).await?.status, 401);
    let body = serde_json::json!({ "refresh_token": refresh });
    let answer = world.door().send(Ask::post("/api/v1/auth/refresh").json(&body)).await?;
    check.equal("a refresh token after everywhere", answer.status, 401);
    check.verdict("cookie, access token and refresh token; here and everywhere")
}

/// The cookie's flags; its value is nowhere; it ends when idle and at its full age.
pub(crate) async fn p10_a_cookie_is_for_this_site_and_ends(world: &World) -> Finding {
    let mut check = Check::new();
    let mut browser = Browser::new(&world.door());
    let answer = submit_sign_in(&mut browser, &world.cast.owner()?.email).await?;
    let cookies = answer.cookies();
    check.equal("cookies set at sign-in", cookies.len(), 1);
    let cookie = cookies.first().cloned().unwrap_or_default();
    let (value, flags) = cookie.split_once("; ").unwrap_or_default();
    check.that(value.starts_with("__Host-sid=") && value.len() >= 11 + 43, || {
        format!("a short cookie: {cookie}")
    });
    let mut flags: Vec<&str> = flags.split("; ").filter(|flag| !flag.starts_with("Max-Age")).collect();
    flags.sort_unstable();
    check.equal("flags", flags, vec!["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]);
    for path in super::pages::PUBLIC {
        check.equal(
            &format!("cookies of {path}"),
            Browser::new(&world.door()).get(path).await?.cookies().len(),
            0,
        );
    }
    browser.get(HOME).await?;
    let kept = world.main.kept_bytes().await?;
    let metrics = world.door().send(Ask::get("/metrics").bearer(OPERATOR)).await?.text();
    let secret = browser.session().to_owned();
    for (what, text) in [
        ("what is kept", &kept[..]),
        ("the log", world.main.log().as_bytes()),
        ("the measurements", metrics.as_bytes()),
    ] {
        check.that(!contains(text, secret.as_bytes()), || format!("the cookie is in {what}"));
    }
    ends(world, &mut check).await?;
    check.verdict(format!(
        "flags; not in {} kB kept, log and measurements; idle 30 min, life 12 h",
        kept.len() / 1000
    ))
}

async fn ends(world: &World, check: &mut Check) -> Result<(), Failure> {
    let mut other = world.plan().start().await?;
    let person = Person::sign_up(&other, "Ada Moreau", "ada@acme.example", "Acme").await?;
    let mut browser = person.sign_in().await?;
    for (minutes, expected) in [(29, 200), (61, 401)] {
        shift(&mut other, minutes * 60).await?;
        let status = browser.get(HOME).await?.status;
        check.equal(&format!("a session that nobody used, {minutes} min after its start"), status, expected);
    }
    shift(&mut other, 0).await?;
    let mut browser = sign_in(&other.door(), &person.email).await?;
    for minutes in (25..=700).step_by(25) {
        shift(&mut other, minutes * 60).await?;
        let status = browser.get(HOME).await?.status;
        check.equal(&format!("a session in use after {minutes} min"), status, 200);
        if status != 200 {
            return Ok(());
        }
    }
    shift(&mut other, 721 * 60).await?;
    check.equal("a session in use after 12 h", browser.get(HOME).await?.status, 401);
    Ok(())
}

/// Has every node believe that it is so many seconds later.
pub(crate) async fn shift(deployment: &mut Deployment, seconds: i64) -> Result<(), Failure> {
    for node in &mut deployment.nodes {
        node.restart_at(seconds).await?;
    }
    Ok(())
}

/// Whether `needle` is somewhere in `text`.
pub(crate) fn contains(text: &[u8], needle: &[u8]) -> bool {
    !needle.is_empty() && text.windows(needle.len()).any(|window| window == needle)
}

async fn submit_sign_in(browser: &mut Browser, email: &str) -> Result<Answer, Failure> {
    let form = [("input[email]", email), ("input[password]", super::people::PASSWORD), ("input[next]", "")];
    browser.submit("/sign-in", "sign_in", &form).await
}

async fn me(world: &World, token: &str) -> Result<Answer, Failure> {
    world.door().send(Ask::get("/api/v1/users/me").bearer(token).workspace(OURS)).await
}
