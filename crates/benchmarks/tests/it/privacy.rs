//! What must not leave the frozen peers.

use benchmarks::model::{MOST_VERSIONS, PeerValue, Ranked};
use chrono::TimeDelta;
use db::db_test;
use kernel::{AppError, Role};
use stats::gate::Evidence;

use crate::instance::{Instance, figures, row, sharing, silent, silent_named};

/// Into January 2027.
const NEXT_QUARTER: TimeDelta = TimeDelta::days(100);

db_test!(five_others_are_too_few_and_six_are_enough, |db: Db| {
    let instance = Instance::new(&db).await;
    let owners = instance.found_alike(6).await;
    instance.benchmarks.freeze_if_due().await.unwrap();
    let inside = instance.margin(&owners[0]).await;
    assert_eq!((inside.position.evidence, inside.position.rung), (Evidence::Nothing, None));
    assert_eq!((inside.position.rank, inside.position.quantiles.p50), (None, None));

    let newcomer = instance.found("newcomer", sharing()).await;
    instance.import(&newcomer, &figures(150_000.0, 0.7)).await;
    let outside = instance.margin(&newcomer).await;
    assert_eq!(outside.position.evidence, Evidence::Median);
    assert_eq!((outside.position.quantiles.p25, outside.position.quantiles.p75), (None, None));
});

db_test!(five_companies_are_shown_to_nobody, |db: Db| {
    let instance = Instance::new(&db).await;
    instance.found_alike(5).await;
    instance.benchmarks.freeze_if_due().await.unwrap();
    let newcomer = instance.found("newcomer", sharing()).await;
    instance.import(&newcomer, &figures(150_000.0, 0.7)).await;
    assert!(!instance.margin(&newcomer).await.has_peers());
});

db_test!(what_a_company_is_shown_names_no_other, |db: Db| {
    let instance = Instance::new(&db).await;
    let owners = instance.found_alike(12).await;
    instance.benchmarks.freeze_if_due().await.unwrap();
    let mut ids = Vec::new();
    for owner in &owners {
        let slug = instance.accounts.list_workspaces(owner.user_id().unwrap()).await.unwrap()[0].slug.clone();
        ids.push(instance.accounts.workspace_view(owner.user_id(), &slug).await.unwrap().id.to_string());
    }
    let shown = serde_json::to_string(&instance.standing(&owners[0]).await).unwrap();
    for number in 2..=12 {
        assert!(!shown.contains(&format!("canary-{number}\"")), "canary-{number}");
        assert!(!shown.contains(&ids[number - 1]), "the id of canary-{number}");
    }
    // Margins of others that are no published percentile.
    for value in ["0.52", "0.53", "0.55", "0.57", "0.61", "0.62"] {
        assert!(!shown.contains(&format!(":{value},")), "{value}");
    }
    assert!(!shown.contains("\"peers\":12") && !shown.contains("contributors"), "the exact count");
});

db_test!(an_owner_takes_along_what_the_company_brought_itself_and_nothing_of_others, |db: Db| {
    let instance = Instance::new(&db).await;
    let owners = instance.found_alike(12).await;
    instance.benchmarks.freeze_if_due().await.unwrap();
    instance.import(&owners[2], &figures(150_000.0, 0.9)).await;
    instance.later(NEXT_QUARTER).await.benchmarks.freeze_if_due().await.unwrap();
    let brought = instance.benchmarks.own_contributions(&owners[2]).await.unwrap();
    let told: Vec<_> = brought.iter().map(|own| (own.snapshot.quarter.as_str(), own.values["gm"])).collect();
    assert_eq!(told, [("2027 Q1", PeerValue::Known(0.9)), ("2026 Q4", PeerValue::Known(0.53))]);
    let shown = instance.standing(&owners[2]).await;
    assert_eq!((Some(&brought[0].snapshot), brought[0].profile), (shown.snapshot.as_ref(), shown.profile));

    let newcomer = instance.found("newcomer", sharing()).await;
    assert_eq!(instance.benchmarks.own_contributions(&newcomer).await.unwrap(), []);
    let (accounts, admin) = (&instance.accounts, newcomer.user_id().unwrap());
    accounts.put_member(owners[2].workspace_id(), admin, Role::Admin).await.unwrap();
    let workspaces = accounts.list_workspaces(owners[2].user_id().unwrap()).await.unwrap();
    let admin = accounts.authorise(Some(admin), &workspaces[0].slug).await.unwrap();
    let refused = instance.benchmarks.own_contributions(&admin).await.unwrap_err();
    assert!(matches!(refused, AppError::Forbidden { .. }), "{refused:?}");
});

db_test!(a_company_is_counted_only_while_it_shares, |db: Db| {
    let instance = Instance::new(&db).await;
    let owners = instance.found_alike(8).await;
    let silent_one = instance.found("outsider", silent()).await;
    instance.import(&silent_one, &figures(150_000.0, 0.9)).await;
    instance.accounts.save_profile(&owners[0], &silent_named("canary-1")).await.unwrap();
    instance.benchmarks.freeze_if_due().await.unwrap();
    assert_eq!(instance.count("benchmark_contributions").await, 7);
});

db_test!(one_company_that_leaves_does_not_show_in_the_next_snapshot, |db: Db| {
    let instance = Instance::new(&db).await;
    let owners = instance.found_alike(12).await;
    instance.benchmarks.freeze_if_due().await.unwrap();
    let before = instance.margin(&owners[5]).await;
    assert!(before.has_peers());

    instance.accounts.save_profile(&owners[0], &silent_named("canary-1")).await.unwrap();
    assert_eq!(
        instance.margin(&owners[5]).await.position,
        before.position,
        "nothing moves before the next freeze"
    );
    let later = instance.later(NEXT_QUARTER).await;
    assert!(later.benchmarks.freeze_if_due().await.unwrap());
    assert!(!later.margin(&owners[5]).await.has_peers(), "the difference would be the company that left");
});

db_test!(figures_older_than_eighteen_months_do_not_count, |db: Db| {
    let instance = Instance::new(&db).await;
    instance.found_alike(6).await;
    let much_later = instance.later(TimeDelta::days(20 * 31)).await;
    assert!(!much_later.benchmarks.freeze_if_due().await.unwrap());
    assert_eq!(much_later.count("benchmark_snapshots").await, 0);
});

db_test!(a_newcomer_cannot_bisect_for_the_figure_of_a_peer, |db: Db| {
    let instance = Instance::new(&db).await;
    // Margins from 0.51 to 0.62.
    instance.found_alike(12).await;
    instance.benchmarks.freeze_if_due().await.unwrap();
    let prober = instance.found("prober", sharing()).await;
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    let mut answers = 0;
    for _ in 0..20 {
        let guess = f64::midpoint(low, high);
        instance.import(&prober, &figures(150_000.0, guess)).await;
        let Some(rank) = instance.margin(&prober).await.position.rank else { break };
        answers += 1;
        if rank.percentile == 0 { low = guess } else { high = guess }
    }
    assert_eq!(answers, MOST_VERSIONS);
    assert!(high - low > 0.03, "the lowest margin is known to lie between {low} and {high}");

    let view = instance.standing(&prober).await;
    assert_eq!((view.ranked.is_limited, view.obstacle), (true, None));
    assert_eq!((view.headline.as_str(), view.summary.contains("no percentiles")), ("", true));
    let margin = instance.margin(&prober).await;
    assert!(
        margin.has_peers() && margin.position.quantiles.p50.is_some(),
        "what is published stays in sight"
    );
    instance.import(&prober, &figures(150_000.0, 0.5)).await;
    assert!(instance.margin(&prober).await.position.rank.is_some(), "what was told once stays told");
});

db_test!(a_company_that_was_counted_is_ranked_as_it_was_counted, |db: Db| {
    let instance = Instance::new(&db).await;
    let owners = instance.found_alike(12).await;
    instance.benchmarks.freeze_if_due().await.unwrap();
    let before = instance.margin(&owners[5]).await;
    for margin in [0.1, 0.515, 0.525, 0.535, 0.545, 0.555, 0.9] {
        instance.import(&owners[5], &figures(150_000.0, margin)).await;
        let view = instance.standing(&owners[5]).await;
        assert_eq!((view.ranked.has_changed, view.ranked.is_limited), (true, false));
        assert_eq!(row(&view, "gm").position.rank, before.position.rank);
    }
    assert_eq!(instance.count("benchmark_looks").await, 0);
});

db_test!(two_visits_at_once_are_one_version, |db: Db| {
    let instance = Instance::new(&db).await;
    instance.found_alike(12).await;
    instance.benchmarks.freeze_if_due().await.unwrap();
    let newcomer = instance.found("newcomer", sharing()).await;
    instance.import(&newcomer, &figures(150_000.0, 0.545)).await;
    let visits = (0..8).map(|_| instance.standing(&newcomer));
    for view in futures::future::join_all(visits).await {
        assert_eq!(view.ranked, Ranked::default());
    }
    assert_eq!(instance.count("benchmark_looks").await, 1);
});

db_test!(companies_of_one_owner_open_no_group_around_another, |db: Db| {
    let instance = Instance::new(&db).await;
    let eve = instance.found("eve", sharing()).await;
    instance.import(&eve, &figures(150_000.0, 0.1)).await;
    for number in 2..=8 {
        let another = instance.found_another(&eve, &format!("eve-{number}")).await;
        instance.import(&another, &figures(150_000.0, 0.1 * f64::from(number))).await;
    }
    let victim = instance.found("victim", sharing()).await;
    instance.import(&victim, &figures(150_000.0, 0.543)).await;
    assert!(instance.benchmarks.freeze_if_due().await.unwrap());
    for looking in [&eve, &victim] {
        let margin = instance.margin(looking).await;
        assert!(!margin.has_peers() && margin.position.quantiles.p50.is_none(), "{margin:?}");
    }
});

db_test!(whoever_owns_many_companies_feels_out_no_more_than_whoever_owns_one, |db: Db| {
    let instance = Instance::new(&db).await;
    instance.found_alike(12).await;
    instance.benchmarks.freeze_if_due().await.unwrap();
    let mut probers = vec![instance.found("prober", sharing()).await];
    for number in 2..=4 {
        probers.push(instance.found_another(&probers[0], &format!("prober-{number}")).await);
    }
    let mut answers = 0;
    for (number, prober) in (0..12).zip(probers.iter().cycle()) {
        instance.import(prober, &figures(150_000.0, 0.45 + f64::from(number) / 100.0)).await;
        answers += i64::from(instance.margin(prober).await.position.rank.is_some());
    }
    assert_eq!(answers, MOST_VERSIONS);
    let newcomer = instance.found("newcomer", sharing()).await;
    instance.import(&newcomer, &figures(150_000.0, 0.545)).await;
    assert!(instance.margin(&newcomer).await.position.rank.is_some(), "others are not held back for it");
});
