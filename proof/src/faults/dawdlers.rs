//! Clients that hold connections without using them.

use std::time::{Duration, Instant};

use futures::future::{join_all, try_join_all};
use tokio::time::sleep;

use super::{
    ground::{Ground, Scene, acknowledged, unique_file},
    load::{Sample, percentile},
};
use crate::{
    Failure,
    client::{Ask, Door, Gone, Pace},
    verdict::{Check, Finding},
};

const EACH: usize = 200;
const FEW: usize = 10;
const HEADS_WITHIN: Duration = Duration::from_secs(10);
/// Whoever sends or reads next to nothing, but something, is waited for a little longer.
const SLOW_WITHIN: Duration = Duration::from_mins(1);
const PATIENCE: Duration = Duration::from_secs(75);

/// At one node, and others ask where everybody comes in: 200 half heads, 200 that say nothing, ten bodies at a byte in a second, ten that stop, ten that read a byte in a second.
pub(crate) async fn f11_dawdlers_are_cut_off(ground: &Ground) -> Finding {
    let mut check = Check::new();
    let scene = Scene::set(ground.plan()).await?;
    let door = scene.door_of(0)?;
    let large = unique_file("large", 24_000_000);
    let id = acknowledged(&door.send(scene.upload("large.csv", &large)).await?).ok_or("no large file")?;
    drop(large);
    scene.all_read(Duration::from_mins(3)).await?;
    let entrance = scene.door();
    // A task of its own, which waits for the program alone and not for the dawdlers of this one.
    let healthy = |after| tokio::spawn(healthy(scene.series(), entrance.clone(), after));
    let before = percentile(&healthy(Duration::ZERO).await?, 99);
    let half =
        (0..EACH).map(|_| door.hold(b"GET / HTTP/1.1\r\nHost: quartile.example\r\nX-Slow: ", PATIENCE));
    let silent = (0..EACH).map(|_| door.hold(b"", PATIENCE));
    let body = unique_file("slow", 100_000);
    let trickle = Pace { bytes: 1, pause: Duration::from_secs(1) };
    let stall = Pace { bytes: 10, pause: Duration::from_hours(1) };
    let sent = |pace| {
        let ask = scene.upload("slow.csv", &body);
        try_join_all((0..FEW).map(|_| door.send_slowly(ask.clone(), pace, PATIENCE)))
    };
    let readers = (0..FEW).map(|_| door.read_slowly(scene.download(&id), PATIENCE));
    // The first seconds are those in which all of them are there.
    let feels = healthy(Duration::from_millis(500));
    let (half, silent, trickling, stalled, readers, during) = tokio::join!(
        try_join_all(half),
        try_join_all(silent),
        sent(trickle),
        sent(stall),
        join_all(readers),
        feels
    );
    let mut words = Vec::new();
    for (what, gone, within) in [
        ("half heads", half?, HEADS_WITHIN),
        ("silent connections", silent?, HEADS_WITHIN),
        ("bodies of a byte in a second", trickling?, SLOW_WITHIN),
        ("bodies that stop", stalled?, SLOW_WITHIN),
    ] {
        words.push(judge(&mut check, what, &gone, within));
    }
    let gone = readers.into_iter().collect::<Result<Vec<_>, Failure>>()?;
    words.push(judge_readers(&mut check, &gone));
    let during = during?;
    let after = percentile(&during, 99);
    others(ground, &mut check, (before, after), &during);
    let figure = format!(
        "closed after at most: {}; p99 of others {}{} → {} ms{}",
        words.join(", "),
        if ground.is_cluster() { "(by nginx, one of two nodes is held) " } else { "" },
        before.as_millis(),
        after.as_millis(),
        ground.allowance()
    );
    check.measured(figure, "")
}

fn judge_readers(check: &mut Check, gone: &[Option<Duration>]) -> String {
    let served = gone.iter().filter(|gone| gone.is_none_or(|after| after > SLOW_WITHIN)).count();
    check.equal(&format!("slow readers that are still served after {} s", SLOW_WITHIN.as_secs()), served, 0);
    let slowest = gone.iter().flatten().max();
    let slowest =
        slowest.map_or_else(|| "never".to_owned(), |slowest| format!("{:.1} s", slowest.as_secs_f64()));
    format!("slow readers {slowest}")
}

/// What everybody else feels of it.
fn others(ground: &Ground, check: &mut Check, (before, after): (Duration, Duration), during: &[Sample]) {
    let failed = during.iter().filter(|sample| sample.is_failed()).count();
    check.equal("failures of others meanwhile", failed, 0);
    // What is shorter than a moment may double by chance.
    let most = (before * 2).max(ground.allowed(Duration::from_millis(25)));
    check.that(after <= most, || {
        let mut slow: Vec<&Sample> = during.iter().filter(|sample| sample.took > most).collect();
        slow.sort_by_key(|sample| sample.at);
        let when: Vec<String> = slow
            .iter()
            .map(|it| format!("{} ms at {:.1} s", it.took.as_millis(), it.at.as_secs_f64()))
            .collect();
        let (after, before) = (after.as_millis(), before.as_millis());
        format!("others waited {after} ms instead of {before} ms (p99): {}", when.join(", "))
    });
}

fn judge(check: &mut Check, what: &str, gone: &[Gone], within: Duration) -> String {
    let open = gone.iter().filter(|gone| gone.after.is_none_or(|after| after > within)).count();
    let slowest = gone.iter().filter_map(|gone| gone.after).max();
    check.that(open == 0, || {
        let still = gone.iter().filter(|gone| gone.after.is_none()).count();
        format!(
            "{open} of {} {what} were open after {} s, {still} after {} s",
            gone.len(),
            within.as_secs(),
            PATIENCE.as_secs()
        )
    });
    let statuses: std::collections::BTreeSet<_> =
        gone.iter().filter_map(|gone| gone.answer.status()).collect();
    check.that(statuses.iter().all(|status| (400..500).contains(status) || *status == 503), || {
        format!("{what} were answered with {statuses:?}")
    });
    let slowest =
        slowest.map_or_else(|| "never".to_owned(), |slowest| format!("{:.1} s", slowest.as_secs_f64()));
    format!("{what} {slowest} {statuses:?}")
}

/// What it takes to be answered for somebody who asks one thing after the other, for ten seconds that begin after `pause`.
async fn healthy(ask: Ask, door: Door, pause: Duration) -> Vec<Sample> {
    const TIME: Duration = Duration::from_secs(10);
    sleep(pause).await;
    let (begun, mut samples) = (Instant::now(), Vec::new());
    while begun.elapsed() < TIME {
        let (at, asked) = (begun.elapsed(), Instant::now());
        let status = door.send(ask.clone()).await.map_or(0, |answer| answer.status);
        samples.push(Sample { what: "figures", at, took: asked.elapsed(), status, again: None });
        sleep(Duration::from_millis(5)).await;
    }
    samples
}
