//! Backups that must not be put back.

use std::{
    fs::Permissions,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use super::{
    backups::{Place, said},
    ground::{Ground, Scene},
};
use crate::{Failure, verdict::Check};

const KEYS_OF_PEOPLE: &str = "people.keys";

/// A backup with something wrong about it, and a word of the reason that is expected.
struct Broken {
    what: String,
    file: PathBuf,
    reason: &'static str,
}

/// Breaks a backup in every way, and tries to read it, drill it and put it back; how many ways there were.
pub(super) async fn refused(
    ground: &Ground,
    scene: &Scene,
    whole: &Path,
    check: &mut Check,
) -> Result<usize, Failure> {
    let folder = tempfile::tempdir()?;
    let program = &scene.deployment.plan.program;
    let kinds = kinds(&folder, &std::fs::read(whole)?)?;
    // The keys of people lie beside a backup, and beside a broken one too.
    std::fs::copy(whole.with_file_name(KEYS_OF_PEOPLE), folder.path().join(KEYS_OF_PEOPLE))?;
    for Broken { what, file, reason } in &kinds {
        let place = Place::empty(ground, scene).await?;
        for command in ["verify", "drill", "restore"] {
            let output = place.run(program, &["backup", command], file).await?;
            check.that(!output.status.success(), || format!("{what}: {command} takes it"));
            check
                .that(said(&output).contains(reason), || format!("{what}: {command} says {}", said(&output)));
        }
        check.that(place.is_untouched().await?, || format!("{what}: something of it was put back"));
    }
    keys(ground, scene, whole, check).await?;
    not_empty(ground, scene, whole, check).await?;
    let others = if ground.is_cluster() { 3 } else { 4 };
    if !ground.is_cluster() {
        stale_log(ground, scene, whole, check).await?;
    }
    Ok(kinds.len() + others)
}

fn kinds(folder: &tempfile::TempDir, whole: &[u8]) -> Result<Vec<Broken>, Failure> {
    let mut kinds = Vec::new();
    let mut add = |what: String, bytes: &[u8], reason| -> Result<(), Failure> {
        let file = folder.path().join(format!("{}.backup", kinds.len()));
        std::fs::write(&file, bytes)?;
        kinds.push(Broken { what, file, reason });
        Ok(())
    };
    let head = whole.iter().position(|byte| *byte == b'\n').ok_or("the backup has no first line")?;
    for (place, name) in [
        (head + 1, "behind the first line"),
        (head + 120, "in the head of its seal"),
        (whole.len() / 2, "in the middle"),
        (whole.len() - 1, "at the end"),
    ] {
        let mut bytes = whole.to_vec();
        *bytes.get_mut(place).ok_or("the backup is too short")? ^= 1;
        add(format!("a bit flipped {name}"), &bytes, "no whole backup")?;
    }
    for (length, name) in [
        (0, "empty"),
        (head / 2, "cut in its first line"),
        (whole.len() / 2, "cut in the middle"),
        (whole.len() - 1, "one byte short"),
    ] {
        add(name.to_owned(), whole.get(..length).unwrap_or_default(), "no whole backup")?;
    }
    add("with a byte more".to_owned(), &[whole, b"x"].concat(), "no whole backup")?;
    let line = String::from_utf8_lossy(whole.get(..head).unwrap_or_default()).into_owned();
    let mut words: Vec<&str> = line.split(' ').collect();
    *words.get_mut(1).ok_or("the first line has no format")? = "999";
    let rest = whole.get(head..).unwrap_or_default();
    add("of another format".to_owned(), &[words.join(" ").as_bytes(), rest].concat(), "version")?;
    Ok(kinds)
}

/// Without its key ring, or with another one, nothing is put back.
async fn keys(ground: &Ground, scene: &Scene, whole: &Path, check: &mut Check) -> Result<(), Failure> {
    let program = &scene.deployment.plan.program;
    for what in ["no key ring", "another key ring"] {
        let mut place = Place::empty(ground, scene).await?;
        let ring = place.data().join("other.toml");
        place.settings.set("keys.file", ring.to_str().ok_or("the name of the ring is no text")?);
        if what == "another key ring" {
            let made = program.run(&["keys", "init"], &place.settings, &place.data()).await?;
            check.that(made.status.success(), || said(&made));
        }
        let output = place.run(program, &["backup", "restore"], whole).await?;
        check.that(!output.status.success(), || format!("{what}: it was put back"));
        check.that(said(&output).contains("key ring"), || format!("{what}: it says {}", said(&output)));
        check.that(place.is_untouched().await?, || format!("{what}: something was put back"));
    }
    Ok(())
}

/// Nothing is put over what is there.
async fn not_empty(ground: &Ground, scene: &Scene, whole: &Path, check: &mut Check) -> Result<(), Failure> {
    let program = &scene.deployment.plan.program;
    let place = Place::empty(ground, scene).await?;
    let first = place.run(program, &["backup", "restore"], whole).await?;
    check.that(first.status.success(), || format!("into an empty place: {}", said(&first)));
    let counts = place.database.counts().await?;
    let second = place.run(program, &["backup", "restore"], whole).await?;
    check.that(!second.status.success() && said(&second).contains("empty"), || {
        format!("over what is there: {}", said(&second))
    });
    check.that(place.database.counts().await? == counts, || "what was there is changed".to_owned());
    Ok(())
}

/// The log of another database beside the new one spoils nothing.
async fn stale_log(ground: &Ground, scene: &Scene, whole: &Path, check: &mut Check) -> Result<(), Failure> {
    let program = &scene.deployment.plan.program;
    let place = Place::empty(ground, scene).await?;
    for ending in ["-wal", "-shm"] {
        let old = scene.deployment.data().join(format!("quartile.db{ending}"));
        let stale = std::fs::read(old).unwrap_or_else(|_| vec![7; 65_536]);
        let file = place.data().join(format!("quartile.db{ending}"));
        std::fs::write(&file, stale)?;
        std::fs::set_permissions(&file, Permissions::from_mode(0o600))?;
    }
    let output = place.run(program, &["backup", "restore"], whole).await?;
    if output.status.success() {
        check.that(place.has_company().await?, || "beside a stale log: the company is not there".to_owned());
        let words = place.database.texts("PRAGMA integrity_check").await?;
        check.equal("beside a stale log: integrity_check", words, vec!["ok".to_owned()]);
        let audit = program.run(&["audit", "verify"], &place.settings, &place.data()).await?;
        check.that(audit.status.success(), || format!("beside a stale log: {}", said(&audit)));
    } else {
        check.that(said(&output).contains("wal") || said(&output).contains("empty"), || {
            format!("beside a stale log: it says {}", said(&output))
        });
    }
    Ok(())
}
