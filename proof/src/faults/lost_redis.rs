//! Redis dies, hangs, and is slow.

use std::{
    net::Ipv4Addr,
    time::{Duration, Instant},
};

use futures::{StreamExt, stream};
use tokio::time::sleep;

use super::{
    ground::{Ground, OPERATOR, SLUG, Scene, holds_within},
    load::{Load, failures, percentile},
    lost_database::mixture,
};
use crate::{
    Failure,
    client::{Ask, Door},
    stage::{FaultyLine, Mood, Redis, Signal},
    verdict::{Check, Finding},
};

/// What a stranger may ask: so often in a second, and so many at once.
const RATE: usize = 10;
const BURST: usize = 20;

/// Whoever asks all the time whether Redis is well, so that nobody else is held back for it.
const ASKING: Ipv4Addr = Ipv4Addr::new(127, 0, 9, 100);

/// Redis, by way of a line that can be slow.
struct Shared {
    redis: Redis,
    line: FaultyLine,
}

/// Without Redis nobody fails, each node lets its part through, and what is told live arrives; with it the nodes count together again.
pub(crate) async fn f09_everything_goes_on_without_redis(ground: &Ground) -> Finding {
    let mut check = Check::new();
    let redis = Redis::start().await?;
    let line = FaultyLine::to(([127, 0, 0, 1], redis.port()).into()).await?;
    let plan = ground.plan().with("limits.anonymous", &format!("{RATE}/s burst {BURST}"));
    let plan = plan.with("redis.url", &format!("redis://{}", line.address));
    let (scene, mut shared) = (Scene::set(plan).await?, Shared { redis, line });
    let mut words = Vec::new();
    let with = admitted(&scene.door(), 1).await?;
    check.that(with <= most(5), || {
        format!("with Redis {with} of a stranger's requests passed, {} may", most(5))
    });
    for (number, how) in (2..).zip(["dead", "hanging", "slow"]) {
        words.push(outage(ground, &scene, &mut shared, (how, number), &mut check).await?);
    }
    let again = admitted(&scene.door(), 9).await?;
    check.that(again <= most(5), || format!("afterwards {again} of a stranger's requests passed"));
    let words = words.join("; ");
    let figure = format!(
        "with Redis {with} of a stranger's requests passed in 5 s; {words}; afterwards {again}{}",
        ground.allowance()
    );
    check.measured(figure, "")
}

impl Shared {
    fn fail(&mut self, how: &str) -> Result<(), Failure> {
        match how {
            "dead" => self.redis.process().send(Signal::Kill)?,
            "hanging" => self.redis.process().send(Signal::Freeze)?,
            _ => self.line.be(Mood::Slow(Duration::from_millis(500))),
        }
        Ok(())
    }

    async fn be_well(&mut self, how: &str) -> Result<(), Failure> {
        match how {
            "dead" => self.redis.restart().await?,
            "hanging" => self.redis.process().send(Signal::Thaw)?,
            _ => self.line.be(Mood::Well),
        }
        Ok(())
    }
}

/// Redis fails in one way and is well again, while people work; what was measured.
async fn outage(
    ground: &Ground,
    scene: &Scene,
    shared: &mut Shared,
    (how, number): (&str, u8),
    check: &mut Check,
) -> Result<String, Failure> {
    const PER_SECOND: u32 = 60;
    let browser = scene.owner.sign_in().await?;
    let cookie = format!("__Host-sid={}", browser.session());
    let listening = Ask::get(&format!("/w/{SLUG}/events")).header("cookie", &cookie);
    let listening = scene.door_of(0)?.listen(listening).await?;
    let load = Load::begin(scene.door(), PER_SECOND / ground.options.slack(), mixture(scene, &browser));
    sleep(Duration::from_secs(4)).await;
    shared.fail(how)?;
    let since = load.now();
    // Five failures, and nobody asks it any more.
    sleep(Duration::from_secs(1)).await;
    let passed = admitted(&scene.door(), number).await?;
    check.that(passed <= most(5) && passed >= RATE * 5 / 2, || {
        format!("Redis {how}: {passed} of a stranger's requests passed in 5 s, {} may", most(5))
    });
    let told = tell(scene, &listening, number).await?;
    check.that(told.is_some(), || format!("Redis {how}: what the other node did was not told live in 5 s"));
    sleep(Duration::from_secs(4)).await;
    let until = load.now();
    shared.be_well(how).await?;
    let healed = heals(scene).await?;
    check.that(healed.is_some(), || format!("not well 15 s after Redis was no longer {how}"));
    let samples = load.end().await;
    let failed = samples.iter().filter(|sample| sample.is_failed()).count();
    check.that(failed == 0, || format!("Redis {how}: {failed} requests failed ({})", failures(&samples)));
    let before = percentile(samples.iter().filter(|sample| sample.at < since), 99);
    let during = percentile(samples.iter().filter(|sample| sample.at >= since && sample.at < until), 99);
    let added = during.saturating_sub(before);
    check.that(added <= ground.allowed(Duration::from_secs(1)), || {
        format!("Redis {how}: p99 rose by {} ms", added.as_millis())
    });
    Ok(format!(
        "{how}: {failed} of {} requests failed, p99 {} → {} ms, {passed} of a stranger's passed in 5 s, live after {} ms, counted together again after {:.1} s",
        samples.len(),
        before.as_millis(),
        during.as_millis(),
        told.unwrap_or_default().as_millis(),
        healed.unwrap_or_default().as_secs_f64()
    ))
}

/// What may pass in so many seconds, with one more second for the clock of the prober.
pub(super) fn most(seconds: usize) -> usize {
    BURST + RATE * (seconds + 1)
}

/// How many requests of a stranger pass in five seconds, over both nodes.
pub(super) async fn admitted(door: &Door, number: u8) -> Result<usize, Failure> {
    let begun = Instant::now();
    let ask = Ask::get("/sign-in").from(Ipv4Addr::new(127, 0, 9, number));
    let mut passed = 0;
    while begun.elapsed() < Duration::from_secs(5) {
        let answers = stream::iter(0..8).map(|_| door.send_owned(ask.clone()));
        let statuses: Vec<u16> = answers
            .buffer_unordered(8)
            .map(|answer| answer.map_or(0, |answer| answer.status))
            .collect()
            .await;
        passed += statuses.iter().filter(|status| **status != 429).count();
        sleep(Duration::from_millis(100)).await;
    }
    Ok(passed)
}

/// How long it takes until somebody at the first node hears of what is done at the second.
async fn tell(
    scene: &Scene,
    listening: &crate::client::Listening,
    number: u8,
) -> Result<Option<Duration>, Failure> {
    let content = format!("month,MRR\n2024-01,{number}\n");
    let upload = scene.upload("told.csv", content.as_bytes());
    let answer = scene.door_of(1)?.send(upload).await?;
    let id = answer.field("/id").as_str().unwrap_or("no file").to_owned();
    Ok(listening.hears(&id, Duration::from_secs(5)).await)
}

/// How long it takes until no node says that Redis is left alone.
async fn heals(scene: &Scene) -> Result<Option<Duration>, Failure> {
    let doors = [scene.door_of(0)?, scene.door_of(1)?];
    holds_within(Duration::from_secs(15), async || {
        for door in &doors {
            // Somebody has to ask for the breaker to try.
            let _ = door.send(Ask::get("/sign-in").from(ASKING)).await;
            let health = door.send(Ask::get("/health/all").bearer(OPERATOR)).await;
            let is_well = health.is_ok_and(|answer| {
                let report = answer.json();
                let all = report
                    .pointer("/dependencies")
                    .and_then(|all| all.as_array().cloned())
                    .unwrap_or_default();
                all.iter().any(|one| one["name"] == "redis" && one["state"] == "well")
            });
            if !is_well {
                return false;
            }
        }
        true
    })
    .await
}
