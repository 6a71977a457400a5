//! A file as founders have them, from upload to figures.

use db::db_test;
use kernel::{AppError, Currency};
use metrics::{
    MetricKey,
    model::{FiguresQuery, Provenance},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::company::{Company, key, month};

/// Semicolons, a byte-order mark, commas for decimals, losses in parentheses, a second column of the same name, a column
/// without a name, words over two lines, a word for a number, a wrong date, a month that has not been yet, and a total.
const MESSY: &str = "\u{FEFF}Month;MRR;New MRR;Expansion MRR;Contraction MRR;Churned MRR;Customers;;Segment;MRR\r\n\
    30.04.2026;10.000,00;;;;;100;;;1\r\n\
    31.05.2026;11.234,56;2.000,00;500,00;(265,44);(1.000,00);104;;\"a word\r\nover two lines\";2\r\n\
    30.06.2026;12.034,56;1.500,00;300,00;(200,00);(800,00);108;;;3\r\n\
    31.07.2026;12.534,56;1.500,00;300,00;(300,00);(800,00);many;;=cmd|'/C calc'!A0;4\r\n\
    31.08.2026;13.034,56;1.500,00;300,00;(500,00);(800,00);111;;;5\r\n\
    31.09.2026;13.334,56;1.500,00;300,00;(500,00);(800,00);112;;;6\r\n\
    31.12.2026;15.000,00;1.500,00;300,00;(500,00);(800,00);120;;;7\r\n\
    Total;87.173,00;;;;;;;;\r\n";

db_test!(a_messy_file_is_understood_as_far_as_it_can_be, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.upload(MESSY).await;
    let view = company.metrics.mapping(&company.owner, id).await.unwrap();
    let uses: Vec<String> = view.columns.iter().map(|column| column.mapping.key()).collect();
    assert_eq!(uses[..7], ["@period", "mrr", "mrr_new", "mrr_exp", "-mrr_con", "-mrr_churn", "customers"]);
    assert_eq!(uses[7..], ["", "", ""], "unknown columns are kept with the file");
});

db_test!(a_dry_run_counts_what_a_commit_would_do_and_does_nothing, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.upload(MESSY).await;
    let dry_run = company.metrics.check(&company.owner, id).await.unwrap();
    // MRR of five months, four movements of four, customers of four.
    assert_eq!((dry_run.added, dry_run.changed, dry_run.unchanged), (25, 0, 0));
    let months = dry_run.months.unwrap();
    assert_eq!((months.first, months.last), (month("2026-04"), month("2026-08")));
    assert_eq!((dry_run.rejected_rows, dry_run.problem_count, dry_run.committed), (3, 3, None));
    let problems: Vec<(u64, &str, &str)> = dry_run
        .problems
        .iter()
        .map(|problem| (problem.line, problem.column_name.as_str(), problem.value.as_str()))
        .collect();
    // The note takes two lines, so July stands on line 6.
    assert_eq!(problems, [(6, "Customers", "many"), (8, "Month", "31.09.2026"), (9, "Month", "31.12.2026")]);
    assert!(dry_run.problems[2].message.contains("has not happened yet"), "{}", dry_run.problems[2].message);
    assert!(!company.has_figures().await);
});

db_test!(a_gap_in_the_movements_is_shown_with_its_month, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.upload(MESSY).await;
    let bridge = company.metrics.check(&company.owner, id).await.unwrap().bridge.unwrap();
    // July: 12,034.56 + 1,500 + 300 − 300 − 800 = 12,734.56, and the file says 12,534.56.
    assert_eq!((bridge.start, bridge.end), (Some(10_000.0), Some(13_034.56)));
    assert_eq!((bridge.gap, bridge.closes), (Some(-200.0), Some(false)));
    assert_eq!(bridge.monthly_gaps, [(month("2026-07"), -200.0)]);
});

db_test!(committed_figures_open_to_their_rows_and_inputs, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.upload(MESSY).await;
    let import = company.commit(id).await;
    assert_eq!((import.added, import.changed, import.file_name.as_str()), (25, 0, "figures.csv"));

    let mrr = company.figure("mrr", "2026-05").await;
    assert_eq!((mrr.value.known(), mrr.provenance), (Some(11_234.56), Provenance::Reported));
    let source = mrr.source.unwrap();
    assert_eq!((source.line, source.file.dataset_id, source.file.name.as_str()), (3, id, "figures.csv"));
    assert_eq!(
        company.value("mrr_con", "2026-05").await,
        Some(265.44),
        "losses are kept as positive numbers"
    );
    assert_eq!(
        company.value("customers", "2026-07").await,
        None,
        "what could not be read is missing and not 0"
    );

    let arr = company.figure("arr", "2026-08").await;
    assert_eq!(arr.value.known(), Some(13_034.56 * 12.0));
    assert_eq!((arr.inputs[0].key, arr.inputs[0].source.as_ref().unwrap().line), (key("mrr"), 7));
});

db_test!(rejected_rows_put_right_can_be_uploaded_again, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.upload(MESSY).await;
    company.commit(id).await;
    let rejected = company.metrics.rejected_rows(&company.owner, id).await.unwrap();
    let text = String::from_utf8(rejected).unwrap();
    assert_eq!(text.matches("\r\n").count(), 4, "{text}");
    assert!(text.contains("6;") && text.contains("many"), "{text}");
    assert!(text.contains("\"'=cmd|'/C calc'!A0\""), "no spreadsheet may run it: {text}");

    let corrected = text.replace("many", "110").replace("31.09.2026", "30.09.2026");
    let again = company.upload(&corrected).await;
    let dry_run = company.metrics.check(&company.owner, again).await.unwrap();
    // Customers of July, and six figures of September.
    assert_eq!((dry_run.added, dry_run.changed, dry_run.unchanged), (7, 0, 5));
    company.commit(again).await;
    assert_eq!(company.value("customers", "2026-07").await, Some(110.0));
    assert_eq!(company.value("mrr", "2026-09").await, Some(13_334.56));
});

fn assert_reads_back<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(sent: &T) {
    let json = serde_json::to_string(sent).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&json).unwrap(), sent);
}

db_test!(what_a_browser_is_sent_reads_back_as_it_was, |db: Db| {
    let company = Company::new(&db).await;
    let (metrics, owner) = (&company.metrics, &company.owner);
    let id = company.upload(MESSY).await;
    assert_reads_back(&metrics.mapping(owner, id).await.unwrap());
    assert_reads_back(&metrics.check(owner, id).await.unwrap());
    assert_reads_back(&metrics.dashboard(owner, FiguresQuery::default()).await.unwrap());
    company.commit(id).await;
    assert_reads_back(&metrics.dashboard(owner, FiguresQuery::default()).await.unwrap());
    assert_reads_back(&metrics.catalogue(owner, None).await.unwrap());
    for key in MetricKey::all() {
        assert_reads_back(&metrics.figure(owner, key, FiguresQuery::default()).await.unwrap());
    }
});

db_test!(a_file_that_is_not_understood_yet_says_what_to_do, |db: Db| {
    let company = Company::new(&db).await;
    let unreadable = company.upload("month,MRR\n").await;
    let refused = company.metrics.check(&company.owner, unreadable).await.unwrap_err();
    assert!(
        matches!(&refused, AppError::Conflict { message } if message.contains("no rows below")),
        "{refused:?}"
    );
});

db_test!(amounts_in_another_currency_are_refused_by_column_and_dollar_signs_are_any_dollar, |db: Db| {
    let company = Company::new(&db).await;
    let in_euros = company.upload("month,MRR (EUR),customers\n2026-01,€1000,10\n2026-02,€1100,11\n").await;
    let refused = company.metrics.check(&company.owner, in_euros).await.unwrap_err();
    let fields = refused.fields();
    assert_eq!((fields.len(), fields[0].field.as_str()), (1, "c1"), "{refused:?}");
    assert!(fields[0].message.starts_with("These amounts are in EUR and the company keeps"), "{refused:?}");
    assert!(company.metrics.commit(&company.owner, in_euros).await.is_err());

    company.choose_currency(Currency::Eur).await.unwrap();
    company.commit(in_euros).await;

    let canadian = company.neighbour().await;
    canadian.choose_currency(Currency::Cad).await.unwrap();
    canadian.import("month,MRR\n2026-01,$1000\n2026-02,$1100\n").await;
    assert_eq!(canadian.value("mrr", "2026-02").await, Some(1100.0));
    for foreign in
        ["MRR (USD)\n2026-03,$1", "MRR (HUF)\n2026-03,1", "MRR\n2026-03,$1\n2026-04,€2", "MRR\n2026-03,US$1"]
    {
        let id = canadian.upload(&format!("month,{foreign}\n")).await;
        assert!(canadian.metrics.commit(&canadian.owner, id).await.is_err(), "{foreign}");
    }
});
