//! Who may import and who may look.

use std::collections::BTreeMap;

use db::db_test;
use kernel::{AppError, Role};
use metrics::model::FiguresQuery;

use crate::company::{Company, key};

const FIGURES: &str = "month,MRR,customers\n2026-06,1000,10\n2026-07,1100,11\n";

db_test!(analysts_and_above_import_and_the_others_look, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.upload(FIGURES).await;
    for role in Role::ALL {
        let actor = company.member(role).await;
        let metrics = &company.metrics;
        metrics.mapping(&actor, id).await.unwrap();
        metrics.check(&actor, id).await.unwrap();
        metrics.rejected_rows(&actor, id).await.unwrap();
        metrics.list_imports(&actor).await.unwrap();
        assert_eq!(metrics.export_imports(&actor).await.is_ok(), role == Role::Owner, "{role:?}");
        metrics.dashboard(&actor, FiguresQuery::default()).await.unwrap();
        metrics.catalogue(&actor, None).await.unwrap();

        let may_import = role <= Role::Analyst;
        let as_suggested = metrics.mapping(&actor, id).await.unwrap().columns.into_iter();
        let choices: BTreeMap<String, String> =
            as_suggested.map(|column| (format!("c{}", column.format.index), column.mapping.key())).collect();
        let saved = metrics.save_mapping(&actor, id, &choices).await;
        let committed = metrics.commit(&actor, id).await;
        let import = match &committed {
            Ok(import) => import.id,
            Err(_) => company.commit(id).await.id,
        };
        metrics.figure(&actor, key("mrr"), FiguresQuery::default()).await.unwrap();
        metrics.table(&actor, None).await.unwrap();
        let undone = metrics.undo(&actor, import).await;
        for outcome in [saved, committed.map(|_| ()), undone.map(|_| ())] {
            let is_forbidden = matches!(outcome, Err(AppError::Forbidden { .. }));
            assert_eq!((outcome.is_ok(), is_forbidden), (may_import, !may_import), "{role:?}");
        }
        if !may_import {
            company.metrics.undo(&company.owner, import).await.unwrap();
        }
    }
});

db_test!(files_and_imports_of_another_company_are_not_there, |db: Db| {
    let ours = Company::new(&db).await;
    let theirs = ours.neighbour().await;
    let import = theirs.import(FIGURES).await;
    let (metrics, actor, id) = (&ours.metrics, &ours.owner, import.dataset_id);
    let answers = [
        metrics.mapping(actor, id).await.err(),
        metrics.check(actor, id).await.err(),
        metrics.rejected_rows(actor, id).await.err(),
        metrics.commit(actor, id).await.err(),
    ];
    for answer in answers {
        assert_eq!(answer, Some(AppError::not_found("file")));
    }
    assert_eq!(metrics.undo(actor, import.id).await.unwrap_err(), AppError::not_found("import"));
    assert!(metrics.list_imports(actor).await.unwrap().is_empty());
    assert!(metrics.export_imports(actor).await.unwrap().is_empty());
    assert!(!ours.has_figures().await);
    assert_eq!(theirs.value("mrr", "2026-07").await, Some(1100.0));
});

db_test!(the_same_months_of_two_companies_do_not_touch_each_other, |db: Db| {
    let ours = Company::new(&db).await;
    let theirs = ours.neighbour().await;
    theirs.import(FIGURES).await;
    let mine = ours.import("month,MRR\n2026-07,5\n").await;
    assert_eq!(theirs.value("mrr", "2026-07").await, Some(1100.0));
    ours.metrics.undo(&ours.owner, mine.id).await.unwrap();
    assert_eq!(theirs.value("mrr", "2026-07").await, Some(1100.0));
});
