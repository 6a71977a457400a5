//! Reports once they are made.

use db::{db_test, on_everywhere, sqlx};
use kernel::{Actor, AppError, Role};
use metrics::model::FiguresQuery;
use reports::model::BENCHMARK;

use crate::company::Company;

db_test!(a_report_is_listed_and_downloaded_as_it_was_made, |db: Db| {
    let company = Company::new(&db).await;
    company.import().await;
    let report = company.report().await;
    assert_eq!(company.reports.list(&company.owner).await.unwrap(), std::slice::from_ref(&report));
    let (name, bytes) = company.reports.download(&company.owner, report.id).await.unwrap();
    assert_eq!(name, "benchmark-report-oct-2025-dec-2025.pdf");
    assert_eq!(bytes, "%PDF-1.7 acme Oct 2025 – Dec 2025");
    assert_eq!(report.size_bytes, bytes.len() as u64);
});

db_test!(reports_of_one_period_stand_side_by_side, |db: Db| {
    let company = Company::new(&db).await;
    company.import().await;
    let (one, other) = (company.report().await, company.report().await);
    assert_ne!(one.id, other.id);
    assert_eq!(company.reports.list(&company.owner).await.unwrap().len(), 2);
    assert_eq!(company.files_on_disk().len(), 2);
});

db_test!(what_is_kept_about_a_report_names_who_made_it, |db: Db| {
    let company = Company::new(&db).await;
    company.import().await;
    let report = company.report().await;
    let program = Actor::system(company.owner.workspace_id());
    company.reports.create(&program, FiguresQuery::default()).await.unwrap();
    let (name, _) = company.reports.download(&company.owner, report.id).await.unwrap();
    let (mut records, mut after) = (Vec::new(), None);
    loop {
        let page = company.reports.export_records(&company.owner, after, 1).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some((last.created_at, last.id.uuid()));
        records.extend(page);
    }
    assert_eq!(records.len(), 2);
    let own = records.iter().find(|record| record.id == report.id).unwrap();
    assert_eq!((own.kind, &own.title, &own.period), (BENCHMARK, &report.title, &report.period));
    assert_eq!((&own.snapshot, &own.file_name), (&report.snapshot, &name));
    assert_eq!((own.created_by, own.created_at), (company.owner.user_id(), report.created_at));
    assert!(records.iter().any(|record| record.created_by.is_none()), "nobody made the other");

    let neighbour = company.neighbour().await;
    assert!(neighbour.reports.export_records(&neighbour.owner, None, 1).await.unwrap().is_empty());
    let admin = company.member(Role::Admin).await;
    let refused = company.reports.export_records(&admin, None, 1).await.unwrap_err();
    assert!(matches!(refused, AppError::Forbidden { .. }), "{refused}");
});

db_test!(a_removed_report_is_gone_with_its_file, |db: Db| {
    let company = Company::new(&db).await;
    company.import().await;
    let (removed, kept) = (company.report().await, company.report().await);
    company.reports.delete(&company.owner, removed.id).await.unwrap();
    assert_eq!(company.reports.list(&company.owner).await.unwrap(), std::slice::from_ref(&kept));
    assert_eq!(company.files_on_disk().len(), 1);
    company.reports.download(&company.owner, kept.id).await.unwrap();
    for refused in [
        company.reports.download(&company.owner, removed.id).await.err(),
        company.reports.delete(&company.owner, removed.id).await.err(),
    ] {
        assert_eq!(refused, Some(AppError::not_found("report")));
    }
});

db_test!(making_and_removing_are_in_the_audit_log, |db: Db| {
    let company = Company::new(&db).await;
    company.import().await;
    let report = company.report().await;
    company.reports.delete(&company.owner, report.id).await.unwrap();
    let sql = "SELECT action FROM audit_events WHERE subject = $1 ORDER BY action";
    let deeds: Vec<String> =
        on_everywhere!(&db, |c| sqlx::query_scalar(sql).bind(report.id.to_string()).fetch_all(c).await)
            .unwrap();
    assert_eq!(deeds, ["report.created", "report.deleted"]);
});

db_test!(a_long_list_goes_on_where_it_stopped_and_leaves_nothing_out, |db: Db| {
    let company = Company::new(&db).await;
    company.import().await;
    for _ in 0..5 {
        company.report().await;
    }
    let all: Vec<_> =
        company.reports.list(&company.owner).await.unwrap().into_iter().map(|it| it.id).collect();
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = company.reports.list_after(&company.owner, after, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some((last.created_at, last.id.uuid()));
        found.extend(page.iter().map(|report| report.id));
    }
    assert_eq!((found.len(), &found), (5, &all));
});
