//! What the rows of a backup say about the rest of it: which files there have to be, where the audit chains end, and with which key those
//! ends were signed.

use std::collections::{BTreeMap, BTreeSet};

use db::copying::Table;
use serde_json::Value;
use uuid::Uuid;

use super::people::{KEYS, key_row};
use crate::{
    KeyRing,
    audit::Head,
    vault::{IndexKey, KeyRow},
};

const EVENTS: &str = "audit_events";
/// Columns that name kept files, whatever table they are in.
const NAMING: [&str; 2] = ["file_key", "table_key"];

#[derive(Default)]
pub(super) struct Findings {
    /// The last event of each chain, and its hash.
    ends: BTreeMap<Uuid, (i64, String)>,
    index_key: Option<KeyRow>,
    files: BTreeSet<String>,
}

impl Findings {
    /// Takes notice of a row as it stands in a backup; `None` if it cannot be read.
    pub(super) fn note(&mut self, table: &Table, line: &str) -> Option<()> {
        if line.starts_with('{') {
            // A person's, which tells nothing.
        } else if table.name == KEYS {
            let row = key_row(table, line).ok()?;
            if IndexKey::is_in(&row) {
                self.index_key = Some(row);
            }
        } else if table.name == EVENTS {
            let cells = cells(line)?;
            let cell = |column| place_of(table, column).and_then(|place| cells.get(place));
            let workspace = cell("workspace_id")?.as_str()?.parse().ok()?;
            let (seq, hash) = (cell("seq")?.as_i64()?, cell("hash")?.as_str()?.to_owned());
            let end = self.ends.entry(workspace).or_insert_with(|| (seq, hash.clone()));
            if end.0 < seq {
                *end = (seq, hash);
            }
        } else {
            let places: Vec<usize> = NAMING.iter().filter_map(|column| place_of(table, column)).collect();
            if !places.is_empty() {
                let cells = cells(line)?;
                let keys = places.iter().filter_map(|place| cells.get(*place)?.as_str());
                self.files.extend(keys.map(ToOwned::to_owned));
            }
        }
        Some(())
    }

    /// The files that rows name and that are not there.
    pub(super) fn missing(&self, kept: &BTreeMap<String, String>) -> BTreeSet<String> {
        self.files.iter().filter(|key| !kept.contains_key(*key)).cloned().collect()
    }

    /// Compares what the chains end with with what was signed; without a ring nothing is known of signatures.
    pub(super) fn compare(&self, heads: &[Head], ring: Option<&KeyRing>) -> Result<(), String> {
        let mut ends = self.ends.clone();
        for head in heads {
            let (chain, seq) = (head.workspace, head.seq);
            match ends.remove(&chain.uuid()) {
                Some((last, hash)) if last == seq && hash == head.hash => {}
                Some((last, _)) if last >= seq => {
                    return Err(format!(
                        "the audit chain of {chain} is another one at event {seq} than was signed"
                    ));
                }
                _ => return Err(format!("the audit chain of {chain} was cut off before event {seq}")),
            }
        }
        if let Some(chain) = ends.keys().next() {
            return Err(format!("nobody signed what the audit chain of {chain} ends with"));
        }
        let Some(ring) = ring.filter(|_| !heads.is_empty()) else { return Ok(()) };
        let key = self.index_key.as_ref().and_then(|row| IndexKey::of(row, ring));
        let key = key.ok_or("the key that signed its audit chains is not in it or cannot be opened")?;
        match heads.iter().find(|head| !head.is_signed_with(&key)) {
            None => Ok(()),
            Some(head) => Err(format!(
                "the end of the audit chain of {} was not signed by its instance",
                head.workspace
            )),
        }
    }
}

fn place_of(table: &Table, column: &str) -> Option<usize> {
    table.columns.iter().position(|known| known.name == column)
}

fn cells(line: &str) -> Option<Vec<Value>> {
    serde_json::from_str(line).ok()
}
