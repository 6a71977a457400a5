//! Killed after the deed and before its answer.

use std::{collections::BTreeSet, time::Duration};

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

/// The node is killed as soon as the file is in the database, before the answer has left; the client sends the same again.
pub(crate) async fn f03_what_is_sent_again_is_done_once(ground: &Ground) -> Finding {
    let mut check = Check::new();
    let mut scene = Scene::set(ground.plan()).await?;
    let (mut ids, mut cut_off, mut slowest) = (BTreeSet::new(), 0, Duration::ZERO);
    for round in 0..ground.options.rounds {
        let content = unique_file(&format!("round {round}"), BYTES);
        let ask = scene.upload("again.csv", &content).header("idempotency-key", &format!("round-{round}"));
        let before = scene.deployment.database.count("SELECT count(*) FROM datasets").await?;
        let sending = tokio::spawn(scene.door_of(0)?.send_owned(ask.clone()));
        let is_kept = async {
            while scene.deployment.database.count("SELECT count(*) FROM datasets").await? == before {
                sleep(Duration::from_millis(1)).await;
            }
            Ok::<_, Failure>(())
        };
        tokio::time::timeout(PATIENCE, is_kept).await.map_err(|_| "a file was not kept in time")??;
        let node = scene.deployment.nodes.first_mut().ok_or("no node")?;
        node.process().send(Signal::Kill)?;
        let first = sending.await?.ok();
        cut_off += usize::from(first.is_none());
        let begun = std::time::Instant::now();
        if !ground.is_cluster() {
            scene.deployment.nodes.first_mut().ok_or("no node")?.restart().await?;
        }
        // With two nodes the other one is asked at once.
        let again = until_done(&scene.door(), &ask).await?;
        slowest = slowest.max(begun.elapsed());
        check.equal(&format!("sent again, round {round}"), again.status, 201);
        let id = again.field("/id").as_str().unwrap_or_default().to_owned();
        if let Some(first) = first {
            check.equal("the id of both answers", first.field("/id").as_str().unwrap_or_default(), &id);
        }
        let kept = scene.deployment.database.count("SELECT count(*) FROM datasets").await?;
        check.equal(&format!("files after round {round}"), kept, before + 1);
        check.that(scene.files().await?.contains(&id), || format!("{id} is not listed"));
        let bytes = scene.door().send(scene.download(&id)).await?.body;
        check.that(bytes == content, || format!("{id} is not what was sent"));
        check.that(ids.insert(id.clone()), || format!("{id} is the answer to two files"));
        if ground.is_cluster() {
            scene.deployment.nodes.first_mut().ok_or("no node")?.restart().await?;
        }
    }
    check.that(cut_off > 0, || "no answer was cut off, so nothing was tried".to_owned());
    check.verdict(format!(
        "{} kills after the deed, {cut_off} of them before the answer; the same id and one file each; the longest wait for it was {:.1} s",
        ground.options.rounds,
        slowest.as_secs_f64()
    ))
}

/// Sends the same until it is neither under way any more nor failed.
async fn until_done(door: &Door, ask: &Ask) -> Result<Answer, Failure> {
    let begun = std::time::Instant::now();
    loop {
        let answer = door.send(ask.clone()).await;
        match answer {
            Ok(answer) if answer.status != 409 && answer.status < 500 => return Ok(answer),
            answer if begun.elapsed() > PATIENCE => return answer,
            _ => sleep(Duration::from_millis(500)).await,
        }
    }
}
