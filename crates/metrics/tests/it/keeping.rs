//! What was computed is kept, and nobody ever sees what was true before.

use std::sync::Arc;

use accounts::ProfileInput;
use db::db_test;
use futures::future::join_all;
use kernel::{Actor, Currency};
use metrics::{
    Metrics,
    model::{DashboardView, FiguresQuery, NewObservation},
};
use platform::Cache;

use crate::company::{Company, key, month};

const FIGURES: &str = "month,MRR,customers\n2026-06,1000,10\n2026-07,1100,11\n";

/// Another node over the same database, with a memory of its own.
fn other_node(company: &Company) -> (Metrics, Cache) {
    let cache = platform::testing::cache(&kernel::Ambient::system());
    (company.metrics.clone().with_cache(cache.clone()), cache)
}

async fn dashboard(metrics: &Metrics, actor: &Actor) -> DashboardView {
    metrics.dashboard(actor, FiguresQuery::default()).await.unwrap()
}

/// The newest MRR, from the yearly revenue that the dashboard shows.
fn mrr(view: &DashboardView) -> Option<f64> {
    let figures = &view.content.as_ref()?.dashboard.figures;
    let yearly = figures.iter().find(|figure| figure.key == key("arr")).unwrap();
    yearly.value.known().map(|yearly| yearly / 12.0)
}

db_test!(every_view_is_computed_once_and_is_the_same_to_the_last_bit, |db: Db| {
    let company = Company::new(&db).await;
    company.import(FIGURES).await;
    let (metrics, cache) = other_node(&company);
    let (fresh, actor) = (company.metrics.clone().with_cache(Cache::off()), &company.owner);
    let query = FiguresQuery { currency: Some(Currency::Eur), ..FiguresQuery::default() };
    for _ in 0..2 {
        assert_eq!(
            metrics.dashboard(actor, query).await.unwrap(),
            fresh.dashboard(actor, query).await.unwrap()
        );
        assert_eq!(
            metrics.figure(actor, key("arr"), query).await.unwrap(),
            fresh.figure(actor, key("arr"), query).await.unwrap()
        );
        assert_eq!(
            metrics.table(actor, Some(Currency::Eur)).await.unwrap(),
            fresh.table(actor, Some(Currency::Eur)).await.unwrap()
        );
        assert_eq!(
            metrics.catalogue(actor, None).await.unwrap(),
            fresh.catalogue(actor, None).await.unwrap()
        );
    }
    assert_eq!(cache.computed(), 4);
});

db_test!(five_hundred_who_open_a_dashboard_at_once_have_it_computed_once, |db: Db| {
    let company = Company::new(&db).await;
    company.import(FIGURES).await;
    let (metrics, cache) = other_node(&company);
    let views = join_all((0..500).map(|_| dashboard(&metrics, &company.owner))).await;
    assert!(views.iter().all(|view| mrr(view) == Some(1100.0)));
    assert_eq!(cache.computed(), 1);
});

db_test!(whatever_changes_figures_shows_at_once_on_every_node, |db: Db| {
    let company = Company::new(&db).await;
    let (metrics, cache) = other_node(&company);
    let both = async || {
        let here = dashboard(&company.metrics, &company.owner).await;
        let there = dashboard(&metrics, &company.owner).await;
        assert_eq!(here, there);
        here
    };
    assert_eq!(mrr(&both().await), None);
    company.import(FIGURES).await;
    assert_eq!(mrr(&both().await), Some(1100.0));
    let new = [NewObservation { metric: key("mrr"), month: month("2026-07"), value: 1200.0 }];
    let recorded = company.metrics.record(&company.owner, Currency::Usd, &new).await.unwrap();
    assert_eq!(mrr(&both().await), Some(1200.0));
    company.metrics.undo(&company.owner, recorded.import.unwrap().id).await.unwrap();
    assert_eq!(mrr(&both().await), Some(1100.0));
    let profile = company.accounts.profile(&company.owner).await.unwrap();
    let renamed = ProfileInput { name: "Acme Rockets".to_owned(), ..ProfileInput::from(&profile) };
    company.accounts.save_profile(&company.owner, &renamed).await.unwrap();
    assert_eq!(both().await.company, "Acme Rockets");
    let before = cache.computed();
    both().await;
    assert_eq!(cache.computed(), before, "and what did not change is kept");
});

db_test!(while_figures_are_written_nobody_reads_less_than_was_acknowledged, |db: Db| {
    let company = Arc::new(Company::new(&db).await);
    company.import(FIGURES).await;
    let acknowledged = Arc::new(std::sync::Mutex::new(1100.0));
    let writer = tokio::spawn({
        let (company, acknowledged) = (company.clone(), acknowledged.clone());
        async move {
            for step in 1..=20_u32 {
                let value = 1100.0 + f64::from(step);
                let new = [NewObservation { metric: key("mrr"), month: month("2026-07"), value }];
                company.metrics.record(&company.owner, Currency::Usd, &new).await.unwrap();
                *acknowledged.lock().unwrap() = value;
            }
        }
    });
    let (metrics, _) = other_node(&company);
    let mut reads = 0;
    while !writer.is_finished() {
        for node in [&company.metrics, &metrics] {
            let least = *acknowledged.lock().unwrap();
            let read = mrr(&dashboard(node, &company.owner).await).unwrap();
            assert!(read >= least, "{read} after {least} was acknowledged");
            reads += 1;
        }
    }
    writer.await.unwrap();
    assert!(reads >= 2, "{reads}");
    assert_eq!(mrr(&dashboard(&metrics, &company.owner).await), Some(1120.0));
});

db_test!(a_company_never_gets_what_was_computed_for_another, |db: Db| {
    let ours = Company::new(&db).await;
    let theirs = ours.neighbour().await;
    ours.import(FIGURES).await;
    theirs.import("month,MRR\n2026-07,77\n").await;
    let (metrics, cache) = other_node(&ours);
    for _ in 0..3 {
        assert_eq!(mrr(&dashboard(&metrics, &ours.owner).await), Some(1100.0));
        assert_eq!(mrr(&dashboard(&metrics, &theirs.owner).await), Some(77.0));
    }
    assert_eq!(cache.computed(), 2);
});

db_test!(the_newest_figures_are_computed_before_somebody_asks, |db: Db| {
    let ours = Company::new(&db).await;
    let theirs = ours.neighbour().await;
    theirs.import(FIGURES).await;
    ours.import(FIGURES).await;
    let newest = ours.accounts.list_newest(1).await.unwrap();
    assert_eq!(ours.accounts.list_newest(20).await.unwrap().len(), 2);
    let (metrics, cache) = other_node(&ours);
    metrics.warm(newest[0]).await.unwrap();
    assert_eq!(cache.computed(), 1);
    let owner = [&ours.owner, &theirs.owner].into_iter().find(|owner| owner.workspace_id() == newest[0]);
    assert_eq!(mrr(&dashboard(&metrics, owner.unwrap()).await), Some(1100.0));
    assert_eq!(cache.computed(), 1);
});
