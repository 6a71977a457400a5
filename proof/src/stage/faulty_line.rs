//! A line between two programs that can be slow, cut, refused or dead.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{ReadHalf, WriteHalf},
    },
    sync::watch,
    task::{JoinHandle, JoinSet},
    time::sleep,
};

use crate::Failure;

/// How the line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Everything passes at once.
    Well,
    /// Everything passes so much later.
    Slow(Duration),
    /// What is sent is kept, and nothing arrives, until the mood changes; new connections wait as well.
    Frozen,
    /// Connections are closed in order, and new ones at once.
    Cut,
    /// Connections are broken off with a reset, and new ones at once.
    Reset,
}

/// A proxy for TCP on a port of its own; it ends with the value.
pub(crate) struct FaultyLine {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    mood: watch::Sender<Mood>,
    task: JoinHandle<()>,
}

impl FaultyLine {
    /// A line to `target`, which is well at first.
    pub(crate) async fn to(target: SocketAddr) -> Result<Self, Failure> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (mood, heard) = watch::channel(Mood::Well);
        let task = tokio::spawn(accept(listener, target, heard));
        Ok(Self { address, mood, task })
    }

    /// Changes how the line is, for the connections that there are and for new ones.
    pub(crate) fn be(&self, mood: Mood) {
        self.mood.send_replace(mood);
    }
}

impl Drop for FaultyLine {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, target: SocketAddr, mood: watch::Receiver<Mood>) {
    // Connections end with the line.
    let mut connections = JoinSet::new();
    while let Ok((near, _)) = listener.accept().await {
        connections.spawn(carry(near, target, mood.clone()));
    }
}

async fn carry(mut near: TcpStream, target: SocketAddr, mood: watch::Receiver<Mood>) {
    let mut is_reset = *mood.borrow() == Mood::Reset;
    if matches!(*mood.borrow(), Mood::Well | Mood::Slow(_) | Mood::Frozen)
        && let Ok(mut far) = TcpStream::connect(target).await
    {
        let ending = {
            let (near_reader, near_writer) = near.split();
            let (far_reader, far_writer) = far.split();
            let both = async {
                tokio::join!(
                    pass(near_reader, far_writer, mood.clone()),
                    pass(far_reader, near_writer, mood.clone())
                )
            };
            let mut ends = mood.clone();
            tokio::select! {
                _ = both => None,
                broken = ends.wait_for(|mood| matches!(mood, Mood::Cut | Mood::Reset)) => broken.ok().map(|mood| *mood),
            }
        };
        is_reset = ending == Some(Mood::Reset);
        if is_reset {
            let _ = far.set_zero_linger();
        }
    }
    if is_reset {
        let _ = near.set_zero_linger();
    }
}

async fn pass(mut from: ReadHalf<'_>, mut to: WriteHalf<'_>, mut mood: watch::Receiver<Mood>) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let now = *mood.borrow();
        match now {
            Mood::Slow(delay) => sleep(delay).await,
            Mood::Frozen => {
                if mood.wait_for(|mood| *mood != Mood::Frozen).await.is_err() {
                    return;
                }
            }
            Mood::Well | Mood::Cut | Mood::Reset => {}
        }
        let Some(bytes) = buffer.get(..length) else { return };
        if to.write_all(bytes).await.is_err() {
            return;
        }
    }
    let _ = to.shutdown().await;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line to a program that sends everything back.
    async fn line() -> FaultyLine {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let target = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut reader, mut writer) = stream.split();
                    let _ = tokio::io::copy(&mut reader, &mut writer).await;
                });
            }
        });
        FaultyLine::to(target).await.unwrap()
    }

    async fn echo(stream: &mut TcpStream) -> std::io::Result<u8> {
        stream.write_all(b"a").await?;
        stream.read_u8().await
    }

    #[tokio::test]
    async fn a_frozen_line_delivers_when_it_thaws() {
        let line = line().await;
        let mut stream = TcpStream::connect(line.address).await.unwrap();
        assert_eq!(echo(&mut stream).await.unwrap(), b'a');
        line.be(Mood::Frozen);
        let silence = tokio::time::timeout(Duration::from_millis(100), echo(&mut stream)).await;
        assert!(silence.is_err());
        line.be(Mood::Well);
        assert_eq!(stream.read_u8().await.unwrap(), b'a');
    }

    #[tokio::test]
    async fn a_cut_line_ends_connections_and_a_reset_one_breaks_them() {
        let line = line().await;
        let mut stream = TcpStream::connect(line.address).await.unwrap();
        echo(&mut stream).await.unwrap();
        line.be(Mood::Cut);
        assert_eq!(stream.read_u8().await.unwrap_err().kind(), std::io::ErrorKind::UnexpectedEof);
        line.be(Mood::Well);
        let mut stream = TcpStream::connect(line.address).await.unwrap();
        echo(&mut stream).await.unwrap();
        line.be(Mood::Reset);
        assert_eq!(stream.read_u8().await.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
    }

    #[tokio::test]
    async fn a_slow_line_takes_its_time() {
        let line = line().await;
        line.be(Mood::Slow(Duration::from_millis(50)));
        let mut stream = TcpStream::connect(line.address).await.unwrap();
        let begun = std::time::Instant::now();
        echo(&mut stream).await.unwrap();
        assert!(begun.elapsed() >= Duration::from_millis(100));
    }
}
