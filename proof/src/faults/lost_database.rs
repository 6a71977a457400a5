//! The database restarts, and hangs.

use std::time::{Duration, Instant};

use futures::future::join_all;
use tokio::time::sleep;

use super::{
    ground::{Ground, Scene, holds_within, page},
    load::{Load, Sample, failures, percentile},
};
use crate::{
    Failure,
    client::{Ask, Browser, Door},
    stage::Signal,
    verdict::{Check, Finding},
};

const PER_SECOND: u32 = 200;
/// Once it is clear that the database hangs, everybody is told so in that time.
const QUICK: Duration = Duration::from_millis(50);

/// The server restarts in order and at once while people ask 200 times in a second.
pub(crate) async fn f07_hardly_anybody_notices_a_restart(ground: &Ground) -> Finding {
    const BAD_FOR: Duration = Duration::from_secs(5);
    let mut check = Check::new();
    let scene = Scene::set(ground.plan()).await?;
    let browser = scene.owner.sign_in().await?;
    let postgres = ground.postgres()?;
    let per_second = ground.options.pace(PER_SECOND);
    let load = Load::begin(scene.door(), per_second, mixture(&scene, &browser));
    let mut words = Vec::new();
    let mut restarts = Vec::new();
    for (how, signal) in [("in order", Signal::Interrupt), ("at once", Signal::Quit)] {
        sleep(Duration::from_secs(5)).await;
        let at = load.now();
        let away = postgres.restart(signal).await?;
        words.push(format!("{how}, away for {:.1} s", away.as_secs_f64()));
        restarts.push(at);
        sleep(Duration::from_secs(12)).await;
    }
    let samples = load.end().await;
    let failed: Vec<&Sample> = samples.iter().filter(|sample| sample.is_failed()).collect();
    #[expect(clippy::cast_precision_loss, reason = "thousands")]
    let share = failed.len() as f64 * 100.0 / samples.len().max(1) as f64;
    check.that(share <= 0.5, || {
        format!(
            "{} of {} requests failed ({share:.2} %, 0.5 % allowed): {}",
            failed.len(),
            samples.len(),
            failures(&samples)
        )
    });
    let late = |sample: &Sample| {
        let since =
            restarts.iter().rev().find(|at| **at <= sample.at).map(|at| sample.at.saturating_sub(*at));
        since.is_none_or(|since| since > BAD_FOR)
    };
    let beyond = failed.iter().filter(|sample| late(sample)).count();
    check.equal("failures more than 5 s after a restart began", beyond, 0);
    let lost = failed.iter().filter(|sample| sample.again.is_some_and(|status| status == 0 || status >= 500));
    check.equal("failures that were failures again 2 s later", lost.count(), 0);
    let figure = format!(
        "{} requests at {per_second}/s ({PER_SECOND} asked; reads, pages, writes under a key); {}; {} failed ({share:.2} %); p99 {} ms{}",
        samples.len(),
        words.join("; "),
        failed.len(),
        percentile(&samples, 99).as_millis(),
        ground.allowance()
    );
    check.measured(figure, "none failed again 2 s later")
}

/// Eight reads of figures, one page and one write, all of which may be repeated.
pub(super) fn mixture(
    scene: &Scene,
    browser: &Browser,
) -> impl FnMut(u64) -> (&'static str, Ask) + Send + use<> {
    let (read, look) = (scene.series(), page(browser));
    let write = scene.figures("").without("idempotency-key");
    move |number| match number % 10 {
        3 => ("page", look.clone()),
        7 => ("write", write.clone().header("idempotency-key", &format!("load-{number}"))),
        _ => ("read", read.clone()),
    }
}

/// The server and all its connections stand still for 20 seconds.
pub(crate) async fn f08_nobody_waits_for_a_database_that_hangs(ground: &Ground) -> Finding {
    const HANGS: Duration = Duration::from_secs(20);
    let mut check = Check::new();
    let scene = Scene::set(ground.plan()).await?;
    let browser = scene.owner.sign_in().await?;
    let (postgres, door) = (ground.postgres()?, scene.door_of(0)?);
    let asks = [("figures", scene.series()), ("page", page(&browser)), ("write", scene.figures("hang"))];
    postgres.freeze()?;
    let begun = Instant::now();
    let samples = while_hanging(&door, &asks, (begun, HANGS)).await;
    postgres.thaw()?;
    judge(&samples, ground, &mut check);
    let is_well = async || {
        let answers = asks.clone().map(|(_, ask)| door.send_owned(ask));
        join_all(answers).await.iter().all(|answer| answer.as_ref().is_ok_and(|answer| answer.status < 300))
    };
    let healed = holds_within(Duration::from_secs(10), is_well).await?;
    check.that(healed.is_some(), || "not healed 10 s after the database went on".to_owned());
    let ready = door.send(Ask::get("/health/ready")).await?.status;
    check.equal("ready afterwards", ready, 200);
    let quick = samples.iter().filter(|sample| sample.at > Duration::from_secs(5) && is_of_work(sample));
    let figure = format!(
        "frozen for {} s; from the 5th second on answered in {} ms at most ({} allowed, 50 asked); healed {:.1} s after it went on{}",
        HANGS.as_secs(),
        percentile(quick, 100).as_millis(),
        ground.allowed(QUICK).as_millis(),
        healed.unwrap_or_default().as_secs_f64(),
        ground.allowance()
    );
    check.measured(figure, "503 for everything but /health, which says 200")
}

fn is_of_work(sample: &Sample) -> bool {
    !sample.what.starts_with('/')
}

/// Asks for everything three times in a second, whatever becomes of earlier questions.
async fn while_hanging(
    door: &Door,
    asks: &[(&'static str, Ask)],
    (begun, hangs): (Instant, Duration),
) -> Vec<Sample> {
    let mut asking = Vec::new();
    let health = [("/health", Ask::get("/health")), ("/health/ready", Ask::get("/health/ready"))];
    // What is asked in the last seconds could be answered when the database goes on.
    while begun.elapsed() < hangs {
        for (what, ask) in asks.iter().chain(&health) {
            let (door, ask, what) = (door.clone(), ask.clone(), *what);
            asking.push(tokio::spawn(async move {
                let at = begun.elapsed();
                let asked = Instant::now();
                let status = door.send(ask).await.map_or(0, |answer| answer.status);
                Sample { what, at, took: asked.elapsed(), status, again: None }
            }));
        }
        sleep(Duration::from_millis(333)).await;
    }
    // An answer that needs the database to go on is none.
    let mut samples = Vec::new();
    for task in asking {
        let left = Duration::from_millis(500);
        match tokio::time::timeout(left, task).await {
            Ok(Ok(sample)) => samples.push(sample),
            _ => samples.push(Sample {
                what: "without an answer until the database went on",
                at: Duration::MAX,
                took: hangs,
                status: 0,
                again: None,
            }),
        }
    }
    samples
}

/// Whether what came while the database hung is what it should be.
fn judge(samples: &[Sample], ground: &Ground, check: &mut Check) {
    let opens = Duration::from_secs(5);
    let quick = ground.allowed(QUICK);
    for what in ["figures", "page", "write"] {
        let late: Vec<&Sample> =
            samples.iter().filter(|sample| sample.what == what && sample.at > opens).collect();
        let wrong: Vec<u16> =
            late.iter().filter(|sample| sample.status != 503).map(|sample| sample.status).collect();
        check.that(!late.is_empty() && wrong.is_empty(), || {
            format!(
                "{what} after 5 s: expected 503, got {:?} in {} of {}",
                wrong.first(),
                wrong.len(),
                late.len()
            )
        });
        let slow: Vec<&Sample> = late.iter().filter(|sample| sample.took > quick).copied().collect();
        check.that(slow.is_empty(), || {
            format!(
                "{what} after 5 s: {} of {} took longer than {} ms, the median {} ms, the slowest {} ms",
                slow.len(),
                late.len(),
                quick.as_millis(),
                percentile(late.iter().copied(), 50).as_millis(),
                percentile(late.iter().copied(), 100).as_millis()
            )
        });
    }
    let unanswered = samples.iter().filter(|sample| sample.at == Duration::MAX).count();
    check.equal("questions without an answer until the database went on", unanswered, 0);
    let status_of = |what: &str, after: Duration| -> Vec<u16> {
        let some = samples.iter().filter(|sample| sample.what == what && sample.at > after);
        let mut statuses: Vec<u16> = some.map(|sample| sample.status).collect();
        statuses.sort_unstable();
        statuses.dedup();
        statuses
    };
    check.equal("/health while the database hung", status_of("/health", Duration::ZERO), vec![200]);
    check.equal("/health/ready after 5 s", status_of("/health/ready", opens), vec![503]);
    let slowest = percentile(samples.iter().filter(|sample| sample.what == "/health"), 100);
    check.that(slowest <= ground.allowed(Duration::from_millis(250)), || {
        format!("/health took {} ms", slowest.as_millis())
    });
}

/// Asks until the answer is right; an error if it is not in time.
pub(super) async fn asks_until(
    door: &Door,
    ask: &Ask,
    status: u16,
    within: Duration,
) -> Result<Duration, Failure> {
    let is_so = async || door.send(ask.clone()).await.is_ok_and(|answer| answer.status == status);
    let after = holds_within(within, is_so).await?;
    after.ok_or_else(|| {
        format!("{} was not answered with {status} in {} s", ask.path(), within.as_secs()).into()
    })
}
