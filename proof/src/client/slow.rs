//! Clients that take their time.

use std::{
    net::Ipv4Addr,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, Interest},
    net::TcpStream,
    time::{sleep, timeout},
};

use super::{Ask, Door, raw::RawAnswer};
use crate::Failure;

/// So much of a body is sent at once: what tells what follows, so that nobody is slow by a head alone.
const AT_ONCE: usize = 512;

/// How a body is sent: so many bytes, and then a pause.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    pub(crate) bytes: usize,
    pub(crate) pause: Duration,
}

/// How a connection was ended.
#[derive(Clone, Debug)]
pub(crate) struct Gone {
    /// After so long; `None` if it was still there at the end of the patience.
    pub(crate) after: Option<Duration>,
    /// What came until then.
    pub(crate) answer: RawAnswer,
}

/// A request that is with the other side.
pub(crate) struct SentOff {
    stream: TcpStream,
}

impl SentOff {
    /// What comes back; gives up after `patience`.
    pub(crate) async fn answer(mut self, patience: Duration) -> Gone {
        read_to_end(&mut self.stream, Instant::now(), patience).await
    }
}

impl Door {
    /// Sends a request piece by piece, and reads until the other side closes; gives up after `patience`.
    pub(crate) async fn send_slowly(
        &self,
        ask: Ask,
        pace: Pace,
        patience: Duration,
    ) -> Result<Gone, Failure> {
        let (head, body) = ask.written(&self.name);
        let stream = self.connect(Ipv4Addr::LOCALHOST).await?;
        let (mut reader, mut writer) = stream.into_split();
        let begun = Instant::now();
        let sending = tokio::spawn(async move {
            writer.write_all(&head).await?;
            let (first, rest) = body.split_at(AT_ONCE.min(body.len()));
            writer.write_all(first).await?;
            for piece in rest.chunks(pace.bytes.max(1)) {
                writer.write_all(piece).await?;
                sleep(pace.pause).await;
            }
            // Held until the answer is there.
            Ok::<_, std::io::Error>(writer)
        });
        let gone = read_to_end(&mut reader, begun, patience).await;
        sending.abort();
        Ok(gone)
    }

    /// Sends the beginning of a request, and waits until the other side closes; gives up after `patience`.
    pub(crate) async fn hold(&self, beginning: &[u8], patience: Duration) -> Result<Gone, Failure> {
        let mut stream = self.connect(Ipv4Addr::LOCALHOST).await?;
        let begun = Instant::now();
        stream.write_all(beginning).await?;
        Ok(read_to_end(&mut stream, begun, patience).await)
    }

    /// Sends a whole request, and leaves its answer for later.
    pub(crate) async fn send_off(&self, ask: Ask) -> Result<SentOff, Failure> {
        let (head, body) = ask.written(&self.name);
        let mut stream = self.connect(Ipv4Addr::LOCALHOST).await?;
        stream.write_all(&[head.as_slice(), &body].concat()).await?;
        Ok(SentOff { stream })
    }

    /// Asks for something large and reads a byte in a second of it; after how long the other side closes, if it does within `patience`.
    pub(crate) async fn read_slowly(
        &self,
        ask: Ask,
        patience: Duration,
    ) -> Result<Option<Duration>, Failure> {
        let (head, _) = ask.written(&self.name);
        let mut stream = self.connect_narrow().await?;
        stream.write_all(&head).await?;
        let begun = Instant::now();
        while begun.elapsed() < patience {
            let mut byte = [0];
            let read = timeout(Duration::from_secs(1), stream.read(&mut byte)).await;
            // What is closed while bytes wait here would show only behind all of them: ask the system instead.
            if matches!(read, Ok(Ok(0) | Err(_))) || is_closed(&stream).await {
                return Ok(Some(begun.elapsed()));
            }
            sleep(Duration::from_secs(1)).await;
        }
        Ok(None)
    }

    async fn connect_narrow(&self) -> Result<TcpStream, Failure> {
        let socket = tokio::net::TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(4096)?;
        Ok(socket.connect(self.address).await?)
    }
}

/// Whether the other side has closed or broken off, even if bytes from before wait to be read.
async fn is_closed(stream: &TcpStream) -> bool {
    // There is room to write, so that it is told at once how things are.
    let state = stream.ready(Interest::READABLE | Interest::WRITABLE).await;
    state.map_or(true, |state| state.is_read_closed() || state.is_write_closed())
}

async fn read_to_end(reader: &mut (impl AsyncReadExt + Unpin), begun: Instant, patience: Duration) -> Gone {
    let (mut all, mut buffer) = (Vec::new(), vec![0; 16 * 1024]);
    let after = loop {
        let left = patience.saturating_sub(begun.elapsed());
        match timeout(left, reader.read(&mut buffer)).await {
            Err(_) => break None,
            Ok(Ok(0) | Err(_)) => break Some(begun.elapsed()),
            Ok(Ok(length)) => all.extend_from_slice(buffer.get(..length).unwrap_or_default()),
        }
    };
    let text = String::from_utf8_lossy(&all).into_owned();
    Gone { after, answer: RawAnswer { text, is_closed: after.is_some() } }
}
