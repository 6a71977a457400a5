//! Keeping a stream of figures: cut into batches, each kept whole or not at all, with no more in memory than one of them.

use std::collections::HashMap;

use kernel::{AppError, Currency, FieldErrors, Permission};
use metrics::model::NewObservation;
use platform::Class;
use tonic::{Status, Streaming};

use super::{
    incoming::{Incoming, Patience},
    once::{self, Kept},
    pb,
    policy::Call,
    refusals::{explained, status_of},
    service::Service,
};
use crate::{
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
    match recording.take(Incoming::new(stream, Patience::default(), service.stop.clone())).await {
        Ok(()) => Ok(recording.answer),
        Err(status) => Err(recording.broken_off(&status)),
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
        let actor = self.call.actor_now(self.services, Permission::ManageData).await?;
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
