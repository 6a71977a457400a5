//! What is a person's in a backup is sealed with that person's key, and no backup holds those keys: they are in one file beside the
//! backups, which is written anew each time and holds the keys of all who were not erased. So whoever is erased is gone from every
//! backup, however old.

use std::{
    borrow::Cow,
    collections::HashSet,
    fs::File,
    io::{self, BufWriter, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use db::{
    Db, Tx,
    copying::{self, Kind, Snapshot, Table},
    on_db, on_everywhere,
};
use kernel::{Ambient, AppError, OrInternal};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{BackupError, failed};
use crate::{
    KeyRing,
    vault::{KeyRow, Opened, PeopleKeys},
};

const NAME: &str = "people.keys";
const LOCK: &str = "people.lock";
const MAGIC: &str = "quartile-people";
const FORMAT: u32 = 1;
const PEOPLE: &str = "users";
pub(super) const KEYS: &str = "data_keys";

/// The file beside a backup that holds the keys of people.
pub fn people_file(backup: &Path) -> PathBuf {
    people_file_in(backup.parent().unwrap_or(Path::new("")))
}

/// The file that holds the keys of people for all backups of a folder.
pub fn people_file_in(folder: &Path) -> PathBuf {
    folder.join(NAME)
}

/// The keys of the people who are in the database at the moment of the snapshot.
pub(super) async fn keys_in(
    snapshot: &mut Snapshot,
    tables: &[Table],
    ring: &KeyRing,
) -> Result<PeopleKeys, BackupError> {
    let mut people = HashSet::new();
    let mut rows = Vec::new();
    for table in tables.iter().filter(|table| table.name == PEOPLE || table.name == KEYS) {
        let is_key = table.name == KEYS;
        snapshot
            .rows(table, |line| {
                if is_key {
                    rows.push(key_row(table, line)?);
                } else {
                    people.extend(id_in(line, place_of(table, "id")));
                }
                Ok(())
            })
            .await?;
    }
    rows.retain(|row| people.contains(&row.owner()));
    PeopleKeys::open(rows, ring)
        .ok_or_else(|| BackupError::Unfit("the key ring does not open the keys of this database".to_owned()))
}

/// How a row stands in a backup: sealed if it is a person's, not at all if it is the key of one.
pub(super) fn packed<'a>(people: &PeopleKeys, table: &Table, line: &'a str) -> Option<Cow<'a, str>> {
    let Some(person) = person_of(table, line) else { return Some(Cow::Borrowed(line)) };
    if table.name == KEYS {
        return (!people.has(person)).then_some(Cow::Borrowed(line));
    }
    Some(people.seal(person, &table.name, line).map_or(Cow::Borrowed(line), Cow::Owned))
}

/// The people of a backup that is put back.
pub(super) struct Returning {
    keys: PeopleKeys,
    made_at: DateTime<Utc>,
    back: Vec<Uuid>,
    left_out: u64,
}

impl Returning {
    /// Reads the file beside the backup.
    pub(super) fn read(backup: &Path, ring: &KeyRing) -> Result<Self, BackupError> {
        let file = people_file(backup);
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
                return Err(BackupError::NoPeople(file.display().to_string()));
            }
            Err(cause) => return Err(failed(&file)(cause)),
        };
        let broken =
            || BackupError::Broken(file.display().to_string(), "it was changed or cut off".to_owned());
        let (made_at, rows) = parse(&text).ok_or_else(broken)?;
        let keys = PeopleKeys::open(rows, ring)
            .ok_or_else(|| BackupError::ForeignPeople(file.display().to_string()))?;
        Ok(Self { keys, made_at, back: Vec::new(), left_out: 0 })
    }

    /// Refuses keys that are older than the backup: whoever came between would be taken for erased.
    pub(super) fn refuse_older_than(&self, backup: DateTime<Utc>, name: &str) -> Result<(), BackupError> {
        if self.made_at.timestamp_micros() < backup.timestamp_micros() {
            return Err(BackupError::OlderPeople(people_file(Path::new(name)).display().to_string()));
        }
        Ok(())
    }

    /// The row of a line; nothing if it is of somebody who has been erased since.
    pub(super) fn unpacked<'a>(&mut self, table: &Table, line: &'a str) -> Result<Option<Cow<'a, str>>, ()> {
        let row = if line.starts_with('{') {
            match self.keys.unseal(&table.name, line) {
                Opened::Row(row) => Cow::Owned(row),
                Opened::Gone => {
                    self.left_out += u64::from(table.name == PEOPLE);
                    return Ok(None);
                }
                Opened::Broken => return Err(()),
            }
        } else {
            Cow::Borrowed(line)
        };
        if table.name == PEOPLE {
            self.back.extend(person_of(table, &row));
        }
        Ok(Some(row))
    }

    /// Puts the keys of those who are back into the database; how many people were left out.
    pub(super) async fn finish(&self, tx: &mut Tx) -> Result<u64, BackupError> {
        for person in &self.back {
            self.keys.put_back(tx, *person).await?;
        }
        Ok(self.left_out)
    }

    /// Whether a row of the restored database came from the file of keys.
    pub(super) fn brought(&self, table: &Table, line: &str) -> bool {
        table.name == KEYS && person_of(table, line).is_some_and(|person| self.keys.has(person))
    }
}

/// Changes whenever somebody comes or goes, and when the ring does.
pub async fn people_mark(db: &Db, ring: &KeyRing) -> Result<PeopleMark, AppError> {
    const MARK: &str = "SELECT CAST(COUNT(*) AS BIGINT), MAX(created_at) FROM users";
    let (count, newest) =
        on_db!(db, |c| sqlx::query_as(MARK).fetch_one(c).await).or_internal("counting people")?;
    Ok(PeopleMark { count, newest, ring: ring.newest() })
}

/// What the keys of people depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeopleMark {
    count: i64,
    newest: Option<DateTime<Utc>>,
    ring: i64,
}

/// Writes the keys of people beside the backups in `folder`, over those of before, all wrapped with the newest version of the ring: of
/// everybody who is there now, and of those who were there before and were not erased. The latter are of backups that are newer than what
/// the database came from.
pub async fn keep_people(
    db: &Db,
    ring: &KeyRing,
    ambient: &Ambient,
    folder: &Path,
) -> Result<(), BackupError> {
    let file = folder.join(NAME);
    let at = failed(&file);
    let lock = File::options().write(true).create(true).truncate(false).mode(0o600).open(folder.join(LOCK));
    let lock = lock.map_err(&at)?;
    // Whoever is at it writes what is newer than all before; that takes moments.
    let held = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock)).await;
    let _held = held.map_err(io::Error::other).and_then(|lock| lock).map_err(&at)?;
    let before = match std::fs::read_to_string(&file) {
        Ok(text) => parse(&text),
        Err(_) => None,
    };
    let (written_at, before) = before.unwrap_or_default();
    let made_at = ambient.now().max(written_at);
    let mut snapshot = Snapshot::take(db).await?;
    let tables = copying::tables(db).await?;
    let mut keys = keys_in(&mut snapshot, &tables, ring).await?;
    drop(snapshot);
    let erased = erased(db).await?;
    let before = before.into_iter().filter(|row| !erased.contains(&row.owner()) && !keys.has(row.owner()));
    let before = PeopleKeys::open(before.collect(), ring);
    keys.take_in(before.ok_or_else(|| BackupError::ForeignPeople(file.display().to_string()))?);
    let partial = folder.join(format!("{NAME}.partial"));
    let written = File::options().write(true).create(true).truncate(true).mode(0o600).open(&partial);
    write(written.map_err(&at)?, made_at, &keys.wrapped_anew(ring, ambient)).map_err(&at)?;
    std::fs::rename(&partial, &file).map_err(&at)?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(&at)
}

/// Everybody who ever had themselves erased.
async fn erased(db: &Db) -> Result<HashSet<Uuid>, AppError> {
    const ERASED: &str = "SELECT subject FROM audit_events WHERE action = 'person.erased'";
    let ids: Vec<String> = on_everywhere!(db, |c| sqlx::query_scalar(ERASED).fetch_all(c).await)
        .or_internal("looking for erased people")?;
    Ok(ids.iter().filter_map(|id| id.parse().ok()).collect())
}

fn write(file: File, made_at: DateTime<Utc>, rows: &[KeyRow]) -> io::Result<()> {
    let mut text = BufWriter::new(file);
    let mut hash = Sha256::new();
    let head = format!("{MAGIC} {FORMAT} {}", made_at.timestamp_micros());
    let rows = rows.iter().map(serde_json::to_string);
    for line in std::iter::once(Ok(head)).chain(rows) {
        let line = line? + "\n";
        hash.update(line.as_bytes());
        text.write_all(line.as_bytes())?;
    }
    writeln!(text, "end {}", kernel::hex(&hash.finalize()))?;
    text.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}

fn parse(text: &str) -> Option<(DateTime<Utc>, Vec<KeyRow>)> {
    let (body, sum) = text.rsplit_once("end ")?;
    if kernel::hex(&Sha256::digest(body)) != sum.trim_end() {
        return None;
    }
    let mut lines = body.lines();
    let mut head = lines.next()?.split(' ');
    let (MAGIC, Ok(FORMAT)) = (head.next()?, head.next()?.parse()) else { return None };
    let made_at = DateTime::from_timestamp_micros(head.next()?.parse().ok()?)?;
    let rows = lines.map(|line| serde_json::from_str(line).ok()).collect::<Option<Vec<KeyRow>>>()?;
    Some((made_at, rows))
}

/// Whose row it is, if it is a person's.
fn person_of(table: &Table, line: &str) -> Option<Uuid> {
    let column = match table.name.as_str() {
        PEOPLE => "id",
        KEYS => "owner",
        _ => "user_id",
    };
    id_in(line, place_of(table, column))
}

fn place_of(table: &Table, column: &str) -> Option<usize> {
    table.columns.iter().position(|known| known.name == column && known.kind == Kind::Id)
}

fn id_in(line: &str, place: Option<usize>) -> Option<Uuid> {
    let place = place?;
    let cells: Vec<Value> = serde_json::from_str(line).ok()?;
    cells.get(place)?.as_str()?.parse().ok()
}

pub(super) fn key_row(table: &Table, line: &str) -> io::Result<KeyRow> {
    let cells: Vec<Value> = serde_json::from_str(line)?;
    let named = table.columns.iter().map(|column| column.name.clone()).zip(cells).collect();
    Ok(serde_json::from_value(Value::Object(named))?)
}
