//! An answer that goes on.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use http_body_util::BodyExt;
use tokio::{
    task::JoinHandle,
    time::{sleep, timeout},
};

use super::{Ask, Door};
use crate::Failure;

const PATIENCE: Duration = Duration::from_secs(30);

/// Somebody who listens to live events; they stop with the value.
pub(crate) struct Listening {
    /// The status of the answer.
    pub(crate) status: u16,
    heard: Arc<Mutex<String>>,
    /// Whether the answer was ended in order.
    task: JoinHandle<bool>,
}

impl Door {
    /// Asks, and listens to the answer as it comes.
    pub(crate) async fn listen(&self, ask: Ask) -> Result<Listening, Failure> {
        let begun = timeout(PATIENCE, self.begin(ask)).await;
        let (response, driver) = begun.map_err(|_| "nobody was let in to listen in time")??;
        let status = response.status().as_u16();
        let heard = Arc::new(Mutex::new(String::new()));
        let (kept, mut body) = (heard.clone(), response.into_body());
        let task = tokio::spawn(async move {
            let is_in_order = loop {
                let Some(frame) = body.frame().await else { break true };
                let Ok(frame) = frame else { break false };
                let text = String::from_utf8_lossy(frame.data_ref().map_or(&[], |data| data)).into_owned();
                kept.lock().unwrap_or_else(PoisonError::into_inner).push_str(&text);
            };
            driver.abort();
            is_in_order
        });
        Ok(Listening { status, heard, task })
    }
}

impl Listening {
    /// How long it takes until that was said; `None` if it is not in time.
    pub(crate) async fn hears(&self, words: &str, within: Duration) -> Option<Duration> {
        let begun = Instant::now();
        while begun.elapsed() < within {
            if self.heard.lock().unwrap_or_else(PoisonError::into_inner).contains(words) {
                return Some(begun.elapsed());
            }
            sleep(Duration::from_millis(10)).await;
        }
        None
    }

    /// Whether it was ended in order; `None` if it was not ended in time.
    pub(crate) async fn ends(&mut self, within: Duration) -> Option<bool> {
        timeout(within, &mut self.task).await.ok().map(|outcome| outcome.unwrap_or(false))
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
    }
}
