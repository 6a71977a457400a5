//! Nodes are replaced one after the other, and the schema grows, while people work.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
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
    stage::{Database, Deployment, Signal},
    verdict::{Check, Finding},
};

const REQUESTS: usize = 20_000;
/// So many requests show that nodes go on.
const A_WHILE: usize = 1_000;
/// Tables that are read or written by the requests.
const WIDENED: [&str; 5] = ["invitations", "sessions", "api_keys", "observations", "memberships"];
/// What a newer version notes once it has changed the schema.
const WRITE_DOWN: &str =
    "INSERT INTO _sqlx_migrations (version, description, installed_on, success, checksum, execution_time)
    SELECT MAX(version) + 1, 'expanded', now(), TRUE, '\\x00'::BYTEA, 0 FROM _sqlx_migrations";
const STRIKE_OUT: &str = "DELETE FROM _sqlx_migrations WHERE description = 'expanded'";
const AT_ONCE: usize = 16;
/// What a node may take to end: the time for requests under way, and some.
const ENDS_WITHIN: Duration = Duration::from_secs(40);

/// What became of all requests.
#[derive(Default)]
struct Tally {
    wrong: BTreeMap<String, usize>,
    all: usize,
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
        self.all += 1;
        self.sent += usize::from(what == "POST");
        self.made += usize::from(what == "POST" && wrong.is_none());
        if let Some(words) = wrong {
            *self.wrong.entry(words).or_default() += 1;
        }
    }
}

/// Both nodes are ended and started, twice, under 20,000 requests; the second time on a schema that its owner has widened in between, and
/// then a newer version has worked with it. No answer is wrong, and nothing is done twice.
pub(crate) async fn f13_nobody_notices_a_rolling_restart(ground: &Ground) -> Finding {
    let mut check = Check::new();
    let Scene { mut deployment, owner, key } = Scene::set(ground.plan()).await?;
    let invited = "SELECT count(*) FROM invitations";
    let before = deployment.database.count(invited).await?;
    let browser = owner.sign_in().await?;
    let read = Ask::get("/api/v1/metrics/series?metrics=mrr,customers").bearer(&key);
    let (page, door, begun) = (look_at(&browser), deployment.door(), Instant::now());
    let (done, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let asking = async {
        // What happens to the nodes happens under requests, however fast these are.
        let numbers = (0..).take_while(|number| *number < REQUESTS || !is_over.load(Ordering::Relaxed));
        let answers = stream::iter(numbers).map(|number| {
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
    let changing = async {
        let outcome = change(&mut deployment, &done, &mut check).await;
        is_over.store(true, Ordering::Relaxed);
        outcome
    };
    let (tally, restarts) = tokio::join!(asking, changing);
    let restarts = restarts?;
    let seconds = begun.elapsed().as_secs_f64();
    let kept = usize::try_from(deployment.database.count(invited).await? - before)?;
    judge(&mut check, &tally, &restarts, kept);
    go_back(&mut deployment, &mut check).await?;
    let complaints = deployment.nginx.as_ref().map_or(0, |nginx| nginx.log().lines().count());
    let slowest = restarts.iter().flatten().max().copied().unwrap_or_default();
    let figure = format!(
        "{} requests in {seconds:.0} s ({} POSTs, {kept} carried out), {} restarts, each ended in {:.1} s at most, {complaints} times nginx had to turn to the other node",
        tally.all,
        tally.sent,
        restarts.len(),
        slowest.as_secs_f64()
    );
    check.measured(
        figure,
        "between the restarts the owner of the schema added columns to five tables in use, an index and a table, which got its wall at the next start; \
         with a newer migration written down both nodes went on, and a start of this version was refused, as DEPLOYMENT.md says. Two versions of the \
         program beside each other were not tried: DEPLOYMENT.md has all nodes stopped for that",
    )
}

fn judge(check: &mut Check, tally: &Tally, restarts: &[Option<Duration>], kept: usize) {
    let wrong: usize = tally.wrong.values().sum();
    check.that(wrong == 0, || {
        let kinds: Vec<String> =
            tally.wrong.iter().map(|(what, count)| format!("{count} × {what}")).collect();
        format!("{wrong} of {} answers were neither 2xx nor 3xx: {}", tally.all, kinds.join(", "))
    });
    check.that(kept >= tally.made && kept <= tally.sent, || {
        format!("{} POSTs sent, {} acknowledged, {kept} carried out", tally.sent, tally.made)
    });
    for (number, took) in restarts.iter().enumerate() {
        check.that(took.is_some(), || {
            format!("restart {number}: the node did not end in {} s", ENDS_WITHIN.as_secs())
        });
    }
}

/// Something that is there twice if it is carried out twice.
async fn invite(door: &Door, owner: &Person) -> Result<Answer, Failure> {
    let ask = Ask::post("/api/v1/invitations").bearer(&owner.token().await?).workspace("acme");
    door.send(ask.json(&json!({ "role": "viewer" }))).await
}

/// Everything that happens to nodes and schema while people ask; how long each node took to end.
async fn change(
    deployment: &mut Deployment,
    done: &AtomicUsize,
    check: &mut Check,
) -> Result<Vec<Option<Duration>>, Failure> {
    reach(done, REQUESTS / 4).await;
    let mut restarts = roll(deployment).await?;
    reach(done, REQUESTS / 2).await;
    expand(&deployment.database).await?;
    // The nodes of before have worked with it for a while before they are replaced.
    reach(done, done.load(Ordering::Relaxed) + A_WHILE).await;
    restarts.extend(roll(deployment).await?);
    let walls = "SELECT count(*) FROM pg_policies WHERE tablename = 'expanded' AND policyname = 'workspace'";
    check.equal("walls of the new table", deployment.database.count(walls).await?, 1);
    reach(done, REQUESTS * 3 / 4).await;
    deployment.database.execute_as_owner(&[WRITE_DOWN]).await?;
    let refusal = deployment.plan.program.refuse(deployment.settings(), &deployment.data()).await?;
    check.that(
        refusal.as_ref().is_some_and(|(code, words)| *code == 78 && words.contains("a newer Quartile")),
        || format!("a start after a newer version: {:.200}", format!("{refusal:?}")),
    );
    reach(done, done.load(Ordering::Relaxed) + A_WHILE).await;
    Ok(restarts)
}

/// Waits until so many requests are answered.
async fn reach(done: &AtomicUsize, requests: usize) {
    while done.load(Ordering::Relaxed) < requests {
        sleep(Duration::from_millis(20)).await;
    }
}

/// Restarts both nodes, one after the other; how long each took to end.
async fn roll(deployment: &mut Deployment) -> Result<Vec<Option<Duration>>, Failure> {
    let mut restarts = Vec::new();
    for node in &mut deployment.nodes {
        let begun = Instant::now();
        node.process().send(Signal::Terminate)?;
        let ended = node.process().end_within(ENDS_WITHIN).await;
        restarts.push(ended.map(|_| begun.elapsed()));
        node.restart().await?;
        // nginx tries a node again a second after it refused.
        sleep(Duration::from_secs(2)).await;
    }
    Ok(restarts)
}

/// The first half of a change of the schema, as an operator does it while the program works: nothing is taken away.
async fn expand(database: &Database) -> Result<(), Failure> {
    for table in WIDENED {
        let sql = format!("ALTER TABLE {table} ADD COLUMN expanded BIGINT NOT NULL DEFAULT 0");
        let mut tries = 0;
        // Rather once more than to have everybody wait behind a lock.
        while let Err(cause) = database.execute_as_owner(&["SET lock_timeout = '500ms'", &sql]).await {
            tries += 1;
            if tries > 20 {
                return Err(cause);
            }
            sleep(Duration::from_millis(100)).await;
        }
    }
    database
        .execute_as_owner(&[
            "CREATE INDEX CONCURRENTLY expanded_invitations ON invitations (created_at)",
            "CREATE TABLE expanded (workspace_id UUID NOT NULL, id UUID NOT NULL, PRIMARY KEY (workspace_id, id))",
        ])
        .await
}

/// Without the note of the newer version this one starts again.
async fn go_back(deployment: &mut Deployment, check: &mut Check) -> Result<(), Failure> {
    deployment.database.execute_as_owner(&[STRIKE_OUT]).await?;
    roll(deployment).await?;
    let answer = deployment.door().send(Ask::get("/health/ready")).await?;
    check.equal("ready without the note of a newer version", answer.status, 200);
    Ok(())
}
