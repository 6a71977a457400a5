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
