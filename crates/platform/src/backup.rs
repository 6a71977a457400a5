//! Everything of an instance in one file, sealed with its key ring: rows of either engine, and kept files.
//!
//! The file begins with a line in plain text that names the key it is sealed with, so that whoever has another ring is told so. What
//! follows is encrypted with age; inside is a compressed tar with a manifest, the tables row by row, the files, and at the end what all of
//! them add up to. Keys are not in it.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Read, Seek, Write},
    iter,
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use age::secrecy::SecretString;
use chrono::{DateTime, Utc};
use db::{
    Db, Tx,
    copying::{self, CopyError, Snapshot, Table},
};
use kernel::{Ambient, AppError};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Files, KeyRing};

const FORMAT: u32 = 1;
const MAGIC: &str = "quartile-backup";
const MANIFEST: &str = "manifest.json";
const SUMS: &str = "sums.json";
/// The passphrase is 256 random bits, so stretching it would gain nothing.
const WORK_FACTOR: u8 = 8;
const LARGEST_MANIFEST: u64 = 16 * 1024 * 1024;

/// Why a backup cannot be made or used; one sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file or folder cannot be used.
    #[error("{file} cannot be used: {cause}")]
    File {
        /// The file or folder.
        file: String,
        /// What the operating system said.
        cause: io::Error,
    },
    /// The database.
    #[error("the database cannot be copied: {0}")]
    Rows(#[from] CopyError),
    /// The transaction.
    #[error("{0}")]
    Database(#[from] AppError),
    /// It is no backup, or it was changed or cut off.
    #[error("{0} is no whole backup: {1}. Take another one")]
    Broken(String, String),
    /// It was sealed with another ring.
    #[error(
        "{file} was sealed with the key {wanted}, which the key ring does not have. Set keys.file or keys.ring to the ring of that instance"
    )]
    OtherRing {
        /// The backup.
        file: String,
        /// The fingerprint of the key.
        wanted: String,
    },
    /// It was made by another version.
    #[error(
        "{file} has schema {found}, and this program has {own}. Restore it with the version that made it, and then update"
    )]
    OtherSchema {
        /// The backup.
        file: String,
        /// Its schema.
        found: i64,
        /// The program's schema.
        own: i64,
    },
    /// The target holds something.
    #[error(
        "the database or the data folder holds something already; a backup is restored only into an empty one"
    )]
    NotEmpty,
}

#[derive(Serialize, Deserialize)]
struct Manifest {
    format: u32,
    made_at: DateTime<Utc>,
    engine: String,
    schema: i64,
    tables: Vec<Table>,
}

/// What everything in a backup adds up to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// The rows of each table, and the exclusive or of their hashes: the same in whatever order they come.
    pub tables: BTreeMap<String, (u64, String)>,
    /// The hash of each file.
    pub files: BTreeMap<String, String>,
}

/// What a backup holds.
#[derive(Clone, Debug)]
pub struct Contents {
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// From which engine.
    pub engine: String,
    /// What it adds up to.
    pub sums: Sums,
    /// Its size in bytes.
    pub size_bytes: u64,
}

impl Contents {
    /// How many rows it holds.
    pub fn rows(&self) -> u64 {
        self.sums.tables.values().map(|(rows, _)| rows).sum()
    }
}

#[derive(Default)]
struct Sum {
    rows: u64,
    hash: [u8; 32],
}

impl Sum {
    fn add(&mut self, line: &str) {
        self.rows += 1;
        for (place, byte) in self.hash.iter_mut().zip(Sha256::digest(line)) {
            *place ^= byte;
        }
    }

    fn shown(&self) -> (u64, String) {
        (self.rows, kernel::hex(&self.hash))
    }
}

fn failed(file: &Path) -> impl Fn(io::Error) -> BackupError + '_ {
    move |cause| BackupError::File { file: file.display().to_string(), cause }
}

/// Writes everything to `target`, which must not be there yet; it is there only once it is whole and durable.
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
    };
    append_json(&mut archive, MANIFEST, &manifest).map_err(&at)?;
    let mut sums = Sums::default();
    for table in &manifest.tables {
        let (mut rows, sum) = table_file(&mut snapshot, table).await?;
        archive.append_file(format!("tables/{}", table.name), &mut rows).map_err(&at)?;
        sums.tables.insert(table.name.clone(), sum.shown());
    }
    drop(snapshot);
    for key in files.list().map_err(&at)? {
        // What was removed since the rows were read is removed in the next backup too.
        let Ok(mut kept) = File::open(files.path(&key)) else { continue };
        let hash = pour(&mut kept, None).map_err(&at)?;
        kept.rewind().map_err(&at)?;
        archive.append_file(format!("files/{key}"), &mut kept).map_err(&at)?;
        sums.files.insert(key, hash);
    }
    append_json(&mut archive, SUMS, &sums).map_err(&at)?;
    let sealed = archive.into_inner().and_then(zstd::Encoder::finish).map_err(&at)?;
    let file = sealed.finish().and_then(|head| head.into_inner().map_err(io::Error::from)).map_err(&at)?;
    file.sync_all().map_err(&at)?;
    let size_bytes = file.metadata().map_err(&at)?.len();
    std::fs::rename(&partial, target).map_err(&at)?;
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(&at)?;
    Ok(Contents { made_at: manifest.made_at, engine: manifest.engine, sums, size_bytes })
}

fn encryptor(passphrase: SecretString) -> age::Encryptor {
    let mut recipient = age::scrypt::Recipient::new(passphrase);
    recipient.set_work_factor(WORK_FACTOR);
    // There is exactly one recipient, which is what age asks for.
    age::Encryptor::with_recipients(iter::once(&recipient as &dyn age::Recipient))
        .unwrap_or_else(|error| unreachable!("{error}"))
}

/// The rows of a table in a file that nobody else sees.
async fn table_file(snapshot: &mut Snapshot, table: &Table) -> Result<(File, Sum), BackupError> {
    let at = failed(Path::new("a temporary file"));
    let (mut sum, mut rows) = (Sum::default(), BufWriter::new(tempfile::tempfile().map_err(&at)?));
    snapshot
        .rows(table, |line| {
            sum.add(line);
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
    let mut header = tar::Header::new_gnu();
    header.set_size(text.len() as u64);
    header.set_mode(0o600);
    header.set_cksum();
    archive.append_data(&mut header, name, text.as_slice())
}

type Opened = tar::Archive<zstd::Decoder<'static, BufReader<age::stream::StreamReader<BufReader<File>>>>>;

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
    /// Into a transaction and a folder.
    Into(&'a mut Tx, &'a Files),
}

/// Reads the whole backup, and compares all of it with what it should add up to.
pub async fn verify(file: &Path, ring: &KeyRing) -> Result<Contents, BackupError> {
    read(file, ring, None, Target::Nowhere).await
}

/// Puts what a backup holds into an empty database whose schema is up to date, and into an empty folder; all of it or nothing.
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
    let mut tx = db.begin_everywhere().await?;
    copying::write_in_any_order(&mut tx).await?;
    let restored = read(file, ring, Some(schema), Target::Into(&mut tx, files)).await;
    let committed = match restored {
        Ok(contents) => tx.commit().await.map_err(BackupError::from).map(|()| contents),
        Err(error) => Err(error),
    };
    if committed.is_err() {
        for key in files.list().map_err(failed(file))? {
            std::fs::remove_file(files.path(&key)).map_err(failed(file))?;
        }
    }
    let contents = committed?;
    compare(db, &contents.sums, file).await?;
    Ok(contents)
}

/// Reads back what was written.
async fn compare(db: &Db, sums: &Sums, file: &Path) -> Result<(), BackupError> {
    let mut snapshot = Snapshot::take(db).await?;
    for table in copying::tables(db).await? {
        let mut sum = Sum::default();
        snapshot
            .rows(&table, |line| {
                sum.add(line);
                Ok(())
            })
            .await?;
        if sums.tables.get(&table.name) != Some(&sum.shown()) {
            let why = format!("the table {} is another one after it was written", table.name);
            return Err(BackupError::Broken(file.display().to_string(), why));
        }
    }
    Ok(())
}

async fn read(
    file: &Path,
    ring: &KeyRing,
    schema: Option<i64>,
    mut target: Target<'_>,
) -> Result<Contents, BackupError> {
    let name = file.display().to_string();
    let broken = |why: &str| BackupError::Broken(name.clone(), why.to_owned());
    let torn = |_: io::Error| broken("it was changed or cut off");
    let mut archive = open(file, ring)?;
    let (mut manifest, mut found, mut sums): (Option<Manifest>, Sums, Option<Sums>) =
        (None, Sums::default(), None);
    for entry in archive.entries().map_err(torn)? {
        let mut entry = entry.map_err(torn)?;
        let path = entry.path().map_err(torn)?.to_string_lossy().into_owned();
        match (path.as_str(), path.split_once('/'), &manifest) {
            (MANIFEST, ..) => {
                let read: Manifest = json(&mut entry).map_err(torn)?;
                if let Some(own) = schema.filter(|own| *own != read.schema) {
                    return Err(BackupError::OtherSchema { file: name, found: read.schema, own });
                }
                manifest = Some(read);
            }
            (SUMS, ..) => sums = Some(json(&mut entry).map_err(torn)?),
            (_, Some(("tables", table)), Some(manifest)) => {
                let table = manifest.tables.iter().find(|known| known.name == table);
                let table = table.ok_or_else(|| broken("it holds a table that it does not describe"))?;
                let mut sum = Sum::default();
                for line in BufReader::new(&mut entry).lines() {
                    let line = line.map_err(torn)?;
                    sum.add(&line);
                    if let Target::Into(tx, _) = &mut target {
                        copying::write(tx, table, &line).await?;
                    }
                }
                found.tables.insert(table.name.clone(), sum.shown());
            }
            (_, Some(("files", key)), _) if is_plain(key) => {
                let kept = match &target {
                    Target::Into(_, files) => Some(files.path(key)),
                    Target::Nowhere => None,
                };
                found.files.insert(key.to_owned(), pour(&mut entry, kept.as_deref()).map_err(torn)?);
            }
            _ => return Err(broken("it holds something that belongs in no backup")),
        }
    }
    let (manifest, sums) = manifest.zip(sums).ok_or_else(|| broken("its end is missing"))?;
    if found != sums {
        return Err(broken("what it holds does not add up"));
    }
    let size_bytes = std::fs::metadata(file).map_err(failed(file))?.len();
    Ok(Contents { made_at: manifest.made_at, engine: manifest.engine, sums, size_bytes })
}

fn json<T: for<'a> Deserialize<'a>>(entry: &mut impl Read) -> io::Result<T> {
    Ok(serde_json::from_reader(entry.take(LARGEST_MANIFEST))?)
}

/// Whether a key stays inside the folder of kept files.
fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.split('/').all(|part| !part.is_empty() && part != "." && part != "..")
}

/// Writes a file and forces it to disk, or only reads it; its hash.
fn pour(entry: &mut impl Read, kept: Option<&Path>) -> io::Result<String> {
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
