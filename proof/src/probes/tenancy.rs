//! What belongs to others.

use std::{collections::BTreeSet, time::Duration};

use kernel::{Role, Scope};
use serde_json::{Value, json};

use super::{
    cast::{CANARY, OURS, THEIRS},
    operations::{Access, Operation, UNKNOWN, body_of},
    pages,
    people::Person,
    verdict::{Check, Finding},
    world::World,
};
use crate::{
    Failure,
    client::{Answer, Ask, at, put},
};

/// Every operation with every id of the other workspace: answered like an id that nothing has, and nothing there changes.
pub(crate) async fn p01_foreign_ids_are_answered_like_unknown_ones(world: &World) -> Finding {
    let mut check = Check::new();
    let token = world.cast.owner()?.token().await?;
    let before = state_of_theirs(world).await?;
    let with_ids: Vec<&Operation> = world.operations.iter().filter(|it| it.takes_id()).collect();
    let ask = |operation: &Operation, id: &str| {
        world.main.door().send_owned(operation.ask(id).bearer(&token).workspace(OURS))
    };
    let mut of_theirs = Vec::new();
    for operation in &with_ids {
        for (what, id) in &world.cast.foreign.ids {
            of_theirs.push((*operation, what, ask(operation, id).await?));
        }
    }
    // Looked for before anybody asks for what is not there, which is noted in the same words.
    let noted = noted_attempts(world, &token).await?;
    for operation in with_ids.iter().filter(|it| it.access != Some(Access::Personal)) {
        let attempt = format!("{} {}", operation.method, operation.path);
        check.that(noted.contains(&attempt), || format!("{attempt} is not in the audit log as denied"));
    }
    for operation in &with_ids {
        let unknown = ask(operation, UNKNOWN).await?;
        check.equal(&format!("{} of nothing", operation.id), unknown.status, 404);
        for (_, what, answer) in of_theirs.iter().filter(|(asked, _, _)| asked.id == operation.id) {
            check.equal(
                &format!("{} with their {what}", operation.id),
                (answer.status, without_instance(answer)),
                (404, without_instance(&unknown)),
            );
        }
        let no_id = ask(operation, "no-id-at-all").await?;
        check.equal(&format!("{} with no id at all", operation.id), no_id.status, 404);
    }
    let after = state_of_theirs(world).await?;
    check.that(before == after, || "something of the other workspace changed".to_owned());
    check.verdict(format!(
        "{} operations with {} ids of others, in the audit log of whoever tried",
        with_ids.len(),
        world.cast.foreign.ids.len()
    ))
}

/// Which operations were asked for an id that our workspace does not have, by its audit log.
async fn noted_attempts(world: &World, token: &str) -> Result<BTreeSet<String>, Failure> {
    const DETAIL: &str = "reach what is gone, was never there or belongs to others";
    // Nobody waits for what is written there.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (mut noted, mut from) = (BTreeSet::new(), String::new());
    loop {
        let ask = Ask::get(&format!("/api/v1/audit?action=authz.denied&limit=100{from}"));
        let page = world.door().send(ask.bearer(token).workspace(OURS)).await?.json();
        let events = at(&page, "/items").as_array().cloned().unwrap_or_default();
        let missing = events.iter().filter(|event| at(event, "/detail") == DETAIL);
        noted.extend(missing.filter_map(|event| at(event, "/subject").as_str().map(str::to_owned)));
        let Some(next) = at(&page, "/next").as_str() else { return Ok(noted) };
        from = format!("&cursor={next}");
    }
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
        // Their ids in fields that nobody knows.
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
    let bodies = ids_in_bodies(world, &mut check, &token).await?;
    let questions = ids_in_questions(world, &mut check, &token).await?;
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
    check.verdict(format!(
        "operations, pages and downloads with ids of both workspaces; their ids in {bodies} bodies and {questions} questions, wherever the description wants one, answered as an id that nothing has"
    ))
}

/// Their ids in bodies wherever the description wants an id, beside ids of ours: answered as an id that nothing has, and nothing of
/// ours changes; how many bodies were sent.
async fn ids_in_bodies(world: &World, check: &mut Check, token: &str) -> Result<usize, Failure> {
    let before = super::truth::rows_of_workspace(&world.main.database, OURS).await?;
    let mut sent = 0;
    for operation in world.operations.iter().filter(|it| it.takes_json()) {
        let ours = id_of_ours(world, operation);
        let ask = |body: &Value| {
            let ask = operation.ask_with(ours, body).bearer(token).workspace(OURS);
            world.door().send_owned(ask)
        };
        for (place, body) in operation.bodies_with(UNKNOWN).iter().enumerate() {
            let unknown = ask(body).await?;
            check.status(&format!("{} with {body}", operation.id), &unknown, &[404, 422]);
            for (what, id) in &world.cast.foreign.ids {
                let Some(body) = operation.bodies_with(id).into_iter().nth(place) else { continue };
                let answer = ask(&body).await?;
                check.equal(
                    &format!("{} with their {what} in {body}", operation.id),
                    (answer.status, without_instance(&answer)),
                    (unknown.status, without_instance(&unknown)),
                );
                sent += 1;
            }
        }
    }
    check.that(sent > 0, || "no operation takes an id in its body, so this tried nothing".to_owned());
    let after = super::truth::rows_of_workspace(&world.main.database, OURS).await?;
    check.that(before == after, || "ids of the other workspace changed something in ours".to_owned());
    Ok(sent)
}

/// Their ids behind the question mark, and the places where their lists go on; how many were asked.
async fn ids_in_questions(world: &World, check: &mut Check, token: &str) -> Result<usize, Failure> {
    let mut asked = 0;
    let theirs = world.cast.outsider.token().await?;
    for operation in world.operations.iter().filter(|it| !it.is_unsafe()) {
        let path = operation.path.replace("{id}", id_of_ours(world, operation));
        let ask = |name: &str, value: &str| {
            let ask = Ask::get(&format!("{path}?{name}={value}"));
            world.door().send_owned(ask.bearer(token).workspace(OURS))
        };
        for name in &operation.questions {
            for kind in ["", "person:", "key:"] {
                let unknown = ask(name, &format!("{kind}{UNKNOWN}")).await?;
                for (what, id) in &world.cast.foreign.ids {
                    let answer = ask(name, &format!("{kind}{id}")).await?;
                    check.equal(
                        &format!("{} with their {what} as {name}", operation.id),
                        (answer.status, without_instance(&answer)),
                        (unknown.status, without_instance(&unknown)),
                    );
                    asked += 1;
                }
            }
            let list = Ask::get(&format!("{path}?limit=1")).bearer(&theirs).workspace(THEIRS);
            let next = world.door().send(list).await?.field("/next");
            if let Some(next) = next.as_str().filter(|_| name == "cursor") {
                let answer = ask(name, next).await?;
                check
                    .that(!holds_canary(&answer), || format!("{} after a place in their list", operation.id));
                asked += 1;
            }
        }
    }
    check.that(asked > 0, || "no operation asks for anybody, so this tried nothing".to_owned());
    Ok(asked)
}

/// Something of ours that the operation is about.
fn id_of_ours<'a>(world: &'a World, operation: &Operation) -> &'a str {
    let ours = &world.cast.ours;
    match operation.path.as_str() {
        path if path.contains("/reports/{id}") => &ours.report,
        path if path.contains("/data/imports/{id}") => &ours.import,
        path if path.contains("/data/files/{id}") => &ours.file,
        _ => UNKNOWN,
    }
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
        bytes += pages_hold_no_word(world, &mut check, (person, role)).await?;
    }
    // The same eyes do find the words where they belong.
    let own = Ask::get("/api/v1/data/files").bearer(&world.cast.outsider.token().await?).workspace(THEIRS);
    check.that(holds_canary(&world.door().send(own).await?), || {
        "the canary is nowhere to be found".to_owned()
    });
    check.verdict(format!("{} kB of answers, all pages and files (PDF as text) read", bytes / 1000))
}

/// Every page and file that there is, in our workspace and under the name of theirs; how many bytes that was.
async fn pages_hold_no_word(
    world: &World,
    check: &mut Check,
    (person, role): (&Person, Role),
) -> Result<usize, Failure> {
    let (mut browser, mut bytes, ours) = (person.sign_in().await?, 0, &world.cast.ours);
    let lists = [pages::public(), pages::own(), ours.pages(role), ours.files(role), pages::noted(ours, role)];
    for pages::Page { path, status } in lists.iter().flatten().chain(&pages::of_administrators(404)) {
        let answer = browser.get(path).await?;
        bytes += answer.body.len();
        check.equal(&format!("{path} as {}", role.key()), answer.status, *status);
        check.that(!holds_canary(&answer) && !answer.words().await?.contains(CANARY), || {
            format!("{path} as {}", role.key())
        });
    }
    for path in ours.elsewhere(THEIRS) {
        let answer = browser.get(&path).await?;
        check.equal(&format!("{path} as {}", role.key()), answer.status, 404);
        check.that(!holds_canary(&answer), || format!("{path} as {}", role.key()));
    }
    Ok(bytes)
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
