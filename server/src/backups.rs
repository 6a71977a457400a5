//! Backups that the program makes by itself: each is restored and checked before it counts, and before an older one goes. Whoever is
//! erased is gone from all of them a minute later, with the key that lay beside them.

use std::{
    fs::{self, DirBuilder},
    io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use db::Db;
use kernel::Ambient;
use platform::{
    Files, KeyRing,
    backup::{self, Contents, PeopleMark, Rounds},
};
use tokio::sync::{oneshot, watch};

use crate::{
    config::{BackupConfig, Config},
    connections::stopped,
    services::{Services, StartError, key_ring},
};

const LOOK_EVERY: Duration = Duration::from_mins(1);
/// What a backup is called once it was restored and checked, and until then.
const GOOD: &str = ".backup";
const UNPROVED: &str = ".unproved";

/// Makes a backup whenever one is due.
pub(crate) async fn keep_backups(services: Services, mut stop: watch::Receiver<bool>) {
    let Some(settings) = services.config.backup.clone() else { return };
    let rounds = Rounds::new(services.db.clone(), services.ambient.clone());
    while !*stop.borrow() {
        match rounds.begin(settings.every).await {
            Ok(Some(begun_at)) => tokio::select! {
                () = go_round(&services, &rounds, (&settings, begun_at)) => {}
                // A backup that is cut off leaves nothing that counts.
                () = stopped(&mut stop) => return,
            },
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "It is not known whether a backup is due"),
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = stopped(&mut stop) => {}
        }
    }
}

/// Writes the keys of people beside the backups anew whenever somebody came or went, or the ring was replaced.
pub(crate) async fn keep_people(services: Services, mut stop: watch::Receiver<bool>) {
    let Some(settings) = services.config.backup.clone() else { return };
    let mut seen = None;
    while !*stop.borrow() {
        if let Err(error) = keep_people_of(&services, &settings.folder, &mut seen).await {
            tracing::error!(%error, "The keys of people beside the backups are not up to date");
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = stopped(&mut stop) => {}
        }
    }
}

async fn keep_people_of(
    services: &Services,
    folder: &Path,
    seen: &mut Option<PeopleMark>,
) -> Result<(), StartError> {
    let ring = ring(&services.config)?;
    let mark = backup::people_mark(&services.db, &ring).await?;
    // The first backup writes the first ones.
    if backup::people_file_in(folder).exists() && *seen != Some(mark) {
        backup::keep_people(&services.db, &ring, &services.ambient, folder).await?;
        *seen = Some(mark);
    }
    Ok(())
}

async fn go_round(
    services: &Services,
    rounds: &Rounds,
    (settings, begun_at): (&BackupConfig, DateTime<Utc>),
) {
    let begun = Instant::now();
    let outcome = match beside_the_work(services, rounds, begun_at).await {
        Ok((file, contents)) => rounds
            .finish(begun_at, contents.size_bytes)
            .await
            .map_err(StartError::from)
            .and_then(|()| remove_old(settings).map_err(|cause| not_usable(&settings.folder, &cause)))
            .map(|()| (file, contents.size_bytes)),
        Err(error) => Err(error),
    };
    let result = if outcome.is_ok() { "verified" } else { "failed" };
    metrics_facade::counter!("backups_total", "outcome" => result).increment(1);
    match outcome {
        Ok((file, bytes)) => {
            let seconds = begun.elapsed().as_secs();
            tracing::info!(file = %file.display(), bytes, seconds, "A backup was made, restored and checked");
        }
        Err(error) => tracing::error!(%error, "There is no new backup"),
    }
}

/// Makes the backup in a thread of its own, since packing and sealing keep a processor busy; meanwhile other nodes are told so.
async fn beside_the_work(
    services: &Services,
    rounds: &Rounds,
    begun_at: DateTime<Utc>,
) -> Result<(PathBuf, Contents), StartError> {
    let (tell, mut told) = oneshot::channel();
    let (config, files, ambient) =
        (services.config.clone(), services.files.clone(), services.ambient.clone());
    let work = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let made = runtime
            .map_err(|cause| StartError(format!("no thread can be started: {cause}")))
            .and_then(|runtime| runtime.block_on(make(&config, &files, &ambient, begun_at)));
        let _nobody_waits_any_more = tell.send(made);
    };
    std::thread::Builder::new()
        .name("backup".to_owned())
        .spawn(work)
        .map_err(|cause| StartError(format!("no thread can be started: {cause}")))?;
    loop {
        tokio::select! {
            made = &mut told => {
                return made.unwrap_or_else(|_| Err(StartError("the backup ended in a fault of ours".to_owned())));
            }
            () = tokio::time::sleep(LOOK_EVERY) => rounds.hold().await?,
        }
    }
}

async fn make(
    config: &Config,
    files: &Files,
    ambient: &Ambient,
    begun_at: DateTime<Utc>,
) -> Result<(PathBuf, Contents), StartError> {
    let Some(settings) = &config.backup else { return Err(StartError("there is no folder".to_owned())) };
    let folder = &settings.folder;
    let name = begun_at.format("quartile-%Y%m%dT%H%M%SZ");
    let (unproved, good) = (folder.join(format!("{name}{UNPROVED}")), folder.join(format!("{name}{GOOD}")));
    prepare(folder).map_err(|cause| not_usable(folder, &cause))?;
    // A connection of its own: a long look at everything must not keep the program's own waiting.
    let db = Db::open(&config.database, &config.server.data).await?;
    let made = backup::create((&db, files), &ring(config)?, ambient, &unproved).await;
    db.close().await;
    let contents = made?;
    backup::drill(&unproved, &ring(config)?, ambient, folder).await?;
    for file in contents.missing() {
        tracing::warn!(file, "A row of the backup names a file that was not there any more");
    }
    fs::rename(&unproved, &good).map_err(|cause| not_usable(folder, &cause))?;
    Ok((good, contents))
}

fn ring(config: &Config) -> Result<KeyRing, StartError> {
    key_ring(config)?.ok_or_else(|| StartError("there is no key ring".to_owned()))
}

/// Makes the folder, and removes what rounds left that were cut off or failed.
fn prepare(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    for (name, path) in entries(folder)? {
        let is_begun =
            name.starts_with("quartile-") && (name.ends_with(UNPROVED) || name.ends_with(".partial"));
        if is_begun {
            fs::remove_file(path)?;
        } else if name.starts_with("drill-") {
            fs::remove_dir_all(path)?;
        }
    }
    Ok(())
}

/// Removes the oldest of the program's own backups; files of others stay.
fn remove_old(settings: &BackupConfig) -> io::Result<()> {
    let mut good = entries(&settings.folder)?;
    good.retain(|(name, _)| name.starts_with("quartile-") && name.ends_with(GOOD));
    good.sort_unstable();
    for (_, path) in good.iter().rev().skip(settings.keep) {
        fs::remove_file(path)?;
    }
    Ok(())
}

fn entries(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path())))
        .collect()
}

fn not_usable(folder: &Path, cause: &io::Error) -> StartError {
    StartError(format!("the folder {} of backup.folder cannot be used: {cause}", folder.display()))
}
