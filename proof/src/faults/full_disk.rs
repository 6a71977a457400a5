//! A disk that fills up, and has room again.

use std::{collections::BTreeMap, time::Duration};

use serde_json::json;

use super::ground::{Ground, Scene, acknowledged, holds_within, unique_file};
use crate::{
    Failure,
    client::{Ask, Browser},
    stage::{Database, SmallDisk},
    verdict::{Check, Finding, not_here},
};

const MEGABYTES: u32 = 64;
const HEALS_WITHIN: Duration = Duration::from_secs(10);

/// Without room, what would have to be written is refused for now; reading, looking and being alive go on; with room all is well again.
pub(crate) async fn f06_a_full_disk_refuses_writes_and_nothing_else(ground: &Ground) -> Finding {
    let mut check = Check::new();
    let Some(disk) = SmallDisk::make(MEGABYTES)? else {
        return not_here("not tried: mounting a small disk needs root");
    };
    let mut plan = ground.plan();
    plan.home = Some(disk.path().to_owned());
    let scene = Scene::set(plan).await?;
    let mut browser = scene.owner.sign_in().await?;
    let mut kept = BTreeMap::new();
    for number in 0..3 {
        let content = unique_file(&format!("before {number}"), 100_000);
        let answer = scene.door().send(scene.upload("before.csv", &content)).await?;
        kept.insert(acknowledged(&answer).ok_or_else(|| answer.in_short())?, content);
    }
    scene.all_read(Duration::from_mins(1)).await?;
    disk.fill()?;
    let statuses = while_full(&scene, &mut browser, &mut check, &mut kept).await?;
    disk.free()?;
    let healed = heals(&scene, &mut check, &mut kept).await?;
    for (id, content) in &kept {
        let bytes = scene.door().send(scene.download(id)).await?.body;
        check.that(bytes == *content, || format!("{id} is not what was acknowledged"));
    }
    if let Database::Sqlite(_) = scene.deployment.database {
        let words = scene.deployment.database.texts("PRAGMA integrity_check").await?;
        check.equal("integrity_check", words, vec!["ok".to_owned()]);
    }
    for node in &scene.deployment.nodes {
        check.that(node.ready_after < Duration::from_mins(1), || "a node is gone".to_owned());
    }
    drop(scene);
    let figure =
        format!("a disk of {MEGABYTES} MB without a free byte: {statuses}; after there was room {healed}");
    check.measured(figure, "pages, figures, downloads and /health 200 all along")
}

/// What is answered while there is no room.
async fn while_full(
    scene: &Scene,
    browser: &mut Browser,
    check: &mut Check,
    kept: &mut BTreeMap<String, Vec<u8>>,
) -> Result<String, Failure> {
    let door = scene.door();
    let mut uploads = Vec::new();
    for number in 0..5 {
        let content = unique_file(&format!("full {number}"), 2_000_000);
        let answer = door.send(scene.upload("full.csv", &content)).await?;
        check.status("an upload without room", &answer, &[503, 507]);
        check.that(answer.is_problem(), || format!("no sentence: {}", answer.in_short()));
        uploads.push(answer.status);
        kept.extend(acknowledged(&answer).map(|id| (id, content)));
    }
    let mut writes = Vec::new();
    for number in 0..40 {
        // What is small may find room in pages that are there; what does not must be refused for now.
        let answer = door.send(figures(scene, number)).await?;
        writes.push(answer.status);
    }
    let wrong: Vec<u16> =
        writes.iter().filter(|status| ![200, 201, 503, 507].contains(status)).copied().collect();
    check.that(wrong.is_empty(), || {
        format!("figures without room: {} of {} answered with {:?}", wrong.len(), writes.len(), wrong.first())
    });
    let sign_in = json!({ "email": scene.owner.email, "password": crate::people::PASSWORD });
    let answer = door.send(Ask::post("/api/v1/auth/signin").json(&sign_in)).await?;
    check.status("signing in without room", &answer, &[200, 503, 507]);
    for _ in 0..5 {
        check.equal("a page without room", browser.get("/w/acme").await?.status, 200);
        check.equal("figures read without room", door.send(scene.series()).await?.status, 200);
        for (id, content) in kept.iter() {
            let download = door.send(scene.download(id)).await?;
            check.that(download.body == *content, || format!("{id} without room: {}", download.in_short()));
        }
        check.equal("alive without room", door.send(Ask::get("/health")).await?.status, 200);
    }
    writes.dedup();
    uploads.dedup();
    Ok(format!("uploads {uploads:?}, figures {writes:?}, signing in {}", answer.status))
}

/// Thirty years of figures, other ones for each number.
fn figures(scene: &Scene, number: u32) -> Ask {
    let months = (0..240).map(|month| format!("{}-{:02}", 2005 + month / 12, 1 + month % 12));
    let observations: Vec<_> = months
        .enumerate()
        .map(|(place, month)| json!({ "metric": "cash", "month": month, "value": 1_000 * place + number as usize }))
        .collect();
    let body = json!({ "currency": "USD", "observations": observations });
    Ask::post("/api/v1/metrics/observations").bearer(&scene.key).json(&body)
}

/// Whether files and figures are taken again, in words.
async fn heals(
    scene: &Scene,
    check: &mut Check,
    kept: &mut BTreeMap<String, Vec<u8>>,
) -> Result<String, Failure> {
    let door = scene.door();
    let is_well = async || {
        let wrote = door.send(figures(scene, 1_000)).await;
        wrote.is_ok_and(|answer| answer.status < 300)
    };
    let healed = holds_within(HEALS_WITHIN, is_well).await?;
    check.that(healed.is_some(), || "no figures were taken 10 s after there was room".to_owned());
    let content = unique_file("afterwards", 100_000);
    let answer = door.send(scene.upload("afterwards.csv", &content)).await?;
    check.status("an upload with room", &answer, &[201]);
    kept.extend(acknowledged(&answer).map(|id| (id, content)));
    let is_ready = holds_within(HEALS_WITHIN, async || {
        door.send(Ask::get("/health/ready")).await.is_ok_and(|answer| answer.status == 200)
    });
    check.that(is_ready.await?.is_some(), || "not ready 10 s after there was room".to_owned());
    check.that(scene.all_read(Duration::from_mins(2)).await?, || "a file was never read".to_owned());
    Ok(healed.map_or_else(
        || "nothing could be written without a restart".to_owned(),
        |healed| format!("all was well in {:.1} s, without a restart", healed.as_secs_f64()),
    ))
}
