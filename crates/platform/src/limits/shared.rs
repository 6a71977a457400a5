//! Counts that several nodes share, in Redis: one round trip for each request, by the clock of the server.

use std::{sync::Arc, time::Duration};

use kernel::Ambient;
use redis::{
    Client, RedisError, Script,
    aio::{ConnectionManager, ConnectionManagerConfig},
};

use super::{Class, Pace};
use crate::{Breaker, keyed_hash};

/// Nobody waits longer for a count.
const ANSWER_WITHIN: Duration = Duration::from_millis(50);
/// The same algorithm as within the process: the key holds when the bucket is full again, and the answer is how long to wait.
const COUNT: &str = "
    local time = redis.call('TIME')
    local now = time[1] * 1000000 + time[2]
    local one_in, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
    local full_at = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now) + one_in
    local wait = full_at - burst * one_in - now
    if wait > 0 then return math.ceil(wait) end
    redis.call('SET', KEYS[1], string.format('%.0f', full_at), 'PX', math.ceil((full_at - now) / 1000) + 1)
    return 0";

/// Where nodes count together. Cheap to clone.
#[derive(Clone)]
pub struct SharedCounts {
    connection: ConnectionManager,
    script: Arc<Script>,
    /// Names of visitors leave the process only as a hash under this.
    secret: [u8; 32],
    breaker: Arc<Breaker>,
}

impl SharedCounts {
    /// Counts on that server; it is connected to when somebody asks. `secret` is the same on every node.
    pub fn new(url: &str, secret: [u8; 32], ambient: Ambient) -> Result<Self, RedisError> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(ANSWER_WITHIN))
            .set_response_timeout(Some(ANSWER_WITHIN))
            .set_number_of_retries(1);
        let connection = ConnectionManager::new_lazy_with_config(Client::open(url)?, config)?;
        let breaker = Arc::new(Breaker::new(ambient));
        Ok(Self { connection, script: Arc::new(Script::new(COUNT)), secret, breaker })
    }

    /// Counts one request; how long to wait, or nothing if it may pass. `None` if the server does not answer.
    pub(super) async fn count(&self, class: Class, pace: Pace, who: &str) -> Option<Duration> {
        let named = keyed_hash(&self.secret, format!("{} {who}", class.key()).as_bytes());
        let name = format!("quartile:limit:{}", kernel::hex(named.get(..16).unwrap_or(&[])));
        let micros = u64::try_from(pace.one_in.as_micros()).unwrap_or(u64::MAX).max(1);
        let mut connection = self.connection.clone();
        let mut call = self.script.key(name);
        call.arg(micros).arg(pace.burst.get());
        let asked = async {
            match tokio::time::timeout(ANSWER_WITHIN, call.invoke_async::<u64>(&mut connection)).await {
                Ok(Ok(wait)) => Ok(wait),
                Ok(Err(error)) => Err(error.to_string()),
                Err(_) => Err("it does not answer in time".to_owned()),
            }
        };
        match self.breaker.guard(asked).await {
            Some(Ok(micros)) => Some(Duration::from_micros(micros)),
            Some(Err(cause)) => {
                tracing::warn!(cause, "Redis does not count; this node counts alone");
                None
            }
            None => None,
        }
    }

    /// Whether it failed so often that nobody asks it at the moment.
    pub fn is_left_alone(&self) -> bool {
        self.breaker.is_open()
    }

    /// Asks the server for a sign of life.
    pub async fn ping(&self) -> Result<(), RedisError> {
        let mut connection = self.connection.clone();
        redis::cmd("PING").query_async(&mut connection).await
    }
}
