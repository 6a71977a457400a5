//! People who ask all the time, while things break.

use std::time::{Duration, Instant};

use tokio::{
    sync::watch,
    task::{JoinHandle, JoinSet},
    time::{MissedTickBehavior, interval, sleep},
};

use crate::client::{Ask, Door};

/// So many wait for an answer at most; whoever comes then waits outside.
const MOST_AT_ONCE: usize = 400;
/// Whoever was refused for a fault comes back once, after that.
const COMES_BACK_AFTER: Duration = Duration::from_secs(2);

/// One request, and what became of it.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    /// What was asked for.
    pub(crate) what: &'static str,
    /// When, from the beginning of the load.
    pub(crate) at: Duration,
    /// How long the answer took.
    pub(crate) took: Duration,
    /// Its status; 0 if there was none.
    pub(crate) status: u16,
    /// Its status when whoever was failed asked once more.
    pub(crate) again: Option<u16>,
}

impl Sample {
    /// Whether it was answered with a fault, or not at all.
    pub(crate) fn is_failed(&self) -> bool {
        self.status == 0 || self.status >= 500
    }
}

/// A load that goes on until it is ended.
pub(crate) struct Load {
    begun: Instant,
    stop: watch::Sender<bool>,
    task: JoinHandle<Vec<Sample>>,
}

impl Load {
    /// Begins to ask so often in a second, one after the other what `next` says for each number.
    pub(crate) fn begin(
        door: Door,
        per_second: u32,
        mut next: impl FnMut(u64) -> (&'static str, Ask) + Send + 'static,
    ) -> Self {
        let (stop, mut stopped) = watch::channel(false);
        let begun = Instant::now();
        let task = tokio::spawn(async move {
            let mut ticks = interval(Duration::from_secs(1) / per_second.max(1));
            ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
            let (mut asking, mut samples, mut number) = (JoinSet::new(), Vec::new(), 0);
            loop {
                tokio::select! {
                    _ = stopped.changed() => break,
                    Some(sample) = asking.join_next(), if !asking.is_empty() => samples.extend(sample),
                    _ = ticks.tick(), if asking.len() < MOST_AT_ONCE => {
                        let (what, ask) = next(number);
                        number += 1;
                        asking.spawn(sample(door.clone(), what, ask, begun));
                    }
                }
            }
            while let Some(sample) = asking.join_next().await {
                samples.extend(sample);
            }
            samples
        });
        Self { begun, stop, task }
    }

    /// How long it has been going on.
    pub(crate) fn now(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Ends it and waits for the last answers; in the order in which was asked.
    pub(crate) async fn end(self) -> Vec<Sample> {
        self.stop.send_replace(true);
        let mut samples = self.task.await.unwrap_or_default();
        samples.sort_by_key(|sample| sample.at);
        samples
    }
}

/// Asks once, and once more after a failure.
pub(crate) async fn sample(door: Door, what: &'static str, ask: Ask, begun: Instant) -> Sample {
    let at = begun.elapsed();
    let status = async |ask: Ask| door.send(ask).await.map_or(0, |answer| answer.status);
    let asked = Instant::now();
    let first = status(ask.clone()).await;
    let mut sample = Sample { what, at, took: asked.elapsed(), status: first, again: None };
    if sample.is_failed() {
        sleep(COMES_BACK_AFTER).await;
        sample.again = Some(status(ask).await);
    }
    sample
}

/// The time that so many percent of the samples did not exceed.
pub(crate) fn percentile<'a>(samples: impl IntoIterator<Item = &'a Sample>, percent: usize) -> Duration {
    let mut times: Vec<Duration> = samples.into_iter().map(|sample| sample.took).collect();
    times.sort_unstable();
    let place = (times.len() * percent).div_ceil(100).max(1) - 1;
    times.get(place).copied().unwrap_or_default()
}

/// The statuses of failures and how often each came: `503 × 12 page`.
pub(crate) fn failures(samples: &[Sample]) -> String {
    let mut counts = std::collections::BTreeMap::new();
    for sample in samples.iter().filter(|sample| sample.is_failed()) {
        *counts.entry((sample.status, sample.what)).or_insert(0_usize) += 1;
    }
    let words: Vec<String> =
        counts.iter().map(|((status, what), count)| format!("{status} × {count} {what}")).collect();
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_times() {
        let sample = |ms| Sample {
            what: "page",
            at: Duration::ZERO,
            took: Duration::from_millis(ms),
            status: 200,
            again: None,
        };
        let samples: Vec<Sample> = (1..=100).map(sample).collect();
        assert_eq!(percentile(&samples, 99), Duration::from_millis(99));
        assert_eq!(percentile(&samples, 50), Duration::from_millis(50));
        assert_eq!(percentile(&[], 50), Duration::ZERO);
    }

    #[test]
    fn no_answer_is_a_failure_and_a_refusal_is_none() {
        let sample =
            |status| Sample { what: "page", at: Duration::ZERO, took: Duration::ZERO, status, again: None };
        assert!(sample(0).is_failed() && sample(503).is_failed() && !sample(429).is_failed());
        assert_eq!(failures(&[sample(503), sample(200), sample(503)]), "503 × 2 page");
    }
}
