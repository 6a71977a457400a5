//! Reading a backup: to see whether it is whole, or to put it back.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, BufRead, BufReader, Read as _, Write},
    iter,
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use db::{
    Db, Tx,
    copying::{self, Table},
};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{
    BackupError, Contents, FORMAT, MAGIC, MANIFEST, Manifest, SUMS, Sum, Sums, failed, findings::Findings,
    people::Returning,
};
use crate::{Files, KeyRing, audit, vault::check_keys};

/// The most bytes of a list that is read as a whole: of well over a million chains or files.
pub(super) const LARGEST_LIST: u64 = 256 * 1024 * 1024;

type Opened = tar::Archive<zstd::Decoder<'static, BufReader<age::stream::StreamReader<BufReader<File>>>>>;

/// Whether the file begins like a backup.
pub fn is_backup(file: &Path) -> io::Result<bool> {
    let mut head = Vec::new();
    File::open(file)?.take(MAGIC.len() as u64).read_to_end(&mut head)?;
    Ok(head == MAGIC.as_bytes())
}

fn open(file: &Path, ring: &KeyRing) -> Result<Opened, BackupError> {
    let broken = |why: &str| BackupError::Broken(file.display().to_string(), why.to_owned());
    let mut reader = BufReader::new(File::open(file).map_err(failed(file))?);
    let mut head = Vec::new();
    reader.by_ref().take(200).read_until(b'\n', &mut head).map_err(failed(file))?;
    let head = String::from_utf8_lossy(&head).trim().to_owned();
    let mut words = head.split(' ');
    let (Some(MAGIC), Some(format), Some(fingerprint)) = (words.next(), words.next(), words.next()) else {
        return Err(broken("it does not begin like one"));
    };
    if format.parse() != Ok(FORMAT) {
        return Err(broken("its format is that of another version"));
    }
    let passphrase = ring.key_of_backup(fingerprint).ok_or_else(|| BackupError::OtherRing {
        file: file.display().to_string(),
        wanted: fingerprint.to_owned(),
    })?;
    let identity = age::scrypt::Identity::new(passphrase);
    let opened = age::Decryptor::new_buffered(reader)
        .and_then(|decryptor| decryptor.decrypt(iter::once(&identity as &dyn age::Identity)));
    let opened = opened.map_err(|_| broken("its seal does not hold"))?;
    Ok(tar::Archive::new(zstd::Decoder::new(opened).map_err(|_| broken("it cannot be unpacked"))?))
}

/// Where what a backup holds goes to.
enum Target<'a> {
    /// Nowhere: it is only read.
    Nowhere,
    /// Into a transaction and a folder, with those people who are still there.
    Into(&'a mut Tx, &'a Files, &'a mut Returning),
}

/// Reads the whole backup, and compares all of it with what it should add up to.
pub async fn verify(file: &Path, ring: &KeyRing) -> Result<Contents, BackupError> {
    let name = file.display().to_string();
    read_archive(open(file, ring)?, (&name, Some(ring)), None, &mut Target::Nowhere).await?.contents(file)
}

/// Puts what a backup holds into an empty database whose schema is up to date, and into an empty folder; all of it or nothing: what was
/// written is read back, the chains of the audit log are walked and the keys are opened before anything of it is there to stay. Whoever
/// has been erased since the backup was made does not come back, by the keys of people beside it; workspaces that were of them alone
/// are left to the caller.
pub async fn restore(
    file: &Path,
    ring: &KeyRing,
    (db, files): (&Db, &Files),
) -> Result<Contents, BackupError> {
    let tables = copying::tables(db).await?;
    if copying::count(db, &tables).await? > 0 || !files.list().map_err(failed(file))?.is_empty() {
        return Err(BackupError::NotEmpty);
    }
    let schema = copying::schema_version(db).await?;
    let mut people = Returning::read(file, ring)?;
    let mut tx = db.begin_everywhere().await?;
    copying::write_in_any_order(&mut tx).await?;
    let restored = put_back(file, (ring, schema), &tables, Target::Into(&mut tx, files, &mut people)).await;
    let committed = match restored {
        Ok(contents) => tx.commit().await.map_err(BackupError::from).map(|()| contents),
        Err(error) => Err(error),
    };
    if committed.is_err() {
        for key in files.list().map_err(failed(file))? {
            std::fs::remove_file(files.path(&key)).map_err(failed(file))?;
        }
    }
    committed
}

/// Reads back what was written.
async fn compare(
    tx: &mut Tx,
    tables: &[Table],
    (people, written): (&Returning, &Sums),
) -> Result<(), BackupError> {
    for table in tables {
        let mut sum = Sum::default();
        let each = |line: &str| {
            if !people.brought(table, line) {
                sum.add(line);
            }
            Ok(())
        };
        copying::rows(tx, table, each).await?;
        if written.tables.get(&table.name) != Some(&sum.shown()) {
            let why = format!("the table {} is another one after it was written", table.name);
            return Err(BackupError::Unfit(why));
        }
    }
    Ok(())
}

/// Opens every key, and walks the chains of the audit log.
async fn prove(tx: &mut Tx, ring: &KeyRing) -> Result<(), BackupError> {
    check_keys(tx, ring).await.map_err(|cause| BackupError::Unfit(cause.to_string()))?;
    audit::verify_in(tx).await?.map(|_| ()).map_err(|breaks| {
        let breaks: Vec<String> = breaks.iter().map(ToString::to_string).collect();
        BackupError::Unfit(breaks.join("\n"))
    })
}

/// What the backup holds, once all of it is written and proved.
async fn put_back(
    file: &Path,
    (ring, schema): (&KeyRing, i64),
    tables: &[Table],
    mut target: Target<'_>,
) -> Result<Contents, BackupError> {
    let name = file.display().to_string();
    let read = read_archive(open(file, ring)?, (&name, Some(ring)), Some(schema), &mut target).await?;
    let mut contents = read.contents(file)?;
    if let Target::Into(tx, _, people) = target {
        contents.left_out = people.finish(tx).await?;
        compare(tx, tables, (people, &read.written)).await?;
        prove(tx, ring).await?;
    }
    Ok(contents)
}

/// What came out of an archive.
struct Read {
    manifest: Manifest,
    sums: Sums,
    written: Sums,
}

impl Read {
    fn contents(&self, file: &Path) -> Result<Contents, BackupError> {
        let size_bytes = std::fs::metadata(file).map_err(failed(file))?.len();
        let Manifest { made_at, engine, heads, .. } = self.manifest.clone();
        Ok(Contents { made_at, engine, sums: self.sums.clone(), size_bytes, heads, left_out: 0 })
    }
}

/// The inside of a backup, as whoever has the ring reads it: for tests that look for what must not be there.
#[cfg(feature = "testing")]
pub fn inside(file: &Path, ring: &KeyRing) -> Result<Vec<u8>, BackupError> {
    let mut bytes = Vec::new();
    open(file, ring)?.into_inner().read_to_end(&mut bytes).map_err(failed(file))?;
    Ok(bytes)
}

/// What a backup adds up to, of which only the inside is there: for tests that write such insides themselves.
#[cfg(feature = "testing")]
pub async fn verify_inside(archive: impl io::Read) -> Result<Sums, BackupError> {
    let archive = tar::Archive::new(archive);
    read_archive(archive, ("the inside", None), None, &mut Target::Nowhere).await.map(|read| read.sums)
}

async fn read_archive<R: io::Read>(
    mut archive: tar::Archive<R>,
    (name, ring): (&str, Option<&KeyRing>),
    schema: Option<i64>,
    target: &mut Target<'_>,
) -> Result<Read, BackupError> {
    let broken = |why: &str| BackupError::Broken(name.to_owned(), why.to_owned());
    let torn = |_: io::Error| broken("it was changed or cut off");
    let (mut manifest, mut found, mut sums): (Option<Manifest>, Sums, Option<Sums>) =
        (None, Sums::default(), None);
    let (mut written, mut findings) = (Sums::default(), Findings::default());
    let mut names = BTreeSet::new();
    for entry in archive.entries().map_err(torn)? {
        let mut entry = entry.map_err(torn)?;
        let path = entry.path().map_err(torn)?.to_string_lossy().into_owned();
        if !names.insert(path.clone()) {
            return Err(broken("it holds something twice"));
        }
        match (path.as_str(), path.split_once('/'), &manifest) {
            (MANIFEST, ..) => {
                let read: Manifest = json(&mut entry).map_err(torn)?;
                if let Some(own) = schema.filter(|own| *own != read.schema) {
                    return Err(BackupError::OtherSchema { file: name.to_owned(), found: read.schema, own });
                }
                if let Target::Into(_, _, people) = target {
                    people.refuse_older_than(read.made_at, name)?;
                }
                manifest = Some(read);
            }
            (SUMS, ..) => sums = Some(json(&mut entry).map_err(torn)?),
            (_, Some(("tables", table)), Some(manifest)) => {
                let table = manifest.tables.iter().find(|known| known.name == table);
                let table = table.ok_or_else(|| broken("it holds a table that it does not describe"))?;
                let (sum, kept) = read_table(&mut entry, (table, name), (target, &mut findings)).await?;
                found.tables.insert(table.name.clone(), sum.shown());
                written.tables.insert(table.name.clone(), kept.shown());
            }
            (_, Some(("files", key)), _) if is_plain(key) => {
                let kept = match target {
                    Target::Into(_, files, _) => Some(files.path(key)),
                    Target::Nowhere => None,
                };
                found.files.insert(key.to_owned(), pour(&mut entry, kept.as_deref()).map_err(torn)?);
            }
            _ => return Err(broken("it holds something that belongs in no backup")),
        }
    }
    let (manifest, mut sums) = manifest.zip(sums).ok_or_else(|| broken("its end is missing"))?;
    found.missing = Some(findings.missing(&found.files));
    if sums.missing.is_none() {
        sums.missing.clone_from(&found.missing);
    }
    if found != sums {
        return Err(broken("what it holds does not add up"));
    }
    if let Some(heads) = &manifest.heads {
        findings.compare(heads, ring).map_err(|why| broken(&why))?;
    }
    Ok(Read { manifest, sums, written })
}

/// Reads the rows of one table; what they add up to as they stand there, and as they were written.
async fn read_table(
    entry: &mut impl io::Read,
    (table, name): (&Table, &str),
    (target, findings): (&mut Target<'_>, &mut Findings),
) -> Result<(Sum, Sum), BackupError> {
    let torn = || BackupError::Broken(name.to_owned(), "it was changed or cut off".to_owned());
    let (mut sum, mut written) = (Sum::default(), Sum::default());
    for line in BufReader::new(entry).lines() {
        let line = line.map_err(|_| torn())?;
        sum.add(&line);
        findings.note(table, &line).ok_or_else(torn)?;
        if let Target::Into(tx, _, people) = target
            && let Some(row) = people.unpacked(table, &line).map_err(|()| torn())?
        {
            written.add(&row);
            copying::write(tx, table, &row).await?;
        }
    }
    Ok((sum, written))
}

fn json<T: for<'a> Deserialize<'a>>(entry: &mut impl io::Read) -> io::Result<T> {
    Ok(serde_json::from_reader(entry.take(LARGEST_LIST))?)
}

/// Whether a key stays inside the folder of kept files.
fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.split('/').all(|part| !part.is_empty() && part != "." && part != "..")
}

/// Writes a file and forces it to disk, or only reads it; its hash.
pub(super) fn pour(entry: &mut impl io::Read, kept: Option<&Path>) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut file = match kept {
        Some(path) => {
            std::fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
            Some(File::options().write(true).create_new(true).mode(0o600).open(path)?)
        }
        None => None,
    };
    let mut piece = vec![0; 64 * 1024];
    loop {
        let length = entry.read(&mut piece)?;
        let bytes = piece.get(..length).unwrap_or_default();
        if bytes.is_empty() {
            break;
        }
        hash.update(bytes);
        if let Some(file) = &mut file {
            file.write_all(bytes)?;
        }
    }
    if let Some(file) = file {
        file.sync_all()?;
    }
    Ok(kernel::hex(&hash.finalize()))
}
