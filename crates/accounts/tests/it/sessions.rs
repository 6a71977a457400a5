//! Browser sessions in the database.

use std::collections::HashMap;

use accounts::SessionRows;
use chrono::TimeDelta;
use db::{Db, db_test, on_db, sqlx};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use tower_sessions_core::{
    ExpiredDeletion, SessionStore,
    session::{Id, Record},
};

use crate::people::{ambient, count, nine};

const ID: i128 = 0x1234_5678_9abc_def0_1234_5678_9abc_def0;

/// The store so much after nine.
fn sessions(db: &Db, after_nine: TimeDelta) -> SessionRows {
    SessionRows::new(db.clone(), ambient(after_nine))
}

/// A session that holds a person and ends so much after nine.
fn record(id: i128, ends_after_nine: TimeDelta) -> Record {
    let expiry_date = OffsetDateTime::from_unix_timestamp((nine() + ends_after_nine).timestamp()).unwrap();
    let data = HashMap::from([("user_id".to_owned(), serde_json::json!("ada"))]);
    Record { id: Id(id), data, expiry_date }
}

db_test!(a_session_is_found_again_until_it_ends, |db: Db| {
    let mut made = record(ID, TimeDelta::hours(1));
    sessions(&db, TimeDelta::zero()).create(&mut made).await.unwrap();
    assert_eq!(made.id, Id(ID));

    let found = sessions(&db, TimeDelta::minutes(59)).load(&made.id).await.unwrap();
    assert_eq!(found, Some(made.clone()));
    assert_eq!(sessions(&db, TimeDelta::hours(1)).load(&made.id).await.unwrap(), None);
    assert_eq!(sessions(&db, TimeDelta::zero()).load(&Id(7)).await.unwrap(), None);
});

db_test!(a_saved_session_replaces_what_it_held, |db: Db| {
    let store = sessions(&db, TimeDelta::zero());
    let mut made = record(ID, TimeDelta::hours(1));
    store.create(&mut made).await.unwrap();
    let later = Record { data: HashMap::new(), ..record(ID, TimeDelta::hours(2)) };
    store.save(&later).await.unwrap();
    assert_eq!(store.load(&Id(ID)).await.unwrap(), Some(later));
    assert_eq!(count(&db, "sessions").await, 1);
});

db_test!(the_id_of_a_session_is_nowhere_in_the_database, |db: Db| {
    let mut made = record(ID, TimeDelta::hours(1));
    sessions(&db, TimeDelta::zero()).create(&mut made).await.unwrap();
    let (id_hash, data): (Vec<u8>, String) =
        on_db!(&db, |c| sqlx::query_as("SELECT id_hash, data FROM sessions").fetch_one(c).await).unwrap();
    assert_eq!(id_hash, Sha256::digest(ID.to_be_bytes()).to_vec());
    for shape in [made.id.to_string(), ID.to_string(), format!("{ID:x}")] {
        assert!(!data.contains(&shape), "{data}");
    }
});

db_test!(a_session_never_takes_the_id_of_another, |db: Db| {
    let store = sessions(&db, TimeDelta::zero());
    let mut first = record(ID, TimeDelta::hours(1));
    store.create(&mut first).await.unwrap();
    let mut second = record(ID, TimeDelta::hours(2));
    store.create(&mut second).await.unwrap();
    assert_ne!(second.id, first.id);
    assert_eq!(store.load(&first.id).await.unwrap(), Some(first));
    assert_eq!(store.load(&second.id).await.unwrap(), Some(second));
});

db_test!(a_deleted_session_is_gone, |db: Db| {
    let store = sessions(&db, TimeDelta::zero());
    store.create(&mut record(ID, TimeDelta::hours(1))).await.unwrap();
    store.delete(&Id(ID)).await.unwrap();
    store.delete(&Id(ID)).await.unwrap();
    assert_eq!(count(&db, "sessions").await, 0);
});

db_test!(sweeping_removes_ended_sessions_alone, |db: Db| {
    let store = sessions(&db, TimeDelta::zero());
    for (id, hours) in [(1, 1), (2, 3)] {
        store.create(&mut record(id, TimeDelta::hours(hours))).await.unwrap();
    }
    sessions(&db, TimeDelta::hours(2)).delete_expired().await.unwrap();
    assert_eq!(count(&db, "sessions").await, 1);
    assert!(store.load(&Id(2)).await.unwrap().is_some());
});
