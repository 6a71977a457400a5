//! Who sees what identifies people: addresses of members, and whatever files say about anybody.

use std::time::Duration;

use kernel::{Role, Scope};
use serde_json::json;

use super::{
    cast::OURS,
    pages::{self, Page},
    people::{Person, send_file},
    sessions::contains,
    verdict::{Check, Finding},
    world::World,
};
use crate::{
    Failure,
    client::{Answer, Ask, at},
    stage::SITE_NAME,
};

/// People with everything that identifies them, one of them where a figure should be, and a row that is cut off.
const PEOPLE: &str = "month,Contact,E-mail,Phone,IBAN,SSN,Notes,MRR\n\
    2026-01,Zqada Zqmoreau,zqada@canary.example,+49 30 90182011,DE89370400440532013000,856-45-6789,Zqada is ill until May,1000\n\
    2026-02,Zqbob Zqmoreau,zqbob@canary.example,+49 30 90182022,GB82WEST12345698765432,123-45-6789,Zqbob likes tea,1100\n\
    2026-03,Zqeve Zqmoreau,zqeve@canary.example,+49 30 90182033,NL91ABNA0417164300,078-05-1120,Zqeve moved to Bonn,zqeve@canary.example\n\
    2026-04,Zqfay Zqmoreau,zqfay@canary.example,+49 30 90182044,DE89370400440532013000,219-09-9999,Zqfay called,1200\n\
    2026-05,Zqgil Zqmoreau,zqgil@canary.example,+49 30 90182055,DE89370400440532013000,457-55-5462,Zqgil called,1300\n\
    Zqmal Zqmoreau,zqmal@canary.example\n";
/// Parts of them that nobody may see.
const CANARIES: [&str; 16] = [
    "Zqada",
    "Zqmoreau",
    "Zqeve",
    "Zqmal",
    "zqada",
    "zqeve",
    "zqmal",
    "canary.example",
    "901820",
    "DE8937",
    "WEST1234",
    "ABNA",
    "856-45",
    "078-05",
    "is ill",
    "moved to",
];
/// What the database counts when somebody has looked.
const LOOKS: &str = "SELECT count(*) FROM audit_events WHERE action = 'personal_data.read'";

/// Who manages no members sees no addresses, and who may not see personal data sees none of it, wherever they look.
pub(crate) async fn p52_what_identifies_people_is_masked(world: &World) -> Finding {
    let mut check = Check::new();
    let addresses = addresses_of_members(world, &mut check).await?;
    let analyst = world.cast.person(Role::Analyst)?.token().await?;
    let file = send_file(&world.door(), &analyst, OURS, ("people.csv", PEOPLE.as_bytes())).await?;
    let looks_before = world.main.database.count(LOOKS).await?;
    let mut answers = 0;
    for role in [Role::Viewer, Role::Member, Role::Analyst, Role::Admin] {
        answers += person_sees_nothing(world, &mut check, (role, &file)).await?;
    }
    answers += key_sees_nothing(world, &mut check, &file).await?;
    check.equal("looks that were noted", world.main.database.count(LOOKS).await?, looks_before);
    owner_sees_all(world, &mut check, &file).await?;
    let log = world.main.log();
    for canary in CANARIES {
        check.that(!log.contains(canary), || format!("{canary} is in the log of the program"));
    }
    check.verdict(format!(
        "{addresses} answers without an address of members; {answers} without anything of 6 people in a file: API, pages, steps of the \
         import, copy, rejected rows, refusals, live events, PDF (its bytes and its text), audit log, log; whoever may sees it, and each look is noted"
    ))
}

/// How many answers were searched for addresses of members.
async fn addresses_of_members(world: &World, check: &mut Check) -> Result<usize, Failure> {
    let door = world.door();
    let everybody = Role::ALL.iter().filter_map(|role| world.cast.person(*role).ok());
    let addresses: Vec<String> = everybody.map(|person| person.email.clone()).collect();
    let mut searched = 0;
    for role in [Role::Viewer, Role::Member, Role::Analyst] {
        let person = world.cast.person(role)?;
        let token = person.token().await?;
        let mut answers = Vec::new();
        for operation in
            world.operations.iter().filter(|it| !it.is_unsafe() && !it.takes_id() && it.id != "me")
        {
            let ask = operation.ask("").bearer(&token).workspace(OURS);
            answers.push((operation.id.clone(), door.send(ask).await?));
        }
        let mut browser = person.sign_in().await?;
        let ours = &world.cast.ours;
        for Page { path, status } in ours.pages(role).into_iter().chain(ours.files(role)) {
            let answer = browser.get(&path).await?;
            check.equal(&format!("{path} as the {}", role.key()), answer.status, status);
            answers.push((path, answer));
        }
        searched += answers.len();
        for (what, answer) in answers {
            let text = answer.words().await?;
            for address in addresses.iter().filter(|address| **address != person.email) {
                check.that(!text.contains(address.as_str()), || {
                    format!("{what} shows {address} to the {}", role.key())
                });
            }
        }
        let members = door.send(Ask::get("/api/v1/members").bearer(&token).workspace(OURS)).await?.text();
        check.that(members.contains('*'), || {
            format!("nothing is masked for the {}: {members:.200}", role.key())
        });
    }
    let key = world.cast.key(Scope::MembersRead)?;
    let members = door.send(Ask::get("/api/v1/members").bearer(key)).await?.text();
    check.that(!members.contains("ada@acme.example"), || "a key that only reads sees addresses".to_owned());
    let admin = world.cast.person(Role::Admin)?.token().await?;
    let members = door.send(Ask::get("/api/v1/members").bearer(&admin).workspace(OURS)).await?.text();
    check.that(members.contains("ada@acme.example"), || "an admin sees no addresses".to_owned());
    Ok(searched)
}

/// Neither the bytes of an answer nor the words of a document say anything about anybody.
async fn is_masked(check: &mut Check, what: &str, answer: &Answer) -> Result<(), Failure> {
    let words = answer.words().await?;
    for canary in CANARIES {
        let is_there = contains(&answer.body, canary.as_bytes()) || words.contains(canary);
        check.that(!is_there, || format!("{what} shows {canary}"));
    }
    Ok(())
}

/// Asks for everything that somebody with that role may ask for; how much came back.
async fn person_sees_nothing(
    world: &World,
    check: &mut Check,
    (role, file): (Role, &str),
) -> Result<usize, Failure> {
    let person = world.cast.person(role)?;
    let mut searched = api_shows_nothing(world, check, (&person.token().await?, file, role.key())).await?;
    let mut browser = person.sign_in().await?;
    let steps = ["format", "map", "check", "original", "rejected.csv"];
    let steps = steps.map(|step| format!("/w/{OURS}/data/{file}/{step}"));
    let steps = steps.map(|path| Page { path, status: 200 });
    let ours = &world.cast.ours;
    let lists = [ours.pages(role), ours.files(role), pages::noted(ours, role), steps.into()];
    for Page { path, status } in lists.iter().flatten() {
        let answer = browser.get(path).await?;
        check.equal(&format!("{path} of the {}", role.key()), answer.status, *status);
        is_masked(check, &format!("{path} of the {}", role.key()), &answer).await?;
        searched += 1;
    }
    let asked = browser.get(&format!("/w/{OURS}/data/{file}/format?personal=shown")).await?;
    check.equal(&format!("asking as the {} to see it", role.key()), asked.status, 403);
    is_masked(check, "the refusal of a page", &asked).await?;
    live_events_show_nothing(world, check, browser.session()).await?;
    if role == Role::Member {
        report_shows_nothing(world, check, person).await?;
        searched += 1;
    }
    Ok(searched + 2)
}

/// Every operation that reads, with the file wherever an id is wanted.
async fn api_shows_nothing(
    world: &World,
    check: &mut Check,
    (token, file, who): (&str, &str, &str),
) -> Result<usize, Failure> {
    let door = world.door();
    let mut searched = 0;
    for operation in world.operations.iter().filter(|it| !it.is_unsafe()) {
        let answer = door.send(operation.ask(file).bearer(token).workspace(OURS)).await?;
        is_masked(check, &format!("{} for the {who}", operation.id), &answer).await?;
        searched += 1;
    }
    let columns = format!("/api/v1/data/files/{file}/columns");
    let masked = door.send(Ask::get(&columns).bearer(token).workspace(OURS)).await?;
    if masked.status == 200 {
        let sample = at(&masked.json(), "/columns/2/samples/0").clone();
        check.equal(&format!("an address as the {who} sees it"), sample, json!("z***@c***.example"));
    }
    for (query, status) in [("personal=shown", 403), ("sort=samples", 422), ("personal=all", 422)] {
        let answer = door.send(Ask::get(&format!("{columns}?{query}")).bearer(token).workspace(OURS)).await?;
        check.status(&format!("{query} for the {who}"), &answer, &[status, 403]);
        is_masked(check, query, &answer).await?;
        searched += 1;
    }
    // Whoever may choose columns turns no telephone number into a figure, and is told so without it.
    let mapping = json!({ "columns": [{ "column": 0, "used_for": "@period" }, { "column": 3, "used_for": "customers" }] });
    let ask = Ask::new("PUT", &format!("/api/v1/data/files/{file}/mapping")).bearer(token).workspace(OURS);
    let refused = door.send(ask.json(&mapping)).await?;
    check.status(&format!("mapping telephone numbers as the {who}"), &refused, &[200, 403]);
    is_masked(check, "a refused mapping", &refused).await?;
    if refused.status == 200 {
        let problems = refused.field("/problems").to_string();
        check.that(problems.contains("personal data"), || {
            format!("the {who} is told of no problem: {problems}")
        });
        let commit = Ask::post(&format!("/api/v1/data/files/{file}/commit")).bearer(token).workspace(OURS);
        let refused = door.send(commit).await?;
        check.status(&format!("importing telephone numbers as the {who}"), &refused, &[409]);
        is_masked(check, "a refused import", &refused).await?;
    }
    let mapping =
        json!({ "columns": [{ "column": 0, "used_for": "@period" }, { "column": 7, "used_for": "mrr" }] });
    let ask = Ask::new("PUT", &format!("/api/v1/data/files/{file}/mapping")).bearer(token).workspace(OURS);
    is_masked(check, "a mapping", &door.send(ask.json(&mapping)).await?).await?;
    Ok(searched + 2)
}

async fn key_sees_nothing(world: &World, check: &mut Check, file: &str) -> Result<usize, Failure> {
    let reading =
        api_shows_nothing(world, check, (world.cast.key(Scope::DataRead)?, file, "key that reads")).await?;
    Ok(reading
        + api_shows_nothing(world, check, (world.cast.key(Scope::DataWrite)?, file, "key that writes"))
            .await?)
}

/// Everything that happened in the workspace, told again from the beginning.
async fn live_events_show_nothing(world: &World, check: &mut Check, session: &str) -> Result<(), Failure> {
    let request = format!(
        "GET /w/{OURS}/events HTTP/1.1\r\nHost: {SITE_NAME}\r\nAccept: text/event-stream\r\nLast-Event-ID: 1\r\nCookie: __Host-sid={session}\r\n\r\n"
    );
    let told = world.door().send_raw(request.as_bytes(), Duration::from_secs(1)).await?;
    check.that(told.text.contains("dataset.read"), || format!("no live events came: {:.200}", told.text));
    for canary in CANARIES {
        check.that(!told.text.contains(canary), || format!("a live event shows {canary}"));
    }
    Ok(())
}

async fn report_shows_nothing(world: &World, check: &mut Check, person: &Person) -> Result<(), Failure> {
    let (door, token) = (world.door(), person.token().await?);
    let made = door.send(Ask::post("/api/v1/reports").bearer(&token).workspace(OURS)).await?;
    let id = made.field("/id").as_str().map(str::to_owned).ok_or_else(|| made.in_short())?;
    let ask = Ask::get(&format!("/api/v1/reports/{id}/download")).bearer(&token).workspace(OURS);
    let paper = door.send(ask).await?;
    check.equal("a report", paper.status, 200);
    let words = paper.words().await?;
    check.that(words.split_whitespace().count() > 100, || {
        format!("too few words in the report: {words:.200}")
    });
    is_masked(check, "a report", &paper).await?;
    Ok(())
}

/// The owner gets masked files too until they ask, then all of it; and each look is noted without a word of it.
async fn owner_sees_all(world: &World, check: &mut Check, file: &str) -> Result<(), Failure> {
    let (door, owner) = (world.door(), world.cast.owner()?);
    let token = owner.token().await?;
    let before = world.main.database.count(LOOKS).await?;
    let ask =
        |path: &str| Ask::get(&format!("/api/v1/data/files/{file}{path}")).bearer(&token).workspace(OURS);
    is_masked(check, "the columns for the owner", &door.send(ask("/columns")).await?).await?;
    let shown = door.send(ask("/columns?personal=shown")).await?;
    check.that(shown.text().contains("zqada@canary.example"), || {
        format!("the owner sees nothing: {}", shown.in_short())
    });
    let original = door.send(ask("/download")).await?.text();
    check.that(original == PEOPLE, || "the owner does not get the original".to_owned());
    check.equal("looks that were noted", world.main.database.count(LOOKS).await?, before + 2);
    let log = door.send(Ask::get("/api/v1/audit?limit=100").bearer(&token).workspace(OURS)).await?;
    check.that(log.text().contains("personal_data.read"), || format!("the audit log: {}", log.in_short()));
    is_masked(check, "the audit log", &log).await?;
    let gone = door
        .send(Ask::new("DELETE", &format!("/api/v1/data/files/{file}")).bearer(&token).workspace(OURS))
        .await?;
    check.equal("removing the file", gone.status, 204);
    Ok(())
}
