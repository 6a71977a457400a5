//! What the provider says about itself: where it is, and with which keys it signs. It is asked beside the work wherever that will do, and a
//! provider that is away for a while stops nobody who comes back from it.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use kernel::Ambient;
use openidconnect::{IssuerUrl, core::CoreProviderMetadata};
use tokio::sync::{Mutex, OwnedMutexGuard, RwLock};

use super::provider::{Line, ProviderError, silent};

/// Older knowledge is good enough, and asked for anew.
const FRESH_FOR: TimeDelta = TimeDelta::hours(1);
/// Older knowledge is none.
const KNOWN_FOR: TimeDelta = TimeDelta::hours(24);
/// Nobody is asked more often than that because of what is known already.
const ASK_AGAIN_AFTER: TimeDelta = TimeDelta::minutes(1);

/// What is known of a provider. Cheap to clone.
#[derive(Clone)]
pub(super) struct Knowledge {
    issuer: String,
    line: Line,
    ambient: Ambient,
    known: Arc<RwLock<Known>>,
    /// One asks; the others wait for its answer.
    turn: Arc<Mutex<()>>,
}

#[derive(Clone, Default)]
struct Known {
    /// What the provider said, and when.
    said: Option<(CoreProviderMetadata, DateTime<Utc>)>,
    asked_at: Option<DateTime<Utc>>,
}

impl Knowledge {
    /// Nothing is known yet.
    pub(super) fn new(issuer: String, line: Line, ambient: Ambient) -> Self {
        Self { issuer, line, ambient, known: Arc::default(), turn: Arc::default() }
    }

    /// What is known, at most a day old.
    pub(super) async fn get(&self) -> Result<CoreProviderMetadata, ProviderError> {
        if let Some((metadata, age)) = self.said().await {
            if age >= FRESH_FOR {
                self.ask_beside().await;
            }
            return Ok(metadata);
        }
        let turn = self.turn.clone().lock_owned().await;
        match self.said().await {
            Some((metadata, _)) => Ok(metadata),
            None => self.ask(turn).await,
        }
    }

    /// What the provider says now, as far as it was not asked within the last minute; for what does not fit to what is known.
    pub(super) async fn get_anew(&self) -> Result<CoreProviderMetadata, ProviderError> {
        let turn = self.turn.clone().lock_owned().await;
        match self.said().await {
            Some((metadata, _)) if !self.may_ask_again().await => Ok(metadata),
            _ => self.ask(turn).await,
        }
    }

    async fn ask_beside(&self) {
        let Ok(turn) = self.turn.clone().try_lock_owned() else { return };
        if self.may_ask_again().await {
            let asking = self.clone();
            // What comes of it is in the log.
            tokio::spawn(async move { asking.ask(turn).await.is_ok() });
        }
    }

    async fn ask(&self, _turn: OwnedMutexGuard<()>) -> Result<CoreProviderMetadata, ProviderError> {
        let now = self.ambient.now();
        self.known.write().await.asked_at = Some(now);
        let metadata = self.discover().await?;
        self.known.write().await.said = Some((metadata.clone(), now));
        Ok(metadata)
    }

    /// What the provider says now, whatever is known.
    pub(super) async fn discover(&self) -> Result<CoreProviderMetadata, ProviderError> {
        let issuer =
            IssuerUrl::new(self.issuer.clone()).map_err(|cause| silent("reading the issuer", &cause))?;
        CoreProviderMetadata::discover_async(issuer, &self.line)
            .await
            .map_err(|cause| silent("asking the provider about itself", &cause))
    }

    async fn said(&self) -> Option<(CoreProviderMetadata, TimeDelta)> {
        let now = self.ambient.now();
        let known = self.known.read().await;
        let (metadata, at) = known.said.as_ref()?;
        (now - *at < KNOWN_FOR).then(|| (metadata.clone(), now - *at))
    }

    async fn may_ask_again(&self) -> bool {
        let asked_at = self.known.read().await.asked_at;
        asked_at.is_none_or(|at| self.ambient.now() - at >= ASK_AGAIN_AFTER)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicI64, AtomicU8, AtomicUsize, Ordering},
        time::{Duration, Instant},
    };

    use axum::{Json, Router, extract::State, routing::get};
    use http::StatusCode;
    use kernel::{Clock, SystemEntropy};
    use platform::Outside;

    use super::*;

    const WELL: u8 = 0;
    const FAILING: u8 = 1;
    const HANGING: u8 = 2;

    #[derive(Clone, Default)]
    struct Minutes(Arc<AtomicI64>);

    impl Clock for Minutes {
        fn now(&self) -> DateTime<Utc> {
            DateTime::from_timestamp(self.0.load(Ordering::SeqCst) * 60, 0).unwrap()
        }
    }

    /// A provider whose state can be changed, and what is known of it.
    struct Place {
        state: Arc<AtomicU8>,
        asked: Arc<AtomicUsize>,
        clock: Minutes,
        knowledge: Knowledge,
    }

    impl Place {
        async fn new() -> Self {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let issuer = format!("http://{}", listener.local_addr().unwrap());
            let (state, asked, clock) =
                (Arc::<AtomicU8>::default(), Arc::<AtomicUsize>::default(), Minutes::default());
            let router = Router::new()
                .route("/.well-known/openid-configuration", get(describe))
                .route("/keys", get(|| async { Json(serde_json::json!({ "keys": [] })) }))
                .with_state((issuer.clone(), state.clone(), asked.clone()));
            tokio::spawn(async move { axum::serve(listener, router).await });
            let ambient = Ambient::new(Arc::new(clock.clone()), Arc::new(SystemEntropy));
            let line = Line(Outside::new(ambient.clone(), &[&issuer]));
            Self { state, asked, clock, knowledge: Knowledge::new(issuer, line, ambient) }
        }

        fn is(&self, state: u8, after_minutes: i64) {
            self.state.store(state, Ordering::SeqCst);
            self.clock.0.store(after_minutes, Ordering::SeqCst);
        }

        fn asked(&self) -> usize {
            self.asked.load(Ordering::SeqCst)
        }

        async fn until_nobody_asks(&self) {
            drop(self.knowledge.turn.lock().await);
        }
    }

    type Told = (String, Arc<AtomicU8>, Arc<AtomicUsize>);

    async fn describe(
        State((issuer, state, asked)): State<Told>,
    ) -> Result<Json<serde_json::Value>, StatusCode> {
        asked.fetch_add(1, Ordering::SeqCst);
        match state.load(Ordering::SeqCst) {
            HANGING => std::future::pending().await,
            FAILING => Err(StatusCode::INTERNAL_SERVER_ERROR),
            _ => Ok(Json(serde_json::json!({
                "issuer": issuer,
                "authorization_endpoint": format!("{issuer}/auth"),
                "jwks_uri": format!("{issuer}/keys"),
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            }))),
        }
    }

    #[tokio::test]
    async fn who_comes_back_from_a_provider_that_hangs_does_not_wait_for_it() {
        let place = Place::new().await;
        place.knowledge.get().await.unwrap();
        place.is(HANGING, 120);
        let begun = Instant::now();
        for _ in 0..20 {
            place.knowledge.get().await.unwrap();
        }
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
        tokio::time::timeout(Duration::from_secs(2), async {
            while place.asked() < 2 {
                tokio::task::yield_now().await;
            }
        })
        .await
        .unwrap();
        assert_eq!(place.asked(), 2, "one asks beside the work");
    }

    #[tokio::test]
    async fn what_was_known_serves_for_a_day_while_the_provider_fails_and_is_renewed_when_it_is_back() {
        let place = Place::new().await;
        place.knowledge.get().await.unwrap();
        for (minutes, asked) in [(59, 1), (61, 2), (61, 2), (62, 3), (23 * 60, 4)] {
            place.is(FAILING, minutes);
            place.knowledge.get().await.unwrap();
            place.until_nobody_asks().await;
            assert_eq!(place.asked(), asked, "{minutes}");
        }
        place.is(FAILING, 24 * 60);
        assert!(place.knowledge.get().await.is_err(), "a day later nobody knows whose keys these are");

        place.is(WELL, 24 * 60 + 1);
        place.knowledge.get().await.unwrap();
        place.is(WELL, 26 * 60);
        place.knowledge.get().await.unwrap();
        place.until_nobody_asks().await;
        place.is(FAILING, 49 * 60);
        place.knowledge.get().await.unwrap();
    }

    #[tokio::test]
    async fn tokens_with_keys_that_nobody_knows_make_ask_once_a_minute() {
        let place = Place::new().await;
        place.knowledge.get().await.unwrap();
        for (state, minutes, asked) in [(WELL, 0, 1), (WELL, 1, 2), (FAILING, 2, 3), (WELL, 3, 4)] {
            place.is(state, minutes);
            assert_eq!(place.knowledge.get_anew().await.is_ok(), asked == 1 || state == WELL);
            for _ in 0..10 {
                place.knowledge.get_anew().await.unwrap();
            }
            assert_eq!(place.asked(), asked, "{minutes}");
        }
    }
}
