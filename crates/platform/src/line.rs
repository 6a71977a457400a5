//! The one line to Redis: what nodes share beyond the database goes over it, within a short time or not at all.

use std::{sync::Arc, time::Duration};

use kernel::Ambient;
use redis::{
    Client, RedisError,
    aio::{ConnectionManager, ConnectionManagerConfig},
};

use crate::Breaker;

/// Nobody waits longer for an answer.
const ANSWER_WITHIN: Duration = Duration::from_millis(50);

/// A server that nodes share, and whether it makes sense to ask it now. Cheap to clone.
#[derive(Clone)]
pub struct RedisLine {
    client: Client,
    connection: ConnectionManager,
    breaker: Arc<Breaker>,
    answer_within: Duration,
}

impl RedisLine {
    /// The line to that server; it is connected to when somebody asks.
    pub fn new(url: &str, ambient: Ambient) -> Result<Self, RedisError> {
        Self::answering_within(ANSWER_WITHIN, url, ambient)
    }

    /// A line that waits so long for an answer.
    pub(crate) fn answering_within(
        answer_within: Duration,
        url: &str,
        ambient: Ambient,
    ) -> Result<Self, RedisError> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(answer_within))
            .set_response_timeout(Some(answer_within))
            .set_number_of_retries(1);
        let client = Client::open(url)?;
        let connection = ConnectionManager::new_lazy_with_config(client.clone(), config)?;
        Ok(Self { client, connection, breaker: Arc::new(Breaker::new(ambient)), answer_within })
    }

    /// Asks something. `None` if the server does not answer in time, or failed so often that nobody asks it at the moment; the log then
    /// says `without`, what goes on without it.
    pub(crate) async fn ask<T, F>(
        &self,
        without: &'static str,
        request: impl FnOnce(ConnectionManager) -> F,
    ) -> Option<T>
    where
        F: Future<Output = Result<T, RedisError>>,
    {
        let asked = async {
            match tokio::time::timeout(self.answer_within, request(self.connection.clone())).await {
                Ok(Ok(answer)) => Ok(answer),
                Ok(Err(error)) => Err(error.to_string()),
                Err(_) => Err("it does not answer in time".to_owned()),
            }
        };
        match self.breaker.guard(asked).await? {
            Ok(answer) => Some(answer),
            Err(cause) => {
                tracing::warn!(cause, without, "Redis does not answer");
                None
            }
        }
    }

    /// For connections of another kind than requests and answers.
    pub(crate) fn client(&self) -> &Client {
        &self.client
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
