//! A stream of what happens in a workspace, while somebody watches it.

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use accounts::{Accounts, SessionSecret};
use axum::{
    Extension,
    extract::Path,
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use futures::stream;
use http::HeaderMap;
use kernel::{AppError, Permission, UserId, WorkspaceScope};
use platform::{Live, live::Watch};
use tokio::{sync::watch, time::Instant};

use super::problem::Problem;
use crate::{connections::stopped, middleware::is_read_by_another_site, services::Services};

/// So often it is looked whether whoever watches still may, besides at everything that may have taken the right away.
const ASK_AGAIN_EVERY: Duration = Duration::from_secs(15);
/// A stream ends after that; browsers then ask for the rest.
const LONGEST: Duration = Duration::from_mins(30);
/// Streams of one person at the same time.
const MOST_STREAMS: usize = 10;
/// Events that are sent at once.
const AT_ONCE: u32 = 100;
/// When a browser comes back after a stream has ended, in milliseconds.
const COME_BACK_AFTER: Duration = Duration::from_secs(2);

/// How many streams each person has open on this node, and when the node is about to end.
#[derive(Clone)]
pub(crate) struct Streams {
    // Shared by all streams: there may be thousands, and each is to be small.
    accounts: Arc<Accounts>,
    live: Live,
    open: Arc<Mutex<HashMap<UserId, usize>>>,
    stopping: watch::Receiver<bool>,
}

impl Streams {
    /// None yet.
    pub(crate) fn new(services: &Services, stopping: watch::Receiver<bool>) -> Self {
        let (accounts, live) = (Arc::new(services.accounts.clone()), services.live.clone());
        Self { accounts, live, open: Arc::default(), stopping }
    }

    fn begin(&self, person: UserId) -> Result<Place, AppError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(person).or_default();
        if *count >= MOST_STREAMS {
            return Err(AppError::RateLimited { retry_after_seconds: 5 });
        }
        *count += 1;
        Ok(Place { open: self.open.clone(), person })
    }
}

/// One of the streams that a person may have open; free again with the value.
struct Place {
    open: Arc<Mutex<HashMap<UserId, usize>>>,
    person: UserId,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.person) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.person);
            }
        }
    }
}

/// Who watches what.
struct Watcher {
    accounts: Arc<Accounts>,
    live: Live,
    secret: SessionSecret,
    workspace: String,
    scope: WorkspaceScope,
    watch: Watch,
    stopping: watch::Receiver<bool>,
    after: i64,
    ends_at: Instant,
    _place: Place,
}

/// Streams what happens in the workspace from now on, or after the number in `Last-Event-ID`.
pub(crate) async fn events(
    Path(workspace): Path<String>,
    secret: Option<Extension<SessionSecret>>,
    Extension(streams): Extension<Streams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    // Its cookie is not sent by pages of other sites; whoever gets one sent in another way is told nothing either.
    if is_read_by_another_site(&headers) {
        let sentence = "Live events are for the pages of this site. Programs read GET /api/v1/audit";
        return Err(AppError::forbidden(sentence).into());
    }
    let Some(Extension(secret)) = secret else { return Err(AppError::Unauthenticated.into()) };
    let (person, scope) = authorise(&streams.accounts, &secret, &workspace).await?;
    let place = streams.begin(person)?;
    let watch = streams.live.watch(scope);
    let seen = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let newest = streams.live.newest(scope).await?;
    let watcher = Watcher {
        secret,
        workspace,
        scope,
        watch,
        stopping: streams.stopping.clone(),
        // A number that was made up, or is from before a restore, must not keep anybody waiting for ever.
        after: seen.filter(|seen| *seen <= newest).unwrap_or(newest),
        ends_at: Instant::now() + LONGEST,
        accounts: streams.accounts,
        live: streams.live,
        _place: place,
    };
    // Said at once, so that the browser knows that it is being told.
    let hello = Event::default().retry(COME_BACK_AFTER).comment("watching");
    let told = stream::unfold((Some(hello), Some(watcher)), |(hello, watcher)| async move {
        let watcher = watcher?;
        match hello {
            Some(hello) => Some((vec![hello], (None, Some(watcher)))),
            None => Box::pin(watcher.next()).await.map(|(events, watcher)| (events, (None, Some(watcher)))),
        }
    });
    let told = futures::StreamExt::flat_map(told, |events| {
        stream::iter(events.into_iter().map(Ok::<_, Infallible>))
    });
    Ok(Sse::new(told).keep_alive(KeepAlive::new().interval(ASK_AGAIN_EVERY)).into_response())
}

impl Watcher {
    /// Waits for the next events; nothing more once nothing more may be told.
    async fn next(mut self) -> Option<(Vec<Event>, Self)> {
        loop {
            let (changes, last) = self.read().await.ok()?;
            // Whoever may not see the workspace any more is told nothing more of it.
            authorise(&self.accounts, &self.secret, &self.workspace).await.ok()?;
            if last > self.after {
                self.after = last;
                let events: Vec<Event> = changes.iter().filter_map(event).collect();
                if !events.is_empty() {
                    return Some((events, self));
                }
                continue;
            }
            tokio::select! {
                () = self.watch.changed() => {}
                () = tokio::time::sleep(ASK_AGAIN_EVERY) => {}
                () = tokio::time::sleep_until(self.ends_at) => return None,
                () = stopped(&mut self.stopping) => return None,
            }
        }
    }

    async fn read(&self) -> Result<(Vec<platform::Change>, i64), AppError> {
        self.live.since(self.scope, self.after, AT_ONCE).await
    }
}

fn event(change: &platform::Change) -> Option<Event> {
    Event::default().id(change.seq.to_string()).event("change").json_data(change).ok()
}

/// Who watches, if the session is alive and its person may see the workspace now.
async fn authorise(
    accounts: &Accounts,
    secret: &SessionSecret,
    workspace: &str,
) -> Result<(UserId, WorkspaceScope), AppError> {
    let person = accounts.person_of_session(secret).await?.ok_or(AppError::Unauthenticated)?;
    let actor = accounts.authorise(Some(person), workspace).await?;
    Ok((person, actor.require(Permission::View)?))
}
