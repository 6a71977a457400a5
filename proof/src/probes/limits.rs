//! How often somebody may ask.

use std::{
    net::Ipv4Addr,
    time::{Duration, Instant},
};

use futures::stream::{self, StreamExt};

use super::{
    verdict::{Check, Finding},
    world::World,
};
use crate::{
    Failure,
    client::{Ask, Door},
    stage::Plan,
};

const SECONDS: u64 = 10;
/// What ten seconds at ten requests a second and a burst of twenty allow.
const MOST: usize = 120;

/// Ten requests a second, and a burst of twenty, for those who are not signed in.
pub(crate) async fn p34_ten_requests_a_second_and_no_more(world: &World) -> Finding {
    let mut check = Check::new();
    let limited = world.plan_with_default_limits().start().await?;
    let (door, begun) = (limited.door(), Instant::now());
    let (mut accepted, mut refused, mut last) = (0, 0, None);
    while begun.elapsed() < Duration::from_secs(SECONDS) {
        let four = (0..4).map(|_| door.send(Ask::get("/sign-in").from(Ipv4Addr::new(127, 0, 0, 77))));
        for answer in futures::future::join_all(four).await {
            let answer = answer?;
            if answer.status == 429 {
                refused += 1;
                last = Some(answer);
            } else {
                accepted += 1;
            }
        }
    }
    // What was let in during the moment that the last requests took.
    let most =
        MOST + usize::try_from(begun.elapsed().as_millis().saturating_sub(10_000) / 100).unwrap_or(0) + 1;
    check.that(accepted <= most, || format!("{accepted} accepted in {SECONDS} s, {most} allowed"));
    check.that(accepted >= MOST - 20, || format!("only {accepted} accepted in {SECONDS} s, {MOST} allowed"));
    let last = last.ok_or("nothing was refused")?;
    check.that(last.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds >= 1), || {
        format!("Retry-After is {:?}", last.header("retry-after"))
    });
    check.that(last.header("ratelimit").contains("r=0"), || {
        format!("RateLimit is {:?}", last.header("ratelimit"))
    });
    check.that(last.header("ratelimit-policy").contains("q="), || {
        format!("RateLimit-Policy is {:?}", last.header("ratelimit-policy"))
    });
    let answer = door.send(Ask::get("/api/v1/users/me").from(Ipv4Addr::new(127, 0, 0, 77))).await?;
    check.that(answer.status != 429 || answer.is_problem(), || {
        "a refusal of the API is no problem document".to_owned()
    });
    let other = door.send(Ask::get("/sign-in").from(Ipv4Addr::new(127, 0, 0, 78))).await?;
    check.equal("somebody else", other.status, 200);
    check.verdict(format!(
        "{accepted} accepted and {refused} refused in {SECONDS} s, over {} node(s)",
        limited.nodes.len()
    ))
}

/// A plan with few requests for strangers.
fn few(world: &World) -> Plan {
    world.plan().with("limits.anonymous", "6/h burst 5")
}

/// How many of these are let in, one after the other.
async fn admitted(door: &Door, asks: Vec<Ask>) -> Result<usize, Failure> {
    let mut count = 0;
    for ask in asks {
        count += usize::from(door.send(ask).await?.status != 429);
    }
    Ok(count)
}

/// No header and no spelling makes somebody else of a visitor.
pub(crate) async fn p35_nobody_is_somebody_else_by_a_header(world: &World) -> Finding {
    let mut check = Check::new();
    let limited = few(world).start().await?;
    let door = limited.door();
    for (number, header) in ["x-forwarded-for", "x-real-ip", "forwarded", "x-client-ip", "cf-connecting-ip"]
        .into_iter()
        .enumerate()
    {
        let from = Ipv4Addr::new(127, 0, 1, u8::try_from(number).unwrap_or(0));
        let asks = (0..9).map(|victim| {
            let value = if header == "forwarded" {
                format!("for=198.51.100.{victim}")
            } else {
                format!("198.51.100.{victim}")
            };
            Ask::get("/sign-in").header(header, &value).from(from)
        });
        check.equal(&format!("nine names in {header}"), admitted(&door, asks.collect()).await?, 5);
    }
    let spellings = [
        "/sign-in",
        "//sign-in",
        "/SIGN-IN",
        "/%73ign-in",
        "/sign-in/",
        "/sign-in?a=1",
        "/./sign-in",
        "/%2e/sign-in",
    ];
    let asks = spellings.map(|path| Ask::get(path).from(Ipv4Addr::new(127, 0, 2, 1)));
    check.equal("eight spellings of a path", admitted(&door, asks.to_vec()).await?, 5);
    networks(world, &mut check).await?;
    let kilobytes = memory(world, &mut check).await?;
    check.verdict(format!("5 headers, 8 spellings, one /64; {KEYS} visitors cost {kilobytes} kB by HTTP; a million are measured in crates/platform/tests/memory.rs"))
}

/// Behind a proxy that is believed, one network of IPv6 is one visitor, and naming a victim costs the victim nothing.
async fn networks(world: &World, check: &mut Check) -> Result<(), Failure> {
    let behind = few(world).with("server.trusted_proxies", "127.0.0.1").start().await?;
    let node = behind.door_of(0).ok_or("no node")?;
    let named = |client: String| Ask::get("/sign-in").header("x-forwarded-for", &client);
    let one = (0..9).map(|host| named(format!("2001:db8:7:7::{host:x}"))).collect();
    check.equal("nine addresses of one /64", admitted(&node, one).await?, 5);
    let many = (0..9).map(|network| named(format!("2001:db8:9:{network:x}::1"))).collect();
    check.equal("nine networks", admitted(&node, many).await?, 9);
    let lies = (0..9).map(|victim| named(format!("203.0.113.{victim}, 198.51.100.7"))).collect();
    check.equal("nine victims named by one client", admitted(&node, lies).await?, 5);
    check.equal("a victim afterwards", admitted(&node, vec![named("203.0.113.1".to_owned())]).await?, 1);
    Ok(())
}

const KEYS: u32 = 20_000;

/// What is remembered about visitors takes little room.
async fn memory(world: &World, check: &mut Check) -> Result<u64, Failure> {
    let behind = world.plan().with("server.trusted_proxies", "127.0.0.1").start().await?;
    let door = behind.door_of(0).ok_or("no node")?;
    let node = behind.nodes.first().ok_or("no node")?;
    let visit = |number: u32| {
        let client = Ipv4Addr::from(0x0a00_0000 + number).to_string();
        door.send_owned(Ask::get("/api/v1/nothing").header("x-forwarded-for", &client))
    };
    // Until the pools and caches that any load fills are full.
    stream::iter(0..2_000).map(visit).buffer_unordered(16).for_each(async |_| {}).await;
    let before = node.memory()?;
    stream::iter(2_000..2_000 + KEYS).map(visit).buffer_unordered(16).for_each(async |_| {}).await;
    let grown = node.memory()?.saturating_sub(before);
    // 64 MB for a million, and what an allocator keeps besides.
    let most = u64::from(KEYS) * 64 + (4 << 20);
    check
        .that(grown <= most, || format!("{KEYS} visitors cost {} kB, {} allowed", grown / 1000, most / 1000));
    Ok(grown / 1000)
}
