//! Everything of an instance in one file, sealed with its key ring: rows of either engine, and kept files.
//!
//! The file begins with a line in plain text that names the key it is sealed with, so that whoever has another ring is told so. What
//! follows is encrypted with age; inside is a compressed tar with a manifest, the tables row by row, the files, and at the end what all of
//! them add up to. Keys are not in it: neither the ring nor those of people, which one file beside all backups holds.

mod creating;
mod drilling;
mod findings;
mod people;
mod reading;
mod rounds;

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::Path,
};

use chrono::{DateTime, Utc};
use db::copying::{CopyError, Table};
use kernel::AppError;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

#[cfg(feature = "testing")]
pub use creating::around;
pub use creating::create;
pub use drilling::drill;
pub use people::{PeopleMark, keep_people, people_file, people_file_in, people_mark};
#[cfg(feature = "testing")]
pub use reading::{inside, verify_inside};
pub use reading::{is_backup, restore, verify};
pub use rounds::{Round, Rounds};

use crate::audit::Head;

const FORMAT: u32 = 2;
const MAGIC: &str = "quartile-backup";
const MANIFEST: &str = "manifest.json";
const SUMS: &str = "sums.json";

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
    /// The keys of people are not beside it.
    #[error(
        "{0} is missing. It holds the keys of people, without which their names and addresses in a backup cannot be read. Put the newest one beside the backup"
    )]
    NoPeople(String),
    /// The keys of people are older than the backup.
    #[error(
        "{0} is older than the backup, so whoever joined between would be lost. Put the newest one beside the backup"
    )]
    OlderPeople(String),
    /// The keys of people cannot be opened.
    #[error(
        "the key ring does not open {0}: it belongs to another instance, whose backups need a folder of their own, or a version was taken off the ring that it needs, which has to be put back"
    )]
    ForeignPeople(String),
    /// What is copied or comes back is not what it should be.
    #[error("what it holds is not fit for use: {0}")]
    Unfit(String),
    /// The target holds something.
    #[error(
        "the database or the data folder holds something already; a backup is restored only into an empty one"
    )]
    NotEmpty,
}

#[derive(Clone, Serialize, Deserialize)]
struct Manifest {
    format: u32,
    made_at: DateTime<Utc>,
    engine: String,
    schema: i64,
    tables: Vec<Table>,
    /// What the audit chains ended with. Backups of before hold none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    heads: Option<Vec<Head>>,
}

/// What everything in a backup adds up to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// The rows of each table, and the exclusive or of their hashes, as they stand in the backup: the same in whatever order they come.
    pub tables: BTreeMap<String, (u64, String)>,
    /// The hash of each file.
    pub files: BTreeMap<String, String>,
    /// Files that rows name and that were gone when their turn came. Backups of before do not list them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<BTreeSet<String>>,
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
    /// What the audit chains ended with, signed; `None` if it was made before backups held that.
    pub heads: Option<Vec<Head>>,
    /// How many people were not put back because they have been erased since.
    pub left_out: u64,
}

impl Contents {
    /// How many rows it holds.
    pub fn rows(&self) -> u64 {
        self.sums.tables.values().map(|(rows, _)| rows).sum()
    }

    /// How many events of the audit log it holds.
    pub fn events(&self) -> u64 {
        self.sums.tables.get("audit_events").map_or(0, |(events, _)| *events)
    }

    /// The files that its rows name and that it does not hold.
    pub fn missing(&self) -> impl Iterator<Item = &str> {
        self.sums.missing.iter().flatten().map(String::as_str)
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
