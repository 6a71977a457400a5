//! Being told in time that a key for programs ends.

use accounts::NewApiKeyInput;
use chrono::TimeDelta;
use db::{Db, db_test, on_tx, sqlx};
use kernel::{Actor, Role};

use crate::{
    people::{member, sign_up},
    requests::Instance,
};

async fn make_key(instance: &Instance, by: &Actor, days: u32) {
    let new = NewApiKeyInput {
        name: "Billing".to_owned(),
        scopes: vec!["metrics:read".to_owned()],
        days: Some(days),
        ..NewApiKeyInput::default()
    };
    instance.accounts.make_api_key(by, new.parse().unwrap()).await.unwrap();
}

/// The messages that are written when somebody looks at that time, twice.
async fn told(instance: &Instance, db: &Db, after_nine: TimeDelta) -> Vec<String> {
    let later = instance.later(db, after_nine).await;
    later.accounts.warn_of_ending_keys().await.unwrap();
    later.accounts.warn_of_ending_keys().await.unwrap();
    later.mails().await
}

db_test!(owners_and_administrators_are_told_three_times_that_a_key_ends, |db: Db| {
    let instance = Instance::new(&db).await;
    let (ada, _) = sign_up(&instance.accounts, "ada@acme.example").await;
    let ada = instance.accounts.authorise(Some(ada.id), "acme").await.unwrap();
    for role in [Role::Admin, Role::Analyst] {
        member(&instance.accounts, ("acme", ada.workspace_id()), role).await;
    }
    let kept_out = sign_up(&instance.accounts, "eve@acme.example").await.0.id;
    instance.accounts.put_member(ada.workspace_id(), kept_out, Role::Admin).await.unwrap();
    let mut tx = db.begin_everywhere().await.unwrap();
    let out = "UPDATE users SET deactivated_at = created_at WHERE id = $1";
    on_tx!(&mut tx, |c| sqlx::query(out).bind(kept_out.uuid()).execute(c).await.map(|_| ())).unwrap();
    tx.commit().await.unwrap();
    make_key(&instance, &ada, 90).await;
    assert_eq!(told(&instance, &db, TimeDelta::days(75)).await.len(), 0);
    for (day, said) in [(76, "within 14 days"), (87, "within 3 days"), (89, "within a day")] {
        let mails = told(&instance, &db, TimeDelta::days(day)).await;
        assert_eq!(mails.len(), 2, "{mails:?}");
        assert!(mails.iter().all(|mail| mail.contains("Billing") && mail.contains(said)), "{mails:?}");
        assert_eq!(told(&instance, &db, TimeDelta::days(day) + TimeDelta::hours(1)).await.len(), 0);
    }
    assert_eq!(told(&instance, &db, TimeDelta::days(90)).await.len(), 0);
});

db_test!(nobody_is_told_of_a_key_that_was_replaced_or_made_for_a_week_only, |db: Db| {
    let instance = Instance::new(&db).await;
    let (ada, _) = sign_up(&instance.accounts, "ada@acme.example").await;
    let ada = instance.accounts.authorise(Some(ada.id), "acme").await.unwrap();
    make_key(&instance, &ada, 30).await;
    let before = instance.accounts.list_api_keys(&ada).await.unwrap();
    let later = instance.later(&db, TimeDelta::days(10)).await;
    later.accounts.rotate_api_key(&ada, before[0].id).await.unwrap();
    let again = later.accounts.rotate_api_key(&ada, before[0].id).await.unwrap_err();
    assert_eq!((again.status(), later.accounts.list_api_keys(&ada).await.unwrap().len()), (409, 2));
    make_key(&later, &ada, 7).await;
    assert_eq!(told(&instance, &db, TimeDelta::days(11)).await.len(), 0);
    // The week's key ends in three days, the new one of thirty in more than fourteen.
    assert_eq!(told(&instance, &db, TimeDelta::days(14)).await.len(), 1);
});
