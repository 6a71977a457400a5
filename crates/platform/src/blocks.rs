//! Network places that are not answered for a while: who looks for weaknesses, and whom an administrator shuts out.
//!
//! What is kept lasts beyond a restart and holds on every node within moments: each keeps a copy, which [`Blocks::refresh`] renews.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use chrono::{DateTime, TimeDelta, Utc};
use db::{Db, Tx, on_db, on_tx};
use kernel::{Administrator, Ambient, AppError, OrInternal};
use serde::{Deserialize, Serialize};

use crate::{Networks, audit, visitor_name};

const LIST: &str = "
    SELECT place, reason, blocked_at, blocked_until FROM blocks WHERE blocked_until > $1
    ORDER BY blocked_at DESC, place";
const PUT: &str = "
    INSERT INTO blocks (place, reason, blocked_at, blocked_until) VALUES ($1, $2, $3, $4)
    ON CONFLICT (place) DO UPDATE SET
        reason = excluded.reason, blocked_at = excluded.blocked_at, blocked_until = excluded.blocked_until";
const LIFT: &str = "DELETE FROM blocks WHERE place = $1";
const SWEEP: &str = "DELETE FROM blocks WHERE blocked_until <= $1";

/// So many times in [`SEARCH_WITHIN`] somebody may ask for what only scanners ask for.
const MOST_SEARCHES: usize = 3;
const SEARCH_WITHIN: TimeDelta = TimeDelta::minutes(10);
/// For so long a scanner is not answered.
const SCANNERS_WAIT: TimeDelta = TimeDelta::hours(24);
/// So many places are shut out by themselves at once: whoever has many addresses cannot fill the list, nor the audit log.
const MOST_BLOCKED: usize = 1_000;
/// More places than that are not watched at once.
const MOST_WATCHED: usize = 10_000;

/// What other programs keep at these addresses, and this one never does. Whoever asks for them looks for weaknesses.
const BAIT: [&str; 16] = [
    "/.env",
    "/.git/",
    "/.aws/",
    "/.ssh/",
    "/.svn/",
    "/wp-admin",
    "/wp-login",
    "/wp-content",
    "/wp-includes",
    "/xmlrpc.php",
    "/phpmyadmin",
    "/cgi-bin/",
    "/vendor/phpunit",
    "/boaform",
    "/actuator",
    "/server-status",
];

/// One place that is not answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct Block {
    /// The address, or the first half of one, as [`visitor_name`] tells it.
    pub place: String,
    /// Why.
    pub reason: String,
    /// Since when.
    pub blocked_at: DateTime<Utc>,
    /// Until when.
    pub blocked_until: DateTime<Utc>,
}

/// Who is not answered. Cheap to clone.
#[derive(Clone)]
pub struct Blocks {
    db: Db,
    ambient: Ambient,
    never: Networks,
    active: Arc<RwLock<HashMap<String, DateTime<Utc>>>>,
    searches: Arc<Mutex<HashMap<String, Vec<DateTime<Utc>>>>>,
}

impl Blocks {
    /// Blocks nobody from the networks in `never`, whatever they do.
    pub fn new(db: Db, ambient: Ambient, never: Networks) -> Self {
        Self { db, ambient, never, active: Arc::default(), searches: Arc::default() }
    }

    /// For how many seconds more the address is not answered, if it is not.
    pub fn seconds_left(&self, address: Option<IpAddr>) -> Option<u64> {
        let place = self.blockable(address)?;
        let until = *self.active.read().unwrap_or_else(PoisonError::into_inner).get(&place)?;
        let left = (until - self.ambient.now()).num_seconds();
        u64::try_from(left).ok().filter(|left| *left > 0)
    }

    /// Whether nobody but a scanner asks for that path.
    pub fn is_bait(path: &str) -> bool {
        let path = path.to_ascii_lowercase();
        BAIT.iter().any(|bait| path.starts_with(bait))
    }

    /// Notes that an address asked for what only scanners ask for; the third time it is not answered any more.
    pub async fn note_search(&self, address: Option<IpAddr>) -> Result<(), AppError> {
        let Some(place) = self.blockable(address) else { return Ok(()) };
        if self.count_search(&place) < MOST_SEARCHES {
            return Ok(());
        }
        if self.active.read().unwrap_or_else(PoisonError::into_inner).len() >= MOST_BLOCKED {
            metrics_facade::counter!("blocks_total", "reason" => "list full").increment(1);
            return Ok(());
        }
        let mut tx = self.db.begin_everywhere().await?;
        self.put(&mut tx, &place, "looked for weaknesses", SCANNERS_WAIT).await?;
        let entry =
            audit::Entry { action: "network.blocked", subject: place.clone(), detail: "scanner".to_owned() };
        audit::record_on_instance(&mut tx, &self.ambient, "program".to_owned(), entry).await?;
        tx.commit().await?;
        tracing::warn!(place, "A network place looked for weaknesses and is not answered for a day");
        metrics_facade::counter!("blocks_total", "reason" => "scanner").increment(1);
        self.refresh().await
    }

    /// Who is not answered now, newest first.
    pub async fn list(&self, _by: Administrator) -> Result<Vec<Block>, AppError> {
        self.load().await
    }

    /// Shuts a place out for so many hours.
    pub async fn block(
        &self,
        by: Administrator,
        (place, reason): (&str, &str),
        hours: i64,
    ) -> Result<(), AppError> {
        let address: IpAddr = place.trim().parse().map_err(|_| {
            AppError::invalid("place", "Write one network address, like 192.0.2.7 or 2001:db8::7")
        })?;
        let place = self.blockable(Some(address)).ok_or_else(|| {
            AppError::invalid(
                "place",
                "This address is never blocked: it is this machine, a trusted proxy, or exempt by the settings",
            )
        })?;
        let mut tx = self.db.begin_everywhere().await?;
        self.put(&mut tx, &place, reason, TimeDelta::hours(hours)).await?;
        self.note(&mut tx, by, ("network.blocked", &place), reason).await?;
        tx.commit().await?;
        metrics_facade::counter!("blocks_total", "reason" => "administrator").increment(1);
        self.refresh().await
    }

    /// Answers a place again.
    pub async fn lift(&self, by: Administrator, place: &str) -> Result<(), AppError> {
        const DOING: &str = "lifting a block";
        let mut tx = self.db.begin_everywhere().await?;
        on_tx!(&mut tx, |c| sqlx::query(LIFT).bind(place).execute(c).await.map(|_| ())).or_internal(DOING)?;
        self.note(&mut tx, by, ("network.unblocked", place), "").await?;
        tx.commit().await?;
        self.searches.lock().unwrap_or_else(PoisonError::into_inner).remove(place);
        self.refresh().await
    }

    /// Renews this node's copy of who is not answered.
    pub async fn refresh(&self) -> Result<(), AppError> {
        let active = self.load().await?.into_iter().map(|block| (block.place, block.blocked_until)).collect();
        *self.active.write().unwrap_or_else(PoisonError::into_inner) = active;
        Ok(())
    }

    /// Forgets blocks that have ended and searches of long ago.
    pub async fn sweep(&self) -> Result<(), AppError> {
        let now = self.ambient.now();
        self.searches
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|_, times| times.last().is_some_and(|last| now - *last < SEARCH_WITHIN));
        let mut tx = self.db.begin().await?;
        on_tx!(&mut tx, |c| sqlx::query(SWEEP).bind(now).execute(c).await.map(|_| ()))
            .or_internal("forgetting blocks")?;
        tx.commit().await
    }

    async fn load(&self) -> Result<Vec<Block>, AppError> {
        let now = self.ambient.now();
        on_db!(&self.db, |c| sqlx::query_as(LIST).bind(now).fetch_all(c).await).or_internal("listing blocks")
    }

    async fn put(&self, tx: &mut Tx, place: &str, reason: &str, lasts: TimeDelta) -> Result<(), AppError> {
        let now = self.ambient.now();
        on_tx!(tx, |c| sqlx::query(PUT)
            .bind(place)
            .bind(reason)
            .bind(now)
            .bind(now + lasts)
            .execute(c)
            .await
            .map(|_| ()))
        .or_internal("blocking a place")
    }

    async fn note(
        &self,
        tx: &mut Tx,
        by: Administrator,
        (action, place): (&str, &str),
        detail: &str,
    ) -> Result<(), AppError> {
        let entry = audit::Entry { action, subject: place.to_owned(), detail: detail.to_owned() };
        audit::record_on_instance(tx, &self.ambient, by.name(), entry).await
    }

    /// Under what name the address can be blocked. Never this machine: behind a proxy that nobody named, everybody seems to be on it.
    fn blockable(&self, address: Option<IpAddr>) -> Option<String> {
        let address = address?.to_canonical();
        let is_here = matches!(address.to_string().as_str(), "127.0.0.1" | "::1");
        (!is_here && !self.never.contain(address)).then(|| visitor_name(Some(address)))
    }

    /// Counts one search, and tells how many there were lately.
    fn count_search(&self, place: &str) -> usize {
        let now = self.ambient.now();
        let mut searches = self.searches.lock().unwrap_or_else(PoisonError::into_inner);
        if searches.len() >= MOST_WATCHED && !searches.contains_key(place) {
            searches.clear();
        }
        let times = searches.entry(place.to_owned()).or_default();
        times.retain(|time| now - *time < SEARCH_WITHIN);
        times.push(now);
        times.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_scanners_ask_for_is_known_and_our_own_pages_are_not() {
        for bait in ["/.env", "/.ENV.bak", "/.git/config", "/wp-login.php", "/phpMyAdmin/index.php"] {
            assert!(Blocks::is_bait(bait), "{bait}");
        }
        for ours in
            ["/", "/w/acme/data", "/api/v1/me", "/fonts/x.woff2", "/sign-in", "/.well-known/jwks.json"]
        {
            assert!(!Blocks::is_bait(ours), "{ours}");
        }
    }
}
