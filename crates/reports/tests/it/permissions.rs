//! Who makes reports and who reads them.

use db::db_test;
use kernel::{Actor, AppError, Role};
use metrics::model::FiguresQuery;
use reports::model::{Access, SharingChange};

use crate::company::Company;

db_test!(members_and_above_make_reports_and_see_them_all, |db: Db| {
    let company = Company::new(&db).await;
    company.import().await;
    let kept = company.report().await;
    for role in Role::ALL {
        let actor = company.member(role).await;
        let may_make = role <= Role::Member;
        assert_eq!(company.reports.download(&actor, kept.id).await.is_ok(), may_make, "{role:?}");
        assert_eq!(company.reports.list(&actor).await.unwrap().len(), usize::from(may_make), "{role:?}");

        let made = company.reports.create(&actor, FiguresQuery::default()).await;
        let removed = match &made {
            Ok(made) => company.reports.delete(&actor, made.id).await,
            Err(_) => company.reports.delete(&actor, kept.id).await,
        };
        let shared = company.reports.share(&actor, kept.id, SharingChange::default()).await;
        let looked = company.reports.sharing(&actor, kept.id).await;
        for outcome in [made.map(|_| ()), removed, shared, looked.map(|_| ())] {
            let is_forbidden = matches!(outcome, Err(AppError::Forbidden { .. }));
            assert_eq!((outcome.is_ok(), is_forbidden), (may_make, !may_make), "{role:?}");
        }
    }
    assert_eq!(company.reports.list(&company.owner).await.unwrap(), [kept]);
});

db_test!(a_viewer_sees_what_is_shared_and_no_longer_when_it_is_taken_back, |db: Db| {
    let company = Company::new(&db).await;
    company.import().await;
    let [shared, other] = [company.report().await, company.report().await];
    let viewer = company.member(Role::Viewer).await;
    let person = viewer.user_id().unwrap();
    let give =
        |access| company.reports.share(&company.owner, shared.id, SharingChange::member(person, access));
    let seen = async || company.reports.list(&viewer).await.unwrap();

    give(Some(Access::Read)).await.unwrap();
    assert_eq!(
        seen().await.iter().map(|it| (it.id, it.access)).collect::<Vec<_>>(),
        [(shared.id, Access::Read)]
    );
    company.reports.download(&viewer, shared.id).await.unwrap();
    assert_eq!(company.reports.show(&viewer, other.id).await.unwrap_err(), AppError::not_found("report"));
    assert!(matches!(company.reports.delete(&viewer, shared.id).await, Err(AppError::Forbidden { .. })));
    let sharing = company.reports.sharing(&company.owner, shared.id).await.unwrap();
    assert_eq!(sharing.viewers.iter().map(|it| it.access).collect::<Vec<_>>(), [Some(Access::Read)]);

    give(None).await.unwrap();
    assert!(seen().await.is_empty());
    give(Some(Access::Edit)).await.unwrap();
    company.reports.delete(&viewer, shared.id).await.unwrap();
    assert_eq!(company.reports.list(&company.owner).await.unwrap().len(), 1);
});

db_test!(what_is_for_everyone_is_seen_by_viewers_and_by_strangers_of_a_demo, |db: Db| {
    let company = Company::new(&db).await;
    company.import().await;
    let report = company.report().await;
    let viewer = company.member(Role::Viewer).await;
    let stranger = Actor::stranger(viewer.workspace_id());
    for (wanted, count) in [(true, 1), (false, 0)] {
        company.reports.share(&company.owner, report.id, SharingChange::everyone(wanted)).await.unwrap();
        for actor in [&viewer, &stranger] {
            assert_eq!(company.reports.list(actor).await.unwrap().len(), count);
            assert_eq!(company.reports.download(actor, report.id).await.is_ok(), wanted);
        }
    }
});

db_test!(nothing_is_shared_beyond_the_workspace_and_nothing_outlives_a_membership, |db: Db| {
    let ours = Company::new(&db).await;
    let theirs = ours.neighbour().await;
    ours.import().await;
    let report = ours.report().await;
    let outsider = theirs.owner.user_id().unwrap();
    for access in [Some(Access::Read), None] {
        let change = SharingChange { for_everyone: Some(true), people: vec![(outsider, access)] };
        let refused = ours.reports.share(&ours.owner, report.id, change).await.unwrap_err();
        assert_eq!(refused, AppError::not_found("member"));
    }
    assert!(!ours.reports.show(&ours.owner, report.id).await.unwrap().for_everyone, "all or nothing");

    let viewer = ours.member(Role::Viewer).await;
    let person = viewer.user_id().unwrap();
    let change = SharingChange::member(person, Some(Access::Edit));
    ours.reports.share(&ours.owner, report.id, change).await.unwrap();
    ours.put_out(person).await;
    ours.put_in(person, Role::Viewer).await;
    assert!(ours.reports.list(&viewer).await.unwrap().is_empty());
});

db_test!(reports_of_another_company_are_not_there, |db: Db| {
    let ours = Company::new(&db).await;
    let theirs = ours.neighbour().await;
    theirs.import().await;
    let report = theirs.report().await;
    assert_eq!(
        ours.reports.download(&ours.owner, report.id).await.unwrap_err(),
        AppError::not_found("report")
    );
    assert_eq!(ours.reports.delete(&ours.owner, report.id).await.unwrap_err(), AppError::not_found("report"));
    assert!(ours.reports.list(&ours.owner).await.unwrap().is_empty());
    theirs.reports.download(&theirs.owner, report.id).await.unwrap();
});
