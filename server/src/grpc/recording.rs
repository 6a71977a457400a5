//! Keeping a stream of figures: cut into batches, each kept whole or not at all, with no more in memory than one of them.

use std::{collections::HashMap, pin::Pin, time::Duration};

use kernel::{AppError, Currency, FieldErrors, Permission};
use metrics::model::NewObservation;
use platform::Class;
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout_at},
};
use tonic::{Status, Streaming};

use super::{
    once::{self, Kept},
    pb,
    policy::Call,
    refusals::{explained, in_our_words, status_of},
    service::Service,
};
use crate::{
    connections::stopped,
    rest::{
        problem::Problem,
        v1::{
            caller::admit,
            metrics::{currency, observation},
            once::{KEY_HEADER, key},
        },
    },
    services::Services,
};

/// Figures of a batch.
const BATCH: usize = 1_000;
/// Figures of a stream.
const MOST_FIGURES: u64 = 100_000;
/// Sentences of an answer.
const MOST_REFUSALS: usize = 1_000;
/// How long a stream may keep the program waiting.
#[derive(Clone, Copy)]
struct Patience {
    /// Without a word.
    silence: Duration,
    /// In all.
    longest: Duration,
    /// When the program stops.
    farewell: Duration,
}

const PATIENCE: Patience = Patience {
    silence: Duration::from_secs(30),
    longest: Duration::from_mins(10),
    farewell: Duration::from_secs(10),
};

/// Keeps what comes.
pub(super) async fn record(
    service: &Service,
    call: Call,
    stream: Streaming<pb::RecordObservationsRequest>,
) -> Result<pb::RecordObservationsResponse, Status> {
    // Whoever may not write is told so before anything is read; each batch asks again.
    call.actor.require(Permission::ManageData).map_err(status_of)?;
    let key = call.headers().contains_key(KEY_HEADER).then(|| key(call.headers()).map(str::to_owned));
    let key = key.transpose().map_err(status_of)?;
    admit(&service.services, Class::Upload, &call.actor).await.map_err(status_of)?;
    let mut recording = Recording {
        services: &service.services,
        call,
        key,
        currency: None,
        waiting: Vec::new(),
        faults: FieldErrors::default(),
        gathered: 0,
        batches: 0,
        answer: pb::RecordObservationsResponse::default(),
    };
    match recording.take(Incoming::new(stream, PATIENCE, service.stop.clone())).await {
        Ok(()) => Ok(recording.answer),
        Err(status) => Err(recording.broken_off(&status)),
    }
}

/// The stream of the caller, with an end that comes in any case.
struct Incoming {
    stream: Streaming<pb::RecordObservationsRequest>,
    silence: Duration,
    end: Instant,
    /// Ends a while after the program was told to stop.
    farewell: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Incoming {
    fn new(
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

    async fn next(&mut self) -> Result<Option<pb::RecordObservationsRequest>, Status> {
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

struct Recording<'a> {
    services: &'a Services,
    call: Call,
    key: Option<String>,
    currency: Option<Currency>,
    /// What is sound in the batch that is gathered.
    waiting: Vec<NewObservation>,
    /// What is not, by the place in the batch.
    faults: FieldErrors,
    /// How many figures the batch has, sound or not.
    gathered: usize,
    batches: u64,
    answer: pb::RecordObservationsResponse,
}

impl Recording<'_> {
    async fn take(&mut self, mut incoming: Incoming) -> Result<(), Status> {
        while let Some(message) = incoming.next().await? {
            self.agree_on_currency(&message.currency).map_err(status_of)?;
            for wish in message.observations {
                self.gather(&wish).map_err(status_of)?;
                if self.gathered == BATCH {
                    self.keep_batch().await.map_err(status_of)?;
                }
            }
        }
        if self.answer.received == 0 {
            return Err(status_of(AppError::invalid("observations", "The stream held no figures")));
        }
        if self.gathered > 0 {
            self.keep_batch().await.map_err(status_of)?;
        }
        Ok(())
    }

    fn agree_on_currency(&mut self, named: &str) -> Result<(), AppError> {
        if named.is_empty() && self.currency.is_some() {
            return Ok(());
        }
        let named = currency(named)?;
        if *self.currency.get_or_insert(named) == named {
            return Ok(());
        }
        Err(AppError::invalid("currency", "A stream has one currency. Send another stream for another one"))
    }

    fn gather(&mut self, wish: &pb::Observation) -> Result<(), AppError> {
        if self.answer.received == MOST_FIGURES {
            let message =
                format!("A stream holds up to {MOST_FIGURES} figures. Send the others in another one");
            return Err(AppError::TooLarge { message });
        }
        let place = format!("observations[{}].", self.gathered);
        let told = (wish.metric.as_str(), wish.month.as_str(), wish.value.unwrap_or_default());
        let sound = observation(&mut self.faults, &place, told);
        if wish.value.is_none() {
            self.faults.add(format!("{place}value"), "There is no value. Leave out what is not known");
        }
        self.waiting.extend(sound);
        self.gathered += 1;
        self.answer.received += 1;
        Ok(())
    }

    /// Keeps the batch that was gathered, or says what is wrong with it. Other errors end the stream.
    async fn keep_batch(&mut self) -> Result<(), Problem> {
        let batch = std::mem::take(&mut self.waiting);
        let faults = std::mem::take(&mut self.faults);
        let figures = std::mem::take(&mut self.gathered) as u64;
        let begin = self.answer.received - figures;
        self.batches += 1;
        // Also for a batch that will not be kept: whoever lost the right learns nothing more.
        let actor = self.call.actor_now(self.services).await?;
        let currency = self.currency.ok_or_else(|| AppError::invalid("currency", "Name the currency"))?;
        let kept = match (faults.into_result(), &self.key) {
            (Err(error), _) => Err(error.into()),
            (Ok(()), Some(key)) => {
                let key = format!("{key} {}", self.batches);
                once::keep_once(self.services, &actor, &key, (currency, &batch)).await
            }
            (Ok(()), None) => {
                once::keep(self.services, &actor, (currency, &batch)).await.map_err(Problem::from)
            }
        };
        match kept {
            Ok(kept) => self.count(kept, figures),
            Err(problem) => {
                let refusals = refusals(&problem, begin).ok_or(problem)?;
                self.refuse(refusals, figures);
            }
        }
        Ok(())
    }

    fn count(&mut self, kept: Kept, figures: u64) {
        let answer = &mut self.answer;
        answer.added += kept.added;
        answer.changed += kept.changed;
        answer.unchanged += kept.unchanged;
        answer.replayed += if kept.is_replayed { figures } else { 0 };
        answer.import_ids.extend(kept.import_id);
    }

    fn refuse(&mut self, refusals: Vec<pb::Refusal>, figures: u64) {
        self.answer.refused += figures;
        let room = MOST_REFUSALS.saturating_sub(self.answer.refusals.len());
        self.answer.unlisted_refusals += refusals.len().saturating_sub(room) as u64;
        self.answer.refusals.extend(refusals.into_iter().take(room));
    }

    /// The error that ended the stream, with what was kept before it.
    fn broken_off(&self, status: &Status) -> Status {
        let answer = &self.answer;
        let facts = [("added", answer.added), ("changed", answer.changed), ("unchanged", answer.unchanged)];
        let facts = facts.map(|(name, count)| (name.to_owned(), count.to_string()));
        explained(status, "BROKEN_OFF", HashMap::from(facts))
    }
}

/// What is wrong with which figures of a batch that begins at that place of the stream; nothing if something else is wrong.
fn refusals(problem: &Problem, begin: u64) -> Option<Vec<pb::Refusal>> {
    let refusal = |field: &str, sentence: &str| {
        let (place, field) = field.strip_prefix("observations[")?.split_once("].")?;
        let place = begin + place.parse::<u64>().ok()?;
        Some(pb::Refusal { place, field: field.to_owned(), sentence: sentence.to_owned() })
    };
    let refusals: Option<Vec<_>> =
        problem.errors.iter().map(|wrong| refusal(&wrong.field, &wrong.detail)).collect();
    refusals.filter(|refusals| !refusals.is_empty())
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

    const SOON: Patience = Patience {
        silence: Duration::from_millis(100),
        longest: Duration::from_millis(300),
        farewell: Duration::from_millis(50),
    };
    /// A message of nothing, with its head.
    const EMPTY: Bytes = Bytes::from_static(&[0; 5]);

    /// How a stream ends in which a message comes every 20 ms for so long, and then nothing.
    async fn end(messages: usize, stop: watch::Receiver<bool>) -> Status {
        let talk = stream::iter(0..messages).then(async |_| {
            sleep(Duration::from_millis(20)).await;
            Ok::<_, std::convert::Infallible>(EMPTY)
        });
        let body = Body::from_stream(talk.boxed().chain(stream::pending()));
        let mut codec =
            ProstCodec::<pb::RecordObservationsResponse, pb::RecordObservationsRequest>::default();
        let stream = Streaming::new_request(codec.decoder(), body, None, None);
        let mut incoming = Incoming::new(stream, SOON, stop);
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
        let begun = Instant::now();
        assert_eq!(end(0, stop.clone()).await.code(), Code::DeadlineExceeded);
        assert!(begun.elapsed() >= SOON.silence && begun.elapsed() < SOON.longest);
        let begun = Instant::now();
        assert_eq!(end(usize::MAX, stop).await.code(), Code::DeadlineExceeded);
        assert!(begun.elapsed() >= SOON.longest);
    }

    #[tokio::test]
    async fn a_stream_ends_with_the_program_however_busy_it_is() {
        let (_tell, stop) = watch::channel(true);
        assert_eq!(end(usize::MAX, stop).await.code(), Code::Unavailable);
    }
}
