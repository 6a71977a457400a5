//! Taking imports back.

use db::{db_test, on_everywhere, sqlx};
use kernel::AppError;

use crate::company::Company;

const FIRST: &str = "month,MRR,customers\n2026-06,1000,10\n2026-07,1100,11\n";
const SECOND: &str = "month,MRR\n2026-07,1150\n2026-08,1200\n";
const THIRD: &str = "month,MRR\n2026-07,1190\n";

db_test!(undoing_restores_what_was_there_with_its_source, |db: Db| {
    let company = Company::new(&db).await;
    let first = company.import(FIRST).await;
    let second = company.import(SECOND).await;
    company.metrics.undo(&company.owner, second.id).await.unwrap();
    let figure = company.figure("mrr", "2026-07").await;
    assert_eq!(figure.value.known(), Some(1100.0));
    let source = figure.source.unwrap();
    assert_eq!((source.file.dataset_id, source.line), (first.dataset_id, 3));
    assert_eq!(company.value("mrr", "2026-08").await, None);
    let listed = company.metrics.list_imports(&company.owner).await.unwrap();
    assert_eq!(listed.iter().filter(|import| import.undone_at.is_some()).count(), 1, "both stay in the list");
    assert_eq!(listed.len(), 2);
});

db_test!(the_log_says_what_was_undone_and_not_what_the_file_was_called, |db: Db| {
    let company = Company::new(&db).await;
    let import = company.import(FIRST).await;
    company.metrics.undo(&company.owner, import.id).await.unwrap();
    let log = "SELECT subject, detail FROM audit_events WHERE action = 'import.undone'";
    let noted: Vec<(String, String)> =
        on_everywhere!(&db, |c| sqlx::query_as(log).fetch_all(c).await).unwrap();
    assert_eq!(noted, [(import.id.to_string(), "4 added, 0 changed".to_owned())]);
});

db_test!(a_list_of_imports_goes_on_where_it_stopped, |db: Db| {
    let company = Company::new(&db).await;
    // All of one moment.
    for content in [FIRST, SECOND, THIRD] {
        company.import(content).await;
    }
    let (metrics, owner) = (&company.metrics, &company.owner);
    let all = metrics.list_imports(owner).await.unwrap();
    let first = metrics.list_imports_after(owner, None, 2).await.unwrap();
    let after = (first[1].committed_at, first[1].id.uuid());
    let rest = metrics.list_imports_after(owner, Some(after), 2).await.unwrap();
    assert_eq!([first, rest].concat(), all);
    for import in &all {
        assert_eq!(&metrics.get_import(owner, import.id).await.unwrap(), import);
        assert_eq!(metrics.file_of_import(owner, import.id.uuid()).await.unwrap(), import.dataset_id);
    }
    let neighbour = company.neighbour().await;
    assert_eq!(neighbour.metrics.list_imports_after(&neighbour.owner, None, 2).await.unwrap(), []);
    let unknown = neighbour.metrics.get_import(&neighbour.owner, all[0].id).await.unwrap_err();
    assert_eq!(unknown, AppError::not_found("import"));
});

db_test!(undoing_an_earlier_import_keeps_what_a_later_one_put_over_it, |db: Db| {
    let company = Company::new(&db).await;
    let first = company.import(FIRST).await;
    let second = company.import(SECOND).await;
    company.metrics.undo(&company.owner, first.id).await.unwrap();
    assert_eq!(company.value("mrr", "2026-06").await, None);
    assert_eq!(company.value("mrr", "2026-07").await, Some(1150.0));
    assert_eq!(company.value("mrr", "2026-08").await, Some(1200.0));

    // What the later import had replaced is gone, so nothing returns.
    company.metrics.undo(&company.owner, second.id).await.unwrap();
    assert!(!company.has_figures().await);
});

db_test!(undoing_the_one_in_the_middle_joins_its_neighbours, |db: Db| {
    let company = Company::new(&db).await;
    let mut imports = Vec::new();
    for content in [FIRST, SECOND, THIRD] {
        imports.push(company.import(content).await.id);
    }
    company.metrics.undo(&company.owner, imports[1]).await.unwrap();
    assert_eq!(company.value("mrr", "2026-07").await, Some(1190.0));
    company.metrics.undo(&company.owner, imports[2]).await.unwrap();
    assert_eq!(company.value("mrr", "2026-07").await, Some(1100.0));
    company.metrics.undo(&company.owner, imports[0]).await.unwrap();
    assert!(!company.has_figures().await);
});

db_test!(in_whatever_order_all_imports_are_undone_nothing_is_left, |db: Db| {
    const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    let company = Company::new(&db).await;
    for order in ORDERS {
        let mut imports = Vec::new();
        for content in [FIRST, SECOND, THIRD] {
            imports.push(company.import(content).await.id);
        }
        for place in order {
            assert!(company.has_figures().await, "{order:?}");
            company.metrics.undo(&company.owner, imports[place]).await.unwrap();
        }
        assert!(!company.has_figures().await, "{order:?}");
    }
});

db_test!(an_import_is_undone_once_and_its_file_can_be_committed_again, |db: Db| {
    let company = Company::new(&db).await;
    let import = company.import(FIRST).await;
    company.metrics.undo(&company.owner, import.id).await.unwrap();
    let refused = company.metrics.undo(&company.owner, import.id).await.unwrap_err();
    assert!(matches!(refused, AppError::Conflict { .. }));
    assert_eq!(company.metrics.check(&company.owner, import.dataset_id).await.unwrap().committed, None);
    company.commit(import.dataset_id).await;
    assert_eq!(company.value("mrr", "2026-07").await, Some(1100.0));
});

db_test!(of_two_undoings_at_once_one_counts, |db: Db| {
    let company = Company::new(&db).await;
    company.import(FIRST).await;
    let second = company.import(SECOND).await.id;
    let (one, other) = tokio::join!(
        company.metrics.undo(&company.owner, second),
        company.metrics.undo(&company.owner, second)
    );
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    assert_eq!(company.value("mrr", "2026-07").await, Some(1100.0));
});

db_test!(an_import_says_whether_its_file_is_still_there, |db: Db| {
    let company = Company::new(&db).await;
    let import = company.import("month,MRR\n2026-01,1000\n2026-02,1100\n").await;
    let has_file = async || company.metrics.list_imports(&company.owner).await.unwrap()[0].has_file;
    assert!(has_file().await);
    company.datasets.delete(&company.owner, import.dataset_id).await.unwrap();
    assert!(!has_file().await);
    company.metrics.undo(&company.owner, import.id).await.unwrap();
});
