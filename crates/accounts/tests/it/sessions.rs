//! Browser sessions in the database.

use std::collections::HashMap;

use accounts::{Accounts, SessionRow, SessionSecret};
use chrono::TimeDelta;
use db::{Db, db_test, on_everywhere, sqlx};
use kernel::{Permission, Role, UserId};
use time::OffsetDateTime;
use tower_sessions_core::{
    SessionStore,
    session::{Id, Record},
};

use crate::people::{accounts_at, count, member, nine, sign_up};

/// What a request that shows this secret, or none, finds so much after nine.
async fn row(db: &Db, after_nine: TimeDelta, secret: Option<&SessionSecret>) -> SessionRow {
    accounts_at(db, after_nine).await.session_row(secret.cloned())
}

/// A session that holds a person and ends so much after nine.
fn record(ends_after_nine: TimeDelta) -> Record {
    let expiry_date = OffsetDateTime::from_unix_timestamp((nine() + ends_after_nine).timestamp()).unwrap();
    let data = HashMap::from([("note".to_owned(), serde_json::json!("canary"))]);
    Record { id: Id(0), data, expiry_date }
}

/// Makes a session at nine; its secret, and what it holds.
async fn make(db: &Db, record: Record) -> (SessionSecret, Record) {
    make_by(&accounts_at(db, TimeDelta::zero()).await, record).await
}

async fn make_by(accounts: &Accounts, mut record: Record) -> (SessionSecret, Record) {
    let row = accounts.session_row(None);
    row.create(&mut record).await.unwrap();
    (row.secret().unwrap(), record)
}

async fn load(db: &Db, minutes: i64, secret: &SessionSecret) -> Option<Record> {
    row(db, TimeDelta::minutes(minutes), Some(secret)).await.load(&secret.id()).await.unwrap()
}

db_test!(a_session_that_is_used_lasts_and_one_that_is_not_ends, |db: Db| {
    let (secret, made) = make(&db, record(TimeDelta::hours(12))).await;
    assert_eq!(made.id, secret.id());
    for minutes in [29, 58] {
        assert_eq!(load(&db, minutes, &secret).await, Some(made.clone()), "{minutes}");
    }
    assert_eq!(load(&db, 88, &secret).await, None);
});

db_test!(a_session_ends_half_a_day_after_its_sign_in_however_much_it_is_used, |db: Db| {
    let (secret, made) = make(&db, record(TimeDelta::days(2))).await;
    for minutes in (20..720).step_by(20) {
        assert!(load(&db, minutes, &secret).await.is_some(), "{minutes}");
        row(&db, TimeDelta::minutes(minutes), Some(&secret)).await.save(&made).await.unwrap();
    }
    assert_eq!(load(&db, 720, &secret).await, None);
});

db_test!(a_request_that_was_still_running_does_not_bring_back_a_session_that_was_ended, |db: Db| {
    let (secret, made) = make(&db, record(TimeDelta::hours(1))).await;
    let running = row(&db, TimeDelta::zero(), Some(&secret)).await;
    row(&db, TimeDelta::zero(), Some(&secret)).await.delete(&made.id).await.unwrap();
    running.save(&made).await.unwrap();
    assert_eq!(load(&db, 0, &secret).await, None);
});

db_test!(people_see_and_end_their_own_sessions_and_nobody_elses, |db: Db| {
    let accounts = accounts_at(&db, TimeDelta::zero()).await;
    let (ada, _) = sign_up(&accounts, "ada@acme.example").await;
    let (eve, _) = sign_up(&accounts, "eve@acme.example").await;
    let mut secrets = Vec::new();
    for (number, person) in [(1, &ada), (2, &ada), (3, &eve)] {
        let data = HashMap::from([
            ("user_id".to_owned(), serde_json::json!(person.id)),
            ("device".to_owned(), serde_json::json!(format!("Device {number}"))),
        ]);
        let made = make_by(&accounts, Record { data, ..record(TimeDelta::hours(12)) }).await;
        secrets.push(made.0);
    }
    let view = accounts.account_view(ada.id, Some(secrets[1].id())).await.unwrap();
    let mut seen: Vec<(&str, bool)> =
        view.sessions.iter().map(|session| (session.device.as_str(), session.is_here)).collect();
    seen.sort_unstable();
    assert_eq!(seen, [("Device 1", false), ("Device 2", true)]);

    let first = view.sessions.iter().find(|session| !session.is_here).unwrap().handle;
    assert_eq!(accounts.end_session(eve.id, first).await.unwrap_err().status(), 404);
    accounts.end_session(ada.id, first).await.unwrap();
    assert_eq!(load(&db, 0, &secrets[0]).await, None);
    accounts.end_all_sessions(ada.id).await.unwrap();
    assert_eq!(load(&db, 0, &secrets[1]).await, None);
    assert!(load(&db, 0, &secrets[2]).await.is_some());
});

db_test!(a_saved_session_replaces_what_it_held, |db: Db| {
    let (secret, made) = make(&db, record(TimeDelta::hours(1))).await;
    let later = Record { data: HashMap::new(), id: made.id, ..record(TimeDelta::hours(2)) };
    row(&db, TimeDelta::zero(), Some(&secret)).await.save(&later).await.unwrap();
    assert_eq!(load(&db, 0, &secret).await, Some(later));
    assert_eq!(count(&db, "sessions").await, 1);
});

db_test!(whoever_reads_the_database_can_neither_use_a_session_nor_see_what_it_holds, |db: Db| {
    let accounts = accounts_at(&db, TimeDelta::zero()).await;
    let (secret, _) = make_by(&accounts, record(TimeDelta::hours(1))).await;
    let (id_hash, data): (Vec<u8>, String) =
        on_everywhere!(&db, |c| sqlx::query_as("SELECT id_hash, data FROM sessions").fetch_one(c).await)
            .unwrap();
    assert_eq!(secret.reveal().len(), 43, "256 bits");
    assert!(!data.contains("canary") && !data.contains(&secret.reveal()), "{data}");
    // Not even the sealed data of another session opens.
    let (other, _) = make_by(&accounts, record(TimeDelta::hours(1))).await;
    let mut tx = db.begin_everywhere().await.unwrap();
    db::on_tx!(&mut tx, |c| sqlx::query("UPDATE sessions SET data = $1 WHERE id_hash <> $2")
        .bind(&data)
        .bind(&id_hash)
        .execute(c)
        .await
        .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
    let swapped = row(&db, TimeDelta::zero(), Some(&other)).await.load(&other.id()).await;
    assert!(swapped.is_err(), "{swapped:?}");
});

db_test!(a_secret_that_nobody_was_given_finds_nothing, |db: Db| {
    make(&db, record(TimeDelta::hours(1))).await;
    let made_up = SessionSecret::parse(&"A".repeat(43)).unwrap();
    assert_eq!(load(&db, 0, &made_up).await, None);
    for text in ["", "A", &"A".repeat(42), &"A".repeat(44), "not base64 at all but just as long as one is!!"]
    {
        assert_eq!(SessionSecret::parse(text), None, "{text}");
    }
});

db_test!(a_deleted_session_is_gone, |db: Db| {
    let (secret, made) = make(&db, record(TimeDelta::hours(1))).await;
    let row = row(&db, TimeDelta::zero(), Some(&secret)).await;
    row.delete(&made.id).await.unwrap();
    row.delete(&made.id).await.unwrap();
    assert_eq!(count(&db, "sessions").await, 0);
});

db_test!(sweeping_removes_ended_sessions_alone, |db: Db| {
    make(&db, record(TimeDelta::hours(1))).await;
    let at_twenty_to_ten = accounts_at(&db, TimeDelta::minutes(40)).await;
    let (later, _) = make_by(&at_twenty_to_ten, record(TimeDelta::hours(12))).await;
    accounts_at(&db, TimeDelta::minutes(50)).await.sweep_sessions().await.unwrap();
    assert_eq!(count(&db, "sessions").await, 1);
    assert!(load(&db, 50, &later).await.is_some());
});

/// Whether a session of the person lives on when `widen` is done, in which somebody else lets them do more.
async fn outlives(accounts: &Accounts, person: UserId, widen: impl AsyncFnOnce()) -> bool {
    let data = HashMap::from([("user_id".to_owned(), serde_json::json!(person))]);
    let (secret, _) = make_by(accounts, Record { data, ..record(TimeDelta::hours(12)) }).await;
    assert_eq!(accounts.person_of_session(&secret).await.unwrap(), Some(person));
    widen().await;
    accounts.person_of_session(&secret).await.unwrap().is_some()
}

db_test!(whoever_is_let_do_more_by_somebody_else_signs_in_anew, |db: Db| {
    let accounts = accounts_at(&db, TimeDelta::zero()).await;
    let (ada, _) = sign_up(&accounts, "ada@acme.example").await;
    let ada = accounts.authorise(Some(ada.id), "acme").await.unwrap();
    let acme = ada.require(Permission::View).unwrap().workspace_id();
    let bob = member(&accounts, ("acme", acme), Role::Viewer).await.user_id().unwrap();
    let root = sign_up(&accounts, "root@instance.example").await.0.id;
    let link = accounts.administrator_link().await.unwrap();
    accounts.become_administrator(root, link.split_once("?link=").unwrap().1).await.unwrap();
    let root = accounts.administrator(Some(root)).await.unwrap();

    let role = async |role| accounts.change_role(&ada, bob, role).await.unwrap();
    assert!(!outlives(&accounts, bob, async || role(Role::Analyst).await).await, "a better role");
    assert!(outlives(&accounts, bob, async || role(Role::Analyst).await).await, "the same role");
    assert!(outlives(&accounts, bob, async || role(Role::Viewer).await).await, "a lesser role");
    role(Role::Analyst).await;
    let trust = async |is_trusted| accounts.trust_with_personal_data(&ada, bob, is_trusted).await.unwrap();
    assert!(!outlives(&accounts, bob, async || trust(true).await).await, "personal data");
    assert!(outlives(&accounts, bob, async || trust(false).await).await, "no personal data any more");
    let administer = async |is_wanted| accounts.set_administrator(root, bob, is_wanted).await.unwrap();
    assert!(!outlives(&accounts, bob, async || administer(true).await).await, "the instance");
    assert!(outlives(&accounts, bob, async || administer(false).await).await, "not the instance any more");
    assert!(
        !outlives(&accounts, bob, async || accounts.transfer_ownership(&ada, bob).await.unwrap()).await,
        "ownership"
    );
});

db_test!(a_session_that_is_renewed_goes_on_under_another_secret_alone, |db: Db| {
    let (before, made) = make(&db, record(TimeDelta::hours(1))).await;
    let renewing = row(&db, TimeDelta::minutes(1), Some(&before)).await;
    let mut changed = made.clone();
    changed.data.insert("renewed".to_owned(), serde_json::json!(true));
    renewing.save(&changed).await.unwrap();
    let after = renewing.secret().unwrap();
    assert!(after != before);
    assert_eq!(load(&db, 2, &before).await, None);
    assert_eq!(load(&db, 2, &after).await.unwrap().data, made.data, "it is renewed once");
    assert_eq!(count(&db, "sessions").await, 1);

    // A request that held its session back until it was ended brings it back under no secret.
    let late = row(&db, TimeDelta::minutes(3), Some(&after)).await;
    let loaded = late.load(&after.id()).await.unwrap().unwrap();
    row(&db, TimeDelta::minutes(3), Some(&after)).await.delete(&after.id()).await.unwrap();
    let changed = Record { data: changed.data, ..loaded };
    late.save(&changed).await.unwrap();
    assert_eq!(count(&db, "sessions").await, 0);
    assert_eq!(late.secret(), None, "and the browser keeps what it has");
});

db_test!(a_session_goes_on_for_what_takes_long_though_it_is_idle_and_renewed, |db: Db| {
    let accounts = accounts_at(&db, TimeDelta::zero()).await;
    let (ada, _) = sign_up(&accounts, "ada@acme.example").await;
    let data = HashMap::from([("user_id".to_owned(), serde_json::json!(ada.id))]);
    let (secret, made) = make_by(&accounts, Record { data, ..record(TimeDelta::hours(12)) }).await;
    let handle = accounts.handle_of_session(&secret, ada.id).await.unwrap().unwrap();
    let mut changed = made.clone();
    changed.data.insert("renewed".to_owned(), serde_json::json!(true));
    let renewing = row(&db, TimeDelta::minutes(1), Some(&secret)).await;
    renewing.save(&changed).await.unwrap();
    let secret = renewing.secret().unwrap();

    let later = accounts_at(&db, TimeDelta::hours(2)).await;
    later.sweep_sessions().await.unwrap();
    assert_eq!(later.person_of_session(&secret).await.unwrap(), None, "nobody is let in by it");
    assert_eq!(later.census().await.unwrap().sessions, 0);
    assert!(later.session_goes_on(ada.id, handle).await.unwrap());
    // A request that held its session back since then does not bring it back.
    for data in [changed.data, made.data] {
        let late = row(&db, TimeDelta::hours(2), Some(&secret)).await;
        let kept = Record { id: secret.id(), data, expiry_date: made.expiry_date };
        late.save(&kept).await.unwrap();
        assert_eq!((late.secret(), later.census().await.unwrap().sessions), (None, 0));
    }
    let too_late = accounts_at(&db, TimeDelta::hours(12)).await;
    assert!(!too_late.session_goes_on(ada.id, handle).await.unwrap());
    later.end_all_sessions(ada.id).await.unwrap();
    assert!(!later.session_goes_on(ada.id, handle).await.unwrap());
});
