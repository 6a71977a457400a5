//! What is taken for a whole backup holds exactly what it says, once, and leads into no other folder.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Component, Path},
};

use platform::backup::{Sums, verify_inside};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::runtime::{Builder, Runtime};

/// Reads insides of backups.
pub(crate) struct Machine {
    runtime: Runtime,
}

/// A part of an archive: its name and what it holds.
type Part = (Vec<u8>, Vec<u8>);

impl Machine {
    pub(crate) fn new() -> Self {
        Self { runtime: Builder::new_current_thread().build().unwrap() }
    }

    /// The first byte says whether the rest is an archive, or what goes into one; the next two change a byte of it.
    pub(crate) fn property(&self, bytes: &[u8]) {
        let [choice, place, change, rest @ ..] = bytes else { return };
        if choice % 2 == 0 {
            self.judge(rest);
            return;
        }
        let archive = written(rest);
        let whole = self.judge(&archive);
        let mut changed = archive.clone();
        let place = usize::from(*place) * archive.len() / 256;
        if let Some(byte) = changed.get_mut(place) {
            *byte ^= change;
        }
        if let (Some(whole), Some(other)) = (whole, self.judge(&changed)) {
            assert_eq!(whole, other, "byte {place} was changed unseen");
        }
    }

    /// What the archive adds up to if it is taken for a backup; fails if that is not what is in it.
    fn judge(&self, archive: &[u8]) -> Option<Sums> {
        let sums = self.runtime.block_on(verify_inside(archive)).ok()?;
        let mut names = BTreeSet::new();
        let mut reader = tar::Archive::new(archive);
        for entry in reader.entries().unwrap() {
            let name = entry.unwrap().path_bytes().into_owned();
            assert!(names.insert(name.clone()), "{} is there twice", String::from_utf8_lossy(&name));
        }
        for key in sums.files.keys() {
            let stays = Path::new(key).components().all(|part| matches!(part, Component::Normal(_)));
            assert!(stays && !key.contains('\0'), "{key:?} leads elsewhere");
        }
        assert_eq!(names.len(), 2 + sums.files.len() + sums.tables.len(), "{names:?}");
        Some(sums)
    }
}

/// An archive of parts as the input names them, one in each line, between a manifest and sums that fit to them. A line without a tabulator
/// is a row of the table `t`.
fn written(lines: &[u8]) -> Vec<u8> {
    let (mut rows, mut parts): (Vec<&[u8]>, Vec<Part>) = (Vec::new(), Vec::new());
    for line in lines.split(|byte| *byte == b'\n').take(20) {
        match line.iter().position(|byte| *byte == b'\t').map(|tab| line.split_at(tab)) {
            Some((name, content)) => parts.push((name.to_vec(), content.to_vec())),
            None => rows.push(line.strip_suffix(b"\r").unwrap_or(line)),
        }
    }
    let table: Vec<u8> = rows.iter().flat_map(|row| [row, b"\n".as_slice()].concat()).collect();
    let hash = rows.iter().fold([0; 32], |sum: [u8; 32], row| {
        let digest = Sha256::digest(row);
        std::array::from_fn(|place| sum.get(place).unwrap() ^ digest.get(place).unwrap())
    });
    let files: BTreeMap<String, String> = parts
        .iter()
        .filter_map(|(name, content)| {
            let key = String::from_utf8_lossy(name.strip_prefix(b"files/")?).into_owned();
            Some((key, kernel::hex(&Sha256::digest(content))))
        })
        .collect();
    let columns = json!([{"name": "c", "kind": "text"}]);
    let manifest = json!({"format": 1, "made_at": "2026-11-21T00:00:00Z", "engine": "sqlite", "schema": 1,
        "tables": [{"name": "t", "columns": columns}]});
    let sums = json!({"tables": {"t": [rows.len(), kernel::hex(&hash)]}, "files": files});
    let mut all = vec![(b"manifest.json".to_vec(), manifest.to_string().into_bytes())];
    all.push((b"tables/t".to_vec(), table));
    all.extend(parts);
    all.push((b"sums.json".to_vec(), sums.to_string().into_bytes()));
    packed(&all)
}

/// The parts as an archive, whatever they are called.
fn packed(parts: &[Part]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, content) in parts {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o600);
        // Not by `set_path`, which refuses what somebody else may have written.
        for (place, byte) in header.as_old_mut().name.iter_mut().zip(name) {
            *place = *byte;
        }
        header.set_cksum();
        archive.append(&header, content.as_slice()).unwrap();
    }
    archive.into_inner().unwrap()
}
