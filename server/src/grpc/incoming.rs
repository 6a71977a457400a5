//! The stream of a caller, with an end that comes in any case.

use std::{pin::Pin, time::Duration};

use kernel::AppError;
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout_at},
};
use tonic::{Status, Streaming};

use super::{
    pb,
    refusals::{in_our_words, status_of},
};
use crate::connections::stopped;

/// How long a stream may keep the program waiting.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    /// Without a word.
    pub(super) silence: Duration,
    /// In all.
    pub(super) longest: Duration,
    /// When the program stops.
    pub(super) farewell: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            silence: Duration::from_secs(30),
            longest: Duration::from_mins(10),
            farewell: Duration::from_secs(10),
        }
    }
}

/// A stream of figures.
pub(super) struct Incoming {
    stream: Streaming<pb::RecordObservationsRequest>,
    silence: Duration,
    end: Instant,
    /// Ends a while after the program was told to stop.
    farewell: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Incoming {
    /// The stream; it ends for want of words or time, and a while after `stop` turns true.
    pub(super) fn new(
        stream: Streaming<pb::RecordObservationsRequest>,
        patience: Patience,
        mut stop: watch::Receiver<bool>,
    ) -> Self {
        let farewell = Box::pin(async move {
            stopped(&mut stop).await;
            sleep(patience.farewell).await;
        });
        Self { stream, silence: patience.silence, end: Instant::now() + patience.longest, farewell }
    }

    /// What comes next; nothing if the caller closed the stream.
    pub(super) async fn next(&mut self) -> Result<Option<pb::RecordObservationsRequest>, Status> {
        let until = self.end.min(Instant::now() + self.silence);
        let message = tokio::select! {
            biased;
            () = &mut self.farewell => {
                let message = "The program is stopping. Send the stream again in a moment".to_owned();
                return Err(status_of(AppError::Unavailable { message }));
            }
            message = timeout_at(until, self.stream.message()) => message,
        };
        match message {
            Ok(Ok(message)) => Ok(message),
            Ok(Err(status)) => Err(in_our_words(&status).unwrap_or(status)),
            Err(_) => Err(Status::deadline_exceeded(
                "Nothing came for 30 seconds, or the stream took longer than ten minutes. Send what is left in another one",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use bytes::Bytes;
    use futures::{StreamExt, stream};
    use tonic::{
        Code,
        codec::{Codec, Streaming},
    };
    use tonic_prost::ProstCodec;

    use super::*;

    const SOON: Duration = Duration::from_millis(100);
    const LATE: Duration = Duration::from_hours(1);
    const PATIENT: Patience = Patience { silence: LATE, longest: LATE, farewell: LATE };
    /// A message of nothing, with its head.
    const EMPTY: Bytes = Bytes::from_static(&[0; 5]);

    /// How a stream ends in which a message comes every 20 ms for so long, and then nothing.
    async fn end(messages: usize, patience: Patience, stop: watch::Receiver<bool>) -> Status {
        let talk = stream::iter(0..messages).then(async |_| {
            sleep(Duration::from_millis(20)).await;
            Ok::<_, std::convert::Infallible>(EMPTY)
        });
        let body = Body::from_stream(talk.boxed().chain(stream::pending()));
        let mut codec =
            ProstCodec::<pb::RecordObservationsResponse, pb::RecordObservationsRequest>::default();
        let stream = Streaming::new_request(codec.decoder(), body, None, None);
        let mut incoming = Incoming::new(stream, patience, stop);
        loop {
            match incoming.next().await {
                Ok(Some(_)) => {}
                Ok(None) => panic!("the stream does not end by itself"),
                Err(status) => return status,
            }
        }
    }

    #[tokio::test]
    async fn nobody_keeps_a_stream_open_without_a_word_or_for_ever() {
        let (_tell, stop) = watch::channel(false);
        for (messages, patience) in
            [(3, Patience { silence: SOON, ..PATIENT }), (usize::MAX, Patience { longest: SOON, ..PATIENT })]
        {
            let begun = Instant::now();
            assert_eq!(end(messages, patience, stop.clone()).await.code(), Code::DeadlineExceeded);
            assert!(begun.elapsed() >= SOON);
        }
    }

    #[tokio::test]
    async fn a_stream_ends_with_the_program_however_busy_it_is() {
        let (_tell, stop) = watch::channel(true);
        let patience = Patience { farewell: SOON, ..PATIENT };
        assert_eq!(end(usize::MAX, patience, stop).await.code(), Code::Unavailable);
    }
}
