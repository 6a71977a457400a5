//! What stands in a report.

use db::db_test;
use kernel::{AppError, Currency};
use metrics::model::FiguresQuery;

use crate::company::Company;

db_test!(a_report_says_what_the_dashboard_says, |db: Db| {
    let company = Company::new(&db).await;
    company.import().await;
    let report = company.report().await;
    let document = company.document();
    let dashboard = company.metrics.dashboard(&company.owner, FiguresQuery::default()).await.unwrap();
    let content = dashboard.content.unwrap();

    assert_eq!((document.company.as_str(), document.synthetic), ("acme", false));
    assert_eq!(
        (document.period.as_str(), report.period.as_str()),
        ("Oct 2025 – Dec 2025", "Oct 2025 – Dec 2025")
    );
    assert_eq!(document.generated_label(), "4 January 2026");
    let shown: Vec<_> = document.summary.headlines.iter().map(|headline| headline.value.clone()).collect();
    let figures = content.dashboard.figures.iter();
    let expected: Vec<_> = figures
        .map(|figure| figure.value.known().map(|value| kernel::figure(value, figure.unit, Currency::Usd)))
        .collect();
    assert_eq!(shown, expected, "the same digits");
    assert!(shown.iter().flatten().count() >= 5);
    assert!(!document.trends.is_empty() && !document.definitions.is_empty() && !document.method.is_empty());
});

db_test!(a_report_says_which_peers_it_compares_with, |db: Db| {
    let company = Company::new(&db).await;
    company.import().await;
    let report = company.report().await;
    assert_eq!(
        (report.snapshot.as_str(), company.document().snapshot.as_str()),
        ("published figures only", "published figures only")
    );
    let ranks =
        company.document().figures.into_iter().flat_map(|group| group.rows).filter_map(|row| row.rank);
    assert_eq!(ranks.count(), 0, "nobody is ranked without peers");
});

db_test!(the_figures_of_a_row_are_in_one_currency, |db: Db| {
    let company = Company::new(&db).await;
    company.choose_currency(Currency::Eur).await;
    company.import().await;
    company.report().await;
    for row in company.document().figures.into_iter().flat_map(|group| group.rows) {
        let figures = [row.value, row.previous, row.median];
        let signs: Vec<Option<char>> = figures
            .iter()
            .flatten()
            .map(|figure| figure.number.chars().find(|c| ['$', '€'].contains(c)))
            .collect();
        assert!(signs.windows(2).all(|pair| pair[0] == pair[1]), "{}: {figures:?}", row.metric);
    }
});

db_test!(without_figures_there_is_nothing_to_report, |db: Db| {
    let company = Company::new(&db).await;
    let refused = company.reports.create(&company.owner, FiguresQuery::default()).await.unwrap_err();
    assert!(matches!(&refused, AppError::Conflict { message } if message.contains("import")), "{refused:?}");
    assert!(company.reports.list(&company.owner).await.unwrap().is_empty());
});

db_test!(a_report_that_cannot_be_typeset_leaves_nothing_behind, |db: Db| {
    let company = Company::without_fonts(&db).await;
    company.import().await;
    let refused = company.reports.create(&company.owner, FiguresQuery::default()).await.unwrap_err();
    assert!(matches!(refused, AppError::Internal { .. }));
    assert!(!refused.to_string().contains("font"), "the cause is for the log: {refused}");
    assert!(company.reports.list(&company.owner).await.unwrap().is_empty());
    assert!(company.files_on_disk().is_empty());
});

db_test!(a_program_without_reports_says_so, |db: Db| {
    let company = Company::new(&db).await;
    company.import().await;
    let reports = company.program_without_reports().await;
    let refused = reports.create(&company.owner, FiguresQuery::default()).await.unwrap_err();
    assert!(matches!(refused, AppError::Unavailable { .. }));
});
