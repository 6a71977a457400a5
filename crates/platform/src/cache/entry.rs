//! One kept value: its bytes, and how long they may be used.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Ambient, AppError, OrInternal};
use serde::{Serialize, de::DeserializeOwned};

/// A value lives for a minute, give or take a tenth, so that what came together does not go together.
const SHORTEST_LIFE_MS: i64 = 54_000;
const SPREAD_MS: i64 = 12_000;
pub(super) const LONGEST_LIFE: TimeDelta = TimeDelta::milliseconds(SHORTEST_LIFE_MS + SPREAD_MS);
/// What it takes to find a value, about.
const OVERHEAD_BYTES: usize = 320;
/// No value is larger when it is unpacked.
const MOST_UNPACKED_BYTES: usize = 16 * 1024 * 1024;
/// Fast; figures repeat themselves enough to become a quarter.
const COMPRESSION_LEVEL: i32 = 1;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    bytes: Bytes,
    made_at: DateTime<Utc>,
    until: DateTime<Utc>,
}

impl Entry {
    pub(super) fn of(value: &impl Serialize, ambient: &Ambient) -> Result<Self, AppError> {
        let bytes = postcard::to_extend(value, Vec::new()).or_internal("writing down a value")?;
        let random = i64::from(u32::from_be_bytes(ambient.secret::<4>()));
        let life = TimeDelta::milliseconds(SHORTEST_LIFE_MS + random % (SPREAD_MS + 1));
        let made_at = ambient.now();
        Ok(Self { bytes: bytes.into(), made_at, until: made_at + life })
    }

    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, AppError> {
        postcard::from_bytes(&self.bytes).or_internal("reading a kept value")
    }

    pub(super) fn size(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn weight(&self) -> u32 {
        u32::try_from(self.bytes.len() + OVERHEAD_BYTES).unwrap_or(u32::MAX)
    }

    pub(super) fn is_over(&self, now: DateTime<Utc>) -> bool {
        now >= self.until
    }

    pub(super) fn age_seconds(&self, now: DateTime<Utc>) -> f64 {
        (now - self.made_at).as_seconds_f64().max(0.0)
    }

    /// How long it may still be used, in whole seconds and one at least.
    pub(super) fn seconds_left(&self, now: DateTime<Utc>) -> u64 {
        u64::try_from((self.until - now).num_seconds()).unwrap_or(0) + 1
    }

    /// For the way to other nodes: both times in microseconds, and the bytes compressed.
    pub(super) fn pack(&self) -> std::io::Result<Vec<u8>> {
        let mut packed = Vec::new();
        for time in [self.made_at, self.until] {
            packed.extend(time.timestamp_micros().to_be_bytes());
        }
        packed.extend(zstd::bulk::compress(&self.bytes, COMPRESSION_LEVEL)?);
        Ok(packed)
    }

    /// What another node packed, if it may be used yet. A node whose clock is ahead does not make it live longer.
    pub(super) fn unpack(packed: &[u8], now: DateTime<Utc>) -> Option<Self> {
        let (made_at, rest) = packed.split_first_chunk()?;
        let (until, compressed) = rest.split_first_chunk()?;
        let time = |micros: &[u8; 8]| DateTime::from_timestamp_micros(i64::from_be_bytes(*micros));
        let (made_at, until) = (time(made_at)?, time(until)?.min(now + LONGEST_LIFE));
        let bytes = zstd::bulk::decompress(compressed, MOST_UNPACKED_BYTES).ok()?.into();
        let entry = Self { bytes, made_at, until };
        (!entry.is_over(now)).then_some(entry)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn ambient(seed: u64) -> Ambient {
        Ambient::fixed(DateTime::from_timestamp(1_791_018_000, 0).unwrap(), seed)
    }

    #[test]
    fn values_live_for_a_minute_give_or_take_a_tenth_and_not_all_alike() {
        let lives: BTreeSet<i64> = (0..200)
            .map(|seed| {
                let entry = Entry::of(&seed, &ambient(seed)).unwrap();
                (entry.until - entry.made_at).num_milliseconds()
            })
            .collect();
        assert!(*lives.first().unwrap() >= 54_000 && *lives.last().unwrap() <= 66_000, "{lives:?}");
        assert!(lives.len() > 100, "{lives:?}");
    }

    #[test]
    fn figures_come_back_to_the_last_bit_also_from_another_node() {
        let value =
            (vec![0.1 + 0.2, -0.0, f64::MIN_POSITIVE, f64::INFINITY], Some(f64::NAN), "Ünïcode".to_owned());
        let entry = Entry::of(&value, &ambient(1)).unwrap();
        let now = ambient(1).now();
        let there = Entry::unpack(&entry.pack().unwrap(), now).unwrap();
        assert_eq!(there, entry);
        let read: (Vec<f64>, Option<f64>, String) = there.read().unwrap();
        let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&read.0), bits(&value.0));
        assert!(read.1.is_some_and(f64::is_nan) && read.2 == value.2);
    }

    #[test]
    fn what_has_ended_is_not_taken_from_another_node_and_no_clock_makes_it_live_longer() {
        let entry = Entry::of(&1, &ambient(1)).unwrap();
        let packed = entry.pack().unwrap();
        assert!(Entry::unpack(&packed, entry.until).is_none());
        let late = entry.made_at - TimeDelta::hours(1);
        assert_eq!(Entry::unpack(&packed, late).unwrap().until, late + LONGEST_LIFE);
        for broken in [&packed[..15], &packed[..17], b""] {
            assert!(Entry::unpack(broken, entry.made_at).is_none());
        }
    }
}
