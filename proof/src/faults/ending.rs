//! Told to end in the middle of its work.

use std::time::{Duration, Instant};

use futures::future::{join_all, try_join_all};
use tokio::time::sleep;

use super::ground::{Ground, Scene, acknowledged, unique_file};
use crate::{
    Failure,
    client::{Ask, Listening, Pace},
    people::newcomer,
    stage::Signal,
    verdict::{Check, Finding},
};

const STREAMS: usize = 50;
/// Requests that are sent just before the signal.
const ASKED: usize = 100;
/// So many streams a person may have.
const OF_ONE: usize = 10;
const ENDS_WITHIN: Duration = Duration::from_secs(25);
/// Two seconds for a request that is under way.
const SLOW: Pace = Pace { bytes: 10_000, pause: Duration::from_millis(100) };
/// Long to read; where a machine is done with it before it is even acknowledged, files of twice as much are sent, up to the most.
const WORK_BYTES: usize = 200_000_000;
/// Files that are sent at once to an optimised program, which would be done with one before it ends; any other has enough to do with one.
const FILES: usize = 5;
const MOST_WORK_BYTES: usize = 800_000_000;

/// With 50 people who watch, a file that arrives, requests under way and a job that is at work; then once more, and a second signal.
pub(crate) async fn f12_what_was_begun_is_ended_first(ground: &Ground) -> Finding {
    let files = if ground.options.is_unoptimised { 1 } else { FILES };
    let mut check = Check::new();
    let mut scene = Scene::set(ground.plan().with("uploads.most_bytes", "1000000000")).await?;
    let mut streams = watch(&scene, &mut check).await?;
    let door = scene.door_of(0)?;
    let (jobs, work_bytes) = begin_work(&scene, files, &mut check).await?;
    let content = unique_file("on its way", 200_000);
    let upload = scene.upload("on-its-way.csv", &content).header("idempotency-key", "on-its-way");
    let on_its_way = {
        let door = door.clone();
        tokio::spawn(async move { door.send_slowly(upload, SLOW, Duration::from_mins(1)).await })
    };
    sleep(Duration::from_millis(500)).await;
    // All of each is with the system before the signal.
    let asked = try_join_all((0..ASKED).map(|_| door.send_off(scene.series()))).await?;
    let begun = Instant::now();
    let node = scene.deployment.nodes.first_mut().ok_or("no node")?;
    node.process().send(Signal::Terminate)?;
    let while_ending = [Ask::get("/health/ready"), Ask::get("/health"), scene.series()];
    let told = join_all(while_ending.map(|ask| door.send_owned(ask))).await;
    let told: Vec<u16> =
        told.iter().map(|answer| answer.as_ref().map_or(0, |answer| answer.status)).collect();
    check.equal("ready, alive and figures just after the signal", told, vec![503, 200, 200]);
    let node = scene.deployment.nodes.first_mut().ok_or("no node")?;
    let ended = node.process().end_within(Duration::from_mins(3)).await;
    let took = begun.elapsed();
    let code = ended.and_then(|status| status.code());
    check.equal("the exit code", code, Some(0));
    check.that(took <= ENDS_WITHIN, || format!("it ended after {:.1} s, 25 s allowed", took.as_secs_f64()));
    let mut cut = 0;
    for stream in &mut streams {
        cut += usize::from(stream.ends(Duration::from_secs(5)).await != Some(true));
    }
    check.equal("streams that were cut instead of ended", cut, 0);
    let upload = on_its_way.await??;
    check.that(upload.answer.status() == Some(201), || {
        format!("the file that was arriving: {:.100}", upload.answer.text)
    });
    let answers = join_all(asked.into_iter().map(|asked| asked.answer(Duration::from_secs(5)))).await;
    let failed: Vec<_> = answers.iter().filter(|gone| gone.answer.status() != Some(200)).collect();
    check.that(failed.is_empty(), || {
        let unanswered = failed.iter().filter(|gone| gone.answer.text.is_empty()).count();
        format!("{} of {ASKED} requests under way failed, {unanswered} of them without a word", failed.len())
    });
    let left = reading(&scene).await?;
    check.that(left > 0, || "all jobs were done before it ended, none can go on".to_owned());
    let resumed = resumes(&mut scene, &jobs, &mut check).await?;
    let at_once = second_signal(&mut scene, &mut check).await?;
    let figure = format!(
        "ended after {:.1} s under {STREAMS} streams, {ASKED} requests, an upload and {files} jobs of {} MB, of which {left} were left and done {resumed:.1} s after the next start; a second signal ends it in {} ms",
        took.as_secs_f64(),
        work_bytes / 1_000_000,
        at_once.as_millis()
    );
    check.measured(figure, "exit code 0, the streams ended in order, the upload and all requests answered")
}

/// Has files read with which the program is at work when they are acknowledged; their ids and the size of each in bytes.
async fn begin_work(scene: &Scene, files: usize, check: &mut Check) -> Result<(Vec<String>, usize), Failure> {
    let door = scene.door_of(0)?;
    let mut bytes = WORK_BYTES;
    loop {
        let work = unique_file("a job that takes long", bytes);
        let sent = join_all((0..files).map(|_| door.send(scene.upload("work.csv", &work)))).await;
        let ids = sent.into_iter().map(|sent| {
            let sent = sent?;
            acknowledged(&sent).ok_or_else(|| sent.in_short().into())
        });
        let jobs = ids.collect::<Result<Vec<String>, Failure>>()?;
        let is_at_work = reading(scene).await? > 0;
        if is_at_work || bytes >= MOST_WORK_BYTES {
            check.that(is_at_work, || "the jobs were done before the signal".to_owned());
            return Ok((jobs, bytes));
        }
        bytes *= 2;
    }
}

/// Has several people watch their own companies.
async fn watch(scene: &Scene, check: &mut Check) -> Result<Vec<Listening>, Failure> {
    let mut streams = Vec::new();
    for number in 0..STREAMS / OF_ONE {
        let (person, slug) = newcomer(&scene.deployment, &format!("watcher{number}")).await?;
        let cookie = format!("__Host-sid={}", person.browser.session());
        for _ in 0..OF_ONE {
            let ask = Ask::get(&format!("/w/{slug}/events")).header("cookie", &cookie);
            let stream = scene.door_of(0)?.listen(ask).await?;
            check.equal("beginning to watch", stream.status, 200);
            streams.push(stream);
        }
    }
    Ok(streams)
}

async fn reading(scene: &Scene) -> Result<u64, Failure> {
    scene.deployment.database.count("SELECT count(*) FROM datasets WHERE state = 'reading'").await
}

/// Starts it once more; how many seconds it takes until everything is read.
async fn resumes(scene: &mut Scene, jobs: &[String], check: &mut Check) -> Result<f64, Failure> {
    scene.deployment.nodes.first_mut().ok_or("no node")?.restart().await?;
    let begun = Instant::now();
    let is_read = scene.all_read(Duration::from_mins(4)).await?;
    let took = begun.elapsed().as_secs_f64();
    check.that(is_read, || "the jobs were not done 4 minutes after the next start".to_owned());
    for job in jobs {
        let ask = Ask::get(&format!("/api/v1/data/files/{job}")).bearer(&scene.key);
        let state = scene.door().send(ask).await?.field("/state");
        check.equal("the file of a job", state.as_str().unwrap_or_default(), "ready");
    }
    Ok(took)
}

/// Whoever cannot wait says so a second time; how long that takes.
async fn second_signal(scene: &mut Scene, check: &mut Check) -> Result<Duration, Failure> {
    let content = unique_file("never ends", 1_000_000);
    let (door, ask) = (scene.door_of(0)?, scene.upload("never-ends.csv", &content));
    let holding = tokio::spawn(async move { door.send_slowly(ask, SLOW, Duration::from_secs(30)).await });
    sleep(Duration::from_millis(500)).await;
    let node = scene.deployment.nodes.first_mut().ok_or("no node")?;
    node.process().send(Signal::Terminate)?;
    let early = node.process().end_within(Duration::from_millis(700)).await;
    check.that(early.is_none(), || "the first signal did not wait for an upload".to_owned());
    let begun = Instant::now();
    node.process().send(Signal::Terminate)?;
    let ended = node.process().end_within(Duration::from_secs(20)).await;
    let took = begun.elapsed();
    check.that(ended.is_some() && took <= Duration::from_secs(1), || {
        format!("a second signal took {:.1} s", took.as_secs_f64())
    });
    holding.abort();
    Ok(took)
}
