//! What columns are used for.

use std::collections::BTreeMap;

use datasets::{Delimiter, Overrides};
use db::{db_test, on_everywhere, sqlx};
use kernel::{Actor, AppError, DatasetId, Proof, Role};

use crate::company::Company;

fn choices(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(column, choice)| ((*column).to_owned(), (*choice).to_owned())).collect()
}

async fn uses(company: &Company, actor: &Actor, id: DatasetId) -> Vec<String> {
    let view = company.metrics.mapping(actor, id).await.unwrap();
    view.columns.iter().map(|column| column.mapping.key()).collect()
}

const UNNAMED: &str = "when,a,b\n2026-07,1000,10\n2026-08,1100,11\n";

db_test!(a_choice_stays_until_another_is_made, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.upload(UNNAMED).await;
    let chosen = choices(&[("c0", "@period"), ("c1", "mrr*1000"), ("c2", "customers")]);
    company.metrics.save_mapping(&company.owner, id, &chosen).await.unwrap();
    assert_eq!(uses(&company, &company.owner, id).await, ["@period", "mrr*1000", "customers"]);
    company.commit(id).await;
    assert_eq!(company.value("mrr", "2026-07").await, Some(1_000_000.0));
});

db_test!(a_choice_that_cannot_be_imported_with_is_kept_and_explained, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.upload(UNNAMED).await;
    let chosen = choices(&[("c0", "mrr"), ("c1", "customers"), ("c2", "customers")]);
    let refused = company.metrics.save_mapping(&company.owner, id, &chosen).await.unwrap_err();
    let fields: Vec<&str> = refused.fields().iter().map(|error| error.field.as_str()).collect();
    assert_eq!(fields, ["c0", "c2", "mapping"]);
    assert_eq!(uses(&company, &company.owner, id).await, ["mrr", "customers", "customers"]);
    assert_eq!(company.metrics.commit(&company.owner, id).await.unwrap_err(), refused);
});

db_test!(what_columns_are_used_for_is_in_the_log_and_not_what_they_are_called, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.upload("when,Salary,b\n2026-07,1000,10\n2026-08,1100,11\n").await;
    let chosen = choices(&[("c0", "@period"), ("c1", ""), ("c2", "customers")]);
    company.metrics.save_mapping(&company.owner, id, &chosen).await.unwrap();
    // Nothing can be imported with this one, and it is kept all the same.
    company.metrics.save_mapping(&company.owner, id, &choices(&[("c2", "mrr")])).await.unwrap_err();
    let viewer = company.member(Role::Viewer).await;
    assert_eq!(company.metrics.save_mapping(&viewer, id, &chosen).await.unwrap_err().status(), 403);

    let sql = "SELECT actor, subject, detail FROM audit_events WHERE action = 'dataset.mapped' ORDER BY seq";
    let noted: Vec<(String, String, String)> =
        on_everywhere!(&db, |c| sqlx::query_as(sql).fetch_all(c).await).unwrap();
    let expected = ["2 of 3 columns used", "1 of 3 columns used"];
    assert_eq!(noted, expected.map(|detail| (company.owner.name(), id.to_string(), detail.to_owned())));
});

db_test!(columns_that_the_file_does_not_have_cannot_be_chosen, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.upload(UNNAMED).await;
    let chosen = choices(&[("c0", "@period"), ("c9", "mrr"), ("cx", "mrr"), ("workspace_id", "mrr")]);
    let refused = company.metrics.save_mapping(&company.owner, id, &chosen).await.unwrap_err();
    assert_eq!(refused.fields()[0].field, "mapping");
});

db_test!(other_columns_are_suggested_anew_and_do_not_inherit_choices, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.upload("month;MRR,customers\n2026-07;1000,10\n2026-08;1100,11\n").await;
    let chosen = choices(&[("c0", "@period"), ("c1", "headcount")]);
    company.metrics.save_mapping(&company.owner, id, &chosen).await.unwrap();

    let overrides = Overrides { delimiter: Some(Delimiter::Comma), ..Overrides::default() };
    company.datasets.choose_format(&company.owner, id, &overrides, Proof::Missing).await.unwrap();
    company.work().await;
    assert_eq!(uses(&company, &company.owner, id).await, ["", "customers"]);
});

db_test!(a_row_for_each_figure_is_read_too, |db: Db| {
    let company = Company::new(&db).await;
    let long =
        "period,metric,value\n2026-07,MRR,1000\n2026-07,customers,10\n2026-08,mrr,1100\n2026-08,mood,7\n";
    let id = company.upload(long).await;
    assert_eq!(uses(&company, &company.owner, id).await, ["@period", "@name", "@value"]);
    let dry_run = company.metrics.check(&company.owner, id).await.unwrap();
    assert_eq!((dry_run.added, dry_run.rejected_rows), (3, 1));
    let problem = &dry_run.problems[0];
    assert_eq!((problem.line, problem.column_name.as_str(), problem.value.as_str()), (5, "metric", "mood"));
    company.commit(id).await;
    assert_eq!(company.value("mrr", "2026-08").await, Some(1_100.0));
    assert_eq!(company.value("customers", "2026-07").await, Some(10.0));
});

db_test!(two_rows_that_contradict_each_other_are_both_named, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.upload("month,MRR\n2026-07,1000\n2026-08,1100\n2026-07,1001\n2026-08,1100\n").await;
    let dry_run = company.metrics.check(&company.owner, id).await.unwrap();
    assert_eq!((dry_run.added, dry_run.problem_count), (2, 1));
    assert_eq!(dry_run.problems[0].line, 4);
    assert!(dry_run.problems[0].message.contains("Line 2"), "{}", dry_run.problems[0].message);
});

db_test!(values_that_cannot_be_are_refused_with_their_place, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.upload("month,MRR,customers\n2026-07,1000,-5\n2026-08,1100,11\n").await;
    let dry_run = company.metrics.check(&company.owner, id).await.unwrap();
    assert_eq!((dry_run.added, dry_run.problem_count), (3, 1));
    assert_eq!((dry_run.problems[0].line, dry_run.problems[0].value.as_str()), (2, "-5"));
});

db_test!(the_month_that_is_not_over_yet_can_be_imported_and_the_next_cannot, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.upload("month,MRR\n2026-09,1000\n2026-10,1100\n2026-11,1200\n").await;
    let dry_run = company.metrics.check(&company.owner, id).await.unwrap();
    assert_eq!((dry_run.added, dry_run.problems.len(), dry_run.problems[0].line), (2, 1, 4));
});

db_test!(a_file_of_another_company_cannot_be_mapped, |db: Db| {
    let ours = Company::new(&db).await;
    let theirs = ours.neighbour().await;
    let id = theirs.upload(UNNAMED).await;
    let before = uses(&theirs, &theirs.owner, id).await;
    let chosen = choices(&[("c0", "@period"), ("c1", "mrr")]);
    let refused = ours.metrics.save_mapping(&ours.owner, id, &chosen).await.unwrap_err();
    assert_eq!(refused, AppError::not_found("file"));
    assert_eq!(uses(&theirs, &theirs.owner, id).await, before);
});
