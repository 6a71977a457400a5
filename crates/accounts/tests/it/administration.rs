//! Who runs the instance, and what that is worth.

use accounts::{Accounts, Attempt, EmergencyLook, NewApiKeyInput, NewInvitation, NewPerson, PersonState};
use chrono::TimeDelta;
use db::{db_test, on_tx, sqlx};
use kernel::{Actor, Administrator, PageRequest, Permission, Role, UserId};
use platform::audit::{self, AuditFilter};

use crate::people::{PASSWORD, accounts, accounts_at, nine, sign_up};

const ADA: &str = "ada@acme.example";
const EVE: &str = "eve@other.example";
const HERE: Attempt = Attempt { address: None };

fn secret(link: &str) -> &str {
    link.split_once("?link=").unwrap().1
}

/// Somebody who runs the instance, and belongs to another company than Acme.
async fn administrator(accounts: &Accounts) -> Administrator {
    let (eve, _) = sign_up(accounts, EVE).await;
    let link = accounts.first_administrator_link().await.unwrap().unwrap();
    accounts.become_administrator(eve.id, secret(&link)).await.unwrap();
    accounts.administrator(Some(eve.id)).await.unwrap()
}

fn look(minutes: &str) -> EmergencyLook {
    EmergencyLook::parse("acme", "Support request 4711: import hangs", minutes).unwrap()
}

db_test!(the_first_administrator_is_made_by_a_link_that_is_shown_and_used_once, |db: Db| {
    let accounts = accounts(&db).await;
    let (eve, _) = sign_up(&accounts, EVE).await;
    let (ada, _) = sign_up(&accounts, ADA).await;
    let link = accounts.first_administrator_link().await.unwrap().unwrap();
    assert!(link.contains("/admin/claim?link="), "{link}");
    assert_eq!(accounts.first_administrator_link().await.unwrap(), None, "shown once");
    assert_eq!(accounts.become_administrator(ada.id, "made up").await.unwrap_err().status(), 409);
    accounts.become_administrator(eve.id, secret(&link)).await.unwrap();
    assert_eq!(accounts.become_administrator(ada.id, secret(&link)).await.unwrap_err().status(), 409);
    assert!(accounts.administrator(Some(eve.id)).await.is_ok());
    assert_eq!(accounts.first_administrator_link().await.unwrap(), None, "there is one");
    // Who is none learns nothing.
    assert_eq!(accounts.administrator(Some(ada.id)).await.unwrap_err().status(), 404);
    assert_eq!(accounts.administrator(None).await.unwrap_err().status(), 401);
});

db_test!(a_link_for_administrators_ends_after_a_day_and_a_new_one_voids_it, |db: Db| {
    let now = accounts(&db).await;
    let (eve, _) = sign_up(&now, EVE).await;
    let old = now.administrator_link().await.unwrap();
    let new = now.administrator_link().await.unwrap();
    assert_eq!(now.become_administrator(eve.id, secret(&old)).await.unwrap_err().status(), 409);
    let later = accounts_at(&db, TimeDelta::hours(25)).await;
    assert_eq!(later.become_administrator(eve.id, secret(&new)).await.unwrap_err().status(), 409);
});

db_test!(there_is_always_an_administrator, |db: Db| {
    let accounts = accounts(&db).await;
    let eve = administrator(&accounts).await;
    let (ada, _) = sign_up(&accounts, ADA).await;
    assert_eq!(accounts.set_administrator(eve, eve.user_id(), false).await.unwrap_err().status(), 409);
    assert!(
        accounts.administrator(Some(eve.user_id())).await.is_ok(),
        "a refused deed leaves nothing behind"
    );
    accounts.set_administrator(eve, ada.id, true).await.unwrap();
    accounts.set_administrator(eve, eve.user_id(), false).await.unwrap();
    assert_eq!(accounts.administrator(Some(eve.user_id())).await.unwrap_err().status(), 404);
    let nobody = UserId::from(uuid::Uuid::nil());
    let ada = Administrator::authorised(ada.id);
    assert_eq!(accounts.set_administrator(ada, nobody, true).await.unwrap_err().status(), 404);
});

db_test!(running_the_instance_opens_no_workspace, |db: Db| {
    let accounts = accounts(&db).await;
    sign_up(&accounts, ADA).await;
    let eve = administrator(&accounts).await;
    let refused = accounts.authorise(Some(eve.user_id()), "acme").await.unwrap_err();
    assert_eq!(refused.status(), 404);
    let listed = accounts.list_all_workspaces(eve, "acm", PageRequest::new(1)).await.unwrap();
    assert!(listed.items.iter().any(|line| line.slug == "acme" && line.members == 1), "{listed:?}");
});

db_test!(breaking_the_glass_lets_look_for_a_while_and_everybody_knows, |db: Db| {
    let accounts = accounts(&db).await;
    let (ada, _) = sign_up(&accounts, ADA).await;
    let eve = administrator(&accounts).await;
    accounts.look_into(eve, &look("15")).await.unwrap();

    let actor = accounts.authorise(Some(eve.user_id()), "acme").await.unwrap();
    assert_eq!(actor.role(), Role::Viewer);
    assert!(
        actor.require(Permission::CreateReports).is_err() && actor.require(Permission::ReadAudit).is_err()
    );
    let view = accounts.workspace_view(Some(eve.user_id()), "acme").await.unwrap();
    assert!(view.look_ends_at.is_some() && view.is_administrator);
    let shown = accounts.list_members(&actor).await.unwrap().members;
    assert_eq!(shown[0].email, "a***@a***.example");

    let owner = accounts.authorise(Some(ada.id), "acme").await.unwrap();
    let scope = owner.require(Permission::ReadAudit).unwrap();
    let events = audit::list(&db, scope, &AuditFilter::default(), 1).await.unwrap();
    assert_eq!((events[0].action.as_str(), events[0].actor.clone()), ("emergency.began", eve.name()));
    assert!(events[0].detail.contains("4711"), "{}", events[0].detail);
    let instance = accounts.instance_records(eve, None, 1).await.unwrap();
    assert_eq!(instance.lines[0].action, "emergency.began");
    let mails: i64 =
        db::on_everywhere!(&db, |c| db::sqlx::query_scalar("SELECT CAST(COUNT(*) AS BIGINT) FROM mails")
            .fetch_one(c)
            .await)
        .unwrap();
    assert_eq!(mails, 1, "the owner is told");

    let later = accounts_at(&db, TimeDelta::minutes(16)).await;
    assert_eq!(later.authorise(Some(eve.user_id()), "acme").await.unwrap_err().status(), 404);
});

db_test!(a_look_ends_when_it_is_ended_and_with_the_office, |db: Db| {
    let accounts = accounts(&db).await;
    sign_up(&accounts, ADA).await;
    let eve = administrator(&accounts).await;
    let (bob, _) = sign_up(&accounts, "bob@third.example").await;
    accounts.look_into(eve, &look("60")).await.unwrap();
    accounts.look_away(eve, "acme").await.unwrap();
    assert_eq!(accounts.authorise(Some(eve.user_id()), "acme").await.unwrap_err().status(), 404);
    assert_eq!(accounts.look_away(eve, "acme").await.unwrap_err().status(), 404);

    accounts.look_into(eve, &look("60")).await.unwrap();
    accounts.set_administrator(eve, bob.id, true).await.unwrap();
    let bob = accounts.administrator(Some(bob.id)).await.unwrap();
    accounts.set_administrator(bob, eve.user_id(), false).await.unwrap();
    assert_eq!(accounts.authorise(Some(eve.user_id()), "acme").await.unwrap_err().status(), 404);
});

db_test!(a_person_who_is_kept_out_is_out_at_once_and_can_be_let_in_again, |db: Db| {
    let accounts = accounts(&db).await;
    let (ada, _) = sign_up(&accounts, ADA).await;
    let eve = administrator(&accounts).await;
    accounts.set_active(eve, ada.id, false).await.unwrap();
    assert!(accounts.sign_in(ADA, PASSWORD, HERE).await.is_err());
    let found = accounts.list_people(eve, " Ada@acme.example ", PageRequest::new(1)).await.unwrap();
    assert_eq!((found.total, found.items[0].state), (1, PersonState::Deactivated));
    assert_eq!(found.items[0].email, "a***@a***.example");
    accounts.set_active(eve, ada.id, true).await.unwrap();
    assert!(accounts.sign_in(ADA, PASSWORD, HERE).await.is_ok());
    assert_eq!(accounts.set_active(eve, eve.user_id(), false).await.unwrap_err().status(), 409);
});

/// Somebody of that name who joined the company of the owner.
async fn joined(accounts: &Accounts, owner: &Actor, (name, role): (&str, Role)) -> Actor {
    let (person, _) = sign_up(accounts, &format!("{name}@acme.example")).await;
    accounts.put_member(owner.workspace_id(), person.id, role).await.unwrap();
    accounts.authorise(Some(person.id), "acme").await.unwrap()
}

/// A key that the member has made.
async fn key_of(accounts: &Accounts, actor: &Actor) -> String {
    let wish = NewApiKeyInput {
        name: "Billing".to_owned(),
        scopes: vec!["members:write".to_owned()],
        ..NewApiKeyInput::default()
    };
    accounts.make_api_key(actor, wish.parse().unwrap()).await.unwrap().1
}

db_test!(keys_end_with_the_right_of_whoever_made_them_to_make_keys, |db: Db| {
    let accounts = accounts(&db).await;
    let (ada, _) = sign_up(&accounts, ADA).await;
    let ada = accounts.authorise(Some(ada.id), "acme").await.unwrap();
    let eve = administrator(&accounts).await;
    let mut keys = Vec::new();
    for (name, role) in [
        ("removed", Role::Admin),
        ("demoted", Role::Owner),
        ("kept-out", Role::Admin),
        ("erased", Role::Admin),
        ("admin-still", Role::Owner),
    ] {
        let actor = joined(&accounts, &ada, (name, role)).await;
        keys.push((name, actor.user_id().unwrap(), key_of(&accounts, &actor).await));
    }
    let id = |name: &str| keys.iter().find(|(maker, ..)| *maker == name).unwrap().1;
    accounts.remove_member(&ada, id("removed")).await.unwrap();
    accounts.change_role(&ada, id("demoted"), Role::Analyst).await.unwrap();
    accounts.set_active(eve, id("kept-out"), false).await.unwrap();
    accounts.set_active(eve, id("kept-out"), true).await.unwrap();
    accounts.erase_person(id("erased")).await.unwrap();
    accounts.change_role(&ada, id("admin-still"), Role::Admin).await.unwrap();
    for (name, _, text) in &keys {
        let lives = accounts.authenticate_key(text, None).await.is_ok();
        assert_eq!(lives, *name == "admin-still", "{name}");
    }
    let listed = accounts.list_api_keys(&ada).await.unwrap();
    assert_eq!(listed.iter().filter(|key| key.has_ended).count(), 4, "owners see that they ended");
});

db_test!(what_a_key_offered_to_others_ends_with_the_key, |db: Db| {
    let accounts = accounts(&db).await;
    let (ada, _) = sign_up(&accounts, ADA).await;
    let ada = accounts.authorise(Some(ada.id), "acme").await.unwrap();
    let mut links = Vec::new();
    for name in ["removed", "key-revoked", "admin-still", "key-rotated", "key-expired"] {
        let maker = joined(&accounts, &ada, (name, Role::Admin)).await;
        let key = accounts.authenticate_key(&key_of(&accounts, &maker).await, None).await.unwrap().actor;
        let new = NewInvitation::parse("", "analyst").unwrap();
        let link = accounts.invite(&key, new).await.unwrap();
        links.push((name, maker.user_id().unwrap(), key.key_id().unwrap(), link));
    }
    assert_eq!(accounts.list_members(&ada).await.unwrap().invitations.len(), 5);
    accounts.remove_member(&ada, links[0].1).await.unwrap();
    accounts.revoke_api_key(&ada, links[1].2).await.unwrap();
    accounts.rotate_api_key(&ada, links[3].2).await.unwrap();
    // Keys without a wish last ninety days; this one ends today.
    let ends = "UPDATE api_keys SET expires_at = $2 WHERE id = $1";
    let (id, now) = (links[4].2.uuid(), accounts_at(&db, TimeDelta::hours(1)).await);
    let tomorrow = accounts_at(&db, TimeDelta::hours(25)).await;
    let mut tx = db.begin_everywhere().await.unwrap();
    let at = nine() + TimeDelta::minutes(30);
    on_tx!(&mut tx, |c| sqlx::query(ends).bind(id).bind(at).execute(c).await.map(|_| ())).unwrap();
    tx.commit().await.unwrap();
    assert_eq!(now.list_members(&ada).await.unwrap().invitations.len(), 2);
    for (name, maker, _, link) in &links {
        let lives = ["admin-still", "key-rotated"].contains(name);
        let secret = link.split_once("?link=").unwrap().1;
        // The day on which the old key of a rotation lives on is over.
        let opened = tomorrow.open_invitation(secret).await;
        assert_eq!(opened.is_ok(), lives, "{name}");
        let joined = tomorrow.accept_invitation(*maker, secret).await.unwrap_err();
        let is_a_member = joined.to_string().contains("belong to this workspace already");
        assert_eq!((joined.status(), is_a_member), (409, lives), "{name}");
    }
});

db_test!(whoever_loses_the_right_at_that_moment_leaves_no_invitation_behind, |db: Db| {
    let accounts = accounts(&db).await;
    let (ada, _) = sign_up(&accounts, ADA).await;
    let ada = accounts.authorise(Some(ada.id), "acme").await.unwrap();
    // The request was let in as an admin's, and comes to its deed when its sender is none any more.
    let admin = joined(&accounts, &ada, ("eve", Role::Admin)).await;
    accounts.change_role(&ada, admin.user_id().unwrap(), Role::Viewer).await.unwrap();
    let invited = accounts.invite(&admin, NewInvitation::parse("", "analyst").unwrap()).await;
    assert_eq!(invited.unwrap_err().status(), 409);
    assert!(accounts.list_members(&ada).await.unwrap().invitations.is_empty());
});

db_test!(an_owner_who_is_kept_out_is_none_that_is_left, |db: Db| {
    let accounts = accounts(&db).await;
    let (ada, _) = sign_up(&accounts, ADA).await;
    let ada = accounts.authorise(Some(ada.id), "acme").await.unwrap();
    let eve = administrator(&accounts).await;
    let bob = joined(&accounts, &ada, ("bob", Role::Owner)).await.user_id().unwrap();
    accounts.set_active(eve, bob, false).await.unwrap();
    let own = ada.user_id().unwrap();
    assert_eq!(accounts.remove_member(&ada, own).await.unwrap_err().status(), 409);
    assert_eq!(accounts.change_role(&ada, own, Role::Viewer).await.unwrap_err().status(), 409);
    assert_eq!(accounts.transfer_ownership(&ada, bob).await.unwrap_err().status(), 409);
    assert_eq!(accounts.erase_person(own).await.unwrap_err().status(), 409);
    let ada = accounts.authorise(Some(own), "acme").await.unwrap();
    assert_eq!(ada.role(), Role::Owner, "nothing has changed");
    accounts.remove_member(&ada, bob).await.unwrap();
});

db_test!(people_are_found_by_part_of_their_name_and_wildcards_are_letters, |db: Db| {
    let accounts = accounts(&db).await;
    sign_up(&accounts, ADA).await;
    let eve = administrator(&accounts).await;
    let found = |search: &'static str| {
        let accounts = accounts.clone();
        async move { accounts.list_people(eve, search, PageRequest::new(1)).await.unwrap().total }
    };
    assert_eq!((found("MOREAU").await, found("").await), (2, 2));
    assert_eq!((found("%").await, found("_").await, found("nobody@acme.example").await), (0, 0, 0));
});

db_test!(names_are_found_however_their_letters_are_written, |db: Db| {
    let accounts = accounts(&db).await;
    let new = NewPerson::parse("Élodie Żak", "elodie@oelmuehle.example", "Ölmühle Süd", PASSWORD).unwrap();
    accounts.sign_up(new).await.unwrap();
    let eve = administrator(&accounts).await;
    let all = PageRequest::new(1);
    for search in ["Élodie", "élodie", "ÉLODIE", "élodie żak", "odie", "Żak"] {
        assert_eq!(accounts.list_people(eve, search, all).await.unwrap().total, 1, "{search}");
    }
    assert_eq!(accounts.list_people(eve, "Öelodie", all).await.unwrap().total, 0);
    for search in ["Ölmühle", "ölmühle", "ölmühle süd", "oelmuehle", "Süd"] {
        let found = accounts.list_all_workspaces(eve, search, all).await.unwrap().total;
        assert_eq!(found, u64::from(search != "oelmuehle"), "{search}");
    }
});

db_test!(an_administrator_lets_in_again_who_mistyped_too_often, |db: Db| {
    let accounts = accounts(&db).await;
    let (ada, _) = sign_up(&accounts, ADA).await;
    let eve = administrator(&accounts).await;
    for _ in 0..7 {
        accounts.sign_in(ADA, "wrong wrong wrong wrong", HERE).await.unwrap_err();
    }
    assert_eq!(accounts.sign_in(ADA, PASSWORD, HERE).await.unwrap_err().status(), 429);
    let found = accounts.list_people(eve, ADA, PageRequest::new(1)).await.unwrap();
    assert!(found.items[0].paused_until.is_some());
    accounts.forget_failures_of(eve, ada.id).await.unwrap();
    assert!(accounts.sign_in(ADA, PASSWORD, HERE).await.is_ok());
});

db_test!(an_administrator_lets_a_whole_place_in_again, |db: Db| {
    let accounts = accounts(&db).await;
    sign_up(&accounts, ADA).await;
    let eve = administrator(&accounts).await;
    for turn in 0..24 {
        let unknown = format!("nobody{turn}@acme.example");
        let _ = accounts.sign_in(&unknown, "wrong wrong wrong wrong", HERE).await;
    }
    assert_eq!(accounts.sign_in(ADA, PASSWORD, HERE).await.unwrap_err().status(), 429);
    let paused = accounts.list_paused_places(eve).await.unwrap();
    assert_eq!((paused.len(), paused[0].place.as_str()), (1, "unknown"));
    accounts.forget_failures_at(eve, &paused[0].place).await.unwrap();
    assert!(accounts.sign_in(ADA, PASSWORD, HERE).await.is_ok());
});

#[test]
fn a_look_needs_a_reason_that_says_something() {
    for (reason, minutes, field) in
        [("", "15", "reason"), ("because", "15", "reason"), ("Support 4711 hangs", "9", "minutes")]
    {
        let refused = EmergencyLook::parse("acme", reason, minutes).unwrap_err();
        assert_eq!(refused.fields()[0].field, field);
    }
}

db_test!(nodes_that_start_together_show_one_link_which_is_good, |db: Db| {
    let accounts = accounts(&db).await;
    let (one, two) = tokio::join!(accounts.first_administrator_link(), accounts.first_administrator_link());
    let links: Vec<String> = [one.unwrap(), two.unwrap()].into_iter().flatten().collect();
    assert_eq!(links.len(), 1);
    let (ada, _) = sign_up(&accounts, ADA).await;
    accounts.become_administrator(ada.id, secret(&links[0])).await.unwrap();
});
