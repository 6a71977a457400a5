//! What a role may do, and no more.

use std::{collections::BTreeMap, time::Duration};

use kernel::{Role, Scope};
use serde_json::{Value, json};

use super::{
    cast::OURS,
    operations::{Access, Operation, UNKNOWN, body_of},
    people::id_of,
    verdict::{Check, Finding},
    world::World,
};
use crate::{
    Failure,
    client::{Answer, Ask, at, put},
};

/// Every role and every key with every operation: the table of rights exactly.
pub(crate) async fn p04_every_role_may_do_what_the_table_says(world: &World) -> Finding {
    let mut check = Check::new();
    for operation in &world.operations {
        let Some(access) = operation.access else {
            check.that(false, || format!("{} is in no list of rights", operation.id));
            continue;
        };
        let stranger = world.door().send(operation.ask(UNKNOWN)).await?;
        if access == Access::Open {
            check.that(![403, 404].contains(&stranger.status), || {
                format!("{}: {}", operation.id, stranger.in_short())
            });
            continue;
        }
        check.equal(&format!("{} without credentials", operation.id), stranger.status, 401);
        // The answer to HEAD has no body.
        check.that(stranger.is_problem() || operation.method == "HEAD", || {
            format!("{}: a refusal that is no problem document", operation.id)
        });
        // What ends one's own sign-in or account, or wants the password once more, is tried elsewhere.
        if ["sign_out", "end_all_sessions", "change_password", "erase_me"].contains(&operation.id.as_str()) {
            continue;
        }
        for role in Role::ALL {
            let token = world.cast.person(role)?.token().await?;
            let answer = world.door().send(operation.ask(UNKNOWN).bearer(&token).workspace(OURS)).await?;
            expect(&mut check, (operation, role.key()), access.lets(role), &answer);
        }
        for scope in Scope::ALL {
            let key = world.cast.key(scope)?;
            let answer = world.door().send(operation.ask(UNKNOWN).bearer(key)).await?;
            let may = access == Access::Scope(scope);
            expect(&mut check, (operation, scope.key()), may, &answer);
        }
        let removed = world.cast.removed.token().await?;
        if access != Access::Personal {
            let answer = world.door().send(operation.ask(UNKNOWN).bearer(&removed).workspace(OURS)).await?;
            check.equal(&format!("{} as a removed member", operation.id), answer.status, 404);
        }
    }
    let noted = noted_refusals(world).await?;
    for who in ["person:", "key:"] {
        check.that(noted.iter().any(|actor| actor.starts_with(who)), || {
            format!("no refusal of a {who} is in the audit log")
        });
    }
    check.verdict(format!(
        "{} operations × 5 roles, 12 scopes, a stranger and a removed member; refusals are in the audit log",
        world.operations.len()
    ))
}

/// Who was refused something, by the audit log. Nobody waits for what is written there, so it may come a moment later.
async fn noted_refusals(world: &World) -> Result<Vec<String>, Failure> {
    let token = world.cast.owner()?.token().await?;
    let ask = Ask::get("/api/v1/audit?action=authz.denied&limit=100").bearer(&token).workspace(OURS);
    for _ in 0..50 {
        let answer = world.door().send(ask.clone()).await?.json();
        let events = at(&answer, "/items").as_array().cloned().unwrap_or_default();
        if !events.is_empty() {
            return Ok(events
                .iter()
                .filter_map(|event| at(event, "/actor").as_str().map(str::to_owned))
                .collect());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(Vec::new())
}

fn expect(check: &mut Check, (operation, who): (&Operation, &str), may: bool, answer: &Answer) {
    if may {
        let is_through = (200..300).contains(&answer.status) || [404, 409].contains(&answer.status);
        check.that(is_through, || format!("{who} may {}, and got {}", operation.id, answer.in_short()));
    } else {
        check.equal(&format!("{who} may not {}", operation.id), answer.status, 403);
    }
}

/// Nobody makes more of themselves than they are, and the last owner stays.
pub(crate) async fn p05_nobody_promotes_themselves(world: &World) -> Finding {
    let mut check = Check::new();
    let door = world.door();
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Owner) {
        let person = world.cast.person(role)?;
        let (token, id) = (person.token().await?, id_of(&door, person).await?);
        let ask = Ask::new("PATCH", &format!("/api/v1/members/{id}")).bearer(&token).workspace(OURS);
        let answer = door.send(ask.json(&json!({ "role": "owner" }))).await?;
        check.status(&format!("{} makes themselves the owner", role.key()), &answer, &[403]);
        for wanted in ["owner", "admin"] {
            let ask = Ask::post("/api/v1/invitations").bearer(&token).workspace(OURS);
            let answer = door.send(ask.json(&json!({ "role": wanted }))).await?;
            check.status(&format!("{} invites an {wanted}", role.key()), &answer, &[403]);
        }
    }
    let key = world.cast.key(Scope::MembersWrite)?;
    let answer =
        door.send(Ask::post("/api/v1/invitations").bearer(key).json(&json!({ "role": "owner" }))).await?;
    check.status("a key invites an owner", &answer, &[403]);
    let owner = world.cast.owner()?;
    let (token, id) = (owner.token().await?, id_of(&door, owner).await?);
    let member = format!("/api/v1/members/{id}");
    let answer = door.send(Ask::new("DELETE", &member).bearer(&token).workspace(OURS)).await?;
    check.status("the last owner leaves", &answer, &[403, 409]);
    let ask = Ask::new("PATCH", &member).bearer(&token).workspace(OURS).json(&json!({ "role": "viewer" }));
    check.status("the last owner steps down", &door.send(ask).await?, &[403, 409]);
    let admin = world.cast.person(Role::Admin)?.token().await?;
    for (method, body) in [("DELETE", Value::Null), ("PATCH", json!({ "role": "viewer" }))] {
        let ask = Ask::new(method, &member).bearer(&admin).workspace(OURS).json(&body);
        check.status(&format!("an admin sends {method} for the owner"), &door.send(ask).await?, &[403]);
    }
    let list = door.send(Ask::get("/api/v1/members").bearer(&token).workspace(OURS)).await?.json();
    let roles: BTreeMap<String, usize> =
        at(&list, "/items").as_array().into_iter().flatten().fold(BTreeMap::new(), |mut roles, member| {
            *roles.entry(at(member, "/role").as_str().unwrap_or_default().to_owned()).or_default() += 1;
            roles
        });
    check.equal("owners afterwards", roles.get("owner").copied(), Some(1));
    check.equal("admins afterwards", roles.get("admin").copied(), Some(1));
    check.verdict("self-promotion, invitations above one's role, the last owner")
}

/// Fields that no form has are refused, and change nothing.
pub(crate) async fn p06_fields_that_nobody_asked_for_are_refused(world: &World) -> Finding {
    let mut check = Check::new();
    let token = world.cast.owner()?.token().await?;
    let before = super::truth::rows_of_workspace(&world.main.database, OURS).await?;
    // Where a role is a field, this is no role.
    let fields =
        ["role", "is_platform_admin", "workspace_id", "id", "owner_id", "email_verified", "created_at"];
    let takers: Vec<&Operation> = world.operations.iter().filter(|it| it.takes_json()).collect();
    for operation in &takers {
        for field in fields {
            let mut body = body_of(&operation.id);
            put(&mut body, field, json!(true));
            let answer =
                world.door().send(operation.ask_with(UNKNOWN, &body).bearer(&token).workspace(OURS)).await?;
            check.equal(&format!("{} with {field}", operation.id), answer.status, 422);
            check.that(answer.is_problem(), || format!("{} with {field}: no problem document", operation.id));
        }
    }
    let after = super::truth::rows_of_workspace(&world.main.database, OURS).await?;
    check.that(before == after, || "something in the workspace changed".to_owned());
    check.verdict(format!("{} operations × {} fields", takers.len(), fields.len()))
}
