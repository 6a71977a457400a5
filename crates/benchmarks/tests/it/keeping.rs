//! Where a company stands is kept, and is always what it would be without.

use benchmarks::{Benchmarks, model::Obstacle};
use chrono::TimeDelta;
use db::db_test;
use kernel::Ambient;
use platform::Cache;

use crate::instance::{Instance, figures, sharing, silent_named};

/// Another node over the same database, with a memory of its own.
fn other_node(instance: &Instance, cache: Cache) -> Benchmarks {
    let base = (instance.db.clone(), Ambient::system());
    Benchmarks::new(base, instance.accounts.clone(), instance.metrics.clone().with_cache(cache))
}

db_test!(a_place_is_computed_once_and_is_the_same_to_the_last_bit, |db: Db| {
    let instance = Instance::new(&db).await;
    let owners = instance.found_alike(12).await;
    instance.benchmarks.freeze_if_due().await.unwrap();
    let cache = platform::testing::cache(&Ambient::system());
    let (node, fresh) = (other_node(&instance, cache.clone()), other_node(&instance, Cache::off()));
    for owner in &owners[..3] {
        for _ in 0..2 {
            assert_eq!(node.standing(owner).await.unwrap(), fresh.standing(owner).await.unwrap());
        }
    }
    assert_eq!(cache.computed(), 3);
});

db_test!(new_peers_new_figures_and_a_new_profile_show_at_once_on_every_node, |db: Db| {
    let instance = Instance::new(&db).await;
    let owners = instance.found_alike(12).await;
    let node = other_node(&instance, platform::testing::cache(&Ambient::system()));
    let both = async || {
        let here = instance.standing(&owners[0]).await;
        assert_eq!(node.standing(&owners[0]).await.unwrap(), here);
        here
    };
    assert_eq!(both().await.obstacle, Some(Obstacle::NoSnapshot));
    instance.benchmarks.freeze_if_due().await.unwrap();
    let first = both().await;
    assert_eq!(first.obstacle, None);
    instance.import(&owners[0], &figures(150_000.0, 0.9)).await;
    assert!(both().await.ranked.has_changed);
    // The next quarter has another snapshot.
    let later = instance.later(TimeDelta::days(92)).await;
    later.benchmarks.freeze_if_due().await.unwrap();
    assert_ne!(both().await.snapshot.unwrap().quarter, first.snapshot.unwrap().quarter);
    let silent = silent_named("canary-1");
    instance.accounts.save_profile(&owners[0], &silent).await.unwrap();
    assert_eq!(both().await.obstacle, Some(Obstacle::NotSharing));
});

db_test!(what_is_kept_spends_no_look_and_gives_none, |db: Db| {
    let instance = Instance::new(&db).await;
    instance.found_alike(12).await;
    instance.benchmarks.freeze_if_due().await.unwrap();
    let newcomer = instance.found("newcomer", sharing()).await;
    for version in 0..7 {
        instance.import(&newcomer, &figures(150_000.0, 0.6 + f64::from(version) / 100.0)).await;
        let node = other_node(&instance, platform::testing::cache(&Ambient::system()));
        for _ in 0..2 {
            let is_limited = node.standing(&newcomer).await.unwrap().ranked.is_limited;
            assert_eq!(is_limited, version >= 5, "version {version}");
        }
    }
});

db_test!(no_company_gets_the_place_of_another, |db: Db| {
    let instance = Instance::new(&db).await;
    let owners = instance.found_alike(12).await;
    instance.benchmarks.freeze_if_due().await.unwrap();
    for _ in 0..2 {
        for (number, owner) in (1..).zip(&owners) {
            assert_eq!(instance.standing(owner).await.company, format!("canary-{number}"));
        }
    }
});
