//! What operators and their tools ask: whether the program lives, whether it is ready, how each thing is that it depends on, and what it
//! has measured.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Json, Router,
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::get,
};
use chrono::{DateTime, TimeDelta, Utc};
use http::{StatusCode, header};
use kernel::{AppError, OrInternal};
use metrics_exporter_prometheus::PrometheusHandle;
use platform::{
    RedisLine,
    backup::{Round, Rounds},
};
use serde::Serialize;
use sha2::{Digest, Sha256};
use tokio::sync::{Mutex, watch};

use crate::{
    config::{BackupConfig, Secret},
    rest::problem::Problem,
    services::Services,
};

/// Nobody waits longer for a dependency to say how it is.
const ANSWER_WITHIN: Duration = Duration::from_secs(1);
/// So long what machines of others said holds for whoever asks next.
const ANSWER_HOLDS: TimeDelta = TimeDelta::seconds(10);
/// With less room than that the program says so before it runs out.
const LITTLE_ROOM: u64 = 500_000_000;
/// Work that waits longer than that is late.
const LATE_SECONDS: i64 = 300;

/// What the health pages report on.
#[derive(Clone)]
pub struct Health {
    /// Turns true when the program is about to end.
    pub stopping: watch::Receiver<bool>,
    /// The measurements so far.
    pub metrics: PrometheusHandle,
}

type Observed = (Services, Health);

/// `/health` and `/health/ready` for everybody, also for places that are shut out: a balancer may share the address. `/health/all` and
/// `/metrics` for who has the token.
pub(crate) fn router(services: &Services, health: Health) -> Router {
    let token = services.config.operations_token.clone();
    let readiness = Readiness::default();
    let guarded = Router::new()
        .route("/health/all", get(everything))
        .route("/metrics", get(measurements))
        .layer(from_fn_with_state(token, require_token));
    Router::new()
        .route("/health", get(|| async { "ok" }))
        .route("/health/ready", get(move |state: State<Observed>| ready(state, readiness.clone())))
        .merge(guarded)
        .with_state((services.clone(), health))
}

async fn require_token(State(token): State<Option<Secret>>, request: Request, next: Next) -> Response {
    let shown = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let shown = shown.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    // Hashes of equal length, so that the time tells nothing about the token.
    let is_right = token.is_some_and(|token| Sha256::digest(token.reveal()) == Sha256::digest(shown));
    if is_right {
        return next.run(request).await;
    }
    let sentence = "Show the token of the setting operations.token in the header Authorization";
    Problem::plain(StatusCode::UNAUTHORIZED, sentence).into_response()
}

async fn ready(State((services, health)): State<Observed>, readiness: Readiness) -> Response {
    if *health.stopping.borrow() {
        return Problem::plain(StatusCode::SERVICE_UNAVAILABLE, "The program is about to end")
            .into_response();
    }
    if readiness.now(async || is_database_there(&services).await).await {
        return "ready".into_response();
    }
    Problem::plain(StatusCode::SERVICE_UNAVAILABLE, "The database does not answer").into_response()
}

/// Whether the database answers. However many ask, one of them at a time finds out. Cheap to clone.
#[derive(Clone, Default)]
struct Readiness(Arc<Mutex<Option<(Instant, bool)>>>);

impl Readiness {
    /// As somebody found it who began to look after this was asked.
    async fn now(&self, look: impl AsyncFnOnce() -> bool) -> bool {
        let asked = Instant::now();
        let mut last = self.0.lock().await;
        if let Some((began, is_there)) = *last
            && began >= asked
        {
            return is_there;
        }
        let began = Instant::now();
        let is_there = look().await;
        last.replace((began, is_there));
        is_there
    }
}

/// Whether the database answers in time.
pub(crate) async fn is_database_there(services: &Services) -> bool {
    matches!(tokio::time::timeout(ANSWER_WITHIN, services.db.ping()).await, Ok(Ok(())))
}

/// How the program is.
#[derive(Serialize)]
struct Report {
    /// The worst of what follows.
    state: Condition,
    /// Each thing that the program depends on.
    dependencies: Vec<Dependency>,
}

/// How one thing is.
#[derive(Clone, Serialize)]
pub(crate) struct Dependency {
    /// What it is.
    pub(crate) name: &'static str,
    /// How it is.
    pub(crate) state: Condition,
    /// How long it took to find out.
    pub(crate) milliseconds: u128,
    /// How long that may take before it counts as down.
    pub(crate) timeout_milliseconds: u128,
    /// What it says about itself.
    pub(crate) detail: String,
}

/// From best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Condition {
    Well,
    Strained,
    Down,
}

impl Condition {
    /// The word for it.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Well => "well",
            Self::Strained => "strained",
            Self::Down => "down",
        }
    }
}

async fn everything(State((services, health)): State<Observed>) -> Response {
    let dependencies = Box::pin(dependencies(&services)).await;
    let is_stopping = *health.stopping.borrow();
    let worst = dependencies.iter().map(|dependency| dependency.state).max().unwrap_or(Condition::Well);
    let state = if is_stopping { Condition::Down } else { worst };
    let status = if state == Condition::Down { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    (status, Json(Report { state, dependencies })).into_response()
}

/// How each thing is that the program depends on, asked now.
pub(crate) async fn dependencies(services: &Services) -> Vec<Dependency> {
    let (database, files, jobs, outside) = tokio::join!(
        examine("database", database(services)),
        examine("files", files(services)),
        examine("jobs", jobs(services)),
        Box::pin(services.outside.get(services)),
    );
    let mut dependencies = vec![database, files, jobs];
    if let Some(counts) = services.limits.shared_counts() {
        dependencies.push(examine("redis", redis(counts.line())).await);
    }
    if let Some(settings) = &services.config.backup {
        dependencies.push(examine("backups", backups(services, settings)).await);
    }
    dependencies.extend(outside);
    dependencies
}

/// How machines of others were when they were asked last. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct OutsideHealth(Arc<Mutex<Option<Told>>>);

/// What they said, and when.
type Told = (DateTime<Utc>, Vec<Dependency>);

impl OutsideHealth {
    /// Asks them, unless somebody just did; whoever comes meanwhile waits for the same answers.
    async fn get(&self, services: &Services) -> Vec<Dependency> {
        let mut last = self.0.lock().await;
        let now = services.ambient.now();
        if let Some((at, found)) = last.as_ref()
            && (now - *at).abs() < ANSWER_HOLDS
        {
            return found.clone();
        }
        let (mail, google) =
            tokio::join!(examine("mail", mail(services)), examine("google", google(services)));
        // The program goes on without: messages wait, and people sign in with a password.
        let found = [mail, google].map(|it| Dependency { state: it.state.min(Condition::Strained), ..it });
        last.insert((now, found.into())).1.clone()
    }
}

async fn mail(services: &Services) -> Finding {
    if services.mailer.folder().is_some() {
        return Ok((Condition::Well, "not set up; messages become files".to_owned()));
    }
    services.mailer.ask().await?;
    Ok((Condition::Well, String::new()))
}

async fn google(services: &Services) -> Finding {
    let Some(provider) = services.google.clone() else {
        return Ok((Condition::Well, "not set up; people sign in with a password".to_owned()));
    };
    // It goes on for whoever signs in next, also if nobody waits for it here any more.
    let asked = tokio::spawn(async move { provider.ask().await });
    asked.await.or_internal("asking the provider")??;
    Ok((Condition::Well, String::new()))
}

type Finding = Result<(Condition, String), AppError>;

async fn examine(name: &'static str, look: impl Future<Output = Finding>) -> Dependency {
    let begun = Instant::now();
    let (state, detail) = match tokio::time::timeout(ANSWER_WITHIN, look).await {
        Ok(Ok(found)) => found,
        // What went wrong is in the log; here it might tell too much.
        Ok(Err(_)) => (Condition::Down, "does not answer".to_owned()),
        Err(_) => (Condition::Down, format!("does not answer within {} s", ANSWER_WITHIN.as_secs())),
    };
    let timeout_milliseconds = ANSWER_WITHIN.as_millis();
    Dependency { name, state, milliseconds: begun.elapsed().as_millis(), timeout_milliseconds, detail }
}

async fn database(services: &Services) -> Finding {
    let pinged = services.db.ping().await;
    pinged.map_err(|_| AppError::Unavailable { message: "the database does not answer".to_owned() })?;
    let (open, idle) = services.db.connections();
    Ok((Condition::Well, format!("{}, {open} connections, {idle} of them idle", services.db.engine())))
}

async fn files(services: &Services) -> Finding {
    // A disk that hangs must not hold up everything else.
    let folder = services.files.clone();
    let free = tokio::task::spawn_blocking(move || folder.free_bytes()).await.ok().and_then(Result::ok);
    let free =
        free.ok_or_else(|| AppError::Unavailable { message: "the folder cannot be read".to_owned() })?;
    let state = if free < LITTLE_ROOM { Condition::Strained } else { Condition::Well };
    Ok((state, format!("{} MB left", free / 1_000_000)))
}

/// Nothing stops without it: each node then counts and computes alone.
async fn redis(line: &RedisLine) -> Finding {
    let is_there = line.ping().await.is_ok() && !line.is_left_alone();
    let (state, words) = if is_there {
        (Condition::Well, "")
    } else {
        (Condition::Strained, "does not answer; each node counts and computes alone")
    };
    Ok((state, words.to_owned()))
}

/// Whoever is asked elsewhere, and whether it failed so often that nobody asks it at the moment.
fn breakers(services: &Services) -> Vec<(&'static str, bool)> {
    let mail = services.mailer.folder().is_none().then(|| ("mail", services.mailer.is_left_alone()));
    let redis = services.limits.shared_counts().map(|counts| ("redis", counts.line().is_left_alone()));
    let google = services.google.as_ref().map(|google| ("google", google.is_left_alone()));
    let database = Some(("database", services.db.is_left_alone()));
    database.into_iter().chain(mail).chain(redis).chain(google).collect()
}

async fn backups(services: &Services, settings: &BackupConfig) -> Finding {
    let Some(Round { made_at, .. }) = last_round(services).await? else {
        return Ok((Condition::Strained, "none was made yet".to_owned()));
    };
    let is_old = services.ambient.now() - made_at > settings.every * 2;
    let state = if is_old { Condition::Strained } else { Condition::Well };
    Ok((state, format!("the last one that could be restored is of {}", made_at.format("%Y-%m-%d %H:%M UTC"))))
}

async fn last_round(services: &Services) -> Result<Option<Round>, AppError> {
    Rounds::new(services.db.clone(), services.ambient.clone()).last().await
}

async fn jobs(services: &Services) -> Finding {
    let backlog = services.jobs.backlog().await?;
    let late = backlog.due_since.map_or(0, |since| (services.ambient.now() - since).num_seconds());
    let state = if late > LATE_SECONDS { Condition::Strained } else { Condition::Well };
    let detail = format!(
        "{} waiting, {} running, {} given up; the oldest has waited for {late} s",
        backlog.waiting, backlog.running, backlog.failed
    );
    Ok((state, detail))
}

async fn measurements(State((services, health)): State<Observed>) -> Response {
    measure_now(&services).await;
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], health.metrics.render()).into_response()
}

/// What has a value at every moment and is looked up when somebody asks.
#[expect(clippy::cast_precision_loss, reason = "counts far below the 53 bits of a float")]
async fn measure_now(services: &Services) {
    let (open, idle) = services.db.connections();
    metrics_facade::gauge!("db_connections", "state" => "open").set(f64::from(open));
    metrics_facade::gauge!("db_connections", "state" => "idle").set(idle as f64);
    metrics_facade::gauge!("limiter_counted").set(services.limits.counted() as f64);
    metrics_facade::gauge!("cache_bytes").set(services.cache.bytes() as f64);
    metrics_facade::gauge!("cache_entries").set(services.cache.entries() as f64);
    metrics_facade::counter!("cache_computed_total").absolute(services.cache.computed());
    if let Ok(free) = services.files.free_bytes() {
        metrics_facade::gauge!("disk_free_bytes").set(free as f64);
    }
    if let Err(error) = measure_keys(services).await {
        tracing::warn!(%error, "Data keys could not be counted");
    }
    for (name, is_open) in breakers(services) {
        metrics_facade::gauge!("breaker_open", "name" => name).set(f64::from(u8::from(is_open)));
    }
    if services.config.backup.is_some() {
        match last_round(services).await {
            Ok(Some(round)) => {
                let verified_at = round.verified_at.timestamp();
                metrics_facade::gauge!("backup_last_verified_timestamp_seconds").set(verified_at as f64);
                metrics_facade::gauge!("backup_last_bytes").set(round.size_bytes as f64);
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "The last backup could not be looked up"),
        }
    }
    match services.jobs.backlog().await {
        Ok(backlog) => {
            let states =
                [("waiting", backlog.waiting), ("running", backlog.running), ("failed", backlog.failed)];
            for (state, count) in states {
                metrics_facade::gauge!("jobs", "state" => state).set(count as f64);
            }
        }
        Err(error) => tracing::warn!(%error, "Jobs could not be counted"),
    }
    match services.accounts.census().await {
        Ok(census) => {
            metrics_facade::gauge!("people").set(census.people as f64);
            metrics_facade::gauge!("workspaces", "kind" => "real").set(census.workspaces as f64);
            metrics_facade::gauge!("workspaces", "kind" => "synthetic")
                .set(census.synthetic_workspaces as f64);
            metrics_facade::gauge!("sessions").set(census.sessions as f64);
        }
        Err(error) => tracing::warn!(%error, "People and workspaces could not be counted"),
    }
}

/// How many keys each version of the ring wraps, and of those that seal values, which one made them. A key is retired once it seals nothing
/// any more, so a rotation is over when no version but the newest has any in use.
#[expect(clippy::cast_precision_loss, reason = "counts far below the 53 bits of a float")]
async fn measure_keys(services: &Services) -> Result<(), AppError> {
    for (version, count) in services.vault.keys_by_version().await? {
        metrics_facade::gauge!("data_keys", "ring_version" => version.to_string()).set(count as f64);
    }
    for (version, in_use, retired) in services.vault.keys_by_making().await? {
        for (state, count) in [("in_use", in_use), ("retired", retired)] {
            let version = version.to_string();
            metrics_facade::gauge!("sealing_keys", "made_by" => version, "state" => state).set(count as f64);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn however_many_ask_one_of_them_at_a_time_finds_out() {
        let (readiness, looks, now) = (Readiness::default(), AtomicUsize::new(0), AtomicUsize::new(0));
        let look = async || {
            looks.fetch_add(1, Ordering::Relaxed);
            assert_eq!(now.fetch_add(1, Ordering::Relaxed), 0, "two at the same time");
            tokio::time::sleep(Duration::from_millis(5)).await;
            now.fetch_sub(1, Ordering::Relaxed);
            true
        };
        let crowd = (0..100).map(|_| readiness.now(look));
        assert!(futures::future::join_all(crowd).await.into_iter().all(|is_there| is_there));
        assert!(looks.load(Ordering::Relaxed) <= 2, "{looks:?}");
        // Nobody is told what was so before they asked.
        assert!(!readiness.now(async || false).await);
    }
}
