//! Backups of either engine, and the road from one to the other.

use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use db::{Db, DbSettings, copying, db_test, on_db, on_tx, sqlx};
use kernel::{Actor, Ambient, UserId};
use platform::{
    Files, KeyRing, Mail, Owner, Owners, Place, Renewal, RowKey, SEALED_MAILS, SealedColumn, Vault,
    audit::{self, Entry},
    backup::{self, BackupError},
    testing::{mailer, ring, vault},
};

use uuid::Uuid;

use crate::workspace::{ambient, workspace};

/// An instance that holds a bit of everything, and a backup of it.
pub(crate) struct Instance {
    pub(crate) db: Db,
    pub(crate) files: Files,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) backup: PathBuf,
}

impl Instance {
    pub(crate) async fn new(db: Db) -> Self {
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
        for (number, name) in ["Ada Kept", "Eve Canary"].into_iter().enumerate() {
            join(&db, &vault, scope.workspace_id().uuid(), (number as u128 + 1, name)).await;
        }
        let backup = folder.path().join("backup");
        backup::create((&db, &files), &ring(), &ambient, &backup).await.unwrap();
        Self { db, files, folder, backup }
    }

    /// One in a file of its own.
    pub(crate) async fn in_a_file(folder: &Path) -> Self {
        let start = Db::open_sqlite(&folder.join("quartile.db"), 2).await.unwrap();
        let settings = DbSettings { url: "sqlite".to_owned(), owner_url: None, connections: 2 };
        db::migrate(&start, &settings).await.unwrap();
        Self::new(start).await
    }

    /// An empty SQLite instance beside it.
    pub(crate) async fn empty(&self, name: &str) -> (Db, Files) {
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

/// Adds a person with a sealed address to the workspace.
async fn join(db: &Db, vault: &Vault, workspace: Uuid, (number, name): (u128, &str)) {
    let id = Uuid::from_u128(number);
    let mut tx = db.begin_everywhere().await.unwrap();
    let address = format!("canary-{number}@people.example");
    let sealed = vault.seal(&mut tx, address_of(id), &address).await.unwrap();
    let now = DateTime::<Utc>::UNIX_EPOCH;
    let (index, subject) = (vault.index("email", &address), format!("subject-of-{name}"));
    let user = "INSERT INTO users (id, email_index, email_sealed, display_name, created_at) VALUES ($1, $2, $3, $4, $5)";
    on_tx!(&mut tx, |c| sqlx::query(user)
        .bind(id)
        .bind(&index)
        .bind(&sealed)
        .bind(name)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))
    .unwrap();
    let known =
        "INSERT INTO user_identities (issuer, subject, user_id, created_at) VALUES ('google', $1, $2, $3)";
    on_tx!(&mut tx, |c| sqlx::query(known).bind(&subject).bind(id).bind(now).execute(c).await.map(|_| ()))
        .unwrap();
    let member =
        "INSERT INTO memberships (workspace_id, user_id, role, created_at) VALUES ($1, $2, 'owner', $3)";
    on_tx!(&mut tx, |c| sqlx::query(member).bind(workspace).bind(id).bind(now).execute(c).await.map(|_| ()))
        .unwrap();
    tx.commit().await.unwrap();
}

fn address_of(person: Uuid) -> Place {
    Place { table: "users", column: "email_sealed", row: person, owner: Owner::Person(UserId::from(person)) }
}

/// How many keys of people there are, which no backup holds.
const PEOPLES_KEYS: i64 = 2;

pub(crate) async fn rows(db: &Db) -> i64 {
    copying::count(db, &copying::tables(db).await.unwrap()).await.unwrap()
}

db_test!(everything_of_either_engine_comes_back_from_one_file, |db: Db| {
    let instance = Instance::new(db).await;
    let contents = backup::verify(&instance.backup, &ring()).await.unwrap();
    assert_eq!(i64::try_from(contents.rows()).unwrap() + PEOPLES_KEYS, rows(&instance.db).await);
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
    let contents = backup::drill(&instance.backup, &ring(), &Ambient::system(), place.path()).await.unwrap();
    assert_eq!(
        (i64::try_from(contents.rows()).unwrap() + PEOPLES_KEYS, contents.events()),
        (rows(&instance.db).await, 3)
    );

    let length = usize::try_from(std::fs::metadata(&instance.backup).unwrap().len()).unwrap();
    let spoilt = instance.spoilt(length / 2, false);
    let refused = backup::drill(&spoilt, &ring(), &Ambient::system(), place.path()).await.unwrap_err();
    assert!(matches!(refused, BackupError::Broken(..)), "{refused}");
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);
});

db_test!(what_began_in_one_file_moves_to_either_engine, |db: Db| {
    let folder = tempfile::tempdir().unwrap();
    let instance = Instance::in_a_file(folder.path()).await;
    let files = Files::open(&folder.path().join("target"), Ambient::system()).await.unwrap();
    let restored = backup::restore(&instance.backup, &ring(), (&db, &files)).await.unwrap();
    assert_eq!(i64::try_from(restored.rows()).unwrap() + PEOPLES_KEYS, rows(&db).await);
    assert_eq!(audit::verify(&db).await.unwrap(), Ok(3));
    // And back again, from whatever engine it is now.
    let back = folder.path().join("back");
    let moved = backup::create((&db, &files), &ring(), &Ambient::system(), &back).await.unwrap();
    assert_eq!(moved.sums, restored.sums);
});

db_test!(whoever_is_erased_is_gone_from_the_backup_of_yesterday, |db: Db| {
    let instance = Instance::new(db).await;
    let eve = Owner::Person(UserId::from(Uuid::from_u128(2)));
    let ambient = ambient(TimeDelta::days(1));
    let vault = vault(&instance.db, &ambient).await;
    let mut tx = instance.db.begin_everywhere().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query("DELETE FROM users WHERE id = $1")
        .bind(Uuid::from_u128(2))
        .execute(c)
        .await
        .map(|_| ()))
    .unwrap();
    vault.forget(&mut tx, eve).await.unwrap();
    let erased =
        Entry { action: "person.erased", subject: Uuid::from_u128(2).to_string(), detail: String::new() };
    audit::record_on_instance(&mut tx, &ambient, "person".to_owned(), erased).await.unwrap();
    tx.commit().await.unwrap();
    let folder = instance.folder.path();
    backup::keep_people(&instance.db, &ring(), &ambient, folder).await.unwrap();

    // Nobody reads her, with the ring and everything that lies beside it.
    let keys = std::fs::read_to_string(backup::people_file(&instance.backup)).unwrap();
    assert!(
        keys.contains(&Uuid::from_u128(1).to_string()) && !keys.contains(&Uuid::from_u128(2).to_string())
    );
    let inside = backup::inside(&instance.backup, &ring()).unwrap();
    for (text, is_there) in
        [("thing.made", true), ("Eve Canary", false), ("Ada Kept", false), ("subject-of", false)]
    {
        let found = inside.windows(text.len()).any(|part| part == text.as_bytes());
        assert_eq!(found, is_there, "{text}");
    }
    let (db, files) = instance.empty("restored").await;
    let restored = backup::restore(&instance.backup, &ring(), (&db, &files)).await.unwrap();
    assert_eq!(restored.left_out, 1);
    let people: Vec<(String, Vec<u8>)> =
        on_db!(&db, |c| sqlx::query_as("SELECT display_name, email_sealed FROM users").fetch_all(c).await)
            .unwrap();
    assert_eq!(people.len(), 1);
    assert_eq!(people[0].0, "Ada Kept");
    let opened = self::vault(&db, &ambient).await.open(address_of(Uuid::from_u128(1)), &people[0].1).await;
    assert_eq!(opened.unwrap(), "canary-1@people.example");
    assert_eq!(audit::verify(&db).await.unwrap(), Ok(3));
});

db_test!(people_do_not_get_lost_by_keys_that_are_missing_foreign_or_too_old, |db: Db| {
    let instance = Instance::new(db).await;
    let (db, files) = instance.empty("target").await;
    let file = backup::people_file(&instance.backup);
    let good = std::fs::read_to_string(&file).unwrap();
    let refusal = async |text: Option<&str>| {
        match text {
            Some(text) => std::fs::write(&file, text).unwrap(),
            None => std::fs::remove_file(&file).unwrap(),
        }
        let refused = backup::restore(&instance.backup, &ring(), (&db, &files)).await.unwrap_err();
        assert_eq!((rows(&db).await, files.list().unwrap().len()), (0, 0));
        refused
    };
    assert!(matches!(refusal(None).await, BackupError::NoPeople(..)));
    assert!(matches!(refusal(Some(&good.replace("seal", "sEal"))).await, BackupError::Broken(..)));
    assert!(matches!(refusal(Some(&good[..good.len() / 2])).await, BackupError::Broken(..)));

    // Keys of the day before.
    std::fs::remove_file(&file).unwrap();
    backup::keep_people(&instance.db, &ring(), &ambient(TimeDelta::days(-1)), instance.folder.path())
        .await
        .unwrap();
    let older = std::fs::read_to_string(&file).unwrap();
    assert!(matches!(refusal(Some(&older)).await, BackupError::OlderPeople(..)));

    // Another instance keeps its backups elsewhere.
    let other = KeyRing::new(&Ambient::system());
    std::fs::write(&file, &good).unwrap();
    let refused = backup::keep_people(&db, &other, &Ambient::system(), instance.folder.path()).await;
    assert!(matches!(refused, Err(BackupError::ForeignPeople(..))));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), good);
    backup::restore(&instance.backup, &ring(), (&db, &files)).await.unwrap();
});

db_test!(going_back_in_time_loses_nobody_of_newer_backups, |db: Db| {
    let instance = Instance::new(db).await;
    // Of the day before, when nobody had joined yet.
    let (db, _) = instance.empty("yesterday").await;
    let mut grown = ring();
    grown.grow(&Ambient::system());
    backup::keep_people(&db, &grown, &ambient(TimeDelta::days(1)), instance.folder.path()).await.unwrap();
    // Kept by the newest version of the ring alone, so that the older one can go.
    grown.drop_version(1);
    backup::keep_people(&db, &grown, &ambient(TimeDelta::days(2)), instance.folder.path()).await.unwrap();
    grown = ring();
    let keys = std::fs::read_to_string(backup::people_file(&instance.backup)).unwrap();
    for person in [1, 2] {
        assert!(keys.contains(&Uuid::from_u128(person).to_string()), "{keys}");
    }
    assert!(matches!(
        backup::keep_people(&db, &grown, &ambient(TimeDelta::days(3)), instance.folder.path()).await,
        Err(BackupError::ForeignPeople(..))
    ));
});

db_test!(a_backup_of_before_a_rotation_comes_back_whole_and_is_sealed_anew, |db: Db| {
    let instance = Instance::new(db).await;
    let file = instance.folder.path().join("keys.toml");
    let mut grown = ring();
    grown.grow(&Ambient::system());
    grown.save_new(&file).unwrap();
    let ring = || KeyRing::load(&file).unwrap().unwrap();
    let minutes = |minutes| ambient(TimeDelta::minutes(minutes));
    let addresses =
        SealedColumn { table: "users", column: "email_sealed", key: RowKey::Id, owners: Owners::People };
    let renewal = async |db: &Db, after: i64| {
        let vault = Vault::open_with(db.clone(), minutes(after), ring()).await.unwrap();
        while vault.rewrap(10).await.unwrap() > 0 {}
        Renewal::new(vault, vec![addresses, SEALED_MAILS])
    };
    assert!(renewal(&instance.db, 1).await.round(|_| ()).await.unwrap().resealed > 0);
    assert!(renewal(&instance.db, 20).await.round(|_| ()).await.unwrap().retired > 0);
    backup::keep_people(&instance.db, &ring(), &minutes(20), instance.folder.path()).await.unwrap();

    let (db, files) = instance.empty("restored").await;
    let restored = backup::restore(&instance.backup, &ring(), (&db, &files)).await.unwrap();
    assert_eq!((restored.left_out, restored.rows() > 0), (0, true));
    assert_eq!(renewal(&db, 21).await.round(|_| ()).await.unwrap().resealed, 2, "two addresses");
    let vault = Vault::open_with(db.clone(), minutes(21), ring()).await.unwrap();
    let people: Vec<(Uuid, Vec<u8>)> =
        on_db!(&db, |c| sqlx::query_as("SELECT id, email_sealed FROM users ORDER BY id").fetch_all(c).await)
            .unwrap();
    for (number, (id, sealed)) in (1..).zip(&people) {
        let address = vault.open(address_of(*id), sealed).await.unwrap();
        assert_eq!(address, format!("canary-{number}@people.example"));
    }
    assert_eq!(people.len(), 2);
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
        r#"{"format":2,"made_at":"2026-11-21T00:00:00Z","engine":"sqlite","schema":1,
            "tables":[{"name":"t","columns":[]}]}"#,
    );
    let sums = ("sums.json", r#"{"tables":{},"files":{}}"#);
    assert!(backup::verify_inside(inside(&[manifest, sums]).as_slice()).await.is_ok());
    for twice in [[manifest, manifest, sums], [manifest, sums, sums]] {
        let refused = backup::verify_inside(inside(&twice).as_slice()).await.unwrap_err();
        assert!(refused.to_string().contains("twice"), "{refused}");
    }
}
