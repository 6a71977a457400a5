//! Nodes are replaced one after the other while people work.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use futures::{StreamExt, stream};
use serde_json::json;
use tokio::time::sleep;

use super::ground::{Ground, Scene, page as look_at};
use crate::{
    Failure,
    client::{Answer, Ask, Door},
    people::Person,
    stage::{Deployment, Signal},
    verdict::{Check, Finding},
};

const REQUESTS: usize = 20_000;
const AT_ONCE: usize = 16;
/// What a node may take to end: the time for requests under way, and some.
const ENDS_WITHIN: Duration = Duration::from_secs(40);

/// What became of all requests.
#[derive(Default)]
struct Tally {
    wrong: BTreeMap<String, usize>,
    sent: usize,
    made: usize,
}

impl Tally {
    fn count(&mut self, what: &str, answer: Result<Answer, Failure>) {
        let wrong = match answer {
            Ok(answer) if answer.status < 400 => None,
            Ok(answer) => Some(format!("{what}: {:.60}", answer.in_short())),
            Err(cause) => Some(format!("{what}: {:.80}", cause.to_string())),
        };
        self.sent += usize::from(what == "POST");
        self.made += usize::from(what == "POST" && wrong.is_none());
        if let Some(words) = wrong {
            *self.wrong.entry(words).or_default() += 1;
        }
    }
}

/// Both nodes are ended and started, twice, under 20,000 requests; no answer is wrong, and nothing is done twice.
pub(crate) async fn f13_nobody_notices_a_rolling_restart(ground: &Ground) -> Finding {
    let mut check = Check::new();
    let Scene { mut deployment, owner, key } = Scene::set(ground.plan()).await?;
    let invited = "SELECT count(*) FROM invitations";
    let before = deployment.database.count(invited).await?;
    let browser = owner.sign_in().await?;
    let read = Ask::get("/api/v1/metrics/series?metrics=mrr,customers").bearer(&key);
    let page = look_at(&browser);
    let (door, done, begun) = (deployment.door(), AtomicUsize::new(0), Instant::now());
    let asking = async {
        let answers = stream::iter(0..REQUESTS).map(|number| {
            let (door, owner, read, page, done) = (&door, &owner, &read, &page, &done);
            async move {
                let answer = match number % 20 {
                    3 => ("page", door.send(page.clone()).await),
                    7 | 15 => ("POST", invite(door, owner).await),
                    _ => ("read", door.send(read.clone()).await),
                };
                done.fetch_add(1, Ordering::Relaxed);
                answer
            }
        });
        let (mut tally, mut answers) = (Tally::default(), answers.buffer_unordered(AT_ONCE));
        while let Some((what, answer)) = answers.next().await {
            tally.count(what, answer);
        }
        tally
    };
    let (tally, restarts) = tokio::join!(asking, roll(&mut deployment, &done));
    let restarts = restarts?;
    let seconds = begun.elapsed().as_secs_f64();
    let wrong: usize = tally.wrong.values().sum();
    check.that(wrong == 0, || {
        let kinds: Vec<String> =
            tally.wrong.iter().map(|(what, count)| format!("{count} × {what}")).collect();
        format!("{wrong} of {REQUESTS} answers were neither 2xx nor 3xx: {}", kinds.join(", "))
    });
    let kept = usize::try_from(deployment.database.count(invited).await? - before)?;
    check.that(kept >= tally.made && kept <= tally.sent, || {
        format!("{} POSTs sent, {} acknowledged, {kept} carried out", tally.sent, tally.made)
    });
    for (number, took) in restarts.iter().enumerate() {
        check.that(took.is_some(), || {
            format!("restart {number}: the node did not end in {} s", ENDS_WITHIN.as_secs())
        });
    }
    let complaints = deployment.nginx.as_ref().map_or(0, |nginx| nginx.log().lines().count());
    let slowest = restarts.iter().flatten().max().copied().unwrap_or_default();
    let figure = format!(
        "{REQUESTS} requests in {seconds:.0} s ({} POSTs, {kept} carried out), {} restarts, each ended in {:.1} s at most, {complaints} times nginx had to turn to the other node; without a change of the schema, which takes two versions",
        tally.sent,
        restarts.len(),
        slowest.as_secs_f64()
    );
    check.measured(figure, "")
}

/// Something that is there twice if it is carried out twice.
async fn invite(door: &Door, owner: &Person) -> Result<Answer, Failure> {
    let ask = Ask::post("/api/v1/invitations").bearer(&owner.token().await?).workspace("acme");
    door.send(ask.json(&json!({ "role": "viewer" }))).await
}

/// Restarts both nodes after a quarter of the requests, and after the half; how long each took to end.
async fn roll(deployment: &mut Deployment, done: &AtomicUsize) -> Result<Vec<Option<Duration>>, Failure> {
    let mut restarts = Vec::new();
    for part in [REQUESTS / 4, REQUESTS / 2] {
        while done.load(Ordering::Relaxed) < part {
            sleep(Duration::from_millis(20)).await;
        }
        for node in &mut deployment.nodes {
            let begun = Instant::now();
            node.process().send(Signal::Terminate)?;
            let ended = node.process().end_within(ENDS_WITHIN).await;
            restarts.push(ended.map(|_| begun.elapsed()));
            node.restart().await?;
            // nginx tries a node again a second after it refused.
            sleep(Duration::from_secs(2)).await;
        }
    }
    Ok(restarts)
}
