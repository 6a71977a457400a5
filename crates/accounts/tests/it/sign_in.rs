//! Signing up and signing in with a password.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use accounts::Attempt;
use chrono::TimeDelta;
use db::{Db, db_test, on_everywhere, on_tx, sqlx};
use kernel::{AppError, Role};

use crate::people::{PASSWORD, accounts, accounts_at, count, person, sign_up};

const HERE: Attempt = Attempt { address: Some(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7))) };
const ELSEWHERE: Attempt = Attempt { address: Some(IpAddr::V4(Ipv4Addr::new(198, 51, 100, 4))) };
const ADA: &str = "ada@acme.example";

/// Tries a wrong password so often; every answer has to be the same refusal.
async fn fail(db: &Db, after_nine: TimeDelta, email: &str, times: u32) -> Option<AppError> {
    let accounts = accounts_at(db, after_nine).await;
    let mut last = None;
    for _ in 0..times {
        last = accounts.sign_in(email, "not the right words at all", HERE).await.err();
        assert_eq!(last.as_ref().map(AppError::status), Some(422));
    }
    last
}

db_test!(whoever_signs_up_owns_a_workspace_and_can_sign_in, |db: Db| {
    let accounts = accounts(&db).await;
    let (ada, workspace) = sign_up(&accounts, ADA).await;
    assert_eq!((workspace.slug.as_str(), workspace.is_synthetic), ("acme", false));

    let actor = accounts.authorise(Some(ada.id), "acme").await.unwrap();
    assert_eq!((actor.role(), actor.user_id()), (Role::Owner, Some(ada.id)));
    assert!(
        !accounts.profile(&actor).await.unwrap().shares_with_peers,
        "sharing is a choice that nobody made yet"
    );
    let found = accounts.sign_in("  ADA@Acme.Example ", PASSWORD, HERE).await.unwrap();
    assert_eq!(found, ada);
    assert_eq!(accounts.list_workspaces(ada.id).await.unwrap(), [workspace]);
});

db_test!(two_companies_of_one_name_have_different_addresses, |db: Db| {
    let accounts = accounts(&db).await;
    let (_, first) = sign_up(&accounts, ADA).await;
    let (_, second) = sign_up(&accounts, "eve@other.example").await;
    assert_eq!(first.name, second.name);
    assert_ne!(first.slug, second.slug);
});

db_test!(an_address_is_taken_once_and_a_refusal_leaves_nothing_behind, |db: Db| {
    let accounts = accounts(&db).await;
    sign_up(&accounts, ADA).await;
    let refused = accounts.sign_up(person(ADA)).await.unwrap_err();
    assert_eq!(refused.fields()[0].field, "email");
    for table in ["users", "workspaces", "memberships", "company_profiles"] {
        assert_eq!(count(&db, table).await, 1, "{table}");
    }
});

db_test!(a_password_that_is_replaced_while_it_is_checked_opens_nothing, |db: Db| {
    let accounts = accounts(&db).await;
    sign_up(&accounts, ADA).await;
    // Those before it in the queue take long enough for the change to come in between.
    let crowd: Vec<_> = (0..20)
        .map(|turn| {
            let accounts = accounts.clone();
            let unknown = format!("nobody{turn}@acme.example");
            tokio::spawn(async move { accounts.sign_in(&unknown, PASSWORD, ELSEWHERE).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(5)).await;
    let mut late = std::pin::pin!(accounts.sign_in(ADA, PASSWORD, HERE));
    assert!(tokio::time::timeout(Duration::from_millis(50), &mut late).await.is_err(), "it waits its turn");
    let mut tx = db.begin_everywhere().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query("UPDATE users SET password_hash = NULL").execute(c).await.map(|_| ()))
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(late.await.unwrap_err().status(), 422);
    for one in crowd {
        assert_eq!(one.await.unwrap().unwrap_err().status(), 422);
    }
});

db_test!(of_two_who_take_an_address_at_once_one_gets_it, |db: Db| {
    let (one, other) = (accounts(&db).await, accounts_at(&db, TimeDelta::seconds(1)).await);
    let (one, other) = tokio::join!(one.sign_up(person(ADA)), other.sign_up(person(ADA)));
    assert!(one.is_ok() != other.is_ok());
    assert_eq!(one.err().or(other.err()).unwrap().status(), 422);
});

db_test!(known_and_unknown_addresses_are_answered_alike, |db: Db| {
    let accounts = accounts(&db).await;
    sign_up(&accounts, ADA).await;
    let known = accounts.sign_in(ADA, "not the right words at all", HERE).await.unwrap_err();
    let unknown = accounts.sign_in("nobody@acme.example", PASSWORD, HERE).await.unwrap_err();
    assert_eq!(known, unknown);
    assert_eq!(known.fields()[0].field, "password");
});

db_test!(after_seven_wrong_passwords_one_waits_a_minute, |db: Db| {
    sign_up(&accounts(&db).await, ADA).await;
    fail(&db, TimeDelta::zero(), ADA, 7).await;
    let refused =
        accounts_at(&db, TimeDelta::seconds(10)).await.sign_in(ADA, PASSWORD, HERE).await.unwrap_err();
    assert_eq!(refused, AppError::RateLimited { retry_after_seconds: 50 });

    let accounts = accounts_at(&db, TimeDelta::seconds(61)).await;
    accounts.sign_in(ADA, PASSWORD, HERE).await.unwrap();
    // The count begins anew.
    fail(&db, TimeDelta::seconds(62), ADA, 6).await;
    accounts_at(&db, TimeDelta::seconds(63)).await.sign_in(ADA, PASSWORD, HERE).await.unwrap();
});

db_test!(the_pause_grows_while_the_passwords_stay_wrong, |db: Db| {
    sign_up(&accounts(&db).await, ADA).await;
    fail(&db, TimeDelta::zero(), ADA, 7).await;
    for minutes in [2, 4, 6] {
        fail(&db, TimeDelta::minutes(minutes), ADA, 1).await;
    }
    let refused =
        accounts_at(&db, TimeDelta::minutes(8)).await.sign_in(ADA, PASSWORD, HERE).await.unwrap_err();
    assert_eq!(refused, AppError::RateLimited { retry_after_seconds: 480 });
});

db_test!(unknown_addresses_wait_like_known_ones, |db: Db| {
    fail(&db, TimeDelta::zero(), "nobody@acme.example", 7).await;
    let refused = accounts(&db).await.sign_in("nobody@acme.example", PASSWORD, HERE).await.unwrap_err();
    assert_eq!(refused.status(), 429);
});

db_test!(whoever_tries_many_accounts_waits_at_all_of_them, |db: Db| {
    let accounts = accounts(&db).await;
    sign_up(&accounts, ADA).await;
    for number in 0..21 {
        let refused = accounts.sign_in(&format!("{number}@acme.example"), PASSWORD, HERE).await.unwrap_err();
        assert_eq!(refused.status(), 422, "{number}");
    }
    let refused = accounts.sign_in(ADA, PASSWORD, HERE).await.unwrap_err();
    assert!(matches!(refused, AppError::RateLimited { .. }), "{refused:?}");
    accounts.sign_in(ADA, PASSWORD, ELSEWHERE).await.unwrap();
});

db_test!(an_attack_from_one_place_does_not_lock_the_owner_out_of_another, |db: Db| {
    let accounts = accounts(&db).await;
    sign_up(&accounts, ADA).await;
    fail(&db, TimeDelta::zero(), ADA, 7).await;
    accounts.sign_in(ADA, PASSWORD, ELSEWHERE).await.unwrap();
    assert_eq!(accounts.sign_in(ADA, PASSWORD, HERE).await.unwrap_err().status(), 429);
});

db_test!(wrong_passwords_of_yesterday_are_forgotten, |db: Db| {
    sign_up(&accounts(&db).await, ADA).await;
    fail(&db, TimeDelta::zero(), ADA, 6).await;
    fail(&db, TimeDelta::hours(25), ADA, 1).await;
    accounts_at(&db, TimeDelta::hours(25)).await.sign_in(ADA, PASSWORD, HERE).await.unwrap();
});

db_test!(a_megabyte_of_password_is_refused_like_any_wrong_one, |db: Db| {
    let accounts = accounts(&db).await;
    sign_up(&accounts, ADA).await;
    let wrong = accounts.sign_in(ADA, "wrong words again and again", HERE).await.unwrap_err();
    assert_eq!(accounts.sign_in(ADA, &"x".repeat(1 << 20), HERE).await.unwrap_err(), wrong);
});

db_test!(passwords_are_kept_as_salted_argon2id_alone, |db: Db| {
    let accounts = accounts(&db).await;
    sign_up(&accounts, ADA).await;
    sign_up(&accounts, "eve@other.example").await;
    let hashes: Vec<String> =
        on_everywhere!(&db, |c| sqlx::query_scalar("SELECT password_hash FROM users").fetch_all(c).await)
            .unwrap();
    assert!(hashes.iter().all(|hash| hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")), "{hashes:?}");
    assert_ne!(hashes[0], hashes[1], "the same password twice");
});

db_test!(what_people_do_with_their_accounts_is_in_the_log_without_their_addresses, |db: Db| {
    let accounts = accounts(&db).await;
    let (ada, _) = sign_up(&accounts, ADA).await;
    assert!(accounts.sign_in(ADA, "not the right words at all", HERE).await.is_err());
    assert!(accounts.sign_in("nobody@acme.example", "not the right words at all", HERE).await.is_err());
    accounts.change_password(ada.id, "nine dry geese in a field").await.unwrap();
    accounts.end_all_sessions(ada.id).await.unwrap();
    let sql = "SELECT actor, action, subject || ' ' || detail FROM audit_events ORDER BY seq";
    let events: Vec<(String, String, String)> =
        on_everywhere!(&db, |c| sqlx::query_as(sql).fetch_all(c).await).unwrap();
    let her = format!("person:{}", ada.id);
    let seen: Vec<(&str, &str)> =
        events.iter().map(|(actor, action, _)| (actor.as_str(), action.as_str())).collect();
    assert_eq!(
        seen,
        [
            (her.as_str(), "person.signed_up"),
            (her.as_str(), "sign_in.failed"),
            ("stranger", "sign_in.failed"),
            (her.as_str(), "password.changed"),
            (her.as_str(), "sessions.ended"),
        ]
    );
    assert!(events.iter().all(|(_, _, words)| !words.contains("acme")), "{events:?}");
});
