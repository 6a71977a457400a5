//! Who makes reports and who reads them.

use db::db_test;
use kernel::{AppError, Role};
use metrics::model::FiguresQuery;

use crate::company::Company;

db_test!(members_and_above_make_reports_and_viewers_read_them, |db: Db| {
    let company = Company::new(&db).await;
    company.import().await;
    let kept = company.report().await;
    for role in Role::ALL {
        let actor = company.member(role).await;
        company.reports.download(&actor, kept.id).await.unwrap();
        assert_eq!(company.reports.list(&actor).await.unwrap().len(), 1, "{role:?}");

        let may_make = role <= Role::Member;
        let made = company.reports.create(&actor, FiguresQuery::default()).await;
        let removed = match &made {
            Ok(made) => company.reports.delete(&actor, made.id).await,
            Err(_) => company.reports.delete(&actor, kept.id).await,
        };
        for outcome in [made.map(|_| ()), removed] {
            let is_forbidden = matches!(outcome, Err(AppError::Forbidden { .. }));
            assert_eq!((outcome.is_ok(), is_forbidden), (may_make, !may_make), "{role:?}");
        }
    }
    assert_eq!(company.reports.list(&company.owner).await.unwrap(), [kept]);
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
