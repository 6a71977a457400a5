//! Figures that a program sends.

use db::db_test;
use kernel::{AppError, Currency, Role};
use metrics::model::NewObservation;

use crate::company::{Company, key, month};

fn figure(metric: &str, at: &str, value: f64) -> NewObservation {
    NewObservation { metric: key(metric), month: month(at), value }
}

fn sentence(error: &AppError, field: &str) -> String {
    error.fields().iter().find(|found| found.field == field).unwrap().message.clone()
}

db_test!(what_a_program_sends_is_kept_and_can_be_undone, |db: Db| {
    let company = Company::new(&db).await;
    let new = [figure("mrr", "2026-08", 1_000.004), figure("customers", "2026-08", 12.0)];
    let recorded = company.metrics.record(&company.owner, Currency::Usd, &new).await.unwrap();
    let import = recorded.import.unwrap();
    assert_eq!((import.added, import.changed, recorded.unchanged), (2, 0, 0));
    let table = company.metrics.table(&company.owner, None).await.unwrap();
    let (_, mrr) = table.rows.iter().find(|(found, _)| *found == key("mrr")).unwrap();
    assert_eq!(mrr.last().unwrap(), &Some(1_000.0), "amounts are kept in whole cents");

    // Sent again, nothing happens; another value replaces the one before.
    let again = company.metrics.record(&company.owner, Currency::Usd, &new).await.unwrap();
    assert_eq!((again.import, again.unchanged), (None, 2));
    let other = [figure("mrr", "2026-08", 1_500.0)];
    let changed =
        company.metrics.record(&company.owner, Currency::Usd, &other).await.unwrap().import.unwrap();
    assert_eq!((changed.added, changed.changed), (0, 1));
    let listed = company.metrics.list_imports(&company.owner).await.unwrap();
    assert!(listed.iter().all(|import| !import.has_file && import.file_name == "Sent by a program"));

    company.metrics.undo(&company.owner, changed.id).await.unwrap();
    company.metrics.undo(&company.owner, import.id).await.unwrap();
    assert!(company.metrics.table(&company.owner, None).await.is_err(), "nothing is kept any more");
});

db_test!(one_wrong_figure_and_none_is_kept, |db: Db| {
    let company = Company::new(&db).await;
    let new = [
        figure("mrr", "2026-08", 1_000.0),
        figure("customers", "2026-08", -3.0),
        figure("mrr", "2026-12", 1.0),
        figure("mrr", "2026-08", 2_000.0),
    ];
    let error = company.metrics.record(&company.owner, Currency::Usd, &new).await.unwrap_err();
    assert!(sentence(&error, "observations[1].value").contains("cannot be below"));
    assert!(sentence(&error, "observations[2].month").contains("has not happened yet"));
    assert!(sentence(&error, "observations[3].value").contains("another value"));
    assert_eq!(company.metrics.list_imports(&company.owner).await.unwrap(), []);

    let error = company.metrics.record(&company.owner, Currency::Eur, &new[..1]).await.unwrap_err();
    assert!(sentence(&error, "currency").contains("kept in USD"));
    for new in [vec![], vec![figure("mrr", "2026-08", 1.0); 10_001]] {
        let error = company.metrics.record(&company.owner, Currency::Usd, &new).await.unwrap_err();
        assert!(sentence(&error, "observations").contains("from 1 to 10000"));
    }
});

db_test!(whoever_may_not_import_may_not_send, |db: Db| {
    let company = Company::new(&db).await;
    let new = [figure("mrr", "2026-08", 1_000.0)];
    for (role, is_allowed) in
        [(Role::Admin, true), (Role::Analyst, true), (Role::Member, false), (Role::Viewer, false)]
    {
        let actor = company.member(role).await;
        assert_eq!(company.metrics.record(&actor, Currency::Usd, &new).await.is_ok(), is_allowed, "{role:?}");
    }
});
