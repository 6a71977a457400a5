//! How often somebody may ask for something.
//!
//! Each class of requests has a pace, kept per visitor or per person by the generic cell rate algorithm: so many at once, and then one
//! whenever the time for one has passed.

mod shared;

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    net::IpAddr,
    num::NonZeroU32,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    state::keyed::DashMapStateStore,
};
use kernel::AppError;

use crate::Networks;
pub use shared::SharedCounts;

macro_rules! classes {
    ($($(#[$doc:meta])+ $name:ident = $key:literal,)+) => {
        /// What is counted together.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Class {
            $($(#[$doc])+ $name,)+
        }

        impl Class {
            /// Every class.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The name in settings, headers and measurements.
            pub fn key(self) -> &'static str {
                match self { $(Self::$name => $key,)+ }
            }
        }
    };
}

classes! {
    /// Everything but assets, by visitor: an office may share one address.
    Address = "address",
    /// Scripts, styles, fonts and pictures, by visitor.
    Assets = "assets",
    /// What strangers ask for, and whatever takes longer than a second to arrive, since nobody knows yet who sends it, by visitor.
    Anonymous = "anonymous",
    /// What programs ask for, by key or person.
    Api = "api",
    /// Pages and forms of people who are signed in, by person.
    Interface = "interface",
    /// Attempts to sign in or up, or to get a new password, by visitor.
    SignIn = "sign_in",
    /// The same by visitor and account.
    SignInAccount = "sign_in_account",
    /// Messages that strangers can have sent to an address, by that address.
    Mail = "mail",
    /// Files that are sent, by person.
    Upload = "upload",
    /// Documents and tables that are fetched, by person.
    Export = "export",
}

/// How often: so many at once, and then one in this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How many at once.
    pub burst: NonZeroU32,
    /// In what time comes one more.
    pub one_in: Duration,
}

/// A text that is no pace.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a pace like \"10/s burst 20\" or \"6/min\"")]
pub struct NoPace;

impl FromStr for Pace {
    type Err = NoPace;

    fn from_str(text: &str) -> Result<Self, NoPace> {
        let mut words = text.split_whitespace();
        let (count, unit) = words.next().and_then(|rate| rate.split_once('/')).ok_or(NoPace)?;
        let count: NonZeroU32 = count.parse().map_err(|_| NoPace)?;
        let unit = match unit {
            "s" => Duration::from_secs(1),
            "min" => Duration::from_mins(1),
            "h" => Duration::from_hours(1),
            _ => return Err(NoPace),
        };
        let burst = match (words.next(), words.next(), words.next()) {
            (None, ..) => count,
            (Some("burst"), Some(burst), None) => burst.parse().map_err(|_| NoPace)?,
            _ => return Err(NoPace),
        };
        let one_in = unit / count.get();
        if one_in.is_zero() { Err(NoPace) } else { Ok(Self { burst, one_in }) }
    }
}

/// Somebody asked too often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooOften {
    /// What was counted.
    pub class: Class,
    /// How often would have been fine.
    pub pace: Pace,
    /// When it is worth asking again.
    pub retry_after_seconds: u64,
}

impl From<TooOften> for AppError {
    fn from(refused: TooOften) -> Self {
        Self::RateLimited { retry_after_seconds: refused.retry_after_seconds }
    }
}

/// Counts who asks how often. Cheap to clone.
#[derive(Clone)]
pub struct Limits {
    buckets: Arc<HashMap<Class, Bucket>>,
    shared: Option<Shared>,
    exempt: Networks,
    // Keys are kept as a hash that nobody can aim at, so that a million of them stay small.
    hasher: RandomState,
}

/// What nodes count together, and what each of them lets through alone when that does not work: its part of the whole.
#[derive(Clone)]
struct Shared {
    counts: SharedCounts,
    alone: Arc<HashMap<Class, Bucket>>,
}

/// After so many requests at least, those are forgotten for whom it makes no difference any more.
const SWEEP_AFTER: usize = 16 * 1024;

struct Bucket {
    pace: Pace,
    limiter: RateLimiter<u64, DashMapStateStore<u64>, DefaultClock>,
    /// Requests until the next sweep.
    until_sweep: AtomicUsize,
}

impl Bucket {
    fn new(pace: Pace) -> Self {
        // A time of zero is no pace; the shortest there is stands in for it.
        let one_in = pace.one_in.max(Duration::from_nanos(1));
        let quota = Quota::with_period(one_in).unwrap_or(Quota::per_second(NonZeroU32::MAX));
        let limiter = RateLimiter::dashmap(quota.allow_burst(pace.burst));
        Self { pace, limiter, until_sweep: AtomicUsize::new(SWEEP_AFTER) }
    }

    /// How long to wait, or nothing if it may pass.
    fn count(&self, who: u64) -> Duration {
        // Whoever comes from ever new addresses fills no more room than those take who asked a moment ago.
        if self.until_sweep.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.limiter.retain_recent();
            // As many as are left, so that a sweep costs each request the same however many there are.
            self.until_sweep.store(self.limiter.len().max(SWEEP_AFTER), Ordering::Relaxed);
        }
        let counted = self.limiter.check_key(&who);
        counted.err().map_or(Duration::ZERO, |not_until| {
            not_until.wait_time_from(DefaultClock::default().now()).max(Duration::from_nanos(1))
        })
    }
}

impl Limits {
    /// Holds everybody to these paces, except who asks from the exempt networks.
    pub fn new(pace: impl Fn(Class) -> Pace, exempt: Networks) -> Self {
        let buckets = Class::ALL.iter().map(|class| (*class, Bucket::new(pace(*class)))).collect();
        Self { buckets: Arc::new(buckets), shared: None, exempt, hasher: RandomState::new() }
    }

    /// Counts together with so many other nodes, this one included. While that does not work, each lets its part through.
    #[must_use]
    pub fn shared_by(mut self, counts: SharedCounts, nodes: NonZeroU32) -> Self {
        let part = |pace: Pace| {
            let burst = NonZeroU32::new(pace.burst.get() / nodes.get()).unwrap_or(NonZeroU32::MIN);
            Pace { burst, one_in: pace.one_in.saturating_mul(nodes.get()) }
        };
        let alone = self.buckets.iter().map(|(class, bucket)| (*class, Bucket::new(part(bucket.pace))));
        self.shared = Some(Shared { counts, alone: Arc::new(alone.collect()) });
        self
    }

    /// What nodes count together with, if they do.
    pub fn shared_counts(&self) -> Option<&SharedCounts> {
        self.shared.as_ref().map(|shared| &shared.counts)
    }

    /// Whether these networks are held to nothing.
    pub fn exempts(&self, address: Option<IpAddr>) -> bool {
        address.is_some_and(|address| self.exempt.contain(address))
    }

    /// Counts one request of `who`, and refuses it if that is too often.
    pub async fn admit(&self, class: Class, who: &str) -> Result<(), TooOften> {
        let Some(bucket) = self.buckets.get(&class) else { return Ok(()) };
        let named = self.hasher.hash_one(who);
        let wait = match &self.shared {
            None => bucket.count(named),
            Some(shared) => {
                // Counted always, so that nobody begins anew when the others are out of reach.
                let alone = shared.alone.get(&class).map_or(Duration::ZERO, |bucket| bucket.count(named));
                shared.counts.count(class, bucket.pace, who).await.unwrap_or(alone)
            }
        };
        if wait.is_zero() {
            return Ok(());
        }
        let retry_after_seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        Err(TooOften { class, pace: bucket.pace, retry_after_seconds: retry_after_seconds.max(1) })
    }

    /// Forgets who has not asked for so long that it makes no difference.
    pub fn sweep(&self) {
        for bucket in self.every_bucket() {
            bucket.limiter.retain_recent();
            bucket.limiter.shrink_to_fit();
        }
    }

    /// How many visitors and persons are being counted.
    pub fn counted(&self) -> usize {
        self.every_bucket().map(|bucket| bucket.limiter.len()).sum()
    }

    fn every_bucket(&self) -> impl Iterator<Item = &Bucket> {
        let alone = self.shared.iter().flat_map(|shared| shared.alone.values());
        self.buckets.values().chain(alone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(pace: &str) -> Limits {
        let pace = pace.parse().unwrap();
        Limits::new(|_| pace, "192.0.2.0/24".parse().unwrap())
    }

    #[test]
    fn a_pace_is_written_as_people_say_it() {
        let pace = |text: &str| text.parse::<Pace>().map(|pace| (pace.burst.get(), pace.one_in.as_millis()));
        assert_eq!(pace("10/s burst 20"), Ok((20, 100)));
        assert_eq!(pace("6/min"), Ok((6, 10_000)));
        assert_eq!(pace("1/h"), Ok((1, 3_600_000)));
        for bad in ["", "10", "0/s", "10/d", "10/s burst", "10/s burst 0", "10/s burst 2 3", "4294967295/s"] {
            assert_eq!(pace(bad), Err(NoPace), "{bad}");
        }
    }

    #[tokio::test]
    async fn whoever_asks_too_often_is_told_when_to_come_back() {
        let limits = limits("1/min burst 2");
        assert_eq!(limits.admit(Class::Api, "a").await, Ok(()));
        assert_eq!(limits.admit(Class::Api, "a").await, Ok(()));
        let refused = limits.admit(Class::Api, "a").await.unwrap_err();
        assert!((59..=60).contains(&refused.retry_after_seconds), "{refused:?}");
        assert_eq!(refused.pace.burst.get(), 2);
    }

    #[tokio::test]
    async fn nobody_pays_for_another_and_no_class_for_another() {
        let limits = limits("1/h");
        assert_eq!(limits.admit(Class::Api, "a").await, Ok(()));
        assert_eq!(limits.admit(Class::Api, "b").await, Ok(()));
        assert_eq!(limits.admit(Class::Upload, "a").await, Ok(()));
        assert!(limits.admit(Class::Api, "a").await.is_err());
    }

    #[tokio::test]
    async fn over_time_no_more_get_in_than_the_pace_allows() {
        let limits = limits("100/s burst 5");
        let begun = std::time::Instant::now();
        let mut admitted = 0.0;
        while begun.elapsed() < Duration::from_millis(300) {
            admitted += f64::from(u8::from(limits.admit(Class::Api, "a").await.is_ok()));
        }
        let most = 5.0 + begun.elapsed().as_secs_f64() * 100.0 + 1.0;
        assert!((25.0..=most).contains(&admitted), "{admitted} of at most {most}");
    }

    #[tokio::test]
    async fn who_stays_away_is_forgotten() {
        let limits = limits("1000/s");
        for who in 0..500 {
            assert_eq!(limits.admit(Class::Api, &who.to_string()).await, Ok(()));
        }
        assert_eq!(limits.counted(), 500);
        std::thread::sleep(Duration::from_millis(20));
        limits.sweep();
        assert_eq!(limits.counted(), 0);
        assert!(limits.exempts("192.0.2.7".parse().ok()) && !limits.exempts(None));
    }
}
