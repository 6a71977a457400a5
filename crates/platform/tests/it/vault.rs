//! Sealing, opening and forgetting values.

use chrono::TimeDelta;
use db::{Db, db_test, on_tx, sqlx};
use kernel::{UserId, WorkspaceId};
use platform::{KeyRing, Owner, Place, Vault, VaultError, testing};
use uuid::Uuid;

use crate::workspace::ambient;

const TEXT: &str = "ada@acme.example";

async fn vault(db: &Db) -> Vault {
    testing::vault(db, &ambient(TimeDelta::zero())).await
}

fn place() -> Place {
    let person = Uuid::from_u128(7);
    Place { table: "users", column: "email", row: person, owner: Owner::Person(UserId::from(person)) }
}

async fn sealed(db: &Db, vault: &Vault, place: Place) -> Vec<u8> {
    let mut tx = db.begin_everywhere().await.unwrap();
    let sealed = vault.seal(&mut tx, place, TEXT).await.unwrap();
    tx.commit().await.unwrap();
    sealed
}

db_test!(a_sealed_value_opens_where_it_was_sealed_and_nowhere_else, |db: Db| {
    let vault = vault(&db).await;
    let sealed = sealed(&db, &vault, place()).await;
    assert!(!sealed.windows(4).any(|window| window == b"acme"));
    assert_eq!(vault.open(place(), &sealed).await.unwrap(), TEXT);
    let elsewhere = [
        Place { table: "guests", ..place() },
        Place { column: "phone", ..place() },
        Place { row: Uuid::from_u128(8), ..place() },
        Place { owner: Owner::Instance, ..place() },
        Place { owner: Owner::Workspace(WorkspaceId::from(Uuid::from_u128(9))), ..place() },
        // The same letters with the border between table and column elsewhere.
        Place { table: "user", column: "semail", ..place() },
    ];
    for place in elsewhere {
        assert_eq!(vault.open(place, &sealed).await.unwrap_err().status(), 500, "{place:?}");
    }
});

db_test!(a_value_that_was_changed_or_cut_does_not_open, |db: Db| {
    let vault = vault(&db).await;
    let sealed = sealed(&db, &vault, place()).await;
    for index in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[index] ^= 1;
        assert!(vault.open(place(), &changed).await.is_err(), "byte {index}");
        assert!(vault.open(place(), &sealed[..index]).await.is_err(), "cut at {index}");
    }
});

db_test!(the_same_value_is_sealed_differently_each_time_and_found_by_its_index, |db: Db| {
    let vault = vault(&db).await;
    assert_ne!(sealed(&db, &vault, place()).await, sealed(&db, &vault, place()).await);
    assert_eq!(vault.index("users.email", TEXT), vault.index("users.email", TEXT));
    assert_ne!(vault.index("users.email", TEXT), vault.index("users.phone", TEXT));
    assert_ne!(vault.index("users.email", TEXT), vault.index("users.email", "eve@acme.example"));
    assert_eq!(vault.index("users.email", TEXT).len(), 32);
    // Another program on the same database finds the same.
    let other = testing::vault(&db, &ambient(TimeDelta::hours(1))).await;
    assert_eq!(other.index("users.email", TEXT), vault.index("users.email", TEXT));
});

db_test!(what_its_owner_is_forgotten_of_can_never_be_read_again, |db: Db| {
    let vault = vault(&db).await;
    let hers = sealed(&db, &vault, place()).await;
    let ours_place = Place { owner: Owner::Instance, ..place() };
    let ours = sealed(&db, &vault, ours_place).await;
    assert_eq!(vault.open(place(), &hers).await.unwrap(), TEXT);
    let mut tx = db.begin_everywhere().await.unwrap();
    vault.forget(&mut tx, place().owner).await.unwrap();
    tx.commit().await.unwrap();
    assert!(vault.open(place(), &hers).await.is_err());
    assert_eq!(vault.open(ours_place, &ours).await.unwrap(), TEXT);
});

db_test!(a_ring_of_another_database_is_refused, |db: Db| {
    vault(&db).await;
    let ambient = ambient(TimeDelta::zero());
    let stranger = KeyRing::new(&kernel::Ambient::system());
    let refused = Vault::open_with(db.clone(), ambient.clone(), stranger).await.err().unwrap();
    assert!(matches!(refused, VaultError::WrongRing(1, 1)), "{refused}");

    let mut tx = db.begin_everywhere().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query("UPDATE data_keys SET ring_version = 3").execute(c).await.map(|_| ()))
        .unwrap();
    tx.commit().await.unwrap();
    let refused = Vault::open_with(db.clone(), ambient, testing::ring()).await.err().unwrap();
    assert!(refused.to_string().contains("version 3"), "{refused}");
});

db_test!(a_ring_is_rotated_while_values_are_read_and_written_and_none_is_lost, |db: Db| {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.toml");
    let ambient = ambient(TimeDelta::zero());
    let mut ring = testing::ring();
    assert!(ring.save_new(&file).unwrap());
    // Two nodes, which read the ring at their start.
    let node = || async { testing::vault(&db, &ambient).await.with_ring_file(&file) };
    let (one, other) = (node().await, node().await);
    let person = |number: u128| {
        let row = Uuid::from_u128(number);
        Place { table: "users", column: "email", row, owner: Owner::Person(UserId::from(row)) }
    };
    let mut values = Vec::new();
    for number in 100..120 {
        values.push((person(number), sealed(&db, &one, person(number)).await));
    }
    assert_eq!(one.keys_by_version().await.unwrap(), [(1, 21)]);

    ring.grow(&ambient);
    ring.save_over(&file).unwrap();
    one.renew_ring().unwrap();
    let mut round = 0;
    loop {
        // The other node knows nothing of the new version yet, and goes on with the old one.
        let place = person(200 + round);
        values.push((place, sealed(&db, &other, place).await));
        for (place, sealed) in &values {
            assert_eq!(other.open(*place, sealed).await.unwrap(), TEXT);
        }
        if one.rewrap(5).await.unwrap() == 0 {
            break;
        }
        round += 1;
        if round == 3 {
            other.renew_ring().unwrap();
        }
    }
    let counts = one.keys_by_version().await.unwrap();
    assert_eq!(
        (counts.len(), counts[0]),
        (2, (1, 0)),
        "a version that wraps nothing any more is still told of"
    );
    let fresh =
        Vault::open_with(db.clone(), ambient.clone(), KeyRing::load(&file).unwrap().unwrap()).await.unwrap();
    for (place, sealed) in &values {
        assert_eq!(fresh.open(*place, sealed).await.unwrap(), TEXT);
    }
    assert!(ring.drop_version(1) && !ring.drop_version(2), "the one in use stays");
    let without = Vault::open_with(db.clone(), ambient.clone(), ring).await.unwrap();
    assert_eq!(without.open(values[0].0, &values[0].1).await.unwrap(), TEXT);
});
