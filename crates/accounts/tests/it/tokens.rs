//! Access tokens and refresh tokens.

use std::collections::BTreeSet;

use accounts::{Accounts, Tokens};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use db::{Db, db_test, on_tx, sqlx};
use kernel::{AppError, UserId};
use serde_json::{Value, json};

use crate::people::{accounts, accounts_at, count, sign_up};

const DEVICE: &str = "A program on Linux";

/// Ada's first tokens.
async fn begin(accounts: &Accounts) -> (UserId, Tokens) {
    let (ada, _) = sign_up(accounts, "ada@acme.example").await;
    (ada.id, accounts.begin_tokens(ada.id, DEVICE).await.unwrap())
}

async fn later(db: &Db, seconds: i64) -> Accounts {
    accounts_at(db, TimeDelta::seconds(seconds)).await
}

async fn is_refused(accounts: &Accounts, access: &str) -> bool {
    accounts.person_of_access(access).await == Err(AppError::Unauthenticated)
}

fn part(token: &str, index: usize) -> Value {
    let bytes = URL_SAFE_NO_PAD.decode(token.split('.').nth(index).unwrap()).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// The token with its head and claims changed; the signature stays.
fn forged(token: &str, change: impl Fn(&mut Value, &mut Value)) -> String {
    let (mut head, mut claims) = (part(token, 0), part(token, 1));
    change(&mut head, &mut claims);
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{}", encode(&head), encode(&claims), token.split('.').nth(2).unwrap())
}

db_test!(an_access_token_says_who_it_is_for_ten_minutes_and_nothing_of_roles, |db: Db| {
    let accounts = accounts(&db).await;
    let (ada, tokens) = begin(&accounts).await;
    assert_eq!(accounts.person_of_access(&tokens.access_token).await.unwrap().0, ada);
    assert_eq!(part(&tokens.access_token, 0)["alg"], "EdDSA");
    let claims = part(&tokens.access_token, 1);
    let names: BTreeSet<&str> = claims.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, BTreeSet::from(["aud", "exp", "iat", "iss", "jti", "nbf", "sid", "sub"]));
    assert!(!is_refused(&later(&db, 600).await, &tokens.access_token).await);
    assert!(is_refused(&later(&db, 606).await, &tokens.access_token).await);
});

db_test!(a_token_that_was_changed_or_made_elsewhere_is_refused, |db: Db| {
    let accounts = accounts(&db).await;
    let (_, Tokens { access_token: token, refresh_token, .. }) = begin(&accounts).await;
    let change = |name: &'static str, value: Value| {
        forged(&token, move |head, claims| {
            let place =
                if ["alg", "typ", "kid", "jwk", "jku", "crit"].contains(&name) { head } else { claims };
            place[name] = value.clone();
        })
    };
    let mut hostile = vec![
        change("alg", json!("none")),
        change("alg", json!("None")),
        change("alg", json!("HS256")),
        change("alg", json!("RS256")),
        change("typ", json!("JWT")),
        change("kid", json!("../../dev/null")),
        change("kid", json!("' OR 1=1 --")),
        change("kid", json!("k".repeat(10_000))),
        change("jku", json!("http://127.0.0.1:1/keys")),
        change("sub", json!("00000000-0000-7000-8000-000000000000")),
        change("exp", json!(1e99)),
        change("exp", json!("tomorrow")),
        change("aud", json!("another")),
        change("iss", json!("https://elsewhere.example")),
        format!("{}.", token.rsplit_once('.').unwrap().0),
        format!("{token}."),
        format!("{token}.x"),
        "a".repeat(1_000_000),
        String::new(),
        refresh_token,
    ];
    // Signed with what everybody can read, as if it were a shared secret.
    let unsigned = change("alg", json!("HS256"));
    let public = serde_json::to_value(accounts.public_keys().await.unwrap()).unwrap();
    let (head_and_claims, _) = unsigned.rsplit_once('.').unwrap();
    let key = jsonwebtoken::EncodingKey::from_secret(public[0]["x"].as_str().unwrap().as_bytes());
    let signature =
        jsonwebtoken::crypto::sign(head_and_claims.as_bytes(), &key, jsonwebtoken::Algorithm::HS256).unwrap();
    hostile.push(format!("{head_and_claims}.{signature}"));
    for token in &hostile {
        assert!(is_refused(&accounts, token).await, "{}", token.chars().take(200).collect::<String>());
    }
});

db_test!(what_ends_a_sign_in_ends_its_access_tokens_at_once, |db: Db| {
    let accounts = accounts(&db).await;
    let (ada, first) = begin(&accounts).await;
    let second = accounts.begin_tokens(ada, DEVICE).await.unwrap();
    let (_, claims) = accounts.person_of_access(&first.access_token).await.unwrap();
    accounts.end_tokens(&claims).await.unwrap();
    assert!(is_refused(&accounts, &first.access_token).await);
    assert!(accounts.refresh(&first.refresh_token, DEVICE).await.is_err());
    accounts.end_all_sessions(ada).await.unwrap();
    assert!(is_refused(&accounts, &second.access_token).await);

    let third = accounts.begin_tokens(ada, DEVICE).await.unwrap();
    let mut tx = db.begin_everywhere().await.unwrap();
    let sql = "UPDATE users SET deactivated_at = created_at";
    on_tx!(&mut tx, |c| sqlx::query(sql).execute(c).await.map(|_| ())).unwrap();
    tx.commit().await.unwrap();
    assert!(is_refused(&accounts, &third.access_token).await);
    assert!(accounts.refresh(&third.refresh_token, DEVICE).await.is_err());
});

db_test!(people_see_and_end_the_sign_ins_of_their_programs_one_by_one, |db: Db| {
    let accounts = accounts(&db).await;
    let (ada, first) = begin(&accounts).await;
    let second = accounts.begin_tokens(ada, "Another program").await.unwrap();
    let (eve, _) = sign_up(&accounts, "eve@acme.example").await;
    accounts.begin_tokens(eve.id, "Eve's program").await.unwrap();
    let listed = async |accounts: &Accounts| accounts.account_view(ada, None).await.unwrap().sessions;
    let found = listed(&accounts).await;
    assert_eq!(found.len(), 2);
    let one = found.iter().find(|session| session.device == DEVICE).unwrap();
    assert!(one.is_program && !one.is_here);

    assert_eq!(accounts.end_session(eve.id, one.handle).await.unwrap_err().status(), 404);
    assert!(!is_refused(&accounts, &first.access_token).await, "nobody else ends it");
    accounts.end_session(ada, one.handle).await.unwrap();
    assert!(is_refused(&accounts, &first.access_token).await);
    assert!(accounts.refresh(&first.refresh_token, DEVICE).await.is_err());
    assert_eq!(accounts.end_session(ada, one.handle).await.unwrap_err().status(), 404);
    assert!(!is_refused(&accounts, &second.access_token).await, "the other one goes on");
    assert_eq!(listed(&accounts).await.len(), 1);
    assert!(listed(&later(&db, 7 * 86_400).await).await.is_empty(), "it could not be refreshed any more");

    accounts.end_all_sessions(ada).await.unwrap();
    assert!(is_refused(&accounts, &second.access_token).await);
    assert!(listed(&accounts).await.is_empty());
});

// P20.
db_test!(a_token_used_again_after_the_grace_ends_everything_that_came_of_it, |db: Db| {
    let accounts = accounts(&db).await;
    let (ada, first) = begin(&accounts).await;
    let second = accounts.refresh(&first.refresh_token, DEVICE).await.unwrap();
    assert_ne!(second.refresh_token, first.refresh_token);
    let thief = later(&db, 11).await;
    assert_eq!(thief.refresh(&first.refresh_token, DEVICE).await.unwrap_err(), AppError::Unauthenticated);
    assert!(thief.refresh(&second.refresh_token, DEVICE).await.is_err());
    assert!(is_refused(&thief, &second.access_token).await);
    assert_eq!(count(&db, "mails").await, 1, "Ada is told");
    assert!(accounts.begin_tokens(ada, DEVICE).await.is_ok());
});

// P21.
db_test!(whoever_is_second_within_the_grace_gets_the_same_successor, |db: Db| {
    let accounts = accounts(&db).await;
    let (_, mut tokens) = begin(&accounts).await;
    for round in 0..10_u32 {
        let racers = (0..8).map(|racer| {
            let (db, token) = (db.clone(), tokens.refresh_token.clone());
            tokio::spawn(async move {
                let moment = i64::from(round * 10 + racer);
                let accounts = accounts_at(&db, TimeDelta::milliseconds(moment)).await;
                accounts.refresh(&token, DEVICE).await.map(|tokens| tokens.refresh_token)
            })
        });
        let mut successors = BTreeSet::new();
        for racer in racers.collect::<Vec<_>>() {
            successors.insert(racer.await.unwrap().unwrap());
        }
        assert_eq!(successors.len(), 1, "round {round}");
        tokens.refresh_token = successors.pop_first().unwrap();
    }
    assert_eq!(count(&db, "refresh_tokens").await, 11);
});

// P22.
db_test!(only_the_parent_of_the_live_token_has_grace, |db: Db| {
    let accounts = accounts(&db).await;
    let (_, first) = begin(&accounts).await;
    let second = later(&db, 1).await.refresh(&first.refresh_token, DEVICE).await.unwrap();
    let third = later(&db, 2).await.refresh(&second.refresh_token, DEVICE).await.unwrap();
    let soon = later(&db, 3).await;
    assert!(soon.refresh(&first.refresh_token, DEVICE).await.is_err());
    assert!(soon.refresh(&third.refresh_token, DEVICE).await.is_err(), "the family has ended");
});

db_test!(another_client_has_no_grace, |db: Db| {
    let accounts = accounts(&db).await;
    let (_, first) = begin(&accounts).await;
    let second = accounts.refresh(&first.refresh_token, DEVICE).await.unwrap();
    assert!(accounts.refresh(&first.refresh_token, "Firefox on Windows").await.is_err());
    assert!(accounts.refresh(&second.refresh_token, DEVICE).await.is_err());
});

// P23: what was rotated but never received is given again after a crash.
db_test!(a_client_that_lost_the_answer_gets_it_again, |db: Db| {
    let accounts = accounts(&db).await;
    let (_, first) = begin(&accounts).await;
    let lost = accounts.refresh(&first.refresh_token, DEVICE).await.unwrap();
    let restarted = later(&db, 5).await;
    assert_eq!(
        restarted.refresh(&first.refresh_token, DEVICE).await.unwrap().refresh_token,
        lost.refresh_token
    );
});

db_test!(a_refresh_token_ends_after_a_week_of_silence_and_a_family_after_a_month, |db: Db| {
    const DAY: i64 = 86_400;
    let accounts = accounts(&db).await;
    let (ada, first) = begin(&accounts).await;
    assert!(later(&db, 7 * DAY).await.refresh(&first.refresh_token, DEVICE).await.is_err());
    let mut tokens = accounts.begin_tokens(ada, DEVICE).await.unwrap();
    for week in 1..=4 {
        tokens = later(&db, week * 6 * DAY).await.refresh(&tokens.refresh_token, DEVICE).await.unwrap();
    }
    tokens = later(&db, 29 * DAY).await.refresh(&tokens.refresh_token, DEVICE).await.unwrap();
    assert!(later(&db, 30 * DAY).await.refresh(&tokens.refresh_token, DEVICE).await.is_err());
});

// P19.
db_test!(a_new_key_signs_after_a_month_and_the_old_one_verifies_until_its_tokens_end, |db: Db| {
    const MONTH: i64 = 30 * 86_400;
    let accounts = accounts(&db).await;
    let (ada, first) = begin(&accounts).await;
    let just_before = later(&db, MONTH - 1).await;
    let old = just_before.begin_tokens(ada, DEVICE).await.unwrap();
    let after = later(&db, MONTH + 1).await;
    let new = after.begin_tokens(ada, DEVICE).await.unwrap();
    let kid = |tokens: &Tokens| part(&tokens.access_token, 0)["kid"].clone();
    assert_eq!(kid(&first), kid(&old));
    assert_ne!(kid(&old), kid(&new));
    assert!(!is_refused(&after, &old.access_token).await && !is_refused(&after, &new.access_token).await);
    assert!(
        !is_refused(&later(&db, MONTH + 2).await, &new.access_token).await,
        "another node learns of the key"
    );
    let public = serde_json::to_string(&after.public_keys().await.unwrap()).unwrap();
    assert_eq!(public.matches("\"kid\"").count(), 2);
    assert_eq!(later(&db, MONTH + 1300).await.public_keys().await.unwrap().len(), 1);
});

db_test!(a_new_key_is_published_before_it_signs, |db: Db| {
    const MONTH: i64 = 30 * 86_400;
    let accounts = accounts(&db).await;
    let (ada, first) = begin(&accounts).await;
    let kid = |tokens: &Tokens| part(&tokens.access_token, 0)["kid"].clone();
    for (seconds, is_first, published) in [
        (MONTH - 7_201, true, 1),
        (MONTH - 7_200, true, 2),
        (MONTH - 6_601, true, 2),
        (MONTH - 6_600, false, 2),
        (MONTH - 1, false, 2),
    ] {
        let now = later(&db, seconds).await;
        let tokens = now.begin_tokens(ada, DEVICE).await.unwrap();
        assert_eq!(kid(&tokens) == kid(&first), is_first, "{seconds}");
        assert_eq!(now.public_keys().await.unwrap().len(), published, "{seconds}");
    }
});
