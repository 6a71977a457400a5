//! Made-up companies and real ones.

use accounts::{CompanyProfile, Industry, Stage};
use benchmarks::model::Obstacle;
use db::db_test;
use kernel::{Actor, Currency};

use crate::instance::{Instance, figures};

async fn load_demo(instance: &Instance) -> Actor {
    let profile = CompanyProfile {
        name: "Northlight".to_owned(),
        industry: Some(Industry::Software),
        stage: Some(Stage::Seed),
        country: None,
        currency: Currency::Usd,
        founded_year: None,
        headcount: None,
        // Even if it said so, it would not count among real companies.
        shares_with_peers: true,
    };
    let mut tx = instance.db.begin_everywhere().await.unwrap();
    let demo = instance.accounts.insert_synthetic(&mut tx, &profile).await.unwrap();
    tx.commit().await.unwrap();
    instance.import(&demo, &figures(150_000.0, 0.7)).await;
    instance.benchmarks.load_synthetic(100).await.unwrap();
    demo
}

db_test!(the_demo_company_is_compared_with_made_up_peers_and_says_so, |db: Db| {
    let instance = Instance::new(&db).await;
    let demo = load_demo(&instance).await;
    let view = instance.standing(&demo).await;
    assert_eq!((view.is_synthetic, view.obstacle), (true, None));
    let rows: Vec<_> = view.groups.iter().flat_map(|group| &group.rows).collect();
    assert!(rows.iter().any(|row| row.has_peers()));
    assert!(rows.iter().all(|row| row.bar.synthetic), "every picture says so");
});

db_test!(a_real_company_never_sees_made_up_peers, |db: Db| {
    let instance = Instance::new(&db).await;
    load_demo(&instance).await;
    let owners = instance.found_alike(3).await;
    assert_eq!(instance.standing(&owners[0]).await.obstacle, Some(Obstacle::NoSnapshot));
    instance.benchmarks.freeze_if_due().await.unwrap();
    let view = instance.standing(&owners[0]).await;
    assert!(!view.is_synthetic);
    for row in view.groups.iter().flat_map(|group| &group.rows) {
        assert!(!row.has_peers() && !row.bar.synthetic, "{}", row.label);
    }
});

db_test!(real_companies_do_not_move_the_demo_nor_the_demo_them, |db: Db| {
    let instance = Instance::new(&db).await;
    let demo = load_demo(&instance).await;
    let before = instance.standing(&demo).await;
    let owners = instance.found_alike(12).await;
    instance.benchmarks.freeze_if_due().await.unwrap();
    assert_eq!(instance.standing(&demo).await, before);

    let real = instance.standing(&owners[3]).await;
    instance.benchmarks.remove_synthetic().await.unwrap();
    instance.accounts.remove_synthetic().await.unwrap();
    assert_eq!(instance.standing(&owners[3]).await, real);
    assert_eq!(instance.count("benchmark_snapshots").await, 1);
});

db_test!(loading_the_demo_twice_leaves_one_set_of_peers, |db: Db| {
    let instance = Instance::new(&db).await;
    for _ in 0..2 {
        instance.benchmarks.load_synthetic(20).await.unwrap();
    }
    assert_eq!(instance.count("benchmark_snapshots").await, 1);
    assert_eq!(instance.count("benchmark_contributions").await, 20);
});
