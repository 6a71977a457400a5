//! Counts that several nodes share, in Redis: one round trip for each request, by the clock of the server.

use std::{sync::Arc, time::Duration};

use redis::Script;

use super::{Class, Pace};
use crate::{RedisLine, keyed_hash};

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
    line: RedisLine,
    script: Arc<Script>,
    /// Names of visitors leave the process only as a hash under this.
    secret: [u8; 32],
}

impl SharedCounts {
    /// Counts on that server. `secret` is the same on every node.
    pub fn new(line: RedisLine, secret: [u8; 32]) -> Self {
        Self { line, script: Arc::new(Script::new(COUNT)), secret }
    }

    /// Counts one request; how long to wait, or nothing if it may pass. `None` if the server does not answer.
    pub(super) async fn count(&self, class: Class, pace: Pace, who: &str) -> Option<Duration> {
        let named = keyed_hash(&self.secret, format!("{} {who}", class.key()).as_bytes());
        let name = format!("quartile:limit:{}", kernel::hex(named.get(..16).unwrap_or(&[])));
        let micros = u64::try_from(pace.one_in.as_micros()).unwrap_or(u64::MAX).max(1);
        let mut call = self.script.key(name);
        call.arg(micros).arg(pace.burst.get());
        let without = "this node counts alone";
        let count = |mut connection| async move { call.invoke_async::<u64>(&mut connection).await };
        self.line.ask(without, count).await.map(Duration::from_micros)
    }

    /// The line that they go over.
    pub fn line(&self) -> &RedisLine {
        &self.line
    }
}
