//! Who may see personal data: owners, and the admins and analysts whom they let.

use accounts::Accounts;
use db::db_test;
use kernel::{Actor, Permission, Role, UserId};
use platform::audit::{self, AuditFilter};

use crate::people::{accounts, member, sign_up};

async fn ada(accounts: &Accounts) -> Actor {
    let (ada, _) = sign_up(accounts, "ada@acme.example").await;
    accounts.authorise(Some(ada.id), "acme").await.unwrap()
}

async fn with_role(accounts: &Accounts, owner: &Actor, role: Role) -> UserId {
    member(accounts, ("acme", owner.workspace_id()), role).await.user_id().unwrap()
}

async fn sees(accounts: &Accounts, person: UserId) -> bool {
    let actor = accounts.authorise(Some(person), "acme").await.unwrap();
    let view = accounts.workspace_view(Some(person), "acme").await.unwrap();
    assert_eq!(view.reads_personal_data, actor.may(Permission::ReadPersonalData));
    actor.require(Permission::ReadPersonalData).is_ok()
}

db_test!(an_owner_lets_admins_and_analysts_see_personal_data_and_nobody_else, |db: Db| {
    let accounts = accounts(&db).await;
    let ada = ada(&accounts).await;
    assert!(sees(&accounts, ada.user_id().unwrap()).await);
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Owner) {
        let person = with_role(&accounts, &ada, role).await;
        assert!(!sees(&accounts, person).await, "{role:?}");
        let outcome = accounts.trust_with_personal_data(&ada, person, true).await;
        assert_eq!(outcome.is_ok(), role <= Role::Analyst, "{role:?}");
        assert_eq!(sees(&accounts, person).await, role <= Role::Analyst, "{role:?}");
        let listed = accounts.list_members(&ada).await.unwrap().members;
        let listed = listed.into_iter().find(|member| member.id == person).unwrap();
        assert_eq!(listed.reads_personal_data, role <= Role::Analyst, "{role:?}");
    }
});

db_test!(nobody_but_an_owner_lets_anybody_see_personal_data, |db: Db| {
    let accounts = accounts(&db).await;
    let ada = ada(&accounts).await;
    let admin = with_role(&accounts, &ada, Role::Admin).await;
    accounts.trust_with_personal_data(&ada, admin, true).await.unwrap();
    let analyst = with_role(&accounts, &ada, Role::Analyst).await;
    let admin = accounts.authorise(Some(admin), "acme").await.unwrap();
    for person in [analyst, admin.user_id().unwrap()] {
        assert_eq!(accounts.trust_with_personal_data(&admin, person, true).await.unwrap_err().status(), 403);
    }
    assert!(!sees(&accounts, analyst).await);
    let (eve, _) = sign_up(&accounts, "eve@other.example").await;
    assert_eq!(accounts.trust_with_personal_data(&ada, eve.id, true).await.unwrap_err().status(), 404);
});

db_test!(what_was_let_is_taken_back_and_ends_with_the_role_and_all_of_it_is_noted, |db: Db| {
    let accounts = accounts(&db).await;
    let ada = ada(&accounts).await;
    let person = with_role(&accounts, &ada, Role::Analyst).await;
    accounts.trust_with_personal_data(&ada, person, true).await.unwrap();
    accounts.trust_with_personal_data(&ada, person, false).await.unwrap();
    assert!(!sees(&accounts, person).await);

    accounts.trust_with_personal_data(&ada, person, true).await.unwrap();
    accounts.change_role(&ada, person, Role::Admin).await.unwrap();
    assert!(sees(&accounts, person).await, "an admin can be let as well");
    accounts.change_role(&ada, person, Role::Member).await.unwrap();
    assert!(!sees(&accounts, person).await);
    accounts.change_role(&ada, person, Role::Analyst).await.unwrap();
    assert!(!sees(&accounts, person).await, "what ended does not come back");

    accounts.trust_with_personal_data(&ada, person, true).await.unwrap();
    accounts.change_role(&ada, person, Role::Owner).await.unwrap();
    accounts.change_role(&ada, person, Role::Admin).await.unwrap();
    assert!(!sees(&accounts, person).await, "a former owner is let anew");

    let scope = ada.require(Permission::ReadAudit).unwrap();
    let events = audit::list(&db, scope, &AuditFilter::default(), 100).await.unwrap();
    let about = events.iter().filter(|event| event.action.starts_with("personal_data"));
    let mut about: Vec<(&str, &str)> =
        about.map(|event| (event.action.as_str(), event.detail.as_str())).collect();
    about.reverse();
    let (granted, withdrawn) = ("personal_data.granted", "personal_data.withdrawn");
    assert_eq!(
        about,
        [(granted, "analyst"), (withdrawn, "analyst"), (granted, "analyst"), (granted, "analyst")]
    );
    assert!(
        events
            .iter()
            .filter(|event| event.action == granted)
            .all(|event| event.subject == person.to_string())
    );
});
