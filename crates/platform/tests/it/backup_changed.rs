//! Backups that say something else than they hold: changed by whoever has the key ring, or made by a program that was wrong.

use std::{
    collections::BTreeMap,
    io::Read,
    path::{Path, PathBuf},
};

use db::{db_test, on_tx, sqlx};
use kernel::Ambient;
use platform::{
    Files, audit,
    backup::{self, BackupError},
    testing::{ring, vault},
};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    backup::{Instance, rows},
    workspace::nine,
};

/// What is changed in a backup, what is said of it, and how it is done.
type Change = (&'static str, &'static str, fn(&mut Parts));

/// The parts of a backup by their names, in order.
struct Parts(Vec<(String, String)>);

impl Parts {
    fn of(backup: &Path) -> Self {
        let inside = backup::inside(backup, &ring()).unwrap();
        let mut archive = tar::Archive::new(inside.as_slice());
        let parts = archive.entries().unwrap().map(|entry| {
            let mut entry = entry.unwrap();
            let (name, mut text) = (entry.path().unwrap().to_str().unwrap().to_owned(), String::new());
            entry.read_to_string(&mut text).unwrap();
            (name, text)
        });
        Self(parts.collect())
    }

    fn part(&mut self, name: &str) -> &mut String {
        &mut self.0.iter_mut().find(|(part, _)| part == name).unwrap().1
    }

    fn json(&mut self, name: &str, change: impl FnOnce(&mut Value)) {
        let mut value = serde_json::from_str(self.part(name)).unwrap();
        change(&mut value);
        *self.part(name) = value.to_string();
    }

    /// A backup of these parts, which add up.
    fn write(mut self, folder: &Path) -> PathBuf {
        let (mut tables, mut files) = (BTreeMap::new(), BTreeMap::new());
        for (name, text) in &self.0 {
            if let Some(table) = name.strip_prefix("tables/") {
                let hash = text.lines().fold([0; 32], |sum: [u8; 32], row| {
                    let digest = Sha256::digest(row);
                    std::array::from_fn(|place| sum[place] ^ digest[place])
                });
                tables.insert(table.to_owned(), (text.lines().count(), kernel::hex(&hash)));
            } else if let Some(key) = name.strip_prefix("files/") {
                files.insert(key.to_owned(), kernel::hex(&Sha256::digest(text)));
            }
        }
        self.json("sums.json", |sums| {
            sums["tables"] = serde_json::json!(tables);
            sums["files"] = serde_json::json!(files);
        });
        let mut archive = tar::Builder::new(Vec::new());
        for (name, text) in &self.0 {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            archive.append_data(&mut header, name, text.as_bytes()).unwrap();
        }
        let file = folder.join("changed");
        backup::around(&archive.into_inner().unwrap(), &ring(), &file).unwrap();
        file
    }
}

/// Adds the row of a file to the instance, and makes the backup anew.
async fn backup_with_row_of(instance: &Instance, key: &str) -> (PathBuf, backup::Contents) {
    const ROW: &str = "
        INSERT INTO datasets (workspace_id, id, name, size_bytes, sha256, file_key, uploaded_at, state, overrides)
        VALUES ($1, $2, 'figures.csv', 10, '', $3, $4, 'ready', '{}')";
    let id = Ambient::system().id::<uuid::Uuid>();
    let of = key.split_once('/').unwrap().0.parse::<uuid::Uuid>().unwrap();
    let mut tx = instance.db.begin_everywhere().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query(ROW)
        .bind(of)
        .bind(id)
        .bind(key)
        .bind(nine())
        .execute(c)
        .await
        .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
    let file = instance.folder.path().join("second");
    let base = (&instance.db, &instance.files);
    let contents = backup::create(base, &ring(), &Ambient::system(), &file).await.unwrap();
    (file, contents)
}

db_test!(a_backup_holds_what_its_audit_chains_end_with, |db: Db| {
    let instance = Instance::new(db).await;
    let vault = vault(&instance.db, &Ambient::system()).await;
    let now = audit::heads(&instance.db, &vault).await.unwrap();
    let contents = backup::verify(&instance.backup, &ring()).await.unwrap();
    assert_eq!((contents.heads.as_deref(), now.len()), (Some(now.as_slice()), 1));

    // Whoever cut the tail off meanwhile is found out by the backup.
    assert_eq!(now[0].compare(&instance.db, &vault).await.unwrap(), None);
    assert_eq!(
        contents.heads.unwrap()[0].compare(&instance.empty("cut").await.0, &vault).await.unwrap(),
        Some(audit::HeadError::Cut)
    );
});

db_test!(a_tail_that_was_cut_off_inside_a_backup_is_noticed_by_all_who_read_it, |db: Db| {
    let folder = tempfile::tempdir().unwrap();
    let instance = Instance::new(db).await;
    let mut cut = Parts::of(&instance.backup);
    let events = cut.part("tables/audit_events");
    let kept: Vec<&str> = events.lines().filter(|line| !line.contains("Ünïcode” 2")).collect();
    assert_eq!(kept.len(), 2);
    *events = kept.join("\n") + "\n";
    let cut = cut.write(instance.folder.path());

    let (db, files) = instance.empty("target").await;
    let verified = backup::verify(&cut, &ring()).await.unwrap_err();
    let drilled = backup::drill(&cut, &ring(), &Ambient::system(), folder.path()).await.unwrap_err();
    let restored = backup::restore(&cut, &ring(), (&db, &files)).await.unwrap_err();
    for error in [verified, drilled, restored] {
        assert!(error.to_string().contains("was cut off"), "{error}");
    }

    // A head that fits to the cut chain has to be signed.
    let mut forged = Parts::of(&cut);
    let events = forged.part("tables/audit_events").clone();
    let last: Value = serde_json::from_str(events.lines().last().unwrap()).unwrap();
    let hash = last.as_array().unwrap().last().unwrap().clone();
    forged.json("manifest.json", |manifest| {
        manifest["heads"][0]["seq"] = 1.into();
        manifest["heads"][0]["hash"] = hash;
    });
    let forged = forged.write(instance.folder.path());
    let refused = backup::verify(&forged, &ring()).await.unwrap_err();
    assert!(refused.to_string().contains("was not signed"), "{refused}");
});

db_test!(what_contradicts_itself_leaves_nothing_behind_in_either_engine, |db: Db| {
    let folder = tempfile::tempdir().unwrap();
    let instance = Instance::in_a_file(folder.path()).await;
    let files = Files::open(&folder.path().join("target"), Ambient::system()).await.unwrap();
    let changes: [Change; 4] = [
        ("an event was changed", "it was changed", |parts| {
            let events = parts.part("tables/audit_events");
            *events = events.replace("Ünïcode” 0", "Ünïcode” 7");
        }),
        ("a key does not open", "does not belong to this database", |parts| {
            let keys = parts.part("tables/data_keys");
            let sealing = keys.lines().find(|line| line.contains("seal")).unwrap();
            let wrapped = sealing.split('"').nth(7).unwrap().to_owned();
            *keys = keys.replace(&wrapped, &"0".repeat(wrapped.len()));
        }),
        ("a row refers to nothing", "", |parts| {
            parts.part("tables/workspaces").clear();
        }),
        ("a table is not there", "is another one", |parts| {
            let place = parts.0.iter().position(|(name, _)| name == "tables/emergency_looks").unwrap();
            parts.0.remove(place);
        }),
    ];
    for (what, why, change) in changes {
        let mut parts = Parts::of(&instance.backup);
        change(&mut parts);
        let changed = parts.write(instance.folder.path());
        let refused = backup::restore(&changed, &ring(), (&db, &files)).await.unwrap_err();
        assert!(refused.to_string().contains(why), "{what}: {refused}");
        assert_eq!((rows(&db).await, files.list().unwrap().len()), (0, 0), "{what}");
    }
    // The place is still good for what is whole.
    backup::restore(&instance.backup, &ring(), (&db, &files)).await.unwrap();
});

db_test!(a_file_that_was_removed_while_a_backup_was_made_is_named, |db: Db| {
    let instance = Instance::new(db).await;
    let kept = instance.files.list().unwrap().remove(0);
    let gone = format!("{}/uploads/gone", kept.split_once('/').unwrap().0);
    let (file, made) = backup_with_row_of(&instance, &gone).await;
    let place = tempfile::tempdir().unwrap();
    let drilled = backup::drill(&file, &ring(), &Ambient::system(), place.path()).await.unwrap();
    for contents in [made, backup::verify(&file, &ring()).await.unwrap(), drilled] {
        assert_eq!(contents.missing().collect::<Vec<_>>(), [gone.as_str()]);
    }
    assert_eq!(backup::verify(&instance.backup, &ring()).await.unwrap().missing().count(), 0);
});

db_test!(a_file_that_was_taken_out_of_a_backup_is_missed, |db: Db| {
    let instance = Instance::new(db).await;
    let kept = instance.files.list().unwrap().remove(0);
    let (file, made) = backup_with_row_of(&instance, &kept).await;
    assert_eq!(made.missing().count(), 0);
    let mut parts = Parts::of(&file);
    parts.0.retain(|(name, _)| !name.starts_with("files/"));
    let without = parts.write(instance.folder.path());
    let refused = backup::verify(&without, &ring()).await.unwrap_err();
    assert!(matches!(refused, BackupError::Broken(..)), "{refused}");
});

db_test!(backups_of_before_come_back_and_say_what_they_do_not_show, |db: Db| {
    let instance = Instance::new(db).await;
    let mut parts = Parts::of(&instance.backup);
    parts.json("manifest.json", |manifest| {
        manifest.as_object_mut().unwrap().remove("heads").unwrap();
    });
    parts.json("sums.json", |sums| {
        sums.as_object_mut().unwrap().remove("missing").unwrap();
    });
    let old = parts.write(instance.folder.path());
    let (db, files) = instance.empty("target").await;
    let restored = backup::restore(&old, &ring(), (&db, &files)).await.unwrap();
    assert_eq!((restored.heads.is_none(), restored.missing().count()), (true, 0));
    assert_eq!(rows(&db).await, rows(&instance.db).await);
});
