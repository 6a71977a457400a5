//! Keys for programs.

use accounts::{Accounts, ApiKeyView, NewApiKeyInput};
use chrono::TimeDelta;
use db::{db_test, on_everywhere, sqlx};
use kernel::{Actor, AppError, Permission, Role, Scope};

use crate::people::{accounts, accounts_at, member, sign_up};

async fn ada(accounts: &Accounts) -> Actor {
    let (ada, _) = sign_up(accounts, "ada@acme.example").await;
    accounts.authorise(Some(ada.id), "acme").await.unwrap()
}

fn asking(scopes: &[&str]) -> NewApiKeyInput {
    NewApiKeyInput {
        name: "Billing".to_owned(),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        ..NewApiKeyInput::default()
    }
}

async fn make(accounts: &Accounts, actor: &Actor, scopes: &[&str]) -> (ApiKeyView, String) {
    accounts.make_api_key(actor, asking(scopes).parse().unwrap()).await.unwrap()
}

db_test!(a_key_acts_in_its_workspace_with_no_more_than_its_scopes_need, |db: Db| {
    let accounts = accounts(&db).await;
    let ada = ada(&accounts).await;
    let (view, text) = make(&accounts, &ada, &["metrics:read", "data:write"]).await;
    let holder = accounts.authenticate_key(&text, None).await.unwrap();
    assert_eq!(holder.scopes, [Scope::DataWrite, Scope::MetricsRead]);
    assert_eq!((holder.actor.role(), holder.actor.user_id()), (Role::Analyst, None));
    assert_eq!(holder.actor.name(), format!("key:{}", view.id));
    let ours = ada.require(Permission::View).unwrap();
    assert_eq!(holder.actor.require(Permission::ManageData).unwrap(), ours);
    let listed = accounts.list_api_keys(&ada).await.unwrap();
    assert_eq!((listed.len(), listed[0].last_used_at.is_some()), (1, true));
});

db_test!(the_text_of_a_key_is_nowhere_in_the_database, |db: Db| {
    let accounts = accounts(&db).await;
    let ada = ada(&accounts).await;
    let (view, text) = make(&accounts, &ada, &["metrics:read"]).await;
    let secret = text.rsplit_once('_').unwrap().1;
    let (public_id, hash): (String, Vec<u8>) =
        on_everywhere!(&db, |c| sqlx::query_as("SELECT public_id, secret_hash FROM api_keys")
            .fetch_one(c)
            .await)
        .unwrap();
    assert_eq!(public_id, view.public_id);
    assert!(
        !text.is_empty()
            && !secret.contains(&public_id)
            && !String::from_utf8_lossy(&hash).contains(&secret[..43])
    );
});

db_test!(a_key_that_ended_opens_nothing, |db: Db| {
    let accounts = accounts(&db).await;
    let ada = ada(&accounts).await;
    let (view, text) = make(&accounts, &ada, &["metrics:read"]).await;
    let at = async |days| accounts_at(&db, TimeDelta::days(days)).await;
    assert!(at(89).await.authenticate_key(&text, None).await.is_ok());
    assert_eq!(at(90).await.authenticate_key(&text, None).await.unwrap_err(), AppError::Unauthenticated);
    accounts.revoke_api_key(&ada, view.id).await.unwrap();
    assert_eq!(accounts.authenticate_key(&text, None).await.unwrap_err(), AppError::Unauthenticated);
    assert_eq!(accounts.revoke_api_key(&ada, view.id).await.unwrap_err().status(), 404);
    assert_eq!(accounts.list_api_keys(&ada).await.unwrap().len(), 1, "it stays in the list");
});

db_test!(a_key_that_is_replaced_lives_on_for_a_day, |db: Db| {
    let accounts = accounts(&db).await;
    let ada = ada(&accounts).await;
    let (view, old) = make(&accounts, &ada, &["metrics:read"]).await;
    let (_, new) = accounts.rotate_api_key(&ada, view.id).await.unwrap();
    let almost = accounts_at(&db, TimeDelta::hours(23)).await;
    assert!(
        almost.authenticate_key(&old, None).await.is_ok()
            && almost.authenticate_key(&new, None).await.is_ok()
    );
    let after = accounts_at(&db, TimeDelta::hours(24)).await;
    assert!(
        after.authenticate_key(&old, None).await.is_err() && after.authenticate_key(&new, None).await.is_ok()
    );
    assert_eq!(accounts.rotate_api_key(&ada, view.id).await.unwrap_err().status(), 409);
});

db_test!(a_key_is_used_only_from_its_networks, |db: Db| {
    let accounts = accounts(&db).await;
    let ada = ada(&accounts).await;
    let networks = vec!["192.0.2.0/24".to_owned()];
    let new = NewApiKeyInput { networks, ..asking(&["metrics:read"]) }.parse().unwrap();
    let (_, text) = accounts.make_api_key(&ada, new).await.unwrap();
    assert!(accounts.authenticate_key(&text, "192.0.2.7".parse().ok()).await.is_ok());
    for place in ["198.51.100.7".parse().ok(), None] {
        assert_eq!(accounts.authenticate_key(&text, place).await.unwrap_err().status(), 403);
    }
});

db_test!(nobody_gives_a_key_more_than_they_may_do_and_a_key_makes_none, |db: Db| {
    let accounts = accounts(&db).await;
    let ada = ada(&accounts).await;
    let acme = ada.workspace_id();
    for role in [Role::Analyst, Role::Member, Role::Viewer] {
        let actor = member(&accounts, ("acme", acme), role).await;
        let refused = accounts.make_api_key(&actor, asking(&["metrics:read"]).parse().unwrap()).await;
        assert_eq!(refused.unwrap_err().status(), 403, "{role:?}");
    }
    let (_, text) = make(&accounts, &ada, &["members:write", "audit:read"]).await;
    let program = accounts.authenticate_key(&text, None).await.unwrap().actor;
    let refused = accounts.make_api_key(&program, asking(&["metrics:read"]).parse().unwrap()).await;
    assert_eq!(refused.unwrap_err().status(), 403);
});

db_test!(a_key_for_other_things_of_an_admin_sees_no_addresses, |db: Db| {
    let accounts = accounts(&db).await;
    let ada = ada(&accounts).await;
    for (scopes, email) in [
        (["members:read", "audit:read"], "a***@a***.example"),
        (["members:read", "members:write"], "ada@acme.example"),
    ] {
        let (_, text) = make(&accounts, &ada, &scopes).await;
        let program = accounts.authenticate_key(&text, None).await.unwrap().actor;
        assert_eq!(accounts.list_members(&program).await.unwrap().members[0].email, email);
    }
});

db_test!(a_list_of_keys_goes_on_where_it_stopped, |db: Db| {
    let accounts = accounts(&db).await;
    let ada = ada(&accounts).await;
    // All but the last of one moment.
    for _ in 0..3 {
        make(&accounts, &ada, &["metrics:read"]).await;
    }
    let later = accounts_at(&db, TimeDelta::hours(1)).await;
    make(&later, &ada, &["metrics:read"]).await;
    let whole = later.list_api_keys(&ada).await.unwrap();
    assert_eq!(whole.len(), 4);
    for size in [1, 3, 4, 20] {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = later.list_api_keys_after(&ada, after, size).await.unwrap();
            assert!(page.len() <= size as usize && seen.len() < 20);
            let Some(last) = page.last() else { break };
            after = Some((last.created_at, last.id.uuid()));
            seen.extend(page);
        }
        assert_eq!(seen, whole, "by {size}");
    }
    let analyst = member(&accounts, ("acme", ada.workspace_id()), Role::Analyst).await;
    assert_eq!(later.list_api_keys_after(&analyst, None, 1).await.unwrap_err().status(), 403);
    let (eve, other) = sign_up(&accounts, "eve@other.example").await;
    let elsewhere = accounts.authorise(Some(eve.id), &other.slug).await.unwrap();
    assert_eq!(later.list_api_keys_after(&elsewhere, None, 20).await.unwrap(), []);
});

db_test!(every_wrong_field_of_a_key_gets_its_own_sentence, |_db: Db| {
    let wrong = NewApiKeyInput {
        name: String::new(),
        scopes: vec!["everything:write".to_owned()],
        networks: vec!["the office".to_owned()],
        days: Some(400),
    };
    let error = wrong.parse().unwrap_err();
    let fields: Vec<&str> = error.fields().iter().map(|field| field.field.as_str()).collect();
    assert_eq!(fields, ["name", "scopes", "networks", "days"]);
    assert_eq!(asking(&[]).parse().unwrap_err().fields()[0].field, "scopes");
    // What names no network would bind the key to none, which is to say to all.
    for nothing in ["", " ", ","] {
        let wish = NewApiKeyInput { networks: vec![nothing.to_owned()], ..asking(&["metrics:read"]) };
        assert_eq!(wish.parse().unwrap_err().fields()[0].field, "networks", "{nothing:?}");
    }
});

db_test!(whoever_loses_the_right_at_that_moment_comes_out_with_no_key, |db: Db| {
    let accounts = accounts(&db).await;
    let ada = ada(&accounts).await;
    let acme = ada.require(Permission::View).unwrap().workspace_id();
    let admin = member(&accounts, ("acme", acme), Role::Admin).await;
    let (first, _) = make(&accounts, &ada, &["metrics:read"]).await;
    // The request was let in as an admin's, and comes to its deed when its sender is none any more.
    accounts.change_role(&ada, admin.user_id().unwrap(), Role::Analyst).await.unwrap();
    let made = accounts.make_api_key(&admin, asking(&["metrics:read"]).parse().unwrap()).await;
    assert_eq!(made.unwrap_err().status(), 409);
    assert_eq!(accounts.rotate_api_key(&admin, first.id).await.unwrap_err().status(), 409);
    let keys = accounts.list_api_keys(&ada).await.unwrap();
    assert_eq!((keys.len(), keys[0].revoked_at), (1, None));
});
