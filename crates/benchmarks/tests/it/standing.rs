//! Where a company stands.

use accounts::{Industry, ProfileInput, Stage};
use benchmarks::model::{Cohort, Obstacle, PeerCount, RevenueBand, StandingView};
use db::db_test;
use stats::gate::Evidence;

use crate::instance::{Instance, figures, row, sharing, silent};

db_test!(twelve_companies_that_share_see_where_they_stand, |db: Db| {
    let instance = Instance::new(&db).await;
    let owners = instance.found_alike(12).await;
    assert!(instance.benchmarks.freeze_if_due().await.unwrap());

    let view = instance.standing(&owners[5]).await;
    let snapshot = view.snapshot.clone().unwrap();
    assert_eq!((view.obstacle, snapshot.quarter.as_str(), snapshot.hash.len()), (None, "2026 Q4", 8));
    let margin = row(&view, "gm");
    let closest = Cohort::IndustryBandStage(Industry::Software, RevenueBand::From1MTo3M, Stage::Seed);
    let rung = margin.position.rung.unwrap();
    assert_eq!((rung.level, rung.cohort), (1, closest));
    assert_eq!((margin.position.evidence, margin.position.peers), (Evidence::Quartiles, PeerCount::of(11)));
    let quantiles = margin.position.quantiles;
    assert_eq!(quantiles.p50, Some(0.565));
    assert!(quantiles.p25.is_some() && quantiles.p75.is_some());
    assert_eq!((quantiles.p10, quantiles.p90), (None, None), "eleven peers are too few for tenths");
});

db_test!(a_rank_counts_the_others_and_never_the_company_itself, |db: Db| {
    let instance = Instance::new(&db).await;
    let owners = instance.found_alike(12).await;
    instance.benchmarks.freeze_if_due().await.unwrap();
    // With 0 to 11 of the 11 others below.
    for (percentile, owner) in [0, 9, 18, 27, 36, 45, 55, 64, 73, 82, 91, 100].into_iter().zip(&owners) {
        let rank = instance.margin(owner).await.position.rank.unwrap();
        assert_eq!(rank.percentile, percentile);
        assert!(rank.low <= percentile && percentile <= rank.high, "{rank:?}");
    }
});

db_test!(a_newcomer_is_ranked_among_all_of_them, |db: Db| {
    let instance = Instance::new(&db).await;
    instance.found_alike(12).await;
    instance.benchmarks.freeze_if_due().await.unwrap();
    let newcomer = instance.found("newcomer", sharing()).await;
    instance.import(&newcomer, &figures(150_000.0, 0.545)).await;
    let margin = instance.margin(&newcomer).await;
    assert_eq!((margin.position.peers, margin.position.rank.unwrap().percentile), (PeerCount::of(12), 33));
});

db_test!(whoever_does_not_share_sees_published_figures_alone, |db: Db| {
    let instance = Instance::new(&db).await;
    instance.found_alike(12).await;
    instance.benchmarks.freeze_if_due().await.unwrap();
    let outsider = instance.found("outsider", silent()).await;
    instance.import(&outsider, &figures(150_000.0, 0.545)).await;
    let view = instance.standing(&outsider).await;
    assert_eq!(view.obstacle, Some(Obstacle::NotSharing));
    for row in view.groups.iter().flat_map(|group| &group.rows) {
        assert!(!row.has_peers() && row.position.rank.is_none(), "{}", row.label);
    }
    assert!(!row(&view, "gm").published.is_empty());
});

db_test!(before_the_first_snapshot_there_are_published_figures, |db: Db| {
    let instance = Instance::new(&db).await;
    let owner = instance.found_alike(1).await.remove(0);
    let view = instance.standing(&owner).await;
    assert_eq!((view.obstacle, view.snapshot), (Some(Obstacle::NoSnapshot), None));
    let placed = view.groups.iter().flat_map(|group| &group.rows).filter(|row| !row.published.is_empty());
    assert!(placed.count() >= 8);
});

db_test!(a_company_without_figures_is_told_nothing_of_itself, |db: Db| {
    let instance = Instance::new(&db).await;
    instance.found_alike(12).await;
    instance.benchmarks.freeze_if_due().await.unwrap();
    let empty = instance.found("empty", sharing()).await;
    let view = instance.standing(&empty).await;
    assert_eq!((view.month, view.profile.band), (None, None));
    assert!(view.groups.iter().flat_map(|group| &group.rows).all(|row| row.position.rank.is_none()));
});

db_test!(what_a_browser_is_sent_reads_back_as_it_was, |db: Db| {
    let instance = Instance::new(&db).await;
    let owners = instance.found_alike(7).await;
    instance.benchmarks.freeze_if_due().await.unwrap();
    let view = instance.standing(&owners[0]).await;
    let sent = serde_json::to_string(&view).unwrap();
    assert_eq!(serde_json::from_str::<StandingView>(&sent).unwrap(), view);
});

db_test!(figures_in_euros_are_compared_in_dollars, |db: Db| {
    let instance = Instance::new(&db).await;
    instance.found_alike(11).await;
    let european = instance.found("european", ProfileInput { currency: "EUR".to_owned(), ..sharing() }).await;
    // 70,000 a month are 0.84 million a year in euros and 1.05 million in dollars.
    instance.import(&european, &figures(70_000.0, 0.62)).await;
    instance.benchmarks.freeze_if_due().await.unwrap();
    let view = instance.standing(&european).await;
    assert_eq!(view.profile.band, Some(RevenueBand::From1MTo3M));
    assert_eq!(row(&view, "gm").position.rung.unwrap().level, 1);
});
