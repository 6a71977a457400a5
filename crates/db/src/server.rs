//! A Postgres server that may restart, hang or go away.
//!
//! As soon as somebody finds that it does not answer, one task asks until it does. Whoever needs the database meanwhile waits for that
//! task, so that a restart is noticed by nobody; but only for a few seconds from the beginning. After that everybody is told at once,
//! without waiting for anything, until the database is back.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sqlx::{Connection, PgConnection, PgPool, Postgres, Transaction, pool::PoolConnection};
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout, timeout_at},
};

use crate::{Reach, causes, reach};

/// How long whoever needs the database waits for one that is away.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// From the first question that was not answered.
    pub(crate) silent: Duration,
    /// If it is known to restart, or nobody listens at its address: as during a restart.
    pub(crate) restarting: Duration,
    /// For the answer to one question whether it is back.
    pub(crate) answer: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            silent: Duration::from_secs(5),
            restarting: Duration::from_secs(8),
            answer: Duration::from_secs(1),
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum State {
    Well,
    Away {
        /// Nobody waits after that.
        until: Instant,
    },
}

/// A pool of connections to a Postgres server, and whether it answers. Cheap to clone.
#[derive(Clone)]
pub struct PgServer {
    pool: PgPool,
    patience: Patience,
    state: Arc<watch::Sender<State>>,
    /// When it answered last.
    answered: Arc<Mutex<Option<Instant>>>,
}

impl PgServer {
    /// A server that is believed to be well.
    pub(crate) fn new(pool: PgPool, patience: Patience) -> Self {
        Self { pool, patience, state: Arc::new(watch::Sender::new(State::Well)), answered: Arc::default() }
    }

    /// The pool itself, for whoever starts or ends the program.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Whether it has been away so long that nobody waits for it.
    pub fn is_left_alone(&self) -> bool {
        matches!(*self.state.borrow(), State::Away { until } if until <= Instant::now())
    }

    /// A connection that answers.
    pub async fn acquire(&self) -> Result<PoolConnection<Postgres>, sqlx::Error> {
        Box::pin(self.at_first(|pool| async move { pool.acquire().await })).await
    }

    /// Starts a transaction that reaches so far.
    pub async fn begin(&self, reach: Reach) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        Box::pin(self.at_first(move |pool| async move { reach::begin(&pool, reach).await })).await
    }

    /// Whether the connection was lost with what was asked; then the server is asked how it is.
    pub fn has_lost(&self, cause: &sqlx::Error) -> bool {
        let is_lost = causes::is_lost(cause);
        if is_lost {
            self.find_out(Instant::now());
        }
        is_lost
    }

    /// Does what comes before anything else is done, so that it can be done a second time.
    async fn at_first<T, W>(&self, work: impl Fn(PgPool) -> W) -> Result<T, sqlx::Error>
    where
        W: Future<Output = Result<T, sqlx::Error>>,
    {
        let once = || async {
            // The pool waits for a connection, not for what is asked on it.
            let answered = timeout(self.patience.silent, work(self.pool.clone())).await;
            answered.unwrap_or(Err(sqlx::Error::PoolTimedOut))
        };
        self.well().await?;
        let begun = Instant::now();
        match once().await {
            // Others were answered meanwhile: it is not away, there is only too much to do.
            Err(sqlx::Error::PoolTimedOut) if self.has_answered_since(begun) => {
                return Err(sqlx::Error::PoolTimedOut);
            }
            Err(cause) if causes::is_away(&cause) => self.find_out(begun),
            outcome => {
                self.note_answer();
                return outcome;
            }
        }
        self.well().await?;
        once().await
    }

    fn note_answer(&self) {
        *self.answered.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    fn has_answered_since(&self, begun: Instant) -> bool {
        self.answered.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|last| last > begun)
    }

    /// Waits until it is well; an error as soon as it has been away too long.
    async fn well(&self) -> Result<(), sqlx::Error> {
        let mut state = self.state.subscribe();
        loop {
            let until = match *state.borrow_and_update() {
                State::Well => return Ok(()),
                State::Away { until } => until,
            };
            match timeout_at(until, state.changed()).await {
                Ok(Ok(())) => {}
                _ => return Err(sqlx::Error::PoolTimedOut),
            }
        }
    }

    /// Notes that nothing was answered since then, and has one task ask until something is.
    fn find_out(&self, since: Instant) {
        let until = since + self.patience.silent;
        let is_new = self.state.send_if_modified(|state| {
            let was_well = matches!(state, State::Well);
            if was_well {
                *state = State::Away { until };
            }
            was_well
        });
        if is_new {
            let server = self.clone();
            tokio::spawn(async move { server.ask_until_well(since).await });
        }
    }

    async fn ask_until_well(self, since: Instant) {
        const PAUSE: Duration = Duration::from_millis(100);
        let mut is_logged = false;
        while !self.pool.is_closed() {
            match timeout(self.patience.answer, PgConnection::connect_with(&self.pool.connect_options()))
                .await
            {
                Ok(Ok(connection)) => {
                    self.state.send_replace(State::Well);
                    if is_logged {
                        tracing::info!(ms = since.elapsed().as_millis(), "The database is back");
                    }
                    // It is back, whatever becomes of this one.
                    let _ = timeout(self.patience.answer, connection.close()).await;
                    return;
                }
                Ok(Err(cause)) if !causes::is_away(&cause) => {
                    // It says something, be it only that it has too many connections.
                    self.state.send_replace(State::Well);
                    return;
                }
                Ok(Err(cause)) => {
                    self.extend(since + self.patience.restarting);
                    log_once(&mut is_logged, &cause.to_string());
                }
                Err(_) => log_once(&mut is_logged, "no answer"),
            }
            sleep(PAUSE).await;
        }
    }

    /// Has people wait until then, if they are waiting.
    fn extend(&self, longer: Instant) {
        let now = Instant::now();
        self.state.send_if_modified(|state| match state {
            State::Away { until } if *until < longer && *until > now => {
                *until = longer;
                true
            }
            _ => false,
        });
    }
}

/// Waits for what Postgres is asked, which it ends by itself after 15 seconds; beyond that its machine is gone without a word.
#[doc(hidden)]
pub async fn bounded<T>(
    // Boxed, since every use case asks many times: their futures would not fit on the stack of a thread.
    asked: Pin<Box<impl Future<Output = Result<T, sqlx::Error>>>>,
) -> Result<T, sqlx::Error> {
    const LONGEST: Duration = Duration::from_secs(20);
    match timeout(LONGEST, asked).await {
        Ok(outcome) => outcome,
        Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "the database did not answer").into()),
    }
}

fn log_once(is_logged: &mut bool, cause: &str) {
    if !*is_logged {
        *is_logged = true;
        tracing::warn!(cause, "The database does not answer");
    }
}
