//! The second level: values that all nodes share, in Redis, compressed and sealed with the key of their workspace.

use std::future::ready;

use futures::{Stream, StreamExt};
use kernel::{Ambient, WorkspaceId};
use redis::RedisError;
use uuid::Uuid;

use super::{CacheKey, entry::Entry};
use crate::{Owner, RedisLine, Vault};

/// Where nodes tell each other whose figures have changed: who says it, and the workspace.
const CHANNEL: &str = "quartile:cache:published";
/// What goes on without Redis.
const WITHOUT: &str = "this node computes what it does not keep itself";

/// Values that all nodes share. Cheap to clone.
#[derive(Clone)]
pub struct SharedValues {
    line: RedisLine,
    vault: Vault,
    ambient: Ambient,
    /// Names this node, so that it does not listen to itself.
    node: Uuid,
}

impl SharedValues {
    /// Shares values over that line, sealed by `vault`.
    pub fn new(line: RedisLine, vault: Vault, ambient: Ambient) -> Self {
        let node = ambient.id();
        Self { line, vault, ambient, node }
    }

    pub(super) async fn find(&self, key: &CacheKey) -> Option<Entry> {
        let name = name(key);
        let request = |mut connection| {
            let name = name.clone();
            async move { redis::cmd("GET").arg(name).query_async::<Option<Vec<u8>>>(&mut connection).await }
        };
        let sealed = self.line.ask(WITHOUT, request).await??;
        count_bytes("read", sealed.len());
        let owner = Owner::Workspace(key.workspace());
        let packed = self.vault.open_aside(owner, &name, &sealed).await.ok()??;
        Entry::unpack(&packed, self.ambient.now())
    }

    pub(super) async fn keep(&self, key: &CacheKey, entry: &Entry) {
        // Sealing may make a key for the workspace; it makes no sense when nobody takes the value.
        if self.line.is_left_alone() {
            return;
        }
        let name = name(key);
        let Ok(packed) = entry.pack() else { return };
        let owner = Owner::Workspace(key.workspace());
        let Ok(sealed) = self.vault.seal_aside(owner, &name, &packed).await else { return };
        let (seconds, bytes) = (entry.seconds_left(self.ambient.now()), sealed.len());
        let request = |mut connection| async move {
            let mut set = redis::cmd("SET");
            set.arg(name).arg(sealed).arg("EX").arg(seconds);
            set.query_async::<()>(&mut connection).await
        };
        if self.line.ask(WITHOUT, request).await.is_some() {
            count_bytes("written", bytes);
        }
    }

    /// Tells the other nodes that the figures of a workspace have changed.
    pub(super) async fn announce(&self, workspace: WorkspaceId) {
        let message = format!("{} {workspace}", self.node);
        let request = |mut connection| async move {
            redis::cmd("PUBLISH").arg(CHANNEL).arg(message).query_async::<()>(&mut connection).await
        };
        self.line.ask(WITHOUT, request).await;
    }

    /// The workspaces that other nodes announce, until the connection breaks.
    pub(super) async fn announced(
        &self,
    ) -> Result<impl Stream<Item = WorkspaceId> + Send + use<>, RedisError> {
        let mut listening = self.line.client().get_async_pubsub().await?;
        listening.subscribe(CHANNEL).await?;
        let own = self.node.to_string();
        Ok(listening.into_on_message().filter_map(move |message| {
            let text = message.get_payload::<String>().unwrap_or_default();
            let told = text.split_once(' ').filter(|(node, _)| *node != own);
            ready(told.and_then(|(_, id)| Some(id.parse::<Uuid>().ok()?.into())))
        }))
    }
}

/// The name in Redis, which is also what the sealed value is bound to.
fn name(key: &CacheKey) -> String {
    format!("quartile:cache:{key}")
}

fn count_bytes(way: &'static str, bytes: usize) {
    metrics_facade::counter!("cache_shared_bytes_total", "way" => way).increment(bytes as u64);
}
