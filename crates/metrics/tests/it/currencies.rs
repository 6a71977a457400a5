//! Money in more than one currency.

use db::db_test;
use kernel::Currency;
use metrics::{MetricKey, model::FiguresQuery};

use crate::company::Company;

const FIGURES: &str = "month,MRR,customers\n2026-06,1000.10,10\n2026-07,1100.20,11\n";

db_test!(amounts_are_shown_in_another_currency_at_one_fixed_rate_that_is_named, |db: Db| {
    let company = Company::new(&db).await;
    company.choose_currency(Currency::Eur).await.unwrap();
    company.import(FIGURES).await;
    let in_dollars = FiguresQuery { currency: Some(Currency::Usd), ..FiguresQuery::default() };
    let mrr = company.metrics.figure(&company.owner, MetricKey::MRR, in_dollars).await.unwrap();
    assert_eq!(mrr.value.known(), Some(1100.20 * 1.25));
    assert_eq!(
        (mrr.shown.currency, mrr.shown.converted_by.as_deref()),
        (Currency::Usd, Some("Central bank, 2025"))
    );
    let customers = company.metrics.figure(&company.owner, MetricKey::CUSTOMERS, in_dollars).await.unwrap();
    assert_eq!(customers.value.known(), Some(11.0), "only money is converted");

    let own = company.figure("mrr", "2026-07").await;
    assert_eq!(
        (own.value.known(), own.shown.currency, own.shown.converted_by),
        (Some(1100.20), Currency::Eur, None)
    );
});

db_test!(a_currency_without_a_rate_is_refused, |db: Db| {
    let company = Company::new(&db).await;
    company.import(FIGURES).await;
    let query = FiguresQuery { currency: Some(Currency::Chf), ..FiguresQuery::default() };
    for refused in [
        company.metrics.dashboard(&company.owner, query).await.err(),
        company.metrics.figure(&company.owner, MetricKey::MRR, query).await.err(),
        company.metrics.table(&company.owner, query.currency).await.err(),
    ] {
        assert_eq!(refused.unwrap().fields()[0].field, "currency");
    }
});

db_test!(amounts_of_a_currency_without_cents_are_whole, |db: Db| {
    let company = Company::new(&db).await;
    company.choose_currency(Currency::Jpy).await.unwrap();
    company.import("month,MRR\n2026-06,150000\n2026-07,150000.4\n").await;
    assert_eq!(company.value("mrr", "2026-06").await, Some(150_000.0));
    assert_eq!(company.value("mrr", "2026-07").await, Some(150_000.0));
});

db_test!(the_currency_stays_as_long_as_figures_are_kept_in_it, |db: Db| {
    let company = Company::new(&db).await;
    let id = company.upload(FIGURES).await;
    company.choose_currency(Currency::Eur).await.unwrap();
    company.choose_currency(Currency::Usd).await.unwrap();
    let import = company.commit(id).await;

    let refused = company.choose_currency(Currency::Jpy).await.unwrap_err();
    assert_eq!(refused.fields()[0].field, "currency");
    assert_eq!(company.value("mrr", "2026-07").await, Some(1100.20));
    company.choose_currency(Currency::Usd).await.unwrap();

    company.metrics.undo(&company.owner, import.id).await.unwrap();
    company.choose_currency(Currency::Jpy).await.unwrap();
    assert_eq!(company.accounts.profile(&company.owner).await.unwrap().currency, Currency::Jpy);
});
