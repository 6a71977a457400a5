//! What was computed from a company's figures, kept for a minute: in the memory of the process, and in Redis for all nodes.
//!
//! The key of a value holds the number that every change of the figures raises, read from the database at each request. So nothing has
//! to be thrown away to be right, and nobody is shown what was true before. Time only bounds how long memory is held.
//!
//! **Architecture invariant:** a [`CacheKey`] is made of a `WorkspaceScope`, so nobody asks without the right to it. Only figures are kept,
//! never what identifies a person, and nothing that differs from one reader of a workspace to another.

mod entry;
mod key;
mod shared;

use std::{
    future::ready,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use futures::StreamExt;
use kernel::{Ambient, AppError, WorkspaceId};
use moka::{future::Cache as Entries, notification::RemovalCause, ops::compute::Op};
use serde::{Serialize, de::DeserializeOwned};
use tokio::sync::{Semaphore, broadcast};

use entry::{Entry, LONGEST_LIFE};
pub use key::{CacheKey, Version};
pub use shared::SharedValues;

/// Values that are computed, or fetched from the other nodes, at the same time.
const COMPUTED_AT_ONCE: u32 = 32;
/// The largest value that is kept is this part of the ceiling, so that all that are on their way in take a quarter of it at most.
const PART_OF_ONE_VALUE: u64 = 128;
/// Publishes that nobody has looked at yet.
const PUBLISHES: usize = 256;
/// What the measurements call the two levels.
const MEMORY: &str = "memory";
const REDIS: &str = "redis";

/// Keeps what was computed. Cheap to clone.
#[derive(Clone)]
pub struct Cache {
    kept: Option<Arc<Kept>>,
}

struct Kept {
    ambient: Ambient,
    entries: Entries<CacheKey, Entry>,
    largest_bytes: usize,
    loading: Semaphore,
    shared: Option<SharedValues>,
    published: broadcast::Sender<WorkspaceId>,
    computed: AtomicU64,
}

/// Why a value is given to those who wait for it and not kept.
enum NotKept {
    Failed(AppError),
    TooLarge(Entry),
}

impl Cache {
    /// Keeps up to so many bytes in memory, and shares them with other nodes if there is a way to. 0 keeps nothing anywhere.
    pub fn new(most_bytes: u64, shared: Option<SharedValues>, ambient: Ambient) -> Self {
        if most_bytes == 0 {
            return Self::off();
        }
        let entries = Entries::builder()
            // The rest is for what is on its way in, which is weighed when it is there.
            .max_capacity(most_bytes / 4 * 3)
            .weigher(|_, entry: &Entry| entry.weight())
            .time_to_live(LONGEST_LIFE.to_std().unwrap_or_default())
            .eviction_listener(|_, _, cause| note_eviction(cause))
            .build();
        let largest_bytes = usize::try_from(most_bytes / PART_OF_ONE_VALUE).unwrap_or(usize::MAX);
        let loading = Semaphore::new(COMPUTED_AT_ONCE as usize);
        let (published, _) = broadcast::channel(PUBLISHES);
        let computed = AtomicU64::new(0);
        Self {
            kept: Some(Arc::new(Kept {
                ambient,
                entries,
                largest_bytes,
                loading,
                shared,
                published,
                computed,
            })),
        }
    }

    /// Keeps nothing: everything is computed whenever somebody asks.
    pub fn off() -> Self {
        Self { kept: None }
    }

    /// The value of that key, as it was kept or as `compute` makes it. However many ask for it at once, one computes and the others wait; if
    /// that one is cut off, the next does. Errors are told to all who wait and not kept. `compute` must not ask the cache itself.
    pub async fn get<T: Serialize + DeserializeOwned>(
        &self,
        key: CacheKey,
        compute: impl Future<Output = Result<T, AppError>>,
    ) -> Result<T, AppError> {
        let Some(kept) = &self.kept else { return compute.await };
        match kept.find(&key).await {
            Some(entry) => entry.read(),
            None => Box::pin(kept.load(key, compute)).await,
        }
    }

    /// Says that the figures of a workspace have changed, after that was committed: memory that held what was computed from the former ones is
    /// given back, here and on other nodes, and whoever keeps dashboards warm computes the new one.
    pub async fn publish(&self, workspace: WorkspaceId) {
        let Some(kept) = &self.kept else { return };
        kept.clear(workspace).await;
        if let Some(shared) = &kept.shared {
            shared.announce(workspace).await;
        }
        // Nobody listens where nothing is kept warm.
        let _ = kept.published.send(workspace);
    }

    /// Gives back what was computed for a workspace, here and on other nodes: it is gone.
    pub async fn forget(&self, workspace: WorkspaceId) {
        let Some(kept) = &self.kept else { return };
        kept.clear(workspace).await;
        if let Some(shared) = &kept.shared {
            shared.announce(workspace).await;
        }
    }

    /// The workspaces whose figures change on this node, from now on.
    pub fn publishes(&self) -> Option<broadcast::Receiver<WorkspaceId>> {
        self.kept.as_ref().map(|kept| kept.published.subscribe())
    }

    /// Listens to what other nodes publish and gives back memory, until the connection breaks, which is told. For ever where there are no
    /// other nodes.
    pub async fn listen(&self) -> Result<(), String> {
        let Some((kept, shared)) = self.kept.as_ref().and_then(|kept| Some((kept, kept.shared.as_ref()?)))
        else {
            return std::future::pending().await;
        };
        let mut announced = pin!(shared.announced().await.map_err(|error| error.to_string())?);
        while let Some(workspace) = announced.next().await {
            kept.clear(workspace).await;
        }
        Err("the connection ended".to_owned())
    }

    /// Gives back the memory of what has ended; to be called every second or so.
    pub async fn tidy(&self) {
        if let Some(kept) = &self.kept {
            kept.entries.run_pending_tasks().await;
        }
    }

    /// How many bytes are kept in memory, with what it takes to find them.
    pub fn bytes(&self) -> u64 {
        self.kept.as_ref().map_or(0, |kept| kept.entries.weighted_size())
    }

    /// How many values are kept in memory.
    pub fn entries(&self) -> u64 {
        self.kept.as_ref().map_or(0, |kept| kept.entries.entry_count())
    }

    /// How many values were computed since the start because neither level had them.
    pub fn computed(&self) -> u64 {
        self.kept.as_ref().map_or(0, |kept| kept.computed.load(Ordering::Relaxed))
    }
}

impl Kept {
    async fn find(&self, key: &CacheKey) -> Option<Entry> {
        let entry = self.entries.get(key).await?;
        let now = self.ambient.now();
        if entry.is_over(now) {
            // Unless somebody has just put a new one in its place.
            let end = |found: Option<moka::Entry<_, Entry>>| {
                let is_over = found.is_some_and(|found| found.value().is_over(now));
                ready(if is_over { Op::Remove } else { Op::Nop })
            };
            self.entries.entry_by_ref(key).and_compute_with(end).await;
            return None;
        }
        note_hit(MEMORY, entry.age_seconds(now));
        Some(entry)
    }

    async fn load<T: Serialize + DeserializeOwned>(
        &self,
        key: CacheKey,
        compute: impl Future<Output = Result<T, AppError>>,
    ) -> Result<T, AppError> {
        // What is found here and not by those who wait is taken as it is, and its place is held until it has been weighed.
        let (mut found, mut place) = (None, None);
        let wanted = key.clone();
        let load = async {
            place = self.loading.acquire().await.ok();
            note_miss(MEMORY);
            if let Some((entry, value)) = self.find_shared(&wanted).await {
                found = Some(value);
                return Ok(entry);
            }
            let value = compute.await.map_err(NotKept::Failed)?;
            self.computed.fetch_add(1, Ordering::Relaxed);
            let entry = Entry::of(&value, &self.ambient).map_err(NotKept::Failed)?;
            found = Some(value);
            if entry.size() > self.largest_bytes {
                return Err(NotKept::TooLarge(entry));
            }
            if let Some(shared) = &self.shared {
                shared.keep(&wanted, &entry).await;
            }
            Ok(entry)
        };
        let outcome = self.entries.try_get_with(key, load).await;
        if place.is_some() {
            self.entries.run_pending_tasks().await;
        }
        match (found, outcome) {
            (Some(value), _) => Ok(value),
            (None, Ok(entry)) => {
                note_hit(MEMORY, entry.age_seconds(self.ambient.now()));
                entry.read()
            }
            (None, Err(reason)) => match &*reason {
                NotKept::Failed(error) => Err(error.clone()),
                NotKept::TooLarge(entry) => entry.read(),
            },
        }
    }

    async fn find_shared<T: DeserializeOwned>(&self, key: &CacheKey) -> Option<(Entry, T)> {
        let found = self.shared.as_ref()?.find(key).await;
        // Another version of the program may have put something else there.
        let found = found.and_then(|entry| Some((entry.read().ok()?, entry)));
        let Some((value, entry)) = found else {
            note_miss(REDIS);
            return None;
        };
        note_hit(REDIS, entry.age_seconds(self.ambient.now()));
        Some((entry, value))
    }

    async fn clear(&self, workspace: WorkspaceId) {
        let of_it = |key: &CacheKey| key.workspace() == workspace;
        let keys: Vec<_> = self.entries.iter().map(|(key, _)| key).filter(|key| of_it(key)).collect();
        for key in keys {
            self.entries.invalidate(&*key).await;
        }
    }
}

fn note_hit(level: &'static str, age_seconds: f64) {
    metrics_facade::counter!("cache_hits_total", "level" => level).increment(1);
    metrics_facade::histogram!("cache_age_seconds", "level" => level).record(age_seconds);
}

fn note_miss(level: &'static str) {
    metrics_facade::counter!("cache_misses_total", "level" => level).increment(1);
}

fn note_eviction(cause: RemovalCause) {
    let cause = match cause {
        RemovalCause::Size => "size",
        RemovalCause::Expired => "time",
        RemovalCause::Explicit => "change",
        RemovalCause::Replaced => return,
    };
    metrics_facade::counter!("cache_evictions_total", "cause" => cause).increment(1);
}
