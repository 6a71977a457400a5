//! Requests that no proper client would send.

use std::{net::Ipv4Addr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout,
};

use super::Door;
use crate::Failure;

/// What came back for bytes.
#[derive(Clone, Debug)]
pub(crate) struct RawAnswer {
    /// Everything, heads and bodies.
    pub(crate) text: String,
    /// Whether the connection was closed from the other side.
    pub(crate) is_closed: bool,
}

impl RawAnswer {
    /// The status of the first answer.
    pub(crate) fn status(&self) -> Option<u16> {
        self.text.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()
    }

    /// How many answers there are.
    pub(crate) fn answers(&self) -> usize {
        self.text.matches("HTTP/1.1 ").count()
    }
}

impl Door {
    /// Sends bytes as they are and reads until the other side closes, or says nothing for `silence`.
    pub(crate) async fn send_raw(&self, bytes: &[u8], silence: Duration) -> Result<RawAnswer, Failure> {
        let mut stream = self.connect(Ipv4Addr::LOCALHOST).await?;
        // Whoever refuses early may close before everything is sent.
        let _ = timeout(Duration::from_secs(20), stream.write_all(bytes)).await;
        let (mut all, mut buffer) = (Vec::new(), vec![0; 64 * 1024]);
        let is_closed = loop {
            match timeout(silence, stream.read(&mut buffer)).await {
                Err(_) => break false,
                Ok(Ok(0) | Err(_)) => break true,
                Ok(Ok(length)) => all.extend_from_slice(buffer.get(..length).unwrap_or_default()),
            }
        };
        let text = String::from_utf8_lossy(&all).into_owned();
        Ok(RawAnswer { text, is_closed })
    }
}
