//! Time and randomness, handed in so that tests can fix both.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use uuid::Uuid;

/// Tells the time, in UTC and whole microseconds (what both databases keep).
pub trait Clock: Send + Sync {
    /// The present moment, without nanoseconds.
    fn now(&self) -> DateTime<Utc>;
}

/// Makes ids and secrets.
pub trait Entropy: Send + Sync {
    /// A new id, ordered by time.
    fn uuid(&self) -> Uuid;
    /// Fills `bytes` with randomness fit for secrets.
    fn fill(&self, bytes: &mut [u8]);
}

/// The clock and the entropy that a service was given.
#[derive(Clone)]
pub struct Ambient {
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl Ambient {
    /// Combines a clock and a source of entropy.
    pub fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { clock, entropy }
    }

    /// The machine's own clock and randomness.
    #[cfg(feature = "server")]
    pub fn system() -> Self {
        Self::new(Arc::new(SystemClock), Arc::new(SystemEntropy))
    }

    /// A fixed moment and a repeatable sequence of ids, for tests and synthetic data.
    pub fn fixed(now: DateTime<Utc>, seed: u64) -> Self {
        Self::new(Arc::new(FixedClock(now)), Arc::new(SeededEntropy::new(seed)))
    }

    /// The present moment.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// A new id of any kind.
    pub fn id<T: From<Uuid>>(&self) -> T {
        self.entropy.uuid().into()
    }

    /// `N` random bytes fit for secrets.
    pub fn secret<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes);
        bytes
    }
}

/// The machine's clock.
#[cfg(feature = "server")]
pub struct SystemClock;

#[cfg(feature = "server")]
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is handed")]
    fn now(&self) -> DateTime<Utc> {
        truncate(Utc::now())
    }
}

/// The machine's randomness.
#[cfg(feature = "server")]
pub struct SystemEntropy;

#[cfg(feature = "server")]
impl Entropy for SystemEntropy {
    #[expect(clippy::disallowed_methods, reason = "this is the entropy that everything else is handed")]
    fn uuid(&self) -> Uuid {
        Uuid::now_v7()
    }

    fn fill(&self, bytes: &mut [u8]) {
        rand::RngCore::fill_bytes(&mut rand::rng(), bytes);
    }
}

/// A clock that stands still.
pub struct FixedClock(pub DateTime<Utc>);

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        truncate(self.0)
    }
}

/// A repeatable sequence of ids and bytes; never for secrets.
pub struct SeededEntropy {
    state: AtomicU64,
}

impl SeededEntropy {
    /// Starts the sequence that belongs to `seed`.
    pub fn new(seed: u64) -> Self {
        Self { state: AtomicU64::new(seed) }
    }

    /// SplitMix64 (Steele, Lea and Flood, 2014).
    fn next(&self) -> u64 {
        const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
        let mut z = self.state.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

impl Entropy for SeededEntropy {
    fn uuid(&self) -> Uuid {
        Uuid::from_u64_pair(self.next(), self.next())
    }

    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            for (byte, random) in chunk.iter_mut().zip(self.next().to_le_bytes()) {
                *byte = random;
            }
        }
    }
}

fn truncate(moment: DateTime<Utc>) -> DateTime<Utc> {
    moment.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(moment)
}
