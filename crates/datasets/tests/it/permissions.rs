//! Who may do what with files.

use std::collections::BTreeMap;

use datasets::Overrides;
use db::db_test;
use kernel::{AppError, PageRequest, Proof, Role};

use crate::company::{Company, PLAIN};

db_test!(analysts_and_above_change_files_and_the_others_look, |db: Db| {
    let company = Company::new(&db).await;
    let kept = company.read(PLAIN).await;
    let id = kept.summary.id;
    for role in Role::ALL {
        let actor = company.member(role).await;
        assert_eq!(company.download(&actor, id).await.unwrap(), PLAIN, "{role:?}");
        let may_change = role <= Role::Analyst;
        let uploaded = company.upload_as(&actor, "mine.csv", PLAIN).await;
        let chosen = company.datasets.choose_format(&actor, id, &Overrides::default(), Proof::Missing).await;
        let deleted = match &uploaded {
            Ok(mine) => company.datasets.delete(&actor, *mine).await,
            Err(_) => company.datasets.delete(&actor, id).await,
        };
        for outcome in [uploaded.map(|_| ()), chosen, deleted] {
            let is_forbidden = matches!(outcome, Err(AppError::Forbidden { .. }));
            assert_eq!((outcome.is_ok(), is_forbidden), (may_change, !may_change), "{role:?}");
        }
        company.work().await;
    }
    assert_eq!(company.get(id).await, kept);
    assert_eq!(company.datasets.list(&company.owner, PageRequest::new(1)).await.unwrap().total, 1);
});

db_test!(files_of_another_company_are_not_there, |db: Db| {
    let ours = Company::new(&db).await;
    let theirs = ours.neighbour().await;
    let foreign = theirs.read(PLAIN).await;
    let id = foreign.summary.id;
    let (datasets, actor) = (&ours.datasets, &ours.owner);
    let format = foreign.profile.clone().unwrap().format;
    let answers = [
        datasets.get(actor, id).await.err(),
        datasets.get_once_read(actor, id).await.err(),
        ours.download(actor, id).await.err(),
        datasets.choose_format(actor, id, &Overrides::default(), Proof::Missing).await.err(),
        datasets.read_with(actor, id, |_, _| Ok(())).await.err(),
        datasets.write_rows(actor, id, format, BTreeMap::new()).await.err(),
        datasets.export_record(actor, id).await.err(),
        datasets.delete(actor, id).await.err(),
    ];
    for answer in answers {
        assert_eq!(answer, Some(AppError::not_found("file")));
    }
    assert_eq!(datasets.list(actor, PageRequest::new(1)).await.unwrap().total, 0);
    assert_eq!(theirs.get(id).await, foreign);
    assert_eq!(theirs.download(&theirs.owner, id).await.unwrap(), PLAIN);
});
