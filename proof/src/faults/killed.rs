//! Killed while files arrive.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use sha2::{Digest, Sha256};
use tokio::{sync::watch, task::JoinHandle, time::sleep};

use super::ground::{Ground, Scene, acknowledged, holds_within, unique_file};
use crate::{
    Failure,
    stage::Signal,
    verdict::{Check, Finding},
};

const CLIENTS: u32 = 3;
const BYTES: usize = 300_000;
/// What was being read goes on soon, at another node or after the next start.
const READ_WITHIN: Duration = Duration::from_secs(75);

/// Leftovers are gone so soon after a start.
const SWEPT_WITHIN: Duration = Duration::from_secs(10);

/// What clients have sent, by digest, and what was acknowledged of it, by id.
#[derive(Default)]
struct Sent {
    digests: BTreeSet<String>,
    acknowledged: BTreeMap<String, String>,
}

/// A node is killed at moments spread over the time that uploads take. Every file that was acknowledged is there with its bytes, nothing is
/// there that was not sent whole, and leftovers go at the next start.
pub(crate) async fn f01_what_was_acknowledged_is_there(ground: &Ground) -> Finding {
    let mut check = Check::new();
    let mut scene = Scene::set(ground.plan()).await?;
    let sent = Arc::new(Mutex::new(Sent::default()));
    let (stop, clients) = begin(&scene, &sent);
    for round in 0..ground.options.rounds {
        sleep(moment(round)).await;
        let number = round as usize % scene.deployment.nodes.len();
        let node = scene.deployment.nodes.get_mut(number).ok_or("no node")?;
        node.process().send(Signal::Kill)?;
        node.restart().await?;
    }
    stop.send_replace(true);
    for client in clients {
        client.await?;
    }
    check.that(scene.all_read(READ_WITHIN).await?, || {
        format!("files whose node was killed are not read {} s later", READ_WITHIN.as_secs())
    });
    let sent = std::mem::take(&mut *sent.lock().unwrap_or_else(PoisonError::into_inner));
    let visible = compare(&scene, &sent, &mut check).await?;
    let (forgotten, orphans) = leftovers(&mut scene, &mut check).await?;
    check.that(!sent.acknowledged.is_empty(), || "no upload was acknowledged".to_owned());
    let figure = format!(
        "{} kills (50 asked); {} uploads acknowledged, {visible} visible; the kills left {forgotten} half files, and {orphans} whole ones without an entry",
        ground.options.rounds,
        sent.acknowledged.len(),
    );
    check.measured(figure, "none is lost, all are whole, and what was left is swept")
}

/// From 150 ms to 1.5 s, never two alike.
fn moment(round: u32) -> Duration {
    const STEP: u32 = 834;
    Duration::from_millis(u64::from(150 + round * STEP % 1350))
}

fn begin(scene: &Scene, sent: &Arc<Mutex<Sent>>) -> (watch::Sender<bool>, Vec<JoinHandle<()>>) {
    let (stop, stopped) = watch::channel(false);
    let clients = (0..CLIENTS).map(|client| {
        let (sent, stopped, door) = (sent.clone(), stopped.clone(), scene.door());
        let empty = scene.upload("", b"");
        tokio::spawn(async move {
            for number in 0.. {
                if *stopped.borrow() {
                    return;
                }
                let content = unique_file(&format!("{client}-{number}"), BYTES);
                let digest = kernel::hex(&Sha256::digest(&content));
                sent.lock().unwrap_or_else(PoisonError::into_inner).digests.insert(digest.clone());
                let ask = empty.clone().rather_file(&format!("{client}-{number}.csv"), &content);
                match door.send(ask).await {
                    Ok(answer) => {
                        if let Some(id) = acknowledged(&answer) {
                            let mut sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
                            sent.acknowledged.insert(id, digest);
                        }
                    }
                    Err(_) => sleep(Duration::from_millis(50)).await,
                }
            }
        })
    });
    (stop, clients.collect())
}

/// Downloads everything; how many files there are.
async fn compare(scene: &Scene, sent: &Sent, check: &mut Check) -> Result<usize, Failure> {
    let visible: BTreeSet<String> = scene.files().await?.into_iter().collect();
    for id in sent.acknowledged.keys() {
        check.that(visible.contains(id), || format!("{id} was acknowledged and is not listed"));
    }
    let mut seen = BTreeSet::new();
    for id in &visible {
        let answer = scene.door().send(scene.download(id)).await?;
        let digest = kernel::hex(&Sha256::digest(&answer.body));
        check.equal(&format!("downloading {id}"), answer.status, 200);
        match sent.acknowledged.get(id) {
            Some(expected) => {
                check.that(*expected == digest, || format!("{id} is not what was acknowledged"));
            }
            None => check.that(sent.digests.contains(&digest), || format!("{id} was never sent like that")),
        }
        check.that(seen.insert(digest), || format!("{id} is there twice"));
    }
    Ok(visible.len())
}

/// What was cut off is swept soon after a start, as soon as it is old enough that nobody can be at it; how many half and how many whole files.
async fn leftovers(scene: &mut Scene, check: &mut Check) -> Result<(usize, usize), Failure> {
    let data = scene.deployment.data();
    let orphans = without_entry(scene).await?;
    let before = files_in(&data.join("tmp"))?;
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_hours(24 * 365 * 50);
    for file in before.iter().chain(&orphans) {
        File::options().append(true).open(file)?.set_modified(long_ago)?;
    }
    for node in &mut scene.deployment.nodes {
        node.restart().await?;
    }
    check.equal("half files after a start", files_in(&data.join("tmp"))?.len(), 0);
    let are_gone = async || without_entry(scene).await.is_ok_and(|left| left.is_empty());
    let swept = holds_within(SWEPT_WITHIN, are_gone).await?;
    let left = without_entry(scene).await?.len();
    check.that(swept.is_some(), || {
        format!("{left} whole files that no entry names stay in `kept` after a start: their uploads were cut off between file and entry")
    });
    Ok((before.len(), orphans.len()))
}

async fn without_entry(scene: &Scene) -> Result<Vec<PathBuf>, Failure> {
    let kept = scene.deployment.data().join("kept");
    let mut named = BTreeSet::new();
    for column in ["file_key", "table_key"] {
        let sql = format!("SELECT {column} FROM datasets WHERE {column} IS NOT NULL");
        named.extend(scene.deployment.database.texts(&sql).await?.into_iter().map(|key| kept.join(key)));
    }
    Ok(files_in(&kept)?.into_iter().filter(|file| !named.contains(file)).collect())
}

/// Every file below a folder.
pub(super) fn files_in(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_in(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}
