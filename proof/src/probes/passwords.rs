//! Signing in with a password, and what those who guess learn.

use std::{
    net::Ipv4Addr,
    time::{Duration, Instant},
};

use super::{
    people::{PASSWORD, Person},
    sessions::shift,
    verdict::{Check, Finding},
    world::World,
};
use crate::{
    Failure,
    client::{Answer, Ask, Browser, Door},
    stage::Deployment,
};

const WRONG: &str = "not the right words at all";
/// How often each of two ways is timed in a round.
const PAIRS: usize = 200;
/// A machine that does something else meanwhile may spoil a round; what the program tells shows in every one.
const ROUNDS: usize = 3;
/// Less than that nobody sees from outside, in milliseconds.
const MOST_APART: f64 = 5.0;

/// A form, sent by a page with JavaScript from that address.
async fn call(door: &Door, action: &str, fields: &[(&str, &str)], from: Ipv4Addr) -> Result<Answer, Failure> {
    let ask = Ask::post(action).form(fields).from(from);
    door.send(ask.headers(&[("accept", "application/json"), ("sec-fetch-site", "same-origin")])).await
}

/// Where the form of a page goes.
async fn action(door: &Door, page: &str, name: &str) -> Result<String, Failure> {
    let answer = Browser::new(door).get(page).await?;
    let found = answer.attributes("action").into_iter().find(|action| action.ends_with(&format!("/{name}")));
    found.ok_or_else(|| format!("{page} has no form for {name}").into())
}

fn form<'a>(email: &'a str, password: &'a str) -> [(&'static str, &'a str); 5] {
    [
        ("input[name]", "Ada Moreau"),
        ("input[email]", email),
        ("input[company]", "Acme"),
        ("input[password]", password),
        ("input[next]", ""),
    ]
}

/// Known and unknown addresses are answered alike, in words and in time.
pub(crate) async fn p30_nobody_learns_whose_address_is_known(world: &World) -> Finding {
    let mut check = Check::new();
    let (door, known) = (world.door(), world.cast.owner()?.email.clone());
    let mut figures = Vec::new();
    for (page, name) in
        [("/sign-in", "sign_in"), ("/forgotten-password", "request_reset"), ("/sign-up", "sign_up")]
    {
        let action = action(&door, page, name).await?;
        let (mut gaps, mut answers) = (Vec::new(), Vec::new());
        while gaps.len() < ROUNDS && gaps.last().is_none_or(|gap: &f64| gap.abs() >= MOST_APART) {
            let mut apart = Vec::new();
            for pair in 0..PAIRS {
                apart.push(difference(&door, (&action, &known), (gaps.len(), pair), &mut answers).await?);
            }
            apart.sort_by(f64::total_cmp);
            gaps.push(apart.get(PAIRS / 2).copied().unwrap_or_default());
        }
        answers.sort();
        answers.dedup();
        check.that(answers.len() == 1, || {
            let some = format!("{answers:?}");
            format!("{name}: {} different answers, for example {some:.200}", answers.len())
        });
        check.that(gaps.iter().any(|gap| gap.abs() < MOST_APART), || {
            format!("{name}: known addresses take longer by {gaps:.1?} ms, in every round")
        });
        figures.push(format!("{name} {:.1} ms", gaps.last().copied().unwrap_or_default()));
    }
    let token = world.cast.owner()?.token().await?;
    let mut links = Vec::new();
    for email in [world.cast.outsider.email.as_str(), "nobody@invited.example"] {
        let ask = Ask::post("/api/v1/invitations").bearer(&token).workspace("acme");
        let answer = door.send(ask.json(&serde_json::json!({ "role": "viewer", "email": email }))).await?;
        links.push((answer.status, answer.json().as_object().map(serde_json::Map::len)));
    }
    links.dedup();
    check.equal("kinds of answers to an invitation", links.len(), 1);
    check.verdict(format!(
        "{PAIRS} pairs each; medians of how much longer a known one takes: {}",
        figures.join(", ")
    ))
}

/// How much longer the known address takes than an unknown one, in milliseconds. They are asked one right after the other, in an order
/// that follows no pattern: what answers leave to do in the background, however long it lasts, is then paid by both alike.
async fn difference(
    door: &Door,
    (action, known): (&str, &str),
    (round, pair): (usize, usize),
    answers: &mut Vec<(u16, String, String)>,
) -> Result<f64, Failure> {
    let unknown = format!("u{round}{pair:03}@acme.example");
    // Everybody comes from another place, so that pauses after wrong passwords do not get in the way.
    let from = Ipv4Addr::new(127, 1 + u8::try_from(round)?, u8::try_from(pair)?, 9);
    let mut order = [(1.0, known), (-1.0, unknown.as_str())];
    let mixed = ((round * PAIRS + pair) as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    if (mixed ^ (mixed >> 29)).count_ones() % 2 == 1 {
        order.reverse();
    }
    let mut apart = 0.0;
    for (sign, email) in order {
        let begun = Instant::now();
        let answer = call(door, action, &form(email, WRONG), from).await?;
        apart += sign * begun.elapsed().as_secs_f64() * 1000.0;
        let location = answer.header("location").to_owned();
        answers.push((answer.status, location, answer.text().replace(email, "")));
    }
    Ok(apart)
}

/// The seventh wrong password makes wait, longer and longer, whoever the account is.
pub(crate) async fn p31_wrong_passwords_make_wait(world: &World) -> Finding {
    let mut check = Check::new();
    let mut other = world.plan().start().await?;
    let person = Person::sign_up(&other, "Ada Moreau", "ada@acme.example", "Acme").await?;
    let mut later = 0;
    for (email, is_known, from) in [
        (person.email.as_str(), true, Ipv4Addr::new(127, 0, 0, 2)),
        ("nobody@acme.example", false, Ipv4Addr::new(127, 0, 0, 3)),
    ] {
        later = climb(&mut other, &mut check, (email, from, later)).await?;
        let door = other.door();
        let action = action(&door, "/sign-in", "sign_in").await?;
        let answer = call(&door, &action, &form(email, PASSWORD), from).await?;
        check.that((answer.status < 400) == is_known && answer.status != 429, || {
            format!("after the last pause of {email}: {}", answer.in_short())
        });
    }
    check.verdict(
        "7 → 1 min, 10 → 10 min, 15 → 15 min, 20 → 1 h, 25 → 24 h, over after that; unknown accounts alike",
    )
}

/// Goes up the whole ladder and out at its top, on nodes that believe it is so many seconds later; how many they believe afterwards. Each
/// pause is waited for. At each rung the right password is tried too, shortly before its end.
async fn climb(
    deployment: &mut Deployment,
    check: &mut Check,
    (email, from, mut later): (&str, Ipv4Addr, i64),
) -> Result<i64, Failure> {
    /// What a restart and a try may take.
    const NEAR: i64 = 45;
    let door = deployment.door();
    let action = action(&door, "/sign-in", "sign_in").await?;
    for failures in 1..=25 {
        let answer = call(&door, &action, &form(email, WRONG), from).await?;
        check.equal(&format!("wrong password {failures} of {email}"), answer.status, 422);
        let pause = match failures {
            // After five, as many as are admitted in a minute at one account, without a pause of the ladder.
            5 | 7..=9 => 60,
            ..=6 => continue,
            10..=14 => 600,
            15..=19 => 900,
            20..=24 => 3_600,
            _ => 86_400,
        };
        if failures == 7 {
            waits(&door, check, (email, from)).await?;
        }
        if [7, 10, 15, 20, 25].contains(&failures) {
            let answer = call(&door, &action, &form(email, PASSWORD), from).await?;
            let wait: i64 = answer.header("retry-after").parse().unwrap_or(0);
            check.that((pause - NEAR..=pause).contains(&wait), || {
                format!("after {failures} of {email}, Retry-After is {wait} s instead of {pause} s")
            });
            shift(deployment, later + pause - NEAR).await?;
            let answer = call(&door, &action, &form(email, PASSWORD), from).await?;
            check.equal(
                &format!("shortly before the end of pause {failures} of {email}"),
                answer.status,
                429,
            );
        }
        later += pause + 1;
        shift(deployment, later).await?;
    }
    Ok(later)
}

/// After seven, the right password is refused too, and so is a program at the same place; both are told how long.
async fn waits(door: &Door, check: &mut Check, (email, from): (&str, Ipv4Addr)) -> Result<(), Failure> {
    let action = action(door, "/sign-in", "sign_in").await?;
    let answer = call(door, &action, &form(email, PASSWORD), from).await?;
    check.equal(&format!("after seven, {email}"), answer.status, 429);
    let body = serde_json::json!({ "email": email, "password": PASSWORD });
    let program = door.send(Ask::post("/api/v1/auth/signin").json(&body).from(from)).await?;
    check.equal("a program at the same place", program.status, 429);
    for answer in [answer, program] {
        let wait: u64 = answer.header("retry-after").parse().unwrap_or(0);
        check.that((1..=60).contains(&wait), || {
            format!("Retry-After is {:?} for {email}", answer.header("retry-after"))
        });
    }
    Ok(())
}

/// Long passwords of any kind; no short, known or personal ones.
pub(crate) async fn p32_passwords_are_long_and_of_any_kind(world: &World) -> Finding {
    let mut check = Check::new();
    let door = world.door();
    let action = action(&door, "/sign-up", "sign_up").await?;
    let emoji = "🦆 wet ducks ".repeat(10);
    let most: String = emoji.chars().take(128).collect();
    for (what, password, is_good) in [
        ("14 characters", "abcdefghijklmn", false),
        ("15 characters", "qwfpgjluyarstd z", true),
        ("15 of one kind", "hgfkdlsqpwoeiru", true),
        ("128 with spaces and emoji", most.as_str(), true),
        ("a well-known long one", "passwordpassword", false),
        ("one key many times", "aaaaaaaaaaaaaaaaaaaa", false),
        ("the address", "ada.moreau@acme.example", false),
        ("nothing", "", false),
    ] {
        let email = if what == "the address" { "ada.moreau@acme.example" } else { "fresh@password.example" };
        let answer = call(&door, &action, &form(email, password), Ipv4Addr::LOCALHOST).await?;
        let is_taken = answer.status < 400;
        check.that(is_taken == is_good, || {
            format!("{what}: expected {}, got {}", if is_good { "taken" } else { "422" }, answer.in_short())
        });
        check.that(is_good || answer.status == 422, || format!("{what}: {}", answer.status));
    }
    let long = "x".repeat(900_000);
    let begun = Instant::now();
    let answer = call(&door, &action, &form("fresh@password.example", &long), Ipv4Addr::LOCALHOST).await?;
    let took = begun.elapsed();
    check.status("a password of 900 kB", &answer, &[413, 422]);
    check.that(took < Duration::from_secs(1), || format!("a password of 900 kB took {took:?}"));
    check.verdict(format!("8 passwords, and 900 kB refused in {} ms", took.as_millis()))
}

/// Guessing from one place stops nobody at another.
pub(crate) async fn p33_guessing_locks_nobody_out(world: &World) -> Finding {
    let mut check = Check::new();
    let door = world.door();
    let action = action(&door, "/sign-in", "sign_in").await?;
    let person = &world.cast.outsider;
    let (thief, home) = (Ipv4Addr::new(127, 2, 0, 5), Ipv4Addr::new(127, 3, 0, 9));
    for _ in 0..30 {
        call(&door, &action, &form(&person.email, WRONG), thief).await?;
    }
    let answer = call(&door, &action, &form(&person.email, PASSWORD), thief).await?;
    check.equal("the guesser, even with the right one", answer.status, 429);
    let answer = call(&door, &action, &form(&person.email, PASSWORD), home).await?;
    check.that(answer.status < 400, || format!("the person at another place: {}", answer.in_short()));
    let body = serde_json::json!({ "email": person.email, "password": PASSWORD });
    let answer = door.send(Ask::post("/api/v1/auth/signin").json(&body).from(home)).await?;
    check.equal("the person's programs", answer.status, 200);
    check.verdict("30 wrong ones from one place; the person signs in at another")
}
