//! How slowly somebody may send or take something before nobody waits for them any more.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, Sleep, sleep},
};

/// So many bytes are worth a second.
const BYTES_A_SECOND: f64 = 1_000.0;
/// How long nothing of an answer may be taken.
const TAKES_NOTHING: Duration = Duration::from_secs(40);

/// The time that somebody may still keep the program waiting. Waiting uses it up, and every kilobyte that comes or goes is worth a second
/// more, up to what there was at the beginning. Only waiting counts: whoever is quick loses nothing while the program is slow.
pub(crate) struct Credit {
    left: Duration,
    most: Duration,
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl Credit {
    /// All of it.
    pub(crate) fn new(most: Duration) -> Self {
        Self { left: most, most, waiting: None }
    }

    /// Ready when it is used up; asked while nothing comes or goes.
    pub(crate) fn poll_used_up(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let left = self.left;
        let (_, end) = self.waiting.get_or_insert_with(|| (Instant::now(), Box::pin(sleep(left))));
        end.as_mut().poll(context)
    }

    /// Notes that so many bytes have come or gone.
    pub(crate) fn moved(&mut self, bytes: usize) {
        if let Some((since, _)) = self.waiting.take() {
            self.left = self.left.saturating_sub(since.elapsed());
        }
        #[expect(clippy::cast_precision_loss, reason = "far below the 53 bits of a float")]
        let worth = Duration::from_secs_f64(bytes as f64 / BYTES_A_SECOND);
        self.left = self.left.saturating_add(worth).min(self.most);
    }
}

/// A connection that is broken off when the other side does not take what is sent to it.
pub(crate) struct Taken {
    socket: TcpStream,
    credit: Credit,
}

impl Taken {
    /// Waits as long for its reader as is usual.
    pub(crate) fn new(socket: TcpStream) -> Self {
        Self { socket, credit: Credit::new(TAKES_NOTHING) }
    }

    fn judge(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(Ok(bytes)) => {
                self.credit.moved(bytes);
                Poll::Ready(Ok(bytes))
            }
            Poll::Pending => {
                ready!(self.credit.poll_used_up(context));
                // What waits to be taken would keep the connection open; nobody will take it.
                let _ = self.socket.set_zero_linger();
                Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the answer was not taken")))
            }
            failed @ Poll::Ready(Err(_)) => failed,
        }
    }
}

impl AsyncRead for Taken {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_read(context, buffer)
    }
}

impl AsyncWrite for Taken {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write(context, bytes);
        self.judge(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write_vectored(context, pieces);
        self.judge(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::{io::AsyncWriteExt, net::TcpListener};

    use super::*;

    const MOST: Duration = Duration::from_millis(200);

    /// Whether somebody who sends so many bytes every ten milliseconds is waited for, for two seconds.
    async fn is_waited_for(bytes: usize) -> bool {
        let mut credit = Credit::new(MOST);
        for _ in 0..200 {
            tokio::select! {
                () = poll_fn(|context| credit.poll_used_up(context)) => return false,
                () = sleep(Duration::from_millis(10)) => {}
            }
            credit.moved(bytes);
        }
        true
    }

    #[tokio::test]
    async fn whoever_sends_next_to_nothing_is_not_waited_for_and_a_slow_line_is() {
        let (nothing, little, slow) = tokio::join!(is_waited_for(0), is_waited_for(1), is_waited_for(100));
        assert_eq!((nothing, little, slow), (false, false, true));
    }

    #[tokio::test]
    async fn much_that_came_at_once_is_worth_no_more_than_a_beginning() {
        let mut credit = Credit::new(MOST);
        credit.moved(1_000_000_000);
        let used_up = poll_fn(|context| credit.poll_used_up(context));
        assert!(tokio::time::timeout(MOST * 10, used_up).await.is_ok());
    }

    #[tokio::test]
    async fn an_answer_that_nobody_takes_ends_its_connection() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let reader = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (socket, _) = listener.accept().await.unwrap();
        let mut answer = Taken { socket, credit: Credit::new(Duration::from_millis(200)) };
        let outcome = answer.write_all(&vec![0; 50_000_000]).await;
        assert_eq!(outcome.unwrap_err().kind(), io::ErrorKind::TimedOut);
        drop(reader);
    }
}
