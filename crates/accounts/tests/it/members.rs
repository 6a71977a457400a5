//! Who belongs to a workspace: invitations, roles, leaving, owners, deletion.

use accounts::{Accounts, MemberView, NewInvitation, RecordsInput, Whereabouts};
use chrono::{DateTime, TimeDelta, Utc};
use db::db_test;
use kernel::{Actor, AppError, Role, UserId};
use platform::audit::{self, AuditFilter};
use uuid::Uuid;

use crate::people::{accounts, accounts_at, count, member, sign_up};

/// Ada, the owner of Acme.
async fn ada(accounts: &Accounts) -> Actor {
    let (ada, _) = sign_up(accounts, "ada@acme.example").await;
    accounts.authorise(Some(ada.id), "acme").await.unwrap()
}

async fn with_role(accounts: &Accounts, owner: &Actor, role: Role) -> Actor {
    let scope = owner.require(kernel::Permission::View).unwrap();
    member(accounts, ("acme", scope.workspace_id()), role).await
}

fn id(actor: &Actor) -> UserId {
    actor.user_id().unwrap()
}

fn asking(email: &str, role: Role) -> NewInvitation {
    NewInvitation::parse(email, role.key()).unwrap()
}

fn secret(link: &str) -> &str {
    link.split_once("?link=").unwrap().1
}

db_test!(whoever_is_invited_joins_with_the_role_that_was_meant, |db: Db| {
    let accounts = accounts(&db).await;
    let ada = ada(&accounts).await;
    let (eve, _) = sign_up(&accounts, "eve@other.example").await;
    let link = accounts.invite(&ada, asking("Eve@Other.example", Role::Analyst)).await.unwrap();
    let open = accounts.open_invitation(secret(&link)).await.unwrap();
    assert_eq!(
        (open.workspace.as_str(), open.invited_by.as_str(), open.role),
        ("Acme", "Ada Moreau", Role::Analyst)
    );
    assert_eq!(
        accounts.list_members(&ada).await.unwrap().invitations[0].email.as_deref(),
        Some("eve@other.example")
    );

    let workspace = accounts.accept_invitation(eve.id, secret(&link)).await.unwrap();
    assert_eq!(workspace.slug, "acme");
    assert_eq!(accounts.authorise(Some(eve.id), "acme").await.unwrap().role(), Role::Analyst);
    assert_eq!(accounts.accept_invitation(eve.id, secret(&link)).await.unwrap_err().status(), 409);
    assert!(accounts.list_members(&ada).await.unwrap().invitations.is_empty());
});

db_test!(an_invitation_to_an_address_is_for_nobody_else_and_a_link_is_for_whoever_has_it, |db: Db| {
    let accounts = accounts(&db).await;
    let ada = ada(&accounts).await;
    let (eve, _) = sign_up(&accounts, "eve@other.example").await;
    let bound = accounts.invite(&ada, asking("bob@other.example", Role::Viewer)).await.unwrap();
    let refused = accounts.accept_invitation(eve.id, secret(&bound)).await.unwrap_err();
    assert!(matches!(refused, AppError::Forbidden { .. }));
    let link = accounts.invite(&ada, asking("", Role::Viewer)).await.unwrap();
    accounts.accept_invitation(eve.id, secret(&link)).await.unwrap();
    let again = accounts.invite(&ada, asking("", Role::Admin)).await.unwrap();
    assert_eq!(accounts.accept_invitation(eve.id, secret(&again)).await.unwrap_err().status(), 409);
    assert_eq!(accounts.authorise(Some(eve.id), "acme").await.unwrap().role(), Role::Viewer);
});

db_test!(an_invitation_ends_when_it_is_taken_back_or_too_old, |db: Db| {
    let accounts = accounts(&db).await;
    let ada = ada(&accounts).await;
    let (eve, _) = sign_up(&accounts, "eve@other.example").await;
    let link = accounts.invite(&ada, asking("", Role::Viewer)).await.unwrap();
    let open = accounts.list_members(&ada).await.unwrap().invitations[0].id;
    accounts.revoke_invitation(&ada, open).await.unwrap();
    assert_eq!(accounts.accept_invitation(eve.id, secret(&link)).await.unwrap_err().status(), 409);
    assert_eq!(accounts.revoke_invitation(&ada, open).await.unwrap_err().status(), 404);

    let link = accounts.invite(&ada, asking("", Role::Viewer)).await.unwrap();
    let later = accounts_at(&db, TimeDelta::days(7)).await;
    assert_eq!(later.accept_invitation(eve.id, secret(&link)).await.unwrap_err().status(), 409);
    later.sweep_requests().await.unwrap();
    assert_eq!(count(&db, "invitations").await, 0);
});

db_test!(nobody_gives_or_takes_a_role_that_is_not_below_their_own, |db: Db| {
    let accounts = accounts(&db).await;
    let ada = ada(&accounts).await;
    let admin = with_role(&accounts, &ada, Role::Admin).await;
    let viewer = with_role(&accounts, &ada, Role::Viewer).await;
    for role in [Role::Owner, Role::Admin] {
        assert_eq!(accounts.invite(&admin, asking("", role)).await.unwrap_err().status(), 403);
        assert_eq!(accounts.change_role(&admin, id(&viewer), role).await.unwrap_err().status(), 403);
        assert_eq!(accounts.change_role(&admin, id(&admin), role).await.unwrap_err().status(), 403);
    }
    assert_eq!(accounts.change_role(&admin, id(&ada), Role::Viewer).await.unwrap_err().status(), 403);
    assert_eq!(accounts.remove_member(&admin, id(&ada)).await.unwrap_err().status(), 403);
    assert_eq!(accounts.change_role(&viewer, id(&viewer), Role::Owner).await.unwrap_err().status(), 403);
    assert_eq!(accounts.remove_member(&viewer, id(&admin)).await.unwrap_err().status(), 403);
    // Nor do they take back what an owner offered.
    for (role, expected) in [(Role::Owner, Some(403)), (Role::Admin, Some(403)), (Role::Analyst, None)] {
        accounts.invite(&ada, asking("", role)).await.unwrap();
        let open = accounts.list_members(&ada).await.unwrap().invitations;
        let open = open.iter().find(|invitation| invitation.role == role).unwrap().id;
        let outcome = accounts.revoke_invitation(&admin, open).await;
        assert_eq!(outcome.err().map(|error| error.status()), expected, "{role:?}");
    }
    assert_eq!(accounts.list_members(&ada).await.unwrap().invitations.len(), 2);
    accounts.change_role(&admin, id(&viewer), Role::Analyst).await.unwrap();
    assert_eq!(accounts.authorise(Some(id(&viewer)), "acme").await.unwrap().role(), Role::Analyst);
});

db_test!(the_last_owner_can_neither_leave_nor_become_less, |db: Db| {
    let accounts = accounts(&db).await;
    let ada = ada(&accounts).await;
    let member = with_role(&accounts, &ada, Role::Member).await;
    for refused in [
        accounts.remove_member(&ada, id(&ada)).await,
        accounts.change_role(&ada, id(&ada), Role::Admin).await,
    ] {
        assert_eq!(refused.unwrap_err().status(), 409);
    }
    accounts.change_role(&ada, id(&member), Role::Owner).await.unwrap();
    accounts.remove_member(&ada, id(&ada)).await.unwrap();
    assert_eq!(accounts.authorise(ada.user_id(), "acme").await.unwrap_err().status(), 404);
});

db_test!(of_two_owners_who_leave_at_once_one_stays, |db: Db| {
    let accounts = accounts(&db).await;
    let ada = ada(&accounts).await;
    let other = with_role(&accounts, &ada, Role::Owner).await;
    let (one, two) =
        tokio::join!(accounts.remove_member(&ada, id(&ada)), accounts.remove_member(&other, id(&other)));
    assert!(one.is_ok() != two.is_ok());
});

db_test!(a_member_leaves_when_they_like, |db: Db| {
    let accounts = accounts(&db).await;
    let ada = ada(&accounts).await;
    let viewer = with_role(&accounts, &ada, Role::Viewer).await;
    accounts.remove_member(&viewer, id(&viewer)).await.unwrap();
    assert_eq!(accounts.list_members(&ada).await.unwrap().members.len(), 1);
});

db_test!(addresses_are_masked_for_those_who_do_not_manage_members, |db: Db| {
    let accounts = accounts(&db).await;
    let ada = ada(&accounts).await;
    let analyst = with_role(&accounts, &ada, Role::Analyst).await;
    let seen = accounts.list_members(&analyst).await.unwrap();
    let emails: Vec<(&str, bool)> =
        seen.members.iter().map(|member| (member.email.as_str(), member.is_self)).collect();
    assert!(emails.contains(&("a***@a***.example", false)), "{emails:?}");
    assert!(emails.contains(&("analyst@acme.example", true)), "{emails:?}");
    assert!(
        accounts
            .list_members(&ada)
            .await
            .unwrap()
            .members
            .iter()
            .any(|member| member.email == "analyst@acme.example")
    );
});

/// Everybody who stands after that one in the list, by pages of that size.
async fn pages(
    accounts: &Accounts,
    actor: &Actor,
    mut after: Option<(DateTime<Utc>, Uuid)>,
    size: u32,
) -> Vec<MemberView> {
    let mut seen = Vec::new();
    loop {
        let page = accounts.list_members_after(actor, after, size).await.unwrap();
        assert!(page.len() <= size as usize && seen.len() < 20);
        let Some(last) = page.last() else { return seen };
        after = Some((last.joined_at, last.id.uuid()));
        seen.extend(page);
    }
}

db_test!(a_list_of_members_goes_on_where_it_stopped_whoever_comes_and_goes, |db: Db| {
    let accounts = accounts(&db).await;
    let ada = ada(&accounts).await;
    // All of one moment.
    for role in [Role::Admin, Role::Member, Role::Viewer] {
        with_role(&accounts, &ada, role).await;
    }
    let analyst = with_role(&accounts_at(&db, TimeDelta::days(1)).await, &ada, Role::Analyst).await;
    for actor in [&ada, &analyst] {
        let mut whole = accounts.list_members(actor).await.unwrap().members;
        whole.sort_by_key(|member| (member.joined_at, member.id));
        assert_eq!(whole.len(), 5);
        for size in [1, 2, 5, 20] {
            assert_eq!(pages(&accounts, actor, None, size).await, whole, "by {size}");
        }
    }

    let first = accounts.list_members_after(&ada, None, 2).await.unwrap();
    let rest = pages(&accounts, &ada, None, 20).await.split_off(2);
    let after = Some((first[1].joined_at, first[1].id.uuid()));
    let owner = id(&ada);
    let gone = first.iter().map(|member| member.id).find(|id| *id != owner).unwrap();
    accounts.remove_member(&ada, gone).await.unwrap();
    let later = accounts_at(&db, TimeDelta::days(2)).await;
    let (eve, other) = sign_up(&later, "eve@other.example").await;
    later.put_member(ada.workspace_id(), eve.id, Role::Viewer).await.unwrap();
    let seen = pages(&accounts, &ada, after, 1).await;
    assert_eq!(seen[..rest.len()], rest);
    assert_eq!(seen[rest.len()..].iter().map(|member| member.id).collect::<Vec<_>>(), [eve.id]);
    let elsewhere = accounts.authorise(Some(eve.id), &other.slug).await.unwrap();
    assert_eq!(pages(&accounts, &elsewhere, None, 20).await.len(), 1);
});

db_test!(a_workspace_is_given_to_a_member_and_to_nobody_else, |db: Db| {
    let accounts = accounts(&db).await;
    let ada = ada(&accounts).await;
    let (eve, _) = sign_up(&accounts, "eve@other.example").await;
    assert_eq!(accounts.transfer_ownership(&ada, eve.id).await.unwrap_err().status(), 404);
    assert_eq!(accounts.transfer_ownership(&ada, id(&ada)).await.unwrap_err().status(), 422);
    let member = with_role(&accounts, &ada, Role::Member).await;
    assert_eq!(accounts.transfer_ownership(&member, id(&member)).await.unwrap_err().status(), 403);
    accounts.transfer_ownership(&ada, id(&member)).await.unwrap();
    assert_eq!(accounts.authorise(member.user_id(), "acme").await.unwrap().role(), Role::Owner);
    assert_eq!(accounts.authorise(ada.user_id(), "acme").await.unwrap().role(), Role::Admin);
});

db_test!(a_workspace_goes_two_weeks_after_its_owner_asked_unless_they_think_again, |db: Db| {
    let accounts = accounts(&db).await;
    let ada = ada(&accounts).await;
    let admin = with_role(&accounts, &ada, Role::Admin).await;
    assert_eq!(accounts.schedule_deletion(&admin, true).await.unwrap_err().status(), 403);
    accounts.invite(&ada, asking("eve@other.example", Role::Viewer)).await.unwrap();
    accounts.schedule_deletion(&ada, true).await.unwrap();
    assert!(accounts.workspace_view(ada.user_id(), "acme").await.unwrap().deletion_due_at.is_some());
    assert!(accounts_at(&db, TimeDelta::days(13)).await.delete_due_workspaces().await.unwrap().is_empty());
    accounts.schedule_deletion(&ada, false).await.unwrap();
    let later = accounts_at(&db, TimeDelta::days(15)).await;
    assert!(later.delete_due_workspaces().await.unwrap().is_empty());

    accounts.schedule_deletion(&ada, true).await.unwrap();
    assert_eq!(accounts.whereabouts(ada.workspace_id()).await.unwrap(), Whereabouts::Here);
    assert_eq!(later.delete_due_workspaces().await.unwrap().len(), 1);
    assert_eq!(accounts.whereabouts(ada.workspace_id()).await.unwrap(), Whereabouts::Gone);
    let of_another_database = Uuid::from_u128(7).into();
    assert_eq!(accounts.whereabouts(of_another_database).await.unwrap(), Whereabouts::Unknown);
    assert_eq!(later.authorise(ada.user_id(), "acme").await.unwrap_err().status(), 404);
    assert_eq!(count(&db, "invitations").await, 0);
    // Ada, and the admin with a workspace of their own.
    assert_eq!((count(&db, "users").await, count(&db, "workspaces").await), (2, 1));
});

db_test!(the_log_is_filtered_by_what_was_done_by_whom_and_when_and_by_no_other_text, |db: Db| {
    let accounts = accounts(&db).await;
    let ada = ada(&accounts).await;
    let admin = member(&accounts, ("acme", ada.workspace_id()), Role::Admin).await;
    accounts.invite(&ada, asking("eve@other.example", Role::Viewer)).await.unwrap();
    let next_day = accounts_at(&db, TimeDelta::days(1)).await;
    next_day.invite(&admin, asking("bob@other.example", Role::Viewer)).await.unwrap();
    let lines = async |[action, who, from, until]: [&str; 4]| {
        let [action, who, from, until] = [action, who, from, until].map(str::to_owned);
        let asked = RecordsInput { action, who, from, until, before: String::new() };
        accounts.records(&ada, &asked, 10).await.map(|found| found.lines.len())
    };
    let made = "invitation.made";
    assert_eq!(lines([made, "", "", ""]).await.unwrap(), 2);
    assert_eq!(lines([made, &admin.name(), "", ""]).await.unwrap(), 1);
    assert_eq!(lines([made, "", "2026-10-03", "2026-10-03"]).await.unwrap(), 1);
    assert_eq!(lines([made, "", "2026-10-04", ""]).await.unwrap(), 1);
    assert_eq!(lines([made, &ada.name(), "2026-10-04", ""]).await.unwrap(), 0);
    assert_eq!(lines([made, "", "2026-1-3", ""]).await.unwrap_err().status(), 422);
    for odd in ["\0", "' OR 1=1 --", "nothing.done"] {
        assert_eq!(lines([odd, "", "", ""]).await.unwrap(), 0, "{odd:?}");
        assert_eq!(lines(["", odd, "", ""]).await.unwrap(), 0, "{odd:?}");
        assert_eq!(lines(["", "", odd, ""]).await.unwrap_err().status(), 422, "{odd:?}");
    }

    accounts.remove_member(&ada, id(&admin)).await.unwrap();
    assert_eq!(lines([made, &admin.name(), "", ""]).await.unwrap(), 1, "what somebody did who has left");
    let choices = accounts.records(&ada, &RecordsInput::default(), 1).await.unwrap().people;
    let left = choices.iter().find(|(who, _)| *who == admin.name()).unwrap();
    assert!(left.1.starts_with("Somebody who has left (…"), "{left:?}");
});

db_test!(what_somebody_offered_ends_with_their_own_right_to_it, |db: Db| {
    let accounts = accounts(&db).await;
    let ada = ada(&accounts).await;
    let admin = with_role(&accounts, &ada, Role::Admin).await;
    let other = with_role(&accounts, &ada, Role::Owner).await;
    let from_admin = accounts.invite(&admin, asking("", Role::Analyst)).await.unwrap();
    let from_owner = accounts.invite(&other, asking("", Role::Owner)).await.unwrap();
    accounts.change_role(&ada, id(&admin), Role::Viewer).await.unwrap();
    accounts.remove_member(&ada, id(&other)).await.unwrap();
    for link in [from_admin, from_owner] {
        assert_eq!(accounts.accept_invitation(id(&other), secret(&link)).await.unwrap_err().status(), 409);
    }
    // Whoever lost a role between two requests does nothing with it in the second.
    let refused = accounts.change_role(&admin, id(&ada), Role::Viewer).await.unwrap_err();
    assert_eq!(refused.status(), 409);
});

db_test!(every_change_of_members_is_in_the_log, |db: Db| {
    let accounts = accounts(&db).await;
    let ada = ada(&accounts).await;
    let viewer = with_role(&accounts, &ada, Role::Viewer).await;
    accounts.change_role(&ada, id(&viewer), Role::Member).await.unwrap();
    accounts.remove_member(&ada, id(&viewer)).await.unwrap();
    let scope = ada.require(kernel::Permission::ReadAudit).unwrap();
    let events = audit::list(&db, scope, &AuditFilter::default(), 10).await.unwrap();
    let seen: Vec<(&str, &str, &str)> = events
        .iter()
        .map(|event| (event.action.as_str(), event.detail.as_str(), event.actor.as_str()))
        .collect();
    let by = ada.name();
    assert_eq!(
        seen,
        [("member.removed", "member", by.as_str()), ("member.role_changed", "viewer to member", by.as_str())]
    );
    assert!(audit::verify(&db).await.unwrap().is_ok());
});
