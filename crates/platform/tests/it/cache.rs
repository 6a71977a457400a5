//! Values that were computed, in the memory of one node.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::join_all;
use kernel::{Actor, Ambient, AppError, Clock, Permission, SystemEntropy, WorkspaceId, WorkspaceScope};
use platform::{Cache, CacheKey, Version};
use proptest::prelude::*;
use uuid::Uuid;

use crate::workspace::nine;

/// A clock that the test moves.
#[derive(Clone, Default)]
pub(crate) struct Later(Arc<AtomicI64>);

impl Later {
    pub(crate) fn by(&self, milliseconds: i64) {
        self.0.store(milliseconds, Ordering::SeqCst);
    }

    pub(crate) fn ambient(&self) -> Ambient {
        Ambient::new(Arc::new(self.clone()), Arc::new(SystemEntropy))
    }
}

impl Clock for Later {
    fn now(&self) -> DateTime<Utc> {
        nine() + TimeDelta::milliseconds(self.0.load(Ordering::SeqCst))
    }
}

pub(crate) fn scope(number: u128) -> WorkspaceScope {
    let id = WorkspaceId::from(Uuid::from_u128(number));
    Actor::system(id).require(Permission::View).unwrap()
}

pub(crate) const VERSION: Version = Version { roles: 1, data: 1 };

pub(crate) fn key(query: &str) -> CacheKey {
    CacheKey::new(scope(1), VERSION, &query).unwrap()
}

fn cache(most_bytes: u64) -> Cache {
    Cache::new(most_bytes, None, Later::default().ambient())
}

const MEGABYTE: u64 = 1024 * 1024;

/// Asks for the text of a key that is computed if it is not there; tells whether it was computed.
async fn asks(cache: &Cache, key: &CacheKey) -> bool {
    let before = cache.computed();
    let text = cache.get(key.clone(), async { Ok(key.to_string()) }).await.unwrap();
    assert_eq!(text, key.to_string());
    cache.computed() > before
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn five_hundred_who_ask_at_once_have_it_computed_once() {
    let (cache, begun) = (cache(8 * MEGABYTE), AtomicUsize::new(0));
    let ask = || {
        cache.get(key("dashboard"), async {
            begun.fetch_add(1, Ordering::SeqCst);
            // Everybody has asked by then.
            tokio::time::sleep(Duration::from_millis(50)).await;
            Ok(vec![1.5, 2.5])
        })
    };
    for answer in join_all((0..500).map(|_| ask())).await {
        assert_eq!(answer.unwrap(), [1.5, 2.5]);
    }
    assert_eq!((begun.load(Ordering::SeqCst), cache.computed()), (1, 1));
}

#[tokio::test]
async fn an_error_is_told_to_all_who_wait_and_forgotten() {
    let (cache, begun) = (cache(8 * MEGABYTE), AtomicUsize::new(0));
    let ask = || {
        cache.get::<u8>(key("dashboard"), async {
            begun.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            Err(AppError::conflict("There are no figures"))
        })
    };
    for answer in join_all((0..20).map(|_| ask())).await {
        assert_eq!(answer, Err(AppError::conflict("There are no figures")));
    }
    assert_eq!(begun.load(Ordering::SeqCst), 1);
    assert_eq!(cache.get(key("dashboard"), async { Ok(3_u8) }).await, Ok(3));
}

#[tokio::test]
async fn when_the_one_who_computes_goes_away_the_next_one_does_it() {
    let cache = cache(8 * MEGABYTE);
    let never = cache.get::<u8>(key("dashboard"), std::future::pending());
    let (gone, answer) = tokio::join!(
        tokio::time::timeout(Duration::from_millis(20), never),
        cache.get(key("dashboard"), async { Ok(3_u8) }),
    );
    assert!(gone.is_err());
    assert_eq!(answer, Ok(3));
}

#[tokio::test]
async fn a_value_serves_for_a_minute_and_is_computed_once_more_then() {
    let clock = Later::default();
    let cache = Cache::new(8 * MEGABYTE, None, clock.ambient());
    let dashboard = key("dashboard");
    assert!(asks(&cache, &dashboard).await);
    clock.by(53_999);
    assert!(!asks(&cache, &dashboard).await);
    clock.by(66_001);
    let computed = cache.computed();
    let ask = || async {
        let text = cache.get(dashboard.clone(), async { Ok(dashboard.to_string()) }).await;
        assert_eq!(text.unwrap(), dashboard.to_string());
    };
    join_all((0..50).map(|_| ask())).await;
    assert_eq!(cache.computed(), computed + 1, "also for many at once");
}

#[tokio::test]
async fn another_workspace_version_or_question_is_another_value() {
    let cache = cache(8 * MEGABYTE);
    let changed = Version { data: 2, ..VERSION };
    let appointed = Version { roles: 2, ..VERSION };
    let keys = [
        key("dashboard"),
        key("table"),
        CacheKey::new(scope(2), VERSION, &"dashboard").unwrap(),
        CacheKey::new(scope(1), changed, &"dashboard").unwrap(),
        CacheKey::new(scope(1), appointed, &"dashboard").unwrap(),
    ];
    for key in &keys {
        assert!(asks(&cache, key).await, "{key}");
    }
    for key in &keys {
        assert!(!asks(&cache, key).await, "{key}");
    }
    let text = key("dashboard").to_string();
    let parts: Vec<&str> = text.split(':').collect();
    assert_eq!(
        (parts[0], parts[1], parts[2], parts[3]),
        ("v1", "00000000-0000-0000-0000-000000000001", "1", "1")
    );
    assert_eq!(parts[4].len(), 32, "{text}");
}

#[tokio::test]
async fn what_changed_gives_its_memory_back_and_nothing_else_does() {
    let cache = cache(8 * MEGABYTE);
    let theirs = CacheKey::new(scope(2), VERSION, &"dashboard").unwrap();
    let mut publishes = cache.publishes().unwrap();
    for key in [&key("dashboard"), &key("table"), &theirs] {
        asks(&cache, key).await;
    }
    cache.publish(scope(1).workspace_id()).await;
    cache.tidy().await;
    assert_eq!(cache.entries(), 1);
    assert!(!asks(&cache, &theirs).await);
    assert_eq!(publishes.recv().await.unwrap(), scope(1).workspace_id());
}

#[tokio::test]
async fn without_room_everything_is_computed_whenever_somebody_asks() {
    let cache = cache(0);
    let computed = AtomicUsize::new(0);
    for _ in 0..3 {
        let compute = async { Ok(computed.fetch_add(1, Ordering::SeqCst)) };
        cache.get(key("dashboard"), compute).await.unwrap();
    }
    cache.publish(scope(1).workspace_id()).await;
    assert_eq!((computed.load(Ordering::SeqCst), cache.bytes()), (3, 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn memory_never_holds_more_than_the_ceiling(
        sizes in prop::collection::vec(1_usize..20_000, 1..400),
        most in 256_u64..2_000,
    ) {
        let ceiling = most * 1_024;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let cache = cache(ceiling);
            for (number, size) in sizes.iter().enumerate() {
                cache.get(key(&number.to_string()), async { Ok(vec![7_u8; *size]) }).await.unwrap();
                assert!(cache.bytes() <= ceiling, "{} of {ceiling}", cache.bytes());
            }
            // The same by what is found: those that are not computed again.
            let mut found = BTreeMap::new();
            for (number, size) in sizes.iter().enumerate() {
                let again = async { Err(AppError::conflict("Not kept")) };
                if cache.get::<Vec<u8>>(key(&number.to_string()), again).await.is_ok() {
                    found.insert(number, *size as u64);
                }
            }
            assert!(found.values().sum::<u64>() <= ceiling);
            assert!(found.values().all(|size| *size <= ceiling / 128), "nothing takes the place of all others");
        });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_ceiling_holds_while_many_ask_at_once() {
    let ceiling = 2 * MEGABYTE;
    let cache = cache(ceiling);
    let most = Arc::new(AtomicI64::new(0));
    let askers = (0..2_000).map(|number| {
        let (cache, most) = (cache.clone(), most.clone());
        tokio::spawn(async move {
            cache.get(key(&number.to_string()), async { Ok(vec![7_u8; 12_000]) }).await.unwrap();
            most.fetch_max(cache.bytes().cast_signed(), Ordering::SeqCst);
        })
    });
    for asker in askers.collect::<Vec<_>>() {
        asker.await.unwrap();
    }
    let most = most.load(Ordering::SeqCst).cast_unsigned();
    assert!((ceiling / 2..=ceiling).contains(&most), "{most} of {ceiling}");
}
