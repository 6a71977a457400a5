//! What may go wrong, in words that are safe to show to the person who asked.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Why a use case was not carried out. Every text in it may be shown to the user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AppError {
    /// Nobody is signed in, or the session has ended.
    #[error("Sign in to go on")]
    Unauthenticated,
    /// The actor is known and may not do this.
    #[error("{message}")]
    Forbidden {
        /// What is missing and who can help.
        message: String,
    },
    /// It does not exist, or the actor may not know that it does.
    #[error("There is no such {what} here. It may have been removed, or the address is mistyped")]
    NotFound {
        /// The noun: "file", "report".
        what: String,
    },
    /// Some fields are wrong; each has its own sentence.
    #[error("{}", .fields.summary())]
    Invalid {
        /// The sentences by field.
        fields: FieldErrors,
    },
    /// The state does not allow it (any longer).
    #[error("{message}")]
    Conflict {
        /// What is in the way and how to go on.
        message: String,
    },
    /// What was sent is larger than the operator allows.
    #[error("{message}")]
    TooLarge {
        /// What the limit is and how to stay below it.
        message: String,
    },
    /// Too many requests of this kind.
    #[error("Too many attempts. Try again in {}", wait(u64::clone(.retry_after_seconds)))]
    RateLimited {
        /// When another attempt makes sense.
        retry_after_seconds: u64,
    },
    /// Something Quartile depends on does not answer now, or has no room.
    #[error("{message}")]
    Unavailable {
        /// What does not answer and what to do.
        message: String,
    },
    /// A fault of ours. The cause is in the log under the reference, never here.
    #[error("Something went wrong on our side. The operator finds the cause in the log under {reference}")]
    Internal {
        /// What connects the message with the log line.
        reference: String,
    },
}

/// How long that is, as one would say it; never too short.
fn wait(seconds: u64) -> String {
    match seconds {
        1 => "a second".to_owned(),
        0 | 2..=90 => format!("{seconds} seconds"),
        91..=5_400 => format!("{} minutes", seconds.div_ceil(60)),
        _ => format!("{} hours", seconds.div_ceil(3_600)),
    }
}

impl AppError {
    /// The thing named `what` is not there for this actor.
    pub fn not_found(what: impl Into<String>) -> Self {
        Self::NotFound { what: what.into() }
    }

    /// The state stands in the way; `message` says how to go on.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::Conflict { message: message.into() }
    }

    /// The actor lacks a right; `message` says which and who can help.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::Forbidden { message: message.into() }
    }

    /// One wrong field.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        let mut fields = FieldErrors::default();
        fields.add(field, message);
        Self::Invalid { fields }
    }

    /// The sentences by field, empty unless this is [`AppError::Invalid`].
    pub fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid { fields } => &fields.0,
            _ => &[],
        }
    }

    /// The HTTP status that says the same.
    pub fn status(&self) -> u16 {
        match self {
            Self::Unauthenticated => 401,
            Self::Forbidden { .. } => 403,
            Self::NotFound { .. } => 404,
            Self::Conflict { .. } => 409,
            Self::TooLarge { .. } => 413,
            Self::Invalid { .. } => 422,
            Self::RateLimited { .. } => 429,
            Self::Internal { .. } => 500,
            Self::Unavailable { .. } => 503,
        }
    }
}

/// One wrong field and the sentence that stands beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field's name in the form or request.
    pub field: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// All wrong fields of one input, in the order in which they were checked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// Notes that `field` is wrong.
    pub fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0.push(FieldError { field: field.into(), message: message.into() });
    }

    /// Takes the value, or notes the sentence under `field` and goes on.
    pub fn take<T>(&mut self, field: &str, result: Result<T, impl Into<String>>) -> Option<T> {
        result.map_err(|message| self.add(field, message)).ok()
    }

    /// `Err` if anything was noted.
    pub fn into_result(self) -> Result<(), AppError> {
        if self.0.is_empty() { Ok(()) } else { Err(AppError::Invalid { fields: self }) }
    }

    /// The sentences by field name; the first one of each field.
    pub fn by_field(&self) -> BTreeMap<&str, &str> {
        self.0.iter().rev().map(|error| (error.field.as_str(), error.message.as_str())).collect()
    }

    fn summary(&self) -> String {
        match self.0.as_slice() {
            [] => "Something in the form is wrong".to_owned(),
            [only] => only.message.clone(),
            many => format!("{} fields need another look", many.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_to_wait_is_said_as_people_say_it_and_never_too_short() {
        for (seconds, words) in
            [(1, "a second"), (50, "50 seconds"), (91, "2 minutes"), (480, "8 minutes"), (86_400, "24 hours")]
        {
            let error = AppError::RateLimited { retry_after_seconds: seconds };
            assert_eq!(error.to_string(), format!("Too many attempts. Try again in {words}"));
        }
    }
}
