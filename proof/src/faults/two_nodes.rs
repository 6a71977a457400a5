//! What two nodes share, and what two programs must not.

use std::{collections::BTreeSet, time::Duration};

use super::{
    ground::{Ground, SLUG, Scene, acknowledged, page, unique_file},
    lost_database::asks_until,
    lost_redis::{admitted, most},
};
use crate::{
    Failure,
    client::{Answer, Ask, Browser, at},
    people::tokens,
    stage::{Node, Settings},
    verdict::{Check, Finding},
};

const SOON: Duration = Duration::from_secs(1);

/// Sessions, limits and revocations are those of both nodes, each job runs once, one of two that start brings up the schema; on SQLite a
/// second program is refused.
pub(crate) async fn f15_two_nodes_are_one(ground: &Ground) -> Finding {
    if !ground.is_cluster() {
        return second_program(ground).await;
    }
    let mut check = Check::new();
    let plan = ground.plan().with("limits.anonymous", "10/s burst 20");
    let scene = Scene::set(plan).await?;
    let slowest = revocations(&scene, &mut check).await?;
    let (one, other) = (scene.door_of(0)?, scene.door_of(1)?);
    let (at_one, at_other) = tokio::try_join!(admitted(&one, 5), admitted(&other, 5))?;
    let passed = at_one + at_other;
    check.that(passed <= most(5), || {
        format!("{passed} of a stranger's requests passed at both nodes, {} may", most(5))
    });
    let jobs = jobs(&scene, &mut check).await?;
    let migrations = migrate_twice(ground, &mut check).await?;
    let figure = format!(
        "what is ended at one node is refused at the other within {} ms; {passed} of a stranger's requests passed at both in 5 s; {jobs} jobs; {migrations} migrations",
        slowest.as_millis()
    );
    check.measured(figure, "a session of one node works at the other, each job and each migration ran once")
}

/// What is ended at one node is ended at the other; the longest time that took.
async fn revocations(scene: &Scene, check: &mut Check) -> Result<Duration, Failure> {
    let (one, other) = (scene.door_of(0)?, scene.door_of(1)?);
    let mut browser = crate::people::sign_in(&one, &scene.owner.email).await?;
    let mut elsewhere = Browser { door: other.clone(), ..browser.clone() };
    check.equal("a page at the other node", elsewhere.get(&format!("/w/{SLUG}")).await?.status, 200);
    let (access, _) = tokens(&one, &scene.owner.email).await?;
    let mine = Ask::get("/api/v1/users/me").bearer(&access);
    check.equal("a token at the other node", other.send(mine.clone()).await?.status, 200);

    let keys = one.send(Ask::get("/api/v1/api-keys").bearer(&access).workspace(SLUG)).await?;
    let id = first_id(&keys).ok_or_else(|| keys.in_short())?;
    let figures = scene.series();
    check.equal("a key at the other node", other.send(figures.clone()).await?.status, 200);
    let revoked =
        one.send(Ask::new("DELETE", &format!("/api/v1/api-keys/{id}")).bearer(&access).workspace(SLUG));
    check.equal("revoking the key", revoked.await?.status, 204);
    let mut slowest = asks_until(&other, &figures, 401, SOON).await?;

    let answer = browser.submit(&format!("/w/{SLUG}"), "sign_out", &[]).await?;
    check.that(answer.status < 400, || format!("signing out: {}", answer.in_short()));
    let look = page(&elsewhere);
    let is_out = super::ground::holds_within(SOON, async || {
        other.send(look.clone()).await.is_ok_and(|answer| answer.status != 200)
    });
    let is_out = is_out.await?;
    check.that(is_out.is_some(), || "a session that was ended works at the other node after 1 s".to_owned());
    slowest = slowest.max(is_out.unwrap_or_default());

    let ended = one.send(Ask::post("/api/v1/auth/signout").bearer(&access)).await?;
    check.status("ending the sign-in of the token", &ended, &[200, 204]);
    slowest = slowest.max(asks_until(&other, &mine, 401, SOON).await?);
    Ok(slowest)
}

fn first_id(answer: &Answer) -> Option<String> {
    let list = answer.json();
    let first = list.get(0).or_else(|| at(&list, "/items").get(0))?;
    at(first, "/id").as_str().map(str::to_owned)
}

/// Files sent to both nodes are each read once.
async fn jobs(scene: &Scene, check: &mut Check) -> Result<u64, Failure> {
    const FILES: usize = 24;
    let token = scene.owner.token().await?;
    let mut ids = BTreeSet::new();
    for number in 0..FILES {
        let content = unique_file(&format!("job {number}"), 50_000);
        let ask = scene.upload("job.csv", &content).rather_bearer(&token).workspace(SLUG);
        let answer = scene.door_of(number % 2)?.send(ask).await?;
        ids.extend(acknowledged(&answer));
    }
    check.equal("files", ids.len(), FILES);
    check.that(scene.all_read(Duration::from_mins(1)).await?, || "not every file was read".to_owned());
    let database = &scene.deployment.database;
    let of_files = "SELECT count(*) FROM jobs WHERE kind = 'datasets.read_file'";
    check.equal("jobs", database.count(of_files).await?, FILES as u64);
    let again = database.count(&format!("{of_files} AND attempts <> 1")).await?;
    check.equal("jobs that were begun more than once", again, 0);
    database.count("SELECT count(*) FROM jobs").await
}

/// Two nodes start at the same time on an empty database; how many migrations there are.
async fn migrate_twice(ground: &Ground, check: &mut Check) -> Result<u64, Failure> {
    let (owned, plan, folder) = (ground.postgres()?.database().await?, ground.plan(), tempfile::tempdir()?);
    let mut settings = plan.settings;
    settings.set("database.url", &owned.url).set("database.owner_url", &owned.owner_url);
    plan.program.run(&["keys", "init"], &settings, folder.path()).await?;
    let logs = [0, 1].map(|node| folder.path().join(format!("node-{node}.log")));
    let [first, second] =
        logs.each_ref().map(|log| Node::start(&plan.program, &settings, folder.path(), log));
    let (first, second) = tokio::join!(first, second);
    check.that(first.is_ok() && second.is_ok(), || {
        format!(
            "{:?} {:?}",
            first.as_ref().err().map(ToString::to_string),
            second.as_ref().err().map(ToString::to_string)
        )
    });
    let database = crate::stage::Database::Postgres(owned);
    let all = database.count("SELECT count(*) FROM _sqlx_migrations WHERE success").await?;
    let once = database.count("SELECT count(DISTINCT version) FROM _sqlx_migrations").await?;
    check.equal("migrations that are there once", once, all);
    let twice = "SELECT count(*) FROM (SELECT 1 AS one FROM data_keys GROUP BY owner, purpose HAVING count(*) > 1) AS twice";
    check.equal("keys that both made", database.count(twice).await?, 0);
    Ok(all)
}

/// A second program on the same file does not start, and the first goes on.
async fn second_program(ground: &Ground) -> Finding {
    let mut check = Check::new();
    let scene = Scene::set(ground.plan()).await?;
    let data = scene.deployment.data();
    let refusal = scene.deployment.plan.program.refuse(scene.deployment.settings(), &data).await?;
    check.that(refusal.as_ref().is_some_and(|(code, _)| *code == 78), || {
        format!("a second program on the same folder: {:.200}", format!("{refusal:?}"))
    });
    let words = refusal.map(|(_, words)| words).unwrap_or_default();
    check.that(words.contains("another Quartile"), || format!("it does not say why: {words:.200}"));
    check.equal("the first one afterwards", scene.door().send(scene.series()).await?.status, 200);
    let settings: &Settings = scene.deployment.settings();
    let restore =
        scene.deployment.plan.program.run(&["backup", "restore", "nothing.backup"], settings, &data).await?;
    check.that(!restore.status.success(), || "a restore went into a folder that is in use".to_owned());
    check.verdict("a second program and a restore on the folder of a running one are refused, with exit code 78 and the reason")
}
