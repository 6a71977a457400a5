//! Whoever goes takes everything along, and nothing that says who they were stays.

use std::{
    path::Path,
    process::Output,
    time::{Duration, Instant},
};

use kernel::Role;
use serde_json::json;

use super::{
    cast::{FIGURES, OURS, administrator, join},
    pages::{self, Page, Places},
    people::{PASSWORD, Person, keep_figures, send_file},
    verdict::{Check, Finding},
    world::World,
};
use crate::{
    Failure,
    client::{Ask, at},
    stage::{Deployment, Settings, bytes_of},
};

/// Is part of the name, the address and the company of whoever goes, and of the name of a file of theirs.
const GONE: &str = "zq7gone";
/// By then everything is forgotten.
const WITHIN: Duration = Duration::from_mins(1);

/// Who asks for it gets everything, goes, and is forgotten by files, database and shared memory within a minute.
pub(crate) async fn p54_who_leaves_is_forgotten(world: &World) -> Finding {
    let mut check = Check::new();
    let other = world.plan().start().await?;
    let owner = Person::sign_up(&other, "Ada Moreau", "ada@acme.example", "Acme").await?;
    let leaver = join(&other, &owner, Role::Analyst, GONE).await?;
    let own = format!("home-of-{GONE}");
    keep_figures(&other, &leaver, &own, FIGURES).await?;
    let content = format!("month,{GONE}\n2026-01,100\n");
    let name = format!("{GONE}.csv");
    send_file(&other.door(), &leaver.token().await?, &own, (&name, content.as_bytes())).await?;
    let ruth = administrator(&other).await?;
    let places = Places::furnish(&other, &owner, OURS, FIGURES).await?;
    let watchers = Watchers { owner: &owner, administrator: &ruth, places };
    check.that(watchers.see().await?.len() > 1, || "nobody is on the pages of members and people".to_owned());
    check.that(is_kept(&other).await?, || {
        "nothing of a person is kept, so nothing can be forgotten".to_owned()
    });
    take_along(&other, &leaver, &own, &mut check).await?;
    let backups = tempfile::tempdir()?;
    let yesterday = backups.path().join("yesterday.backup");
    back_up(&other, &yesterday).await?;
    let is_there = in_backup(&other, &yesterday).await?;
    check.that(is_there.is_some(), || {
        "nobody is in the backup of before, so nobody can be missing from it".to_owned()
    });
    let seconds = live(&other, (&watchers, &leaver), &mut check).await?;
    of_yesterday(&other, backups.path(), &mut check).await?;
    let (of_owner, of_administrator) = watchers.pages();
    check.verdict(format!(
        "person and workspace taken along; gone from files, database, shared memory, log and all {} pages of owner and administrator after {seconds:.1} s, and from what the backup of before restores; nothing of theirs signs in",
        of_owner.len() + of_administrator.len()
    ))
}

/// Who looks for traces of whoever is gone.
struct Watchers<'a> {
    owner: &'a Person,
    administrator: &'a Person,
    places: Places,
}

impl Watchers<'_> {
    /// All pages of the owner, with the files that are text, and those of the administrator.
    fn pages(&self) -> (Vec<Page>, Vec<Page>) {
        let files = self.places.files(Role::Owner).into_iter();
        let texts = files.filter(|file| ![".pdf", ".xlsx"].iter().any(|ending| file.path.ends_with(ending)));
        let pages = [self.places.pages(Role::Owner), pages::own(), texts.collect()].concat();
        (pages, pages::of_administrators(200))
    }

    /// Where they see anything of them.
    async fn see(&self) -> Result<Vec<String>, Failure> {
        let (of_owner, of_administrator) = self.pages();
        let mut seen = Vec::new();
        for (person, pages) in [(self.owner, of_owner), (self.administrator, of_administrator)] {
            let mut browser = person.sign_in().await?;
            for Page { path, status } in pages {
                let answer = browser.get(&path).await?;
                if answer.status != status {
                    return Err(format!("{path}: expected {status}, got {}", answer.in_short()).into());
                }
                if answer.text().to_lowercase().contains(GONE) {
                    seen.push(path);
                }
            }
        }
        Ok(seen)
    }
}

/// The backup of before does not bring them back, once another one was made in its folder.
async fn of_yesterday(other: &Deployment, backups: &Path, check: &mut Check) -> Result<(), Failure> {
    back_up(other, &backups.join("today.backup")).await?;
    for name in ["yesterday.backup", "today.backup"] {
        let is_there = in_backup(other, &backups.join(name)).await?;
        check.that(is_there.is_none(), || format!("{name} brings back {}", is_there.unwrap_or_default()));
    }
    Ok(())
}

async fn back_up(other: &Deployment, file: &Path) -> Result<(), Failure> {
    done(&other.run(&["backup", "create", &file.display().to_string()]).await?)
}

/// What restoring the backup brings back of who they were, with some of what stands around it.
async fn in_backup(other: &Deployment, file: &Path) -> Result<Option<String>, Failure> {
    let folder = tempfile::tempdir()?;
    let mut settings = Settings::default();
    settings.set("keys.file", other.data().join("keys.toml").display().to_string());
    let words = ["backup", "restore", &file.display().to_string()];
    done(&other.plan.program.run(&words, &settings, folder.path()).await?)?;
    let bytes = bytes_of(folder.path())?;
    let place = bytes.windows(GONE.len()).position(|window| window.eq_ignore_ascii_case(GONE.as_bytes()));
    let around = place.and_then(|place| bytes.get(place.saturating_sub(60)..(place + 60).min(bytes.len())));
    Ok(around.map(|around| format!("{:?}", String::from_utf8_lossy(around))))
}

fn done(output: &Output) -> Result<(), Failure> {
    if output.status.success() {
        return Ok(());
    }
    Err(format!("a command of the program: {}", String::from_utf8_lossy(&output.stderr)).into())
}

/// The export of a person and that of a workspace, for those who may have them.
async fn take_along(
    other: &Deployment,
    leaver: &Person,
    own: &str,
    check: &mut Check,
) -> Result<(), Failure> {
    let (door, token) = (other.door(), leaver.token().await?);
    let export = door.send(Ask::get("/api/v1/users/me/export").bearer(&token)).await?;
    check.equal("the export of a person", export.status, 200);
    check.equal("whose it is", at(&export.json(), "/person/email"), &json!(leaver.email));
    check.that(export.text().contains("person.signed_up"), || "the export holds no deeds".to_owned());
    let everything = || Ask::get("/api/v1/workspaces/current/everything").bearer(&token);
    let archive = door.send(everything().workspace(own)).await?;
    check.equal("the export of a workspace", archive.status, 200);
    check.that(archive.body.starts_with(b"PK") && contains(&archive.body, "workspace.json"), || {
        format!("the archive is none: {}", archive.in_short())
    });
    check.that(contains(&archive.body, &format!("{GONE}.csv")), || "the archive lacks a file".to_owned());
    check.equal("the workspace of others", door.send(everything().workspace(OURS)).await?.status, 403);
    Ok(())
}

/// Erases the person, and waits until nothing in the program that works says who they were; in seconds.
async fn live(
    other: &Deployment,
    (watchers, leaver): (&Watchers<'_>, &Person),
    check: &mut Check,
) -> Result<f64, Failure> {
    let (door, token) = (other.door(), leaver.token().await?);
    let erase = |body| door.send_owned(Ask::post("/api/v1/users/me/erase").bearer(&token).json(&body));
    check.equal("going without a password", erase(json!({})).await?.status, 403);
    let wrong = json!({ "password": "not the right words at all" });
    check.equal("going with a wrong password", erase(wrong).await?.status, 403);
    let begun = Instant::now();
    check.equal("going", erase(json!({ "password": PASSWORD })).await?.status, 204);
    while (is_kept(other).await? || !watchers.see().await?.is_empty()) && begun.elapsed() < WITHIN {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let seconds = begun.elapsed().as_secs_f64();
    check.that(!is_kept(other).await?, || format!("{GONE} is still kept after {seconds:.0} s"));
    let seen = watchers.see().await?;
    check.that(seen.is_empty(), || {
        format!("{GONE} is still shown after {seconds:.0} s on {}", seen.join(" "))
    });
    check.that(!other.log().contains(GONE), || format!("{GONE} is in the log"));
    check.equal(
        "a token of theirs",
        door.send(Ask::get("/api/v1/users/me").bearer(&token)).await?.status,
        401,
    );
    let mut theirs = leaver.browser.clone();
    check.equal("a session of theirs", theirs.get("/account").await?.status, 401);
    let form = json!({ "email": leaver.email, "password": PASSWORD });
    check.equal("signing in", door.send(Ask::post("/api/v1/auth/signin").json(&form)).await?.status, 401);
    Ok(seconds)
}

/// Whether anything that is kept says who they were: in files, the database and what nodes share.
async fn is_kept(other: &Deployment) -> Result<bool, Failure> {
    if contains(&other.kept_bytes().await?, GONE) {
        return Ok(true);
    }
    match &other.redis {
        Some(redis) => Ok(contains(&redis.contents().await?, GONE)),
        None => Ok(false),
    }
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window.eq_ignore_ascii_case(text.as_bytes()))
}
