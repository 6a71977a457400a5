//! What the failures of a database mean to whoever asked: most are faults of ours, some only say "not now".

use std::{any::Any, io};

use kernel::AppError;
use sqlx::error::DatabaseError;

const AWAY: &str = "The database does not answer right now. Try again in a few seconds";
const BUSY: &str = "Others work on the same right now. Try again in a moment";
const FULL: &str =
    "The disk of this server is full or fails, so nothing can be kept now. Tell the operator, then try again";
/// What a commit means whose answer is lost.
pub(crate) const UNCERTAIN: &str = "The connection to the database broke off while this was being kept. Look whether it was before you try again";

/// What a failure means, if it is none of ours.
pub(crate) fn plainly(cause: &dyn Any) -> Option<AppError> {
    let cause = cause.downcast_ref::<sqlx::Error>()?;
    let message = match cause {
        _ if is_full(cause) => FULL,
        _ if is_away(cause) => AWAY,
        _ if is_busy(cause) => BUSY,
        _ => return None,
    };
    Some(AppError::Unavailable { message: message.to_owned() })
}

/// Whether a connection that was there is lost, so that nothing more of its transaction will happen.
pub(crate) fn is_lost(cause: &sqlx::Error) -> bool {
    match cause {
        sqlx::Error::Io(_) => !is_full(cause),
        // Connections that broke (08), were ended by the administrator or with the server (57P01, 57P02), or came too early (57P03).
        _ => code(cause).is_some_and(|code| {
            code.len() == 5
                && (code.starts_with("08") || ["57P01", "57P02", "57P03"].contains(&code.as_str()))
        }),
    }
}

/// Whether the database is away: a connection is lost, or none is to be had in time. A server that ends while somebody connects says
/// something that is no word of its protocol: nothing.
pub(crate) fn is_away(cause: &sqlx::Error) -> bool {
    matches!(cause, sqlx::Error::PoolTimedOut | sqlx::Error::Protocol(_)) || is_lost(cause)
}

/// Whether there is no room for what is written, or the disk fails.
fn is_full(cause: &sqlx::Error) -> bool {
    match cause {
        sqlx::Error::Io(cause) => {
            matches!(cause.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
        }
        // Postgres: disk_full and io_error. SQLite: IOERR and FULL.
        _ => code(cause).is_some_and(|code| {
            ["53100", "58030"].contains(&code.as_str())
                || sqlite_kind(&code).is_some_and(|kind| [10, 13].contains(&kind))
        }),
    }
}

/// Whether somebody else is in the way, or it took too long.
fn is_busy(cause: &sqlx::Error) -> bool {
    // Postgres: lock_not_available, query_canceled, serialization_failure, deadlock_detected. SQLite: BUSY and LOCKED.
    code(cause).is_some_and(|code| {
        ["55P03", "57014", "40001", "40P01"].contains(&code.as_str())
            || sqlite_kind(&code).is_some_and(|kind| [5, 6].contains(&kind))
    })
}

fn code(cause: &sqlx::Error) -> Option<String> {
    cause.as_database_error().and_then(DatabaseError::code).map(std::borrow::Cow::into_owned)
}

/// The kind of a failure of SQLite: the last eight bits of its code, the others only refine it. Codes of Postgres have five characters.
fn sqlite_kind(code: &str) -> Option<u32> {
    if code.len() == 5 { None } else { code.parse::<u32>().ok().map(|code| code & 0xff) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn io(kind: io::ErrorKind) -> sqlx::Error {
        sqlx::Error::Io(kind.into())
    }

    #[test]
    fn what_is_no_fault_of_ours_is_said_plainly() {
        let message = |cause: &sqlx::Error| plainly(cause).map(|error| error.to_string());
        assert_eq!(message(&sqlx::Error::PoolTimedOut).as_deref(), Some(AWAY));
        assert_eq!(message(&io(io::ErrorKind::BrokenPipe)).as_deref(), Some(AWAY));
        assert_eq!(message(&io(io::ErrorKind::StorageFull)).as_deref(), Some(FULL));
        assert_eq!(message(&sqlx::Error::RowNotFound), None);
        assert_eq!(plainly(&"PoolTimedOut"), None, "only what it knows");
    }

    #[test]
    fn codes_of_the_two_engines_are_told_apart() {
        assert_eq!((sqlite_kind("13"), sqlite_kind("778")), (Some(13), Some(10)));
        // 53100 would be a kind of SQLite's by its last eight bits.
        assert_eq!((sqlite_kind("53100"), sqlite_kind("57P01")), (None, None));
    }
}
