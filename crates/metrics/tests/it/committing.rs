//! Keeping the values of a file, all at once or not at all.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use db::{db_test, on_everywhere, sqlx};
use kernel::{AppError, Currency, Role};
use metrics::model::NewObservation;

use crate::company::{Company, key, month};

const THREE_MONTHS: &str = "month,MRR,customers\n2026-06,1000,10\n2026-07,1100,11\n2026-08,1200,12\n";

/// Work that is dropped after it was taken up so often, as a crash would.
struct CutOff<F> {
    work: Pin<Box<F>>,
    turns_left: u32,
}

impl<F: Future> Future for CutOff<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.turns_left == 0 {
            return Poll::Ready(None);
        }
        self.turns_left -= 1;
        self.work.as_mut().poll(context).map(Some)
    }
}

db_test!(a_file_is_committed_once, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.upload(THREE_MONTHS).await;
    let import = company.commit(id).await;
    let refused = company.metrics.commit(&company.owner, id).await.unwrap_err();
    assert!(matches!(refused, AppError::Conflict { .. }));

    let dry_run = company.metrics.check(&company.owner, id).await.unwrap();
    assert_eq!((dry_run.added, dry_run.changed, dry_run.unchanged), (0, 0, 6));
    assert_eq!(dry_run.committed, Some(import.clone()));
    assert_eq!(company.metrics.list_imports(&company.owner).await.unwrap(), std::slice::from_ref(&import));
    let [record] = company.metrics.export_imports(&company.owner).await.unwrap().try_into().unwrap();
    assert_eq!((record.summary, record.committed_by), (import, company.owner.user_id()));
});

db_test!(of_two_commits_at_once_one_counts, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.upload(THREE_MONTHS).await;
    let (one, other) =
        tokio::join!(company.metrics.commit(&company.owner, id), company.metrics.commit(&company.owner, id));
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    assert_eq!(one.err().or(other.err()).unwrap().status(), 409);
    assert_eq!(company.metrics.list_imports(&company.owner).await.unwrap().len(), 1);
});

db_test!(a_newer_file_changes_what_differs_and_leaves_the_rest, |db: Db| {
    let company = Company::new(&db).await;
    let first = company.upload(THREE_MONTHS).await;
    company.commit(first).await;
    let id = company.upload("month,MRR,customers\n2026-07,1150,11\n2026-08,1200,\n2026-09,1300,13\n").await;
    let dry_run = company.metrics.check(&company.owner, id).await.unwrap();
    assert_eq!((dry_run.added, dry_run.changed, dry_run.unchanged), (2, 1, 2));
    let change = &dry_run.changes[0];
    assert_eq!((change.month, change.before, change.after), (month("2026-07"), Some(1100.0), 1150.0));

    company.commit(id).await;
    assert_eq!(company.value("mrr", "2026-07").await, Some(1150.0));
    assert_eq!(company.value("customers", "2026-08").await, Some(12.0), "an empty cell changes nothing");
    let unchanged = company.figure("mrr", "2026-08").await.source.unwrap();
    assert_eq!(
        (unchanged.file.dataset_id, unchanged.line),
        (first, 4),
        "an unchanged figure keeps its source"
    );
});

db_test!(a_commit_that_is_cut_off_at_any_moment_leaves_all_or_nothing, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.upload(THREE_MONTHS).await;
    let mut turns = 0;
    loop {
        let work = Box::pin(company.metrics.commit(&company.owner, id));
        let outcome = CutOff { work, turns_left: turns }.await;
        let imports = company.metrics.list_imports(&company.owner).await.unwrap();
        let values: i64 =
            on_everywhere!(&db, |c| sqlx::query_scalar("SELECT CAST(COUNT(*) AS BIGINT) FROM observations")
                .fetch_one(c)
                .await)
            .unwrap();
        let deeds: i64 = on_everywhere!(&db, |c| sqlx::query_scalar(
            "SELECT CAST(COUNT(*) AS BIGINT) FROM audit_events WHERE action = 'import.committed'"
        )
        .fetch_one(c)
        .await)
        .unwrap();
        if imports.is_empty() {
            assert!(outcome.is_none(), "it was acknowledged after {turns} turns");
            assert_eq!((values, deeds), (0, 0), "after {turns} turns");
        } else {
            assert_eq!((imports.len(), values, deeds), (1, 6, 1), "after {turns} turns");
            break;
        }
        turns += 1;
    }
    assert!(turns > 0, "it was never cut off");
});

db_test!(figures_stay_when_their_file_is_removed, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.upload(THREE_MONTHS).await;
    let import = company.commit(id).await;
    company.datasets.delete(&company.owner, id).await.unwrap();
    let figure = company.figure("mrr", "2026-07").await;
    assert_eq!(
        (figure.value.known(), figure.source.unwrap().file.name),
        (Some(1100.0), "figures.csv".to_owned())
    );
    company.metrics.undo(&company.owner, import.id).await.unwrap();
    assert!(!company.has_figures().await);
});

db_test!(removing_the_demo_takes_its_figures_with_it, |db: Db| {
    let company = Company::new(&db).await;
    company.import(THREE_MONTHS).await;
    let mut tx = db.begin_everywhere().await.unwrap();
    db::on_tx!(&mut tx, |c| sqlx::query("UPDATE workspaces SET is_synthetic = $1")
        .bind(true)
        .execute(c)
        .await
        .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(company.accounts.remove_synthetic().await.unwrap(), 1);
    for table in ["observations", "imports", "import_changes", "datasets", "column_mappings", "jobs"] {
        let sql = || sqlx::AssertSqlSafe(format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {table}"));
        let rows: i64 = on_everywhere!(&db, |c| sqlx::query_scalar(sql()).fetch_one(c).await).unwrap();
        assert_eq!(rows, 0, "{table}");
    }
});

db_test!(an_owner_takes_along_which_import_and_line_every_figure_came_from, |db: Db| {
    let company = Company::new(&db).await;
    let first = company.import("month,MRR,customers\n2026-06,1000.50,10\n2026-07,1100,11\n").await;
    let second = company.import("month,MRR\n2026-07,1150\n").await;
    let sent = [NewObservation { metric: key("headcount"), month: month("2026-07"), value: 7.0 }];
    let sent = company.metrics.record(&company.owner, Currency::Usd, &sent).await.unwrap().import.unwrap();
    company.datasets.delete(&company.owner, second.dataset_id).await.unwrap();

    let figures = company.metrics.reported(&company.owner).await.unwrap();
    let told: Vec<_> = figures
        .iter()
        .map(|figure| (figure.metric.as_str(), figure.month, figure.import_id, figure.source.line))
        .collect();
    let (june, july) = (month("2026-06"), month("2026-07"));
    let expected = [
        ("customers", june, first.id, 2),
        ("customers", july, first.id, 3),
        ("headcount", july, sent.id, 0),
        ("mrr", june, first.id, 2),
        ("mrr", july, second.id, 2),
    ];
    assert_eq!(told, expected);
    let amounts: Vec<_> = figures.iter().map(|figure| (figure.value, figure.currency)).collect();
    let usd = Some(Currency::Usd);
    assert_eq!(amounts, [(10.0, None), (11.0, None), (7.0, None), (1000.5, usd), (1150.0, usd)]);
    let file = &figures[4].source.file;
    assert_eq!((file.dataset_id, &file.name), (second.dataset_id, &second.file_name), "also when it is gone");

    let admin = company.member(Role::Admin).await;
    let refused = company.metrics.reported(&admin).await.unwrap_err();
    assert!(matches!(refused, AppError::Forbidden { .. }), "{refused:?}");
});
