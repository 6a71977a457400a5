//! Killed after the deed and before its answer.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use futures::future::try_join_all;
use tokio::time::sleep;

use super::ground::{Ground, Scene, unique_file};
use crate::{
    Failure,
    client::{Answer, Ask, Door},
    stage::Signal,
    verdict::{Check, Finding},
};

/// Large enough that reading the file, which the answer waits for a moment, takes a while after it is kept.
const BYTES: usize = 2_000_000;
const PATIENCE: Duration = Duration::from_secs(90);

/// What was sent, and what its database row says.
struct Cut {
    ask: Ask,
    content: Vec<u8>,
    /// The answer, if it was on its way already.
    first: Option<Answer>,
}

/// The node is killed as soon as a file is in the database, before the answer has left; the clients send the same again.
pub(crate) async fn f03_what_is_sent_again_is_done_once(ground: &Ground) -> Finding {
    let mut check = Check::new();
    let mut scene = Scene::set(ground.plan()).await?;
    let mut cuts = Vec::new();
    for round in 0..ground.options.rounds {
        cuts.push(cut_off(&mut scene, round).await?);
    }
    let database = &scene.deployment.database;
    let kept = database.count("SELECT count(*) FROM datasets").await?;
    check.equal("files after all kills", kept, u64::from(ground.options.rounds));
    let (door, begun) = (scene.door(), Instant::now());
    // All at once: what was begun by a node that is gone is waited for a while.
    let again = try_join_all(cuts.iter().map(|cut| until_done(&door, &cut.ask))).await?;
    let slowest = begun.elapsed();
    let (mut ids, mut unanswered) = (BTreeSet::new(), 0);
    // A program gets a file once it is known that nothing in it is personal.
    scene.all_read(Duration::from_mins(1)).await?;
    let listed = scene.files().await?;
    for (cut, again) in cuts.iter().zip(&again) {
        unanswered += usize::from(cut.first.is_none());
        check.equal("sent again", again.status, 201);
        let id = again.field("/id").as_str().unwrap_or_default().to_owned();
        if let Some(first) = &cut.first {
            check.equal("the id of both answers", first.field("/id").as_str().unwrap_or_default(), &id);
        }
        check.that(listed.contains(&id), || format!("{id} is not listed"));
        let answer = scene.door().send(scene.download(&id)).await?;
        check.that(answer.body == cut.content, || {
            format!("{id} is not what was sent but {}: {:.300}", answer.status, answer.text())
        });
        check.that(ids.insert(id.clone()), || format!("{id} is the answer to two files"));
    }
    let kept = database.count("SELECT count(*) FROM datasets").await?;
    check.equal("files after all were sent again", kept, u64::from(ground.options.rounds));
    check.that(unanswered > 0, || "no answer was cut off, so nothing was tried".to_owned());
    let figure = format!(
        "{} kills after the deed, {unanswered} of them before the answer; all were answered after {:.1} s",
        ground.options.rounds,
        slowest.as_secs_f64()
    );
    check.measured(figure, "the same id and one file each")
}

/// Sends a file to the first node, kills it as soon as the file is in the database, and starts it once more.
async fn cut_off(scene: &mut Scene, round: u32) -> Result<Cut, Failure> {
    let content = unique_file(&format!("round {round}"), BYTES);
    let ask = scene.upload("again.csv", &content).header("idempotency-key", &format!("round-{round}"));
    let count = "SELECT count(*) FROM datasets";
    let before = scene.deployment.database.count(count).await?;
    let sending = tokio::spawn(scene.door_of(0)?.send_owned(ask.clone()));
    let is_kept = async {
        while scene.deployment.database.count(count).await? == before {
            sleep(Duration::from_millis(1)).await;
        }
        Ok::<_, Failure>(())
    };
    tokio::time::timeout(PATIENCE, is_kept).await.map_err(|_| "a file was not kept in time")??;
    let node = scene.deployment.nodes.first_mut().ok_or("no node")?;
    node.process().send(Signal::Kill)?;
    let first = sending.await?.ok();
    node.restart().await?;
    Ok(Cut { ask, content, first })
}

/// Sends the same until it is neither under way any more nor failed.
async fn until_done(door: &Door, ask: &Ask) -> Result<Answer, Failure> {
    let begun = Instant::now();
    loop {
        let answer = door.send(ask.clone()).await;
        match answer {
            Ok(answer) if answer.status != 409 && answer.status < 500 => return Ok(answer),
            answer if begun.elapsed() > PATIENCE => return answer,
            _ => sleep(Duration::from_millis(500)).await,
        }
    }
}
