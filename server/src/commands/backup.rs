//! `quartile backup`: everything in one file, and back.

use std::{path::Path, time::Instant};

use db::Db;
use kernel::{Ambient, file_size};
use platform::{
    Files, KeyRing,
    backup::{self, Contents},
};

use crate::{
    config::Config,
    services::{Services, StartError, key_ring},
    worker,
};

/// Makes a backup; the program may be running meanwhile.
pub(super) async fn create(config: Config, file: &Path) -> Result<(), StartError> {
    let ring = ring(&config)?;
    let (db, files) = open(&config).await?;
    let contents = backup::create((&db, &files), &ring, &Ambient::system(), file).await?;
    db.close().await;
    super::say(&format!(
        "The backup is made: {}, {}. The keys of people are beside it, in {}; keep only the newest of those. Keep the key ring apart from both: neither is of use without it.{}",
        file.display(),
        words(&contents),
        backup::people_file(file).display(),
        remarks(&contents)
    ));
    Ok(())
}

/// Reads a backup without keeping anything of it.
pub(super) async fn verify(config: Config, file: &Path) -> Result<(), StartError> {
    let contents = backup::verify(file, &ring(&config)?).await?;
    super::say(&format!(
        "The backup is whole: {}, made {} from {}.{}",
        words(&contents),
        contents.made_at,
        contents.engine,
        remarks(&contents)
    ));
    Ok(())
}

/// Puts a backup into the database and the folder of the settings.
pub(super) async fn restore(config: Config, file: &Path) -> Result<(), StartError> {
    let ring = ring(&config)?;
    let _folder = db::hold(&config.server.data)?;
    let contents = restore_into(&config, (file, &ring)).await?;
    if contents.left_out > 0 {
        Box::pin(leave_workspaces_out(config.clone())).await?;
    }
    super::say(&format!(
        "The backup is restored: {}. {} events of the audit log are whole, and the key ring fits. Everybody signs in again.{}{}",
        words(&contents),
        contents.events(),
        match contents.left_out {
            0 => String::new(),
            1 => " One person who was erased since did not come back.".to_owned(),
            people => format!(" {people} people who were erased since did not come back."),
        },
        remarks(&contents)
    ));
    Ok(())
}

/// Restores a backup into a temporary folder and checks it there.
pub(super) async fn drill(config: Config, file: &Path) -> Result<(), StartError> {
    let begun = Instant::now();
    let folder = std::env::temp_dir();
    let contents = backup::drill(file, &ring(&config)?, &Ambient::system(), &folder).await?;
    super::say(&format!(
        "The backup can be restored: {}, in {:.1} s. {} events of the audit log are whole, and the key ring fits.{}",
        words(&contents),
        begun.elapsed().as_secs_f64(),
        contents.events(),
        remarks(&contents)
    ));
    Ok(())
}

async fn restore_into(config: &Config, (file, ring): (&Path, &KeyRing)) -> Result<Contents, StartError> {
    let (db, files) = open(config).await?;
    db::migrate(&db, &config.database).await?;
    let restored = backup::restore(file, ring, (&db, &files)).await;
    db.close().await;
    Ok(restored?)
}

/// Deletes the workspaces of those alone who did not come back.
async fn leave_workspaces_out(config: Config) -> Result<(), StartError> {
    let services = Services::open(config, Ambient::system()).await?;
    worker::delete_due_workspaces(&services).await?;
    worker::sweep_files(&services).await?;
    // What is deleted is overwritten in the file, and goes from its log as well.
    services.db.tidy().await?;
    services.db.close().await;
    Ok(())
}

async fn open(config: &Config) -> Result<(Db, Files), StartError> {
    let db = Db::open(&config.database, &config.server.data).await?;
    let files = Files::open(&config.server.data, Ambient::system()).await.map_err(|cause| {
        StartError(format!("the folder {} cannot be used: {cause}", config.server.data.display()))
    })?;
    Ok((db, files))
}

fn ring(config: &Config) -> Result<KeyRing, StartError> {
    key_ring(config)?.ok_or_else(|| {
        StartError(format!(
            "there is no key ring at {}. Backups are sealed with it; set keys.file or keys.ring",
            config.keys.file.display()
        ))
    })
}

fn words(contents: &Contents) -> String {
    let (rows, files) = (contents.rows(), contents.sums.files.len());
    format!("{rows} rows and {files} files in {}", file_size(contents.size_bytes))
}

/// What whoever relies on the backup has to know of it.
fn remarks(contents: &Contents) -> String {
    let unsigned = " It was made before backups held what the audit chains end with, so it does not show whether a tail was cut off.";
    let missing: Vec<&str> = contents.missing().collect();
    let missing = match missing.as_slice() {
        [] => String::new(),
        files => format!(
            " Files that its rows name were not there any more when it was made, and do not come back: {}.",
            files.join(", ")
        ),
    };
    format!("{}{missing}", if contents.heads.is_none() { unsigned } else { "" })
}
