//! Browser sessions in the database.

use std::collections::HashMap;

use accounts::SessionRows;
use chrono::TimeDelta;
use db::{Db, db_test, on_everywhere, sqlx};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use tower_sessions_core::{
    ExpiredDeletion, SessionStore,
    session::{Id, Record},
};

use crate::people::{accounts_at, count, nine, sign_up};

const ID: i128 = 0x1234_5678_9abc_def0_1234_5678_9abc_def0;

/// The store so much after nine.
async fn sessions(db: &Db, after_nine: TimeDelta) -> SessionRows {
    accounts_at(db, after_nine).await.session_rows()
}

/// A session that holds a person and ends so much after nine.
fn record(id: i128, ends_after_nine: TimeDelta) -> Record {
    let expiry_date = OffsetDateTime::from_unix_timestamp((nine() + ends_after_nine).timestamp()).unwrap();
    let data = HashMap::from([("user_id".to_owned(), serde_json::json!("ada"))]);
    Record { id: Id(id), data, expiry_date }
}

db_test!(a_session_that_is_used_lasts_and_one_that_is_not_ends, |db: Db| {
    let mut made = record(ID, TimeDelta::hours(12));
    sessions(&db, TimeDelta::zero()).await.create(&mut made).await.unwrap();
    assert_eq!(made.id, Id(ID));
    for minutes in [29, 58] {
        let found = sessions(&db, TimeDelta::minutes(minutes)).await.load(&made.id).await.unwrap();
        assert_eq!(found, Some(made.clone()), "{minutes}");
    }
    assert_eq!(sessions(&db, TimeDelta::minutes(88)).await.load(&made.id).await.unwrap(), None);
    assert_eq!(sessions(&db, TimeDelta::zero()).await.load(&Id(7)).await.unwrap(), None);
});

db_test!(a_session_ends_half_a_day_after_its_sign_in_however_much_it_is_used, |db: Db| {
    let mut made = record(ID, TimeDelta::days(2));
    sessions(&db, TimeDelta::zero()).await.create(&mut made).await.unwrap();
    for minutes in (20..720).step_by(20) {
        let store = sessions(&db, TimeDelta::minutes(minutes)).await;
        assert!(store.load(&made.id).await.unwrap().is_some(), "{minutes}");
        store.save(&made).await.unwrap();
    }
    assert_eq!(sessions(&db, TimeDelta::hours(12)).await.load(&made.id).await.unwrap(), None);
});

db_test!(a_request_that_was_still_running_does_not_bring_back_a_session_that_was_ended, |db: Db| {
    let store = sessions(&db, TimeDelta::zero()).await;
    let mut made = record(ID, TimeDelta::hours(1));
    store.create(&mut made).await.unwrap();
    store.delete(&made.id).await.unwrap();
    store.save(&made).await.unwrap();
    assert_eq!(store.load(&made.id).await.unwrap(), None);
});

db_test!(people_see_and_end_their_own_sessions_and_nobody_elses, |db: Db| {
    let accounts = accounts_at(&db, TimeDelta::zero()).await;
    let (ada, _) = sign_up(&accounts, "ada@acme.example").await;
    let (eve, _) = sign_up(&accounts, "eve@acme.example").await;
    for (id, person) in [(1, &ada), (2, &ada), (3, &eve)] {
        let data = HashMap::from([
            ("user_id".to_owned(), serde_json::json!(person.id)),
            ("device".to_owned(), serde_json::json!(format!("Device {id}"))),
        ]);
        let mut made = Record { data, ..record(id, TimeDelta::hours(12)) };
        accounts.session_rows().create(&mut made).await.unwrap();
    }
    let view = accounts.account_view(ada.id, Some(Id(2))).await.unwrap();
    let mut seen: Vec<(&str, bool)> =
        view.sessions.iter().map(|session| (session.device.as_str(), session.is_here)).collect();
    seen.sort_unstable();
    assert_eq!(seen, [("Device 1", false), ("Device 2", true)]);

    let first = view.sessions.iter().find(|session| !session.is_here).unwrap().handle;
    assert_eq!(accounts.end_session(eve.id, first).await.unwrap_err().status(), 404);
    accounts.end_session(ada.id, first).await.unwrap();
    assert_eq!(accounts.session_rows().load(&Id(1)).await.unwrap(), None);
    accounts.end_all_sessions(ada.id).await.unwrap();
    assert_eq!(accounts.session_rows().load(&Id(2)).await.unwrap(), None);
    assert!(accounts.session_rows().load(&Id(3)).await.unwrap().is_some());
});

db_test!(a_saved_session_replaces_what_it_held, |db: Db| {
    let store = sessions(&db, TimeDelta::zero()).await;
    let mut made = record(ID, TimeDelta::hours(1));
    store.create(&mut made).await.unwrap();
    let later = Record { data: HashMap::new(), ..record(ID, TimeDelta::hours(2)) };
    store.save(&later).await.unwrap();
    assert_eq!(store.load(&Id(ID)).await.unwrap(), Some(later));
    assert_eq!(count(&db, "sessions").await, 1);
});

db_test!(the_id_of_a_session_is_nowhere_in_the_database, |db: Db| {
    let mut made = record(ID, TimeDelta::hours(1));
    sessions(&db, TimeDelta::zero()).await.create(&mut made).await.unwrap();
    let (id_hash, data): (Vec<u8>, String) =
        on_everywhere!(&db, |c| sqlx::query_as("SELECT id_hash, data FROM sessions").fetch_one(c).await)
            .unwrap();
    assert_eq!(id_hash, Sha256::digest(ID.to_be_bytes()).to_vec());
    for shape in [made.id.to_string(), ID.to_string(), format!("{ID:x}")] {
        assert!(!data.contains(&shape), "{data}");
    }
});

db_test!(a_session_never_takes_the_id_of_another, |db: Db| {
    let store = sessions(&db, TimeDelta::zero()).await;
    let mut first = record(ID, TimeDelta::hours(1));
    store.create(&mut first).await.unwrap();
    let mut second = record(ID, TimeDelta::hours(2));
    store.create(&mut second).await.unwrap();
    assert_ne!(second.id, first.id);
    assert_eq!(store.load(&first.id).await.unwrap(), Some(first));
    assert_eq!(store.load(&second.id).await.unwrap(), Some(second));
});

db_test!(a_deleted_session_is_gone, |db: Db| {
    let store = sessions(&db, TimeDelta::zero()).await;
    store.create(&mut record(ID, TimeDelta::hours(1))).await.unwrap();
    store.delete(&Id(ID)).await.unwrap();
    store.delete(&Id(ID)).await.unwrap();
    assert_eq!(count(&db, "sessions").await, 0);
});

db_test!(sweeping_removes_ended_sessions_alone, |db: Db| {
    let store = sessions(&db, TimeDelta::zero()).await;
    store.create(&mut record(1, TimeDelta::hours(1))).await.unwrap();
    let later = sessions(&db, TimeDelta::minutes(40)).await;
    later.create(&mut record(2, TimeDelta::hours(12))).await.unwrap();
    sessions(&db, TimeDelta::minutes(50)).await.delete_expired().await.unwrap();
    assert_eq!(count(&db, "sessions").await, 1);
    assert!(later.load(&Id(2)).await.unwrap().is_some());
});
