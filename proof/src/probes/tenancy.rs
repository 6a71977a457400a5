//! What belongs to others.

use kernel::{Role, Scope};
use serde_json::{Value, json};

use super::{
    cast::{CANARY, OURS, THEIRS},
    operations::{Access, Operation, UNKNOWN, body_of},
    verdict::{Check, Finding},
    world::World,
};
use crate::{
    Failure,
    client::{Answer, Ask, put},
};

/// Every operation with every id of the other workspace: answered like an id that nothing has, and nothing there changes.
pub(crate) async fn p01_foreign_ids_are_answered_like_unknown_ones(world: &World) -> Finding {
    let mut check = Check::new();
    let token = world.cast.owner()?.token().await?;
    let before = state_of_theirs(world).await?;
    let with_ids: Vec<&Operation> = world.operations.iter().filter(|it| it.takes_id()).collect();
    for operation in &with_ids {
        let ask = |id: &str| world.main.door().send_owned(operation.ask(id).bearer(&token).workspace(OURS));
        let unknown = ask(UNKNOWN).await?;
        check.equal(&format!("{} of nothing", operation.id), unknown.status, 404);
        for (what, id) in &world.cast.foreign.ids {
            let answer = ask(id).await?;
            check.equal(
                &format!("{} with their {what}", operation.id),
                (answer.status, without_instance(&answer)),
                (404, without_instance(&unknown)),
            );
        }
        check.equal(&format!("{} with no id at all", operation.id), ask("no-id-at-all").await?.status, 404);
    }
    let after = state_of_theirs(world).await?;
    check.that(before == after, || "something of the other workspace changed".to_owned());
    check.verdict(format!(
        "{} operations with {} ids of others",
        with_ids.len(),
        world.cast.foreign.ids.len()
    ))
}

/// Ids of others inside bodies, and the name of their workspace beside ids of ours.
pub(crate) async fn p02_mixed_ids_store_nothing(world: &World) -> Finding {
    let mut check = Check::new();
    let token = world.cast.owner()?.token().await?;
    let before = state_of_theirs(world).await?;
    for operation in
        world.operations.iter().filter(|it| matches!(it.access, Some(Access::Scope(_) | Access::People(_))))
    {
        // Our token and their workspace.
        let answer = world.door().send(operation.ask(UNKNOWN).bearer(&token).workspace(THEIRS)).await?;
        check.equal(&format!("{} in their workspace", operation.id), answer.status, 404);
        // Their ids in every field of a body.
        if !operation.takes_json() {
            continue;
        }
        for (what, id) in &world.cast.foreign.ids {
            let mut body = body_of(&operation.id);
            put(&mut body, "workspace_id", json!(id));
            put(&mut body, &format!("{what}_id"), json!(id));
            let answer =
                world.door().send(operation.ask_with(UNKNOWN, &body).bearer(&token).workspace(OURS)).await?;
            check.status(&format!("{} with their {what} inside", operation.id), &answer, &[404, 422]);
        }
    }
    let key = world.cast.key(Scope::DataWrite)?;
    let answer = world.door().send(Ask::get("/api/v1/data/files").bearer(key).workspace(THEIRS)).await?;
    check.status("a key of ours in their workspace", &answer, &[403, 404]);
    let mut browser = world.cast.owner()?.sign_in().await?;
    for (what, id) in &world.cast.foreign.ids {
        for path in [
            format!("/w/{OURS}/data/{id}/original"),
            format!("/w/{OURS}/data/{id}/map"),
            format!("/w/{OURS}/reports/{id}/report.pdf"),
            format!("/w/{THEIRS}/data/{id}/original"),
        ] {
            let answer = browser.get(&path).await?;
            check.equal(&format!("{path} ({what})"), answer.status, 404);
        }
    }
    let after = state_of_theirs(world).await?;
    check.that(before == after, || "something of the other workspace changed".to_owned());
    check.verdict("operations, pages and downloads with ids of both workspaces")
}

/// Everything that we can read holds no word of theirs.
pub(crate) async fn p03_no_answer_holds_a_word_of_others(world: &World) -> Finding {
    let mut check = Check::new();
    let mut bytes = 0;
    let theirs = world.main.database.count("SELECT count(*) FROM datasets").await?;
    check.that(theirs > 1, || "the other workspace holds nothing to find".to_owned());
    for role in [Role::Owner, Role::Viewer] {
        let person = world.cast.person(role)?;
        let token = person.token().await?;
        for operation in world.operations.iter().filter(|it| !it.is_unsafe()) {
            for id in world.cast.foreign.ids.values() {
                let answer = world.door().send(operation.ask(id).bearer(&token).workspace(OURS)).await?;
                bytes += answer.body.len();
                check.that(!holds_canary(&answer), || format!("{} as {}", operation.id, role.key()));
                if !operation.takes_id() {
                    break;
                }
            }
        }
        let mut browser = person.sign_in().await?;
        for path in super::pages::of_a_workspace(OURS) {
            let answer = browser.get(&path).await?;
            bytes += answer.body.len();
            check.that(!holds_canary(&answer), || format!("{path} as {}", role.key()));
            let answer = browser.get(&path.replace(&format!("/w/{OURS}"), &format!("/w/{THEIRS}"))).await?;
            check.that(!holds_canary(&answer), || format!("{path} of theirs as {}", role.key()));
        }
    }
    // The same eyes do find the words where they belong.
    let own = Ask::get("/api/v1/data/files").bearer(&world.cast.outsider.token().await?).workspace(THEIRS);
    check.that(holds_canary(&world.door().send(own).await?), || {
        "the canary is nowhere to be found".to_owned()
    });
    check.verdict(format!("{} kB of answers, pages and files read", bytes / 1000))
}

fn without_instance(answer: &Answer) -> Value {
    let mut problem = answer.json();
    if let Some(fields) = problem.as_object_mut() {
        fields.remove("instance");
    }
    problem
}

fn holds_canary(answer: &Answer) -> bool {
    answer.text().contains(CANARY)
        || answer.headers.values().any(|value| String::from_utf8_lossy(value.as_bytes()).contains(CANARY))
}

/// Every row of the other workspace, as text.
async fn state_of_theirs(world: &World) -> Result<Vec<String>, Failure> {
    super::truth::rows_of_workspace(&world.main.database, THEIRS).await
}
