//! What the failures of dependencies mean to whoever asked.
//!
//! Most are faults of ours: the cause goes to the log, and people are told a reference. Some say no more than "not now": the database is
//! away, or the disk is full. Whoever knows such a kind of cause says so once, with [`recognise`].

use std::{
    any::Any,
    fmt::Display,
    ptr::fn_addr_eq,
    sync::{PoisonError, RwLock},
};

use crate::AppError;

/// What a cause of a kind that it knows means; `None` for every other one.
pub type Recogniser = fn(&dyn Any) -> Option<AppError>;

static RECOGNISERS: RwLock<Vec<Recogniser>> = RwLock::new(Vec::new());

/// Has causes recognised from now on by [`OrInternal`]. Saying so twice is as good as once.
pub fn recognise(recogniser: Recogniser) {
    let mut known = RECOGNISERS.write().unwrap_or_else(PoisonError::into_inner);
    if !known.iter().any(|other| fn_addr_eq(*other, recogniser)) {
        known.push(recogniser);
    }
}

fn recognised(cause: &dyn Any) -> Option<AppError> {
    let known = RECOGNISERS.read().unwrap_or_else(PoisonError::into_inner);
    known.iter().find_map(|recogniser| recogniser(cause))
}

/// Turns any failure of a dependency into an [`AppError`], logging its cause once.
pub trait OrInternal<T> {
    /// What the cause was recognised as; otherwise [`AppError::Internal`]. The log gets the cause with `doing` ("saving the profile") and
    /// a reference, people only the reference.
    fn or_internal(self, doing: &'static str) -> Result<T, AppError>;
}

impl<T, E: Display + 'static> OrInternal<T> for Result<T, E> {
    #[expect(clippy::disallowed_methods, reason = "the reference only links a message with its log line")]
    fn or_internal(self, doing: &'static str) -> Result<T, AppError> {
        self.map_err(|cause| {
            if let Some(error) = recognised(&cause) {
                tracing::warn!(doing, %cause, "Not possible now");
                return error;
            }
            let reference = uuid::Uuid::new_v4().simple().to_string()[..10].to_owned();
            tracing::error!(%reference, doing, %cause, "Internal error");
            AppError::Internal { reference }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Away;

    impl Display for Away {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("away")
        }
    }

    #[test]
    fn what_is_recognised_is_said_plainly_and_everything_else_by_a_reference() {
        let away = |cause: &dyn Any| {
            let message = "Try again in a moment".to_owned();
            cause.is::<Away>().then_some(AppError::Unavailable { message })
        };
        recognise(away);
        let told = Err::<(), _>(Away).or_internal("asking").unwrap_err();
        assert_eq!((told.status(), told.to_string().as_str()), (503, "Try again in a moment"));
        let told = Err::<(), _>("secret").or_internal("asking").unwrap_err();
        assert!(told.status() == 500 && !told.to_string().contains("secret"), "{told}");
    }
}
