//! When peers are frozen.

use chrono::TimeDelta;
use db::db_test;

use crate::instance::{Instance, figures};

db_test!(nothing_is_frozen_while_nobody_shares, |db: Db| {
    let instance = Instance::new(&db).await;
    assert!(!instance.benchmarks.freeze_if_due().await.unwrap());
    assert_eq!(instance.count("benchmark_snapshots").await, 0);
});

db_test!(open_cells_stay_as_they_are_until_the_next_quarter, |db: Db| {
    let instance = Instance::new(&db).await;
    let owners = instance.found_alike(12).await;
    assert!(instance.benchmarks.freeze_if_due().await.unwrap());
    let before = instance.standing(&owners[5]).await;

    for owner in &owners[6..] {
        instance.import(owner, &figures(150_000.0, 0.05)).await;
    }
    let tomorrow = instance.later(TimeDelta::days(1)).await;
    assert!(!tomorrow.benchmarks.freeze_if_due().await.unwrap());
    assert_eq!(tomorrow.standing(&owners[5]).await, before);

    let next_quarter = instance.later(TimeDelta::days(100)).await;
    assert!(next_quarter.benchmarks.freeze_if_due().await.unwrap());
    let after = next_quarter.standing(&owners[5]).await;
    assert_eq!(after.snapshot.unwrap().quarter, "2027 Q1");
    assert_eq!(next_quarter.margin(&owners[5]).await.position.rank.unwrap().percentile, 100);
    assert_eq!(next_quarter.count("benchmark_snapshots").await, 2, "earlier ones stay");
});

db_test!(a_young_instance_does_not_wait_for_the_next_quarter, |db: Db| {
    let instance = Instance::new(&db).await;
    let owners = instance.found_alike(3).await;
    assert!(instance.benchmarks.freeze_if_due().await.unwrap());
    assert!(!instance.margin(&owners[0]).await.has_peers());

    let tomorrow = instance.later(TimeDelta::days(1)).await;
    for number in 0..9 {
        let owner = tomorrow.found(&format!("later-{number}"), crate::instance::sharing()).await;
        tomorrow.import(&owner, &figures(150_000.0, 0.6 + f64::from(number) / 100.0)).await;
    }
    assert!(tomorrow.benchmarks.freeze_if_due().await.unwrap());
    assert!(tomorrow.margin(&owners[0]).await.has_peers());
    assert_eq!(
        tomorrow.count("benchmark_snapshots").await,
        1,
        "it takes the place of the one that showed nothing"
    );
});

db_test!(two_nodes_that_freeze_at_once_make_one_snapshot, |db: Db| {
    let instance = Instance::new(&db).await;
    instance.found_alike(7).await;
    let other = instance.later(TimeDelta::seconds(1)).await;
    let (one, other) = tokio::join!(instance.benchmarks.freeze_if_due(), other.benchmarks.freeze_if_due());
    assert!(one.unwrap() || other.unwrap());
    assert_eq!(instance.count("benchmark_snapshots").await, 1);
    assert_eq!(instance.count("benchmark_contributions").await, 7);
});
