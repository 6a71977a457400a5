//! New data keys after a rotation, and values that are sealed anew.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use chrono::TimeDelta;
use db::{Db, Tx, db_test, on_everywhere, on_tx, sqlx};
use kernel::UserId;
use platform::{
    KeyRing, Owner, Owners, Place, Renewal, Renewed, RowKey, SEALED_MAILS, SealedColumn, Vault, testing,
};
use uuid::Uuid;

use crate::workspace::{ambient, nine};

const ADDRESSES: SealedColumn =
    SealedColumn { table: "users", column: "email_sealed", key: RowKey::Id, owners: Owners::People };

fn address_of(person: u128) -> Place {
    let row = Uuid::from_u128(person);
    Place { table: "users", column: "email_sealed", row, owner: Owner::Person(UserId::from(row)) }
}

fn message(number: u128) -> Place {
    Place { table: "mails", column: "sealed", row: Uuid::from_u128(number), owner: Owner::Instance }
}

async fn keep(tx: &mut Tx, place: Place, sealed: &[u8]) {
    let insert = if place.table == "users" {
        "INSERT INTO users (id, email_index, email_sealed, display_name, created_at) VALUES ($1, CAST($2 AS TEXT), $3, '', $4)
         ON CONFLICT (id) DO UPDATE SET email_sealed = $3"
    } else {
        "INSERT INTO mails (id, sealed, created_at) SELECT $1, $3, $4 WHERE $2 <> ''"
    };
    on_tx!(tx, |c| sqlx::query(insert)
        .bind(place.row)
        .bind(place.row.to_string())
        .bind(sealed)
        .bind(nine())
        .execute(c)
        .await
        .map(|_| ()))
    .unwrap();
}

async fn write(db: &Db, vault: &Vault, place: Place, text: &str) {
    let mut tx = db.begin_everywhere().await.unwrap();
    let sealed = vault.seal(&mut tx, place, text).await.unwrap();
    keep(&mut tx, place, &sealed).await;
    tx.commit().await.unwrap();
}

async fn stored(db: &Db, place: Place) -> Vec<u8> {
    let find = format!("SELECT {} FROM {} WHERE id = $1", place.column, place.table);
    on_everywhere!(db, |c| sqlx::query_scalar(sqlx::AssertSqlSafe(find.as_str()))
        .bind(place.row)
        .fetch_one(c)
        .await)
    .unwrap()
}

/// The key that an envelope names.
fn key_of(sealed: &[u8]) -> Uuid {
    Uuid::from_slice(&sealed[1..17]).unwrap()
}

/// The ids of keys that are in use and of those that are retired.
async fn keys(db: &Db) -> (Vec<Uuid>, Vec<Uuid>) {
    let list = "SELECT id, retired_at IS NOT NULL FROM data_keys WHERE purpose = 'seal'";
    let keys: Vec<(Uuid, bool)> = on_everywhere!(db, |c| sqlx::query_as(list).fetch_all(c).await).unwrap();
    let (retired, in_use): (Vec<_>, Vec<_>) = keys.into_iter().partition(|(_, is_retired)| *is_retired);
    let ids = |keys: Vec<(Uuid, bool)>| keys.into_iter().map(|(id, _)| id).collect();
    (ids(in_use), ids(retired))
}

/// Nodes that share a ring in a file.
struct Ring {
    _folder: tempfile::TempDir,
    file: std::path::PathBuf,
}

impl Ring {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys.toml");
        testing::ring().save_new(&file).unwrap();
        Self { _folder: folder, file }
    }

    async fn node(&self, db: &Db, after_nine: TimeDelta) -> Vault {
        let ring = KeyRing::load(&self.file).unwrap().unwrap();
        let vault = Vault::open_with(db.clone(), ambient(after_nine), ring).await.unwrap();
        vault.with_ring_file(&self.file)
    }

    fn grow(&self) {
        let mut ring = KeyRing::load(&self.file).unwrap().unwrap();
        ring.grow(&kernel::Ambient::system());
        ring.save_over(&self.file).unwrap();
    }
}

fn renewal(vault: &Vault) -> Renewal {
    Renewal::new(vault.clone(), vec![ADDRESSES, SEALED_MAILS]).at_once(3)
}

const LATER: TimeDelta = TimeDelta::minutes(10);

db_test!(after_a_rotation_nothing_is_sealed_with_a_key_of_before, |db: Db| {
    let ring = Ring::new();
    let before = ring.node(&db, TimeDelta::zero()).await;
    let places: Vec<Place> = (1..=10).map(address_of).chain((1..=5).map(message)).collect();
    for place in &places {
        write(&db, &before, *place, &format!("{}", place.row)).await;
    }
    assert!(!renewal(&before).is_due().await.unwrap());
    let old = keys(&db).await.0;
    assert_eq!(old.len(), 11, "ten people and the instance");

    ring.grow();
    let node = ring.node(&db, TimeDelta::seconds(1)).await;
    assert!(renewal(&node).is_due().await.unwrap());
    let done = renewal(&node).round(|_| ()).await.unwrap();
    assert_eq!(done, Renewed { made: 11, resealed: 15, retired: 0 }, "nothing is retired within the grace");
    for place in &places {
        let sealed = stored(&db, *place).await;
        assert!(!old.contains(&key_of(&sealed)), "{place:?}");
        // The one that knows nothing of it reads on, and so does the one that did it.
        for vault in [&before, &node] {
            assert_eq!(vault.open(*place, &sealed).await.unwrap(), place.row.to_string());
        }
    }
    assert_eq!(renewal(&node).round(|_| ()).await.unwrap(), Renewed::default(), "once is enough");
    // Whoever has not read the ring again writes with the new keys too.
    write(&db, &before, message(77), "new").await;
    assert!(!old.contains(&key_of(&stored(&db, message(77)).await)));

    let later = ring.node(&db, LATER).await;
    assert_eq!(renewal(&later).round(|_| ()).await.unwrap(), Renewed { made: 0, resealed: 0, retired: 11 });
    assert!(!renewal(&later).is_due().await.unwrap());
    let (in_use, mut retired) = keys(&db).await;
    retired.sort_unstable();
    let mut old = old;
    old.sort_unstable();
    assert_eq!((in_use.len(), retired), (11, old));
    assert_eq!(later.keys_by_making().await.unwrap(), [(1, 0, 11), (2, 11, 0)]);
});

db_test!(a_renewal_that_was_killed_goes_on_where_it_was, |db: Db| {
    let ring = Ring::new();
    let before = ring.node(&db, TimeDelta::zero()).await;
    for person in 1..=10 {
        write(&db, &before, address_of(person), "ada@acme.example").await;
    }
    ring.grow();
    let node = ring.node(&db, TimeDelta::seconds(1)).await;
    for _ in 0..4 {
        let killed = renewal(&node);
        // It ends in the middle, after a transaction, without a word.
        let dead = tokio::spawn(async move {
            let mut rounds = 0;
            killed
                .round(|_| {
                    rounds += 1;
                    assert!(rounds < 2, "killed");
                })
                .await
        });
        assert!(dead.await.is_err());
        for person in 1..=10 {
            let sealed = stored(&db, address_of(person)).await;
            assert_eq!(before.open(address_of(person), &sealed).await.unwrap(), "ada@acme.example");
        }
    }
    renewal(&node).round(|_| ()).await.unwrap();
    let later = ring.node(&db, LATER).await;
    assert_eq!(renewal(&later).round(|_| ()).await.unwrap(), Renewed { made: 0, resealed: 0, retired: 10 });
});

db_test!(what_is_written_while_keys_are_renewed_is_neither_lost_nor_put_back, |db: Db| {
    let ring = Ring::new();
    let writer = ring.node(&db, TimeDelta::zero()).await;
    for person in 1..=12 {
        write(&db, &writer, address_of(person), "0").await;
    }
    ring.grow();
    let (one, other) =
        (ring.node(&db, TimeDelta::seconds(1)).await, ring.node(&db, TimeDelta::seconds(1)).await);
    let is_over = Arc::new(AtomicBool::new(false));
    let writing = {
        let (db, is_over) = (db.clone(), is_over.clone());
        tokio::spawn(async move {
            let mut last = 0;
            while !is_over.load(Ordering::SeqCst) || last < 5 {
                last += 1;
                for person in 1..=12 {
                    write(&db, &writer, address_of(person), &last.to_string()).await;
                }
            }
            last.to_string()
        })
    };
    // Two nodes at once, as they notice the ring at about the same time.
    let (first, second) = (renewal(&one), renewal(&other));
    for _ in 0..3 {
        let (first, second) = tokio::join!(first.round(|_| ()), second.round(|_| ()));
        first.unwrap();
        second.unwrap();
    }
    is_over.store(true, Ordering::SeqCst);
    let last = writing.await.unwrap();
    for person in 1..=12 {
        let sealed = stored(&db, address_of(person)).await;
        assert_eq!(one.open(address_of(person), &sealed).await.unwrap(), last, "{person}");
    }
    assert_eq!(keys(&db).await.0.len(), 24, "each has one key of before and one that both agree on");
});

db_test!(a_key_that_still_seals_something_is_not_retired_and_what_comes_late_is_found, |db: Db| {
    let ring = Ring::new();
    let before = ring.node(&db, TimeDelta::zero()).await;
    write(&db, &before, address_of(1), "1").await;
    // Sealed before the rotation, and written after it, by a node that was held up.
    let mut tx = db.begin_everywhere().await.unwrap();
    let late = before.seal(&mut tx, message(1), "late").await.unwrap();
    tx.commit().await.unwrap();
    ring.grow();
    let node = ring.node(&db, TimeDelta::seconds(1)).await;
    assert_eq!(renewal(&node).round(|_| ()).await.unwrap(), Renewed { made: 2, resealed: 1, retired: 0 });
    let mut tx = db.begin_everywhere().await.unwrap();
    keep(&mut tx, message(1), &late).await;
    tx.commit().await.unwrap();
    let later = ring.node(&db, LATER).await;
    // A value that does not open keeps its key, and does not keep the others from being renewed.
    let mut broken = stored(&db, address_of(1)).await;
    broken[1..17].copy_from_slice(&late[1..17]);
    let mut tx = db.begin_everywhere().await.unwrap();
    keep(&mut tx, message(2), &broken).await;
    tx.commit().await.unwrap();
    assert_eq!(renewal(&later).round(|_| ()).await.unwrap(), Renewed { made: 0, resealed: 1, retired: 1 });
    let sealed = stored(&db, message(1)).await;
    assert_eq!((later.open(message(1), &sealed).await.unwrap().as_str(), sealed == late), ("late", false));
    assert_eq!(keys(&db).await.1.len(), 1, "the key of the person");
});

db_test!(whoever_is_forgotten_while_keys_are_renewed_stays_forgotten, |db: Db| {
    let ring = Ring::new();
    let before = ring.node(&db, TimeDelta::zero()).await;
    write(&db, &before, address_of(1), "1").await;
    ring.grow();
    let node = ring.node(&db, TimeDelta::seconds(1)).await;
    renewal(&node).round(|_| ()).await.unwrap();
    let sealed = stored(&db, address_of(1)).await;
    let mut tx = db.begin_everywhere().await.unwrap();
    node.forget(&mut tx, address_of(1).owner).await.unwrap();
    tx.commit().await.unwrap();
    renewal(&node).round(|_| ()).await.unwrap();
    let (in_use, retired) = keys(&db).await;
    assert_eq!((in_use.len(), retired.len()), (0, 0));
    assert!(node.open(address_of(1), &sealed).await.is_err());
});
