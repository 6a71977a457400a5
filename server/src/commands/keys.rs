//! `quartile keys`: the ring that wraps all other keys.

use std::time::{Duration, Instant};

use db::Db;
use kernel::Ambient;
use platform::{KeyRing, Renewed, Vault, backup};

use super::say;
use crate::{
    config::Config,
    services::{StartError, key_ring, renewal},
};

/// So many keys are wrapped anew in one transaction.
const AT_ONCE: u32 = 200;

/// Longer than a node takes to notice that the file of the ring was changed.
const NODES_READ_WITHIN: Duration = Duration::from_secs(15);

const TELL_EVERY: Duration = Duration::from_secs(5);

/// Makes the ring where there is none.
pub(super) fn init(config: &Config) -> Result<(), StartError> {
    let file = &config.keys.file;
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(|cause| {
            StartError(format!("the folder {} cannot be made: {cause}", folder.display()))
        })?;
    }
    if !KeyRing::new(&Ambient::system()).save_new(file)? {
        return Err(StartError(format!(
            "there is a key ring at {} already; it stays as it is",
            file.display()
        )));
    }
    say(&format!("The key ring is made: {}. Keep a copy of it apart from the backups.", file.display()));
    Ok(())
}

/// Adds a version to the ring, wraps every key with it, gives every owner a new key and seals all values anew, while the program may work.
pub(super) async fn rotate(config: Config) -> Result<(), StartError> {
    let ambient = Ambient::system();
    let mut ring = ring_of(&config)?;
    if config.keys.ring.is_some() {
        say(
            "The ring is in the setting keys.ring: add a version there, start every node again, and they renew the keys by themselves.",
        );
    } else {
        ring.grow(&ambient);
        ring.save_over(&config.keys.file)?;
        say(&format!("Version {} is added to {}.", ring.newest(), config.keys.file.display()));
    }
    let vault = vault(&config, ring).await?;
    let mut wrapped = 0;
    loop {
        match vault.rewrap(AT_ONCE).await? {
            0 => break,
            some => wrapped += some,
        }
    }
    say(&format!("{wrapped} keys are wrapped anew."));
    renew(&vault).await?;
    list_counts(&vault).await?;
    say(
        "The running program retires the keys of before within ten minutes, as soon as nothing is sealed with them; `quartile keys list` shows when none is in use.",
    );
    say(
        "Keep the older versions for as long as you keep backups from before; then take them off with `quartile keys drop VERSION`.",
    );
    Ok(())
}

async fn renew(vault: &Vault) -> Result<(), StartError> {
    let mut told = Instant::now();
    let tell = |done: Renewed| {
        if told.elapsed() > TELL_EVERY {
            told = Instant::now();
            say(&format!("{} new keys, {} values sealed anew…", done.made, done.resealed));
        }
    };
    let done = Box::pin(renewal(vault).round(tell)).await?;
    say(&format!("{} owners have a new key, and {} values are sealed anew.", done.made, done.resealed));
    Ok(())
}

/// Lists the versions of the ring, and how many keys each wraps.
pub(super) async fn list(config: Config) -> Result<(), StartError> {
    let ring = ring_of(&config)?;
    for (version, fingerprint) in ring.fingerprints() {
        say(&format!("version {version}: {fingerprint}"));
    }
    list_counts(&vault(&config, ring).await?).await
}

/// Takes a version off the ring that wraps nothing any more.
pub(super) async fn drop_version(config: Config, version: &str) -> Result<(), StartError> {
    let version: i64 = version
        .parse()
        .map_err(|_| StartError(format!("“{version}” is no version; `quartile keys list` lists them")))?;
    if config.keys.ring.is_some() {
        return Err(StartError("the ring is in the setting keys.ring; take the line off there".to_owned()));
    }
    let mut ring = ring_of(&config)?;
    let vault = vault(&config, ring_of(&config)?).await?;
    refuse_while_it_wraps(&vault, version).await?;
    // A node that has not read the ring again yet may still have wrapped one.
    say("Waiting until every node has read the ring again…");
    tokio::time::sleep(NODES_READ_WITHIN).await;
    refuse_while_it_wraps(&vault, version).await?;
    if !ring.drop_version(version) {
        return Err(StartError(format!("version {version} is the one in use, or is not on the ring")));
    }
    if let Some(settings) = &config.backup
        && backup::people_file_in(&settings.folder).exists()
    {
        // The keys of people beside the backups are to be read without it too.
        let db = Db::open(&config.database, &config.server.data).await?;
        backup::keep_people(&db, &ring_of(&config)?, &Ambient::system(), &settings.folder).await?;
        db.close().await;
    }
    ring.save_over(&config.keys.file)?;
    say(&format!("Version {version} is taken off. Backups that were made with it cannot be read any more."));
    Ok(())
}

async fn refuse_while_it_wraps(vault: &Vault, version: i64) -> Result<(), StartError> {
    let counts = vault.keys_by_version().await?;
    match counts.iter().find(|(wrapping, count)| *wrapping == version && *count > 0) {
        None => Ok(()),
        Some((_, count)) => Err(StartError(format!(
            "version {version} still wraps {count} keys. Run `quartile keys rotate` first"
        ))),
    }
}

async fn list_counts(vault: &Vault) -> Result<(), StartError> {
    for (version, count) in vault.keys_by_version().await? {
        say(&format!("version {version} wraps {count} keys"));
    }
    for (version, in_use, retired) in vault.keys_by_making().await? {
        say(&format!("version {version} made {in_use} keys that are in use, and {retired} that are retired"));
    }
    Ok(())
}

fn ring_of(config: &Config) -> Result<KeyRing, StartError> {
    let missing = || StartError(format!("there is no key ring at {}", config.keys.file.display()));
    key_ring(config)?.ok_or_else(missing)
}

async fn vault(config: &Config, ring: KeyRing) -> Result<Vault, StartError> {
    let db = db::Db::open(&config.database, &config.server.data).await?;
    Ok(Vault::open_with(db, Ambient::system(), ring).await?)
}
