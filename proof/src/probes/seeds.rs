//! What generated requests find in the workspace, so that every operation can be answered otherwise than "not found".

use std::time::Duration;

use kernel::Role;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{
    cast::{OURS, join},
    people::{Person, id_of, send_file},
    renewal::Heir,
    world::World,
};
use crate::{
    Failure,
    client::{Ask, at},
};

/// Peers are frozen just after a start.
const FROZEN_WITHIN: Duration = Duration::from_secs(30);

/// Makes some of everything, and tells its ids by the address that takes them, and who is given the workspace. What may be deleted has
/// ids of its own.
pub(super) async fn sow(world: &mut World, role: Role) -> Result<(Value, Heir), Failure> {
    freeze_peers(world).await?;
    let world = &*world;
    let (owner, ours) = (world.cast.owner()?, &world.cast.ours);
    let (kept_files, spare_files) = (files(world, "kept", 2).await?, files(world, "spare", 4).await?);
    // An import goes by its file until it is committed, so what is looked at is neither what is committed nor what is mapped otherwise.
    let (mapped, imports) = (files(world, "drafted", 2).await?, files(world, "import", 4).await?);
    let drafts = files(world, "examined", 2).await?;
    let uploads = made(world, owner, ("/api/v1/data/uploads", 9)).await?;
    let keys = made(world, owner, ("/api/v1/api-keys", 8)).await?;
    let reports = made(world, owner, ("/api/v1/reports", 1)).await?;
    // What somebody offered ends when their role changes, also when an owner gives the workspace away.
    let inviting = join(&world.main, owner, Role::Admin, "inviting").await?;
    made(world, &inviting, ("/api/v1/invitations", 6)).await?;
    let invitations = listed(world, owner, "/api/v1/invitations").await?;
    let spare = join(&world.main, owner, Role::Viewer, "spare").await?;
    let heir = join(&world.main, owner, Role::Admin, "heir").await?;
    let (member, spare) =
        (id_of(&world.door(), world.cast.person(Role::Viewer)?).await?, id_of(&world.door(), &spare).await?);
    let person = world.cast.person(role)?;
    for _ in 0..4 {
        person.sign_in().await?;
    }
    let (kept_uploads, spare_uploads) = uploads.split_at(6);
    let (kept_keys, spare_keys) = keys.split_at(4);
    let kept_files = [kept_files.as_slice(), std::slice::from_ref(&ours.file)].concat();
    let seeds = json!({
        "self": id_of(&world.door(), person).await?,
        "heir": id_of(&world.door(), &heir).await?,
        "/data/files/{id}": kept_files,
        "DELETE /data/files/{id}": spare_files,
        "/data/uploads/{id}": kept_uploads,
        "DELETE /data/uploads/{id}": spare_uploads,
        "/data/imports/{id}": [&ours.import],
        "/data/imports/{id}/mapping": mapped,
        "/data/imports/{id}/dry-run": drafts,
        "/data/imports/{id}/problems": drafts,
        "/data/imports/{id}/rejected-rows": drafts,
        "/data/imports/{id}/commit": imports,
        "/reports/{id}": [&ours.report],
        "DELETE /reports/{id}": reports,
        "/members/{id}": [member],
        "DELETE /members/{id}": [spare],
        "DELETE /invitations/{id}": invitations,
        "/api-keys/{id}": kept_keys,
        "DELETE /api-keys/{id}": spare_keys,
    });
    Ok((seeds, Heir { email: heir.email, owner: id_of(&world.door(), owner).await? }))
}

/// Has the company share its figures, the report be seen by everybody, and the peers frozen.
async fn freeze_peers(world: &mut World) -> Result<(), Failure> {
    let (door, token) = (world.door(), world.cast.owner()?.token().await?);
    let company = json!({ "name": "Acme", "currency": "USD", "shares_with_peers": true });
    let sharing = format!("/api/v1/reports/{}/sharing", world.cast.ours.report);
    for ask in [
        Ask::new("PUT", "/api/v1/workspaces/current").json(&company),
        Ask::new("PATCH", &sharing).json(&json!({ "for_everyone": true })),
    ] {
        let answer = door.send(ask.bearer(&token).workspace(OURS)).await?;
        if answer.status >= 300 {
            return Err(format!("sharing was answered with {}", answer.in_short()).into());
        }
    }
    for node in &mut world.main.nodes {
        node.restart().await?;
    }
    let asks = Ask::get("/api/v1/benchmarks/snapshot").bearer(&token).workspace(OURS);
    let begun = std::time::Instant::now();
    while door.send(asks.clone()).await?.status != 200 {
        if begun.elapsed() > FROZEN_WITHIN {
            return Err("no peers were frozen".into());
        }
        sleep(Duration::from_millis(200)).await;
    }
    Ok(())
}

async fn files(world: &World, name: &str, count: usize) -> Result<Vec<String>, Failure> {
    let (door, token) = (world.door(), world.cast.owner()?.token().await?);
    let mut ids = Vec::new();
    for number in 1..=count {
        // No two alike, and none like the others.
        let content =
            format!("month,mrr,customers\n2026-01,{}{number},20\n2026-02,100{number},20\n", name.len());
        let file = format!("{name}-{number}.csv");
        ids.push(send_file(&door, &token, OURS, (&file, content.as_bytes())).await?);
    }
    Ok(ids)
}

/// Makes so many of something; the ids of those that have one in their answer or in the address it names.
async fn made(world: &World, person: &Person, (path, count): (&str, usize)) -> Result<Vec<String>, Failure> {
    let (door, token) = (world.door(), person.token().await?);
    let mut ids = Vec::new();
    for number in 0..count {
        let ask = Ask::post(path).bearer(&token).workspace(OURS);
        let ask = match path.rsplit('/').next() {
            Some("uploads") => ask.header("upload-length", "20"),
            Some("invitations") => ask.json(&json!({ "role": "viewer" })),
            Some("api-keys") => {
                ask.json(&json!({ "name": format!("Seed {number}"), "scopes": ["metrics:read"] }))
            }
            _ => ask,
        };
        let answer = door.send(ask).await?;
        if !(200..300).contains(&answer.status) {
            return Err(format!("{path} was answered with {}", answer.in_short()).into());
        }
        let place = answer.header("location").rsplit('/').next().unwrap_or_default().to_owned();
        let body = answer.json();
        let id = ["/id", "/key/id"].iter().find_map(|pointer| at(&body, pointer).as_str());
        ids.extend(id.map(str::to_owned).or(Some(place)).filter(|id| !id.is_empty()));
    }
    Ok(ids)
}

/// The ids of a list.
async fn listed(world: &World, person: &Person, path: &str) -> Result<Vec<String>, Failure> {
    let ask = Ask::get(path).bearer(&person.token().await?).workspace(OURS);
    let list = world.door().send(ask).await?.json();
    let ids = list.as_array().into_iter().flatten().filter_map(|it| at(it, "/id").as_str());
    Ok(ids.map(str::to_owned).collect())
}
