//! Writing a backup.

use std::{
    fs::File,
    io::{self, BufWriter, Seek, Write},
    iter,
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use age::secrecy::SecretString;
use db::{
    Db,
    copying::{self, Snapshot, Table},
};
use kernel::Ambient;
use serde::Serialize;

use super::{
    BackupError, Contents, FORMAT, MAGIC, MANIFEST, Manifest, SUMS, Sum, Sums, failed,
    findings::Findings,
    people::{keep_people, keys_in, packed},
    reading::{LARGEST_LIST, pour},
};
use crate::{
    Files, KeyRing,
    audit::{Head, heads_in},
    vault::{IndexKey, PeopleKeys},
};

/// The passphrase is 256 random bits, so stretching it would gain nothing.
const WORK_FACTOR: u8 = 8;

/// Writes everything to `target`, which must not be there yet; it is there only once it is whole and durable, and the keys of people are
/// beside it.
pub async fn create(
    (db, files): (&Db, &Files),
    ring: &KeyRing,
    ambient: &Ambient,
    target: &Path,
) -> Result<Contents, BackupError> {
    let at = failed(target);
    if target.exists() {
        return Err(at(io::Error::from(io::ErrorKind::AlreadyExists)));
    }
    let partial = target.with_extension("partial");
    let file =
        File::options().write(true).create(true).truncate(true).mode(0o600).open(&partial).map_err(&at)?;
    let (fingerprint, passphrase) = ring.seal_of_backups();
    let mut head = BufWriter::new(file);
    writeln!(head, "{MAGIC} {FORMAT} {fingerprint}").map_err(&at)?;
    let sealed = encryptor(passphrase).wrap_output(head).map_err(&at)?;
    let packed = zstd::Encoder::new(sealed, 3).map_err(&at)?;
    let mut archive = tar::Builder::new(packed);

    let mut snapshot = Snapshot::take(db).await?;
    let manifest = Manifest {
        format: FORMAT,
        made_at: ambient.now(),
        engine: db.engine().to_owned(),
        schema: copying::schema_version(db).await?,
        tables: copying::tables(db).await?,
        heads: Some(signed_heads(&mut snapshot, ring).await?),
    };
    append_json(&mut archive, MANIFEST, &manifest).map_err(&at)?;
    let people = keys_in(&mut snapshot, &manifest.tables, ring).await?;
    let (mut sums, mut findings) = (Sums::default(), Findings::default());
    for table in &manifest.tables {
        let (mut rows, sum) = table_file(&mut snapshot, table, (&people, &mut findings)).await?;
        archive.append_file(format!("tables/{}", table.name), &mut rows).map_err(&at)?;
        sums.tables.insert(table.name.clone(), sum.shown());
    }
    drop(snapshot);
    append_files(&mut archive, files, &mut sums).map_err(&at)?;
    sums.missing = Some(findings.missing(&sums.files));
    append_json(&mut archive, SUMS, &sums).map_err(&at)?;
    let sealed = archive.into_inner().and_then(zstd::Encoder::finish).map_err(&at)?;
    let file = sealed.finish().and_then(|head| head.into_inner().map_err(io::Error::from)).map_err(&at)?;
    file.sync_all().map_err(&at)?;
    let size_bytes = file.metadata().map_err(&at)?.len();
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    keep_people(db, ring, ambient, folder).await?;
    std::fs::rename(&partial, target).map_err(&at)?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(&at)?;
    let Manifest { made_at, engine, heads, .. } = manifest;
    Ok(Contents { made_at, engine, sums, size_bytes, heads, left_out: 0 })
}

/// What the audit chains end with at the moment of the snapshot.
async fn signed_heads(snapshot: &mut Snapshot, ring: &KeyRing) -> Result<Vec<Head>, BackupError> {
    let key = IndexKey::find_in(snapshot.tx(), ring).await;
    match key.map_err(|cause| BackupError::Unfit(cause.to_string()))? {
        Some(key) => Ok(heads_in(snapshot.tx(), &key).await?),
        // A database that no program has opened yet.
        None => Ok(Vec::new()),
    }
}

fn append_files<W: Write>(archive: &mut tar::Builder<W>, files: &Files, sums: &mut Sums) -> io::Result<()> {
    for key in files.list()? {
        // What was removed since the rows were read is listed as missing.
        let Ok(mut kept) = File::open(files.path(&key)) else { continue };
        let hash = pour(&mut kept, None)?;
        kept.rewind()?;
        archive.append_file(format!("files/{key}"), &mut kept)?;
        sums.files.insert(key, hash);
    }
    Ok(())
}

/// Writes a backup of which only the inside is there: for tests that change what a backup holds.
#[cfg(feature = "testing")]
pub fn around(inside: &[u8], ring: &KeyRing, target: &Path) -> Result<(), BackupError> {
    let write = || {
        let (fingerprint, passphrase) = ring.seal_of_backups();
        let mut file = File::create(target)?;
        writeln!(file, "{MAGIC} {FORMAT} {fingerprint}")?;
        let mut packed = zstd::Encoder::new(encryptor(passphrase).wrap_output(file)?, 3)?;
        packed.write_all(inside)?;
        packed.finish()?.finish().map(|_| ())
    };
    write().map_err(failed(target))
}

fn encryptor(passphrase: SecretString) -> age::Encryptor {
    let mut recipient = age::scrypt::Recipient::new(passphrase);
    recipient.set_work_factor(WORK_FACTOR);
    // There is exactly one recipient, which is what age asks for.
    age::Encryptor::with_recipients(iter::once(&recipient as &dyn age::Recipient))
        .unwrap_or_else(|error| unreachable!("{error}"))
}

/// The rows of a table in a file that nobody else sees.
async fn table_file(
    snapshot: &mut Snapshot,
    table: &Table,
    (people, findings): (&PeopleKeys, &mut Findings),
) -> Result<(File, Sum), BackupError> {
    let at = failed(Path::new("a temporary file"));
    let (mut sum, mut rows) = (Sum::default(), BufWriter::new(tempfile::tempfile().map_err(&at)?));
    snapshot
        .rows(table, |line| {
            let Some(line) = packed(people, table, line) else { return Ok(()) };
            sum.add(&line);
            findings.note(table, &line).ok_or(io::ErrorKind::InvalidData)?;
            rows.write_all(line.as_bytes())?;
            rows.write_all(b"\n")
        })
        .await?;
    let mut file = rows.into_inner().map_err(|error| at(error.into_error()))?;
    file.rewind().map_err(&at)?;
    Ok((file, sum))
}

fn append_json<W: Write>(
    archive: &mut tar::Builder<W>,
    name: &str,
    value: &impl Serialize,
) -> io::Result<()> {
    let text = serde_json::to_vec(value)?;
    // Better no backup than one that nobody can read.
    if text.len() as u64 > LARGEST_LIST {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let mut header = tar::Header::new_gnu();
    header.set_size(text.len() as u64);
    header.set_mode(0o600);
    header.set_cksum();
    archive.append_data(&mut header, name, text.as_slice())
}
