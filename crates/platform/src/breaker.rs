//! A breaker before everything that may hang: after a few failures in a row nobody waits for it any more, until one try shows that it is
//! back.

use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use kernel::Ambient;

/// So many failures in a row open it.
const FAILURES: u32 = 5;
/// So long nobody asks, and then one does.
const OPEN_FOR: TimeDelta = TimeDelta::seconds(5);

/// Knows whether something outside of the program can be asked now.
pub struct Breaker {
    ambient: Ambient,
    state: Mutex<State>,
}

#[derive(Clone, Copy)]
enum State {
    Closed {
        failures: u32,
    },
    Open {
        until: DateTime<Utc>,
    },
    /// One asks; everybody else is told no until it has its answer, or until it is clear that it never will.
    Trying {
        until: DateTime<Utc>,
    },
}

impl Breaker {
    /// A closed one: everybody may ask.
    pub fn new(ambient: Ambient) -> Self {
        Self { ambient, state: Mutex::new(State::Closed { failures: 0 }) }
    }

    /// Carries out the work if it makes sense now; `None` if it does not. The work says with an error that whoever was asked is not well.
    pub async fn guard<T, E>(&self, work: impl Future<Output = Result<T, E>>) -> Option<Result<T, E>> {
        if !self.admits() {
            return None;
        }
        let outcome = work.await;
        self.learn(outcome.is_ok());
        Some(outcome)
    }

    /// Whether nobody is let through at the moment.
    pub fn is_open(&self) -> bool {
        !matches!(*self.lock(), State::Closed { .. })
    }

    fn admits(&self) -> bool {
        let now = self.ambient.now();
        let mut state = self.lock();
        match *state {
            State::Closed { .. } => true,
            State::Open { until } | State::Trying { until } if now < until => false,
            State::Open { .. } | State::Trying { .. } => {
                *state = State::Trying { until: now + OPEN_FOR };
                true
            }
        }
    }

    fn learn(&self, is_well: bool) {
        let open = State::Open { until: self.ambient.now() + OPEN_FOR };
        let mut state = self.lock();
        *state = match *state {
            _ if is_well => State::Closed { failures: 0 },
            State::Closed { failures } if failures + 1 < FAILURES => State::Closed { failures: failures + 1 },
            _ => open,
        };
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    };

    use kernel::{Clock, SystemEntropy};

    use super::*;

    #[derive(Clone, Default)]
    struct Seconds(Arc<AtomicI64>);

    impl Clock for Seconds {
        fn now(&self) -> DateTime<Utc> {
            DateTime::from_timestamp(self.0.load(Ordering::SeqCst), 0).unwrap()
        }
    }

    async fn ask(breaker: &Breaker, is_well: bool) -> Option<bool> {
        let work = async move { if is_well { Ok(()) } else { Err(()) } };
        breaker.guard(work).await.map(|outcome| outcome.is_ok())
    }

    #[tokio::test]
    async fn what_fails_is_left_alone_until_one_try_shows_that_it_is_back() {
        let seconds = Seconds::default();
        let breaker = Breaker::new(Ambient::new(Arc::new(seconds.clone()), Arc::new(SystemEntropy)));
        for _ in 0..4 {
            assert_eq!(ask(&breaker, false).await, Some(false));
        }
        assert_eq!(ask(&breaker, true).await, Some(true), "one success and the count begins anew");
        for _ in 0..5 {
            assert_eq!(ask(&breaker, false).await, Some(false));
        }
        assert_eq!(ask(&breaker, true).await, None, "nobody waits");
        assert!(breaker.is_open());
        seconds.0.store(5, Ordering::SeqCst);
        assert_eq!(ask(&breaker, false).await, Some(false), "one try");
        assert_eq!(ask(&breaker, true).await, None);
        seconds.0.store(10, Ordering::SeqCst);
        assert_eq!(ask(&breaker, true).await, Some(true));
        assert_eq!(ask(&breaker, true).await, Some(true));
        assert!(!breaker.is_open());
    }

    #[tokio::test]
    async fn a_try_that_never_ends_does_not_close_the_door_for_ever() {
        let seconds = Seconds::default();
        let breaker = Breaker::new(Ambient::new(Arc::new(seconds.clone()), Arc::new(SystemEntropy)));
        for _ in 0..5 {
            ask(&breaker, false).await;
        }
        seconds.0.store(5, Ordering::SeqCst);
        {
            let hanging = breaker.guard(std::future::pending::<Result<(), ()>>());
            tokio::select! { biased; _ = hanging => unreachable!(), () = async {} => {} }
        }
        assert_eq!(ask(&breaker, true).await, None);
        seconds.0.store(10, Ordering::SeqCst);
        assert_eq!(ask(&breaker, true).await, Some(true));
    }
}
