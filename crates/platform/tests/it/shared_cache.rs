//! Values that nodes share, against a real Redis.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use chrono::TimeDelta;
use db::{Db, db_test};
use kernel::AppError;
use platform::{
    Cache, CacheKey, Owner, RedisLine, SharedValues,
    testing::{self, RedisServer},
};

use crate::{
    cache::{Later, VERSION, key, scope},
    workspace::ambient,
};

/// One of several nodes over the same database and the same Redis.
async fn node(db: &Db, line: RedisLine, clock: &Later) -> Cache {
    let vault = testing::vault(db, &ambient(TimeDelta::zero())).await;
    let shared = SharedValues::new(line, vault, clock.ambient());
    Cache::new(8 * 1024 * 1024, Some(shared), clock.ambient())
}

/// A value as companies have them; it repeats itself as figures do.
fn figures() -> BTreeMap<String, f64> {
    (0..200).map(|month| (format!("Canary Industries, month {month}"), 123_456.789)).collect()
}

async fn ask(node: &Cache, key: CacheKey) -> Result<BTreeMap<String, f64>, AppError> {
    node.get(key, async { Ok(figures()) }).await
}

/// Everything that the server holds, by name.
async fn held(redis: &RedisServer) -> BTreeMap<String, Vec<u8>> {
    let client = redis::Client::open(redis.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let names: Vec<String> = redis::cmd("KEYS").arg("*").query_async(&mut connection).await.unwrap();
    let mut held = BTreeMap::new();
    for name in names {
        let value = redis::cmd("GET").arg(&name).query_async(&mut connection).await.unwrap();
        held.insert(name, value);
    }
    held
}

async fn set(redis: &RedisServer, name: &str, value: &[u8]) {
    let client = redis::Client::open(redis.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    redis::cmd("SET").arg(name).arg(value).query_async::<()>(&mut connection).await.unwrap();
}

async fn life_seconds(redis: &RedisServer, name: &str) -> i64 {
    let client = redis::Client::open(redis.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    redis::cmd("TTL").arg(name).query_async(&mut connection).await.unwrap()
}

db_test!(what_one_node_computed_serves_all_of_them_for_the_same_minute, |db: Db| {
    let redis = RedisServer::start();
    let clock = Later::default();
    let (one, other) =
        (node(&db, redis.patient_line(), &clock).await, node(&db, redis.patient_line(), &clock).await);
    assert_eq!(ask(&one, key("dashboard")).await.unwrap(), figures());
    clock.by(30_000);
    assert_eq!(ask(&other, key("dashboard")).await.unwrap(), figures());
    assert_eq!((one.computed(), other.computed()), (1, 0));
    let name = format!("quartile:cache:{}", key("dashboard"));
    assert!((50..=67).contains(&life_seconds(&redis, &name).await));
    clock.by(66_001);
    ask(&other, key("dashboard")).await.unwrap();
    assert_eq!(other.computed(), 1, "it does not live longer by going from node to node");
});

db_test!(whoever_reads_redis_learns_no_figure_and_no_name, |db: Db| {
    let redis = RedisServer::start();
    let node = node(&db, redis.patient_line(), &Later::default()).await;
    ask(&node, key("dashboard")).await.unwrap();
    let held = held(&redis).await;
    let (name, value) = held.first_key_value().unwrap();
    assert_eq!((held.len(), name.clone()), (1, format!("quartile:cache:{}", key("dashboard"))));
    for secret in [&b"Canary"[..], b"month", &123_456.789_f64.to_le_bytes(), &123_456.789_f64.to_be_bytes()] {
        assert!(!value.windows(secret.len()).any(|part| part == secret), "{secret:?}");
    }
    // Neither packed as it would be without a seal.
    assert!(!value.windows(4).any(|part| part == [0x28, 0xb5, 0x2f, 0xfd]), "the sign of zstd");
    let plain = postcard::to_extend(&figures(), Vec::new()).unwrap();
    assert!(value.len() < plain.len() / 4, "{} of {}", value.len(), plain.len());
});

db_test!(a_value_that_was_moved_or_changed_in_redis_is_not_believed, |db: Db| {
    let redis = RedisServer::start();
    let clock = Later::default();
    let theirs = CacheKey::new(scope(2), VERSION, &"dashboard").unwrap();
    ask(&node(&db, redis.patient_line(), &clock).await, key("dashboard")).await.unwrap();
    let (_, value) = held(&redis).await.pop_first().unwrap();
    let mut broken = value.clone();
    *broken.last_mut().unwrap() ^= 1;
    let wrong = [
        (&theirs, value.as_slice()),
        (&key("table"), value.as_slice()),
        (&key("dashboard"), broken.as_slice()),
        (&key("dashboard"), b""),
        (&key("dashboard"), &value[..value.len() / 2]),
    ];
    for (key, value) in wrong {
        set(&redis, &format!("quartile:cache:{key}"), value).await;
        let node = node(&db, redis.patient_line(), &clock).await;
        assert_eq!(ask(&node, key.clone()).await.unwrap(), figures());
        assert_eq!(node.computed(), 1, "{key}");
    }
});

db_test!(once_the_keys_of_a_workspace_are_gone_nobody_reads_what_redis_still_has_of_it, |db: Db| {
    let redis = RedisServer::start();
    let clock = Later::default();
    ask(&node(&db, redis.patient_line(), &clock).await, key("dashboard")).await.unwrap();
    let vault = testing::vault(&db, &ambient(TimeDelta::zero())).await;
    let mut tx = db.begin_everywhere().await.unwrap();
    vault.forget(&mut tx, Owner::Workspace(scope(1).workspace_id())).await.unwrap();
    tx.commit().await.unwrap();
    let node = node(&db, redis.patient_line(), &clock).await;
    ask(&node, key("dashboard")).await.unwrap();
    assert_eq!(node.computed(), 1);
});

db_test!(nobody_waits_for_a_redis_that_hangs_or_died, |db: Db| {
    let redis = RedisServer::start();
    let node = node(&db, redis.line(), &Later::default()).await;
    ask(&node, key("before")).await.unwrap();
    for signal in ["-STOP", "-KILL"] {
        redis.signal(signal);
        let begun = Instant::now();
        for number in 0..40 {
            assert_eq!(ask(&node, key(&format!("{signal} {number}"))).await.unwrap(), figures());
            node.publish(scope(2).workspace_id()).await;
        }
        assert!(begun.elapsed() < Duration::from_secs(3), "{signal}: {:?}", begun.elapsed());
        let computed = node.computed();
        ask(&node, key("before")).await.unwrap();
        assert_eq!(node.computed(), computed, "what this node keeps itself, it still has");
    }
});

db_test!(a_change_gives_memory_back_on_every_node_within_a_second, |db: Db| {
    let redis = RedisServer::start();
    let clock = Later::default();
    let (one, other) =
        (node(&db, redis.patient_line(), &clock).await, node(&db, redis.patient_line(), &clock).await);
    let listening = tokio::spawn({
        let other = other.clone();
        async move { other.listen().await }
    });
    let theirs = CacheKey::new(scope(2), VERSION, &"dashboard").unwrap();
    ask(&other, key("dashboard")).await.unwrap();
    ask(&other, theirs).await.unwrap();
    other.tidy().await;
    assert_eq!(other.entries(), 2);
    // Until the other one listens nobody hears it.
    let begun = Instant::now();
    while other.entries() == 2 {
        assert!(begun.elapsed() < Duration::from_secs(5), "nobody listens");
        one.publish(scope(1).workspace_id()).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        other.tidy().await;
    }
    assert_eq!(other.entries(), 1);
    redis.signal("-KILL");
    let ended = tokio::time::timeout(Duration::from_secs(5), listening).await.unwrap().unwrap();
    assert!(ended.is_err(), "whoever listens is told that it broke, and listens again");
});
