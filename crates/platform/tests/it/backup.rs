//! Backups of either engine, and the road from one to the other.

use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use db::{Db, DbSettings, copying, db_test};
use kernel::{Actor, Ambient};
use platform::{
    Files, KeyRing, Mail,
    audit::{self, Entry},
    backup::{self, BackupError},
    testing::{mailer, ring, vault},
};

use crate::workspace::{ambient, workspace};

/// An instance that holds a bit of everything, and a backup of it.
struct Instance {
    db: Db,
    files: Files,
    folder: tempfile::TempDir,
    backup: PathBuf,
}

impl Instance {
    async fn new(db: Db) -> Self {
        let (folder, ambient) = (tempfile::tempdir().unwrap(), ambient(TimeDelta::zero()));
        let files = Files::open(&folder.path().join("data"), ambient.clone()).await.unwrap();
        let scope = workspace(&db).await;
        files.keep_bytes(b"month,mrr\n", &format!("{}/uploads/1", scope.workspace_id())).await.unwrap();
        let actor = Actor::system(scope.workspace_id());
        let mut tx = db.begin_in(scope).await.unwrap();
        for number in 0..3 {
            let subject = format!("figures of “Ünïcode” {number}");
            let entry = Entry { action: "thing.made", subject, detail: String::new() };
            audit::record(&mut tx, &ambient, &actor, scope, entry).await.unwrap();
        }
        tx.commit().await.unwrap();
        let vault = vault(&db, &ambient).await;
        let mailer = mailer(&db, &ambient, &vault, folder.path());
        let mut tx = db.begin().await.unwrap();
        let mail = Mail { to: "canary@acme.example".into(), subject: "Hello".into(), text: "Hello\n".into() };
        mailer.post(&mut tx, &mail).await.unwrap();
        tx.commit().await.unwrap();
        let backup = folder.path().join("backup");
        backup::create((&db, &files), &ring(), &ambient, &backup).await.unwrap();
        Self { db, files, folder, backup }
    }

    /// An empty SQLite instance beside it.
    async fn empty(&self, name: &str) -> (Db, Files) {
        let folder = self.folder.path().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let db = Db::open_sqlite(&folder.join("quartile.db"), 2).await.unwrap();
        let settings = DbSettings { url: "sqlite".to_owned(), owner_url: None, connections: 2 };
        db::migrate(&db, &settings).await.unwrap();
        let files = Files::open(&folder, Ambient::system()).await.unwrap();
        (db, files)
    }

    /// The backup with one byte turned, or cut off there.
    fn spoilt(&self, at: usize, is_cut: bool) -> PathBuf {
        let mut bytes = std::fs::read(&self.backup).unwrap();
        if is_cut {
            bytes.truncate(at);
        } else {
            bytes[at] ^= 1;
        }
        let file = self.folder.path().join("spoilt");
        std::fs::write(&file, bytes).unwrap();
        file
    }
}

async fn rows(db: &Db) -> i64 {
    copying::count(db, &copying::tables(db).await.unwrap()).await.unwrap()
}

db_test!(everything_of_either_engine_comes_back_from_one_file, |db: Db| {
    let instance = Instance::new(db).await;
    let contents = backup::verify(&instance.backup, &ring()).await.unwrap();
    assert_eq!(i64::try_from(contents.rows()).unwrap(), rows(&instance.db).await);
    assert_eq!((contents.engine.as_str(), contents.sums.files.len()), (instance.db.engine(), 1));

    let (db, files) = instance.empty("restored").await;
    let restored = backup::restore(&instance.backup, &ring(), (&db, &files)).await.unwrap();
    assert_eq!(restored.sums, contents.sums);
    assert_eq!(rows(&db).await, rows(&instance.db).await);
    assert_eq!(audit::verify(&db).await.unwrap(), Ok(3), "the chain is whole");
    let key = files.list().unwrap().remove(0);
    assert_eq!(files.read(&key).await.unwrap(), instance.files.read(&key).await.unwrap());

    // What is there is never written over.
    let refused = backup::restore(&instance.backup, &ring(), (&db, &files)).await.unwrap_err();
    assert!(matches!(refused, BackupError::NotEmpty), "{refused}");
    assert_eq!(rows(&db).await, rows(&instance.db).await);
});

db_test!(a_backup_shows_nothing_to_who_has_no_key, |db: Db| {
    use std::os::unix::fs::PermissionsExt;
    let instance = Instance::new(db).await;
    let bytes = std::fs::read(&instance.backup).unwrap();
    for word in ["canary", "thing.made", "acme", "month,mrr"] {
        assert!(!bytes.windows(word.len()).any(|part| part == word.as_bytes()), "{word}");
    }
    assert_eq!(std::fs::metadata(&instance.backup).unwrap().permissions().mode() & 0o777, 0o600);
    let other = KeyRing::new(&Ambient::system());
    let refused = backup::verify(&instance.backup, &other).await.unwrap_err();
    assert!(matches!(refused, BackupError::OtherRing { .. }), "{refused}");
});

db_test!(a_backup_that_is_not_whole_is_refused_and_leaves_nothing, |db: Db| {
    let instance = Instance::new(db).await;
    let length = std::fs::metadata(&instance.backup).unwrap().len();
    let length = usize::try_from(length).unwrap();
    let (db, files) = instance.empty("target").await;
    for (at, is_cut) in [
        (3, false),
        (length / 2, false),
        (length - 1, false),
        (length / 2, true),
        (length - 20, true),
        (10, true),
    ] {
        let spoilt = instance.spoilt(at, is_cut);
        let refused = backup::restore(&spoilt, &ring(), (&db, &files)).await.unwrap_err();
        assert!(matches!(refused, BackupError::Broken(..)), "{at} of {length}: {refused}");
        assert!(backup::verify(&spoilt, &ring()).await.is_err());
        assert_eq!((rows(&db).await, files.list().unwrap().len()), (0, 0), "{at}");
    }
    let nothing = backup::verify(Path::new("/nowhere/backup"), &ring()).await.unwrap_err();
    assert!(nothing.to_string().contains("/nowhere/backup"), "{nothing}");
    let again = backup::create((&db, &files), &ring(), &Ambient::system(), &instance.backup).await;
    assert!(again.is_err(), "no backup is written over");
});

db_test!(a_drill_shows_what_a_backup_is_worth_and_leaves_nothing_behind, |db: Db| {
    let instance = Instance::new(db).await;
    let place = tempfile::tempdir().unwrap();
    let (contents, events) =
        backup::drill(&instance.backup, ring(), &Ambient::system(), place.path()).await.unwrap();
    assert_eq!((i64::try_from(contents.rows()).unwrap(), events), (rows(&instance.db).await, 3));

    let length = usize::try_from(std::fs::metadata(&instance.backup).unwrap().len()).unwrap();
    let spoilt = instance.spoilt(length / 2, false);
    let refused = backup::drill(&spoilt, ring(), &Ambient::system(), place.path()).await.unwrap_err();
    assert!(matches!(refused, BackupError::Broken(..)), "{refused}");
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);
});

db_test!(what_began_in_one_file_moves_to_either_engine, |db: Db| {
    let folder = tempfile::tempdir().unwrap();
    let start = Db::open_sqlite(&folder.path().join("quartile.db"), 2).await.unwrap();
    let settings = DbSettings { url: "sqlite".to_owned(), owner_url: None, connections: 2 };
    db::migrate(&start, &settings).await.unwrap();
    let instance = Instance::new(start).await;
    let files = Files::open(&folder.path().join("target"), Ambient::system()).await.unwrap();
    let restored = backup::restore(&instance.backup, &ring(), (&db, &files)).await.unwrap();
    assert_eq!(i64::try_from(restored.rows()).unwrap(), rows(&db).await);
    assert_eq!(audit::verify(&db).await.unwrap(), Ok(3));
    // And back again, from whatever engine it is now.
    let back = folder.path().join("back");
    let moved = backup::create((&db, &files), &ring(), &Ambient::system(), &back).await.unwrap();
    assert_eq!(moved.sums, restored.sums);
});

#[tokio::test]
async fn what_a_backup_holds_twice_is_refused() {
    let inside = |parts: &[(&str, &str)]| {
        let mut archive = tar::Builder::new(Vec::new());
        for (name, text) in parts {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            archive.append_data(&mut header, name, text.as_bytes()).unwrap();
        }
        archive.into_inner().unwrap()
    };
    let manifest = (
        "manifest.json",
        r#"{"format":1,"made_at":"2026-11-21T00:00:00Z","engine":"sqlite","schema":1,
            "tables":[{"name":"t","columns":[]}]}"#,
    );
    let sums = ("sums.json", r#"{"tables":{},"files":{}}"#);
    assert!(backup::verify_inside(inside(&[manifest, sums]).as_slice()).await.is_ok());
    for twice in [[manifest, manifest, sums], [manifest, sums, sums]] {
        let refused = backup::verify_inside(inside(&twice).as_slice()).await.unwrap_err();
        assert!(refused.to_string().contains("twice"), "{refused}");
    }
}
