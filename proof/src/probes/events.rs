//! Live events: who may watch, from where, and how many at once.

use std::time::{Duration, Instant};

use futures::stream::{self, StreamExt};
use kernel::Role;

use super::{
    cast::{OURS, join, take_out},
    people::send_file,
    verdict::{Check, Finding},
    world::World,
};
use crate::{
    Failure,
    client::{Ask, Browser, Door},
    stage::SITE_NAME,
};

/// How often somebody without a session tries.
const ATTEMPTS: usize = 1000;
/// By then whoever watches is told, and told no more.
const SOON: Duration = Duration::from_secs(5);
/// Streams that one person may have open at a node.
const MOST_STREAMS: usize = 10;

/// Live events are for those who are signed in, on our pages, in the workspace, and not for too many of them at once.
pub(crate) async fn p55_live_events_are_for_those_who_may(world: &World) -> Finding {
    let mut check = Check::new();
    other_sites(world, &mut check).await?;
    let cost = strangers(world, &mut check).await?;
    many(world, &mut check).await?;
    until_a_right_ends(world, &mut check).await?;
    check.verdict(format!("other sites refused; {cost}; {MOST_STREAMS} streams of a person at a node and no more; told at once, and not after being taken out"))
}

/// Asks for what happens in our workspace.
pub(super) fn events() -> Ask {
    Ask::get(&format!("/w/{OURS}/events")).header("accept", "text/event-stream")
}

async fn other_sites(world: &World, check: &mut Check) -> Result<(), Failure> {
    let browser = world.cast.owner()?.sign_in().await?;
    let ours = format!("https://{SITE_NAME}");
    for (headers, expected) in [
        ([("origin", "https://evil.example"), ("x-none", "")], 403),
        ([("origin", "null"), ("x-none", "")], 403),
        ([("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")], 403),
        ([("x-none", ""), ("sec-fetch-site", "same-site")], 403),
        ([("origin", ours.as_str()), ("sec-fetch-site", "same-origin")], 200),
        ([("origin", ours.as_str()), ("x-none", "")], 200),
    ] {
        let watching = browser.door.listen(browser.carry(events().headers(&headers))).await?;
        check.equal(&format!("watching with {headers:?}"), watching.status, expected);
    }
    Ok(())
}

/// Attempts of nobody cost about as much as asking whether the program lives, and leave nothing behind.
async fn strangers(world: &World, check: &mut Check) -> Result<String, Failure> {
    let (node, door) = (world.main.nodes.first().ok_or("no node")?, world.main.door_of(0).ok_or("no node")?);
    let timed = |ask: Ask| {
        let asked = door.send_owned(ask);
        async move {
            let begun = Instant::now();
            (asked.await.map(|answer| answer.status), begun.elapsed())
        }
    };
    // In turn, so that both find the machine alike; every second one brings a cookie that is none.
    let pair = |number: usize| {
        let attempt = events();
        let attempt = if number.is_multiple_of(2) {
            attempt
        } else {
            attempt.header("cookie", &format!("__Host-sid={number:0>43}"))
        };
        let (attempt, alive) = (timed(attempt), timed(Ask::get("/health")));
        async move { (attempt.await, alive.await) }
    };
    stream::iter(0..100).map(pair).buffer_unordered(8).for_each(async |_| {}).await;
    let before = node.memory()?;
    let pairs: Vec<_> = stream::iter(0..ATTEMPTS).map(pair).buffer_unordered(8).collect().await;
    let grown = node.memory()?.saturating_sub(before);
    let (mut attempts, mut asked) = (Vec::new(), Vec::new());
    for ((attempt, of_attempt), (alive, of_asking)) in pairs {
        check.equal("watching without a session", attempt?, 401);
        check.equal("a sign of life", alive?, 200);
        attempts.push(of_attempt);
        asked.push(of_asking);
    }
    attempts.sort_unstable();
    asked.sort_unstable();
    let middle = |times: &[Duration]| times.get(times.len() / 2).copied().unwrap_or_default();
    let (attempt, alive) = (middle(&attempts), middle(&asked));
    check.that(attempt <= alive * 5 + Duration::from_millis(5), || {
        format!("an attempt takes {attempt:?}, and asking whether the program lives {alive:?}")
    });
    check.that(grown <= 8 << 20, || format!("{ATTEMPTS} attempts left {} kB", grown / 1000));
    Ok(format!(
        "{ATTEMPTS} attempts of nobody: 401 after {attempt:.1?} ({alive:.1?} for a sign of life), {} kB left",
        grown / 1000
    ))
}

async fn many(world: &World, check: &mut Check) -> Result<(), Failure> {
    let door = world.main.door_of(0).ok_or("no node")?;
    let browser = Browser { door, ..world.cast.person(Role::Analyst)?.sign_in().await? };
    let mut open = Vec::new();
    for number in 1..=MOST_STREAMS {
        let watching = browser.door.listen(browser.carry(events())).await?;
        check.equal(&format!("stream {number}"), watching.status, 200);
        open.push(watching);
    }
    let refused = browser.door.send(browser.carry(events())).await?;
    check.equal("one stream more", refused.status, 429);
    check.that(!refused.header("retry-after").is_empty(), || "it does not say when to come back".to_owned());
    let another = world.cast.person(Role::Member)?.sign_in().await?;
    check.equal("somebody else", watch(&browser.door, &another).await?, 200);
    open.pop();
    let begun = Instant::now();
    let mut status = 429;
    while status == 429 && begun.elapsed() < SOON {
        tokio::time::sleep(Duration::from_millis(50)).await;
        status = watch(&browser.door, &browser).await?;
    }
    check.equal("after one was closed", status, 200);
    Ok(())
}

async fn watch(door: &Door, browser: &Browser) -> Result<u16, Failure> {
    Ok(door.listen(browser.carry(events())).await?.status)
}

/// Whoever watches is told what happens by way of everything that stands in front, until they are taken out.
async fn until_a_right_ends(world: &World, check: &mut Check) -> Result<(), Failure> {
    let owner = world.cast.owner()?;
    let person = join(&world.main, owner, Role::Viewer, "watcher").await?;
    let mut watching = world.door().listen(person.browser.carry(events())).await?;
    check.equal("a viewer watches", watching.status, 200);
    let token = owner.token().await?;
    let file = ("watched.csv", b"month,mrr\n2026-01,100\n".as_slice());
    let first = send_file(&world.door(), &token, OURS, file).await?;
    check.that(watching.hears(&first, SOON).await.is_some(), || "the first file was not told".to_owned());
    take_out(&world.main, owner, &person).await?;
    let second = send_file(&world.door(), &token, OURS, file).await?;
    check.that(watching.ends(SOON).await.is_some(), || {
        "the stream of somebody without a right goes on".to_owned()
    });
    check.that(watching.hears(&second, Duration::from_millis(1)).await.is_none(), || {
        "somebody without a right was told".to_owned()
    });
    Ok(())
}
