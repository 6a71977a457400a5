//! Refusals as gRPC says them: a code, one sentence, and details that programs can read.

use std::{collections::HashMap, time::Duration};

use axum::{body::Body, response::Response};
use http::StatusCode;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::rest::problem::Problem;

/// Who gives the reason of an error.
const DOMAIN: &str = "quartile";

/// The refusal as an answer.
pub(super) fn refuse(problem: impl Into<Problem>) -> Response {
    status_of(problem).into_http::<Body>()
}

/// The refusal as a status.
pub(super) fn status_of(problem: impl Into<Problem>) -> Status {
    let problem: Problem = problem.into();
    let mut details = ErrorDetails::new();
    for wrong in &problem.errors {
        details.add_bad_request_violation(&wrong.field, &wrong.detail);
    }
    if let Some(seconds) = problem.retry_after_seconds {
        details.set_retry_info(Some(Duration::from_secs(seconds)));
    }
    if let Some(refused) = problem.too_often {
        metrics_facade::counter!("requests_held_back_total", "class" => refused.class.key()).increment(1);
        details.add_quota_failure_violation(refused.class.key(), &problem.detail);
    }
    let code = code(problem.status, problem.retry_after_seconds.is_some());
    Status::with_error_details(code, problem.detail, details)
}

/// The same status, with something more that programs can read.
pub(super) fn explained(status: &Status, reason: &str, facts: HashMap<String, String>) -> Status {
    let mut details = status.get_error_details();
    details.set_error_info(reason, DOMAIN, facts);
    Status::with_error_details(status.code(), status.message(), details)
}

fn code(status: u16, is_worth_another_try: bool) -> Code {
    match status {
        400 | 415 | 422 => Code::InvalidArgument,
        401 => Code::Unauthenticated,
        403 => Code::PermissionDenied,
        404 => Code::NotFound,
        408 => Code::DeadlineExceeded,
        409 if is_worth_another_try => Code::Aborted,
        409 => Code::FailedPrecondition,
        413 | 429 => Code::ResourceExhausted,
        503 => Code::Unavailable,
        _ => Code::Internal,
    }
}

/// The status of HTTP that says the same, for measurements and the log.
pub(super) fn meaning(code: Code) -> StatusCode {
    match code {
        Code::Ok => StatusCode::OK,
        Code::InvalidArgument | Code::OutOfRange => StatusCode::UNPROCESSABLE_ENTITY,
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        Code::NotFound | Code::Unimplemented => StatusCode::NOT_FOUND,
        Code::Aborted | Code::AlreadyExists | Code::FailedPrecondition => StatusCode::CONFLICT,
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        Code::Cancelled | Code::DeadlineExceeded => StatusCode::REQUEST_TIMEOUT,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::Unknown | Code::Internal | Code::DataLoss => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// What the library says about a message that it cannot read, in our words. Nothing for what we say ourselves.
pub(super) fn in_our_words(status: &Status) -> Option<Status> {
    match status.code() {
        Code::OutOfRange => {
            let kilobytes = super::LARGEST_MESSAGE / 1024;
            let sentence = format!("A message is too large. The largest one is {kilobytes} kB");
            Some(Status::resource_exhausted(sentence))
        }
        // A fault of ours has a reference; without one it is the sender's.
        Code::Internal if !status.message().starts_with("Something went wrong on our side") => {
            let sentence = "This is no message of the method, or not a whole one. Send what the description of the service says";
            Some(Status::invalid_argument(sentence))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use kernel::AppError;

    use super::*;

    #[test]
    fn every_error_has_the_code_that_says_the_same() {
        let message = String::new;
        for (error, code) in [
            (AppError::Unauthenticated, Code::Unauthenticated),
            (AppError::forbidden(""), Code::PermissionDenied),
            (AppError::not_found("file"), Code::NotFound),
            (AppError::invalid("a", "b"), Code::InvalidArgument),
            (AppError::conflict(""), Code::FailedPrecondition),
            (AppError::TooLarge { message: message() }, Code::ResourceExhausted),
            (AppError::RateLimited { retry_after_seconds: 3 }, Code::ResourceExhausted),
            (AppError::Unavailable { message: message() }, Code::Unavailable),
            (AppError::Internal { reference: message() }, Code::Internal),
        ] {
            let is_our_fault = error.status() >= 500;
            let status = status_of(error);
            assert_eq!(status.code(), code);
            assert_eq!(meaning(code).is_server_error(), is_our_fault, "{code:?}");
            assert!(in_our_words(&status).is_none(), "{status}");
        }
    }

    #[test]
    fn a_wrong_field_is_named_and_who_asks_too_often_hears_when_to_come_back() {
        let details = status_of(AppError::invalid("month", "This is no month")).get_error_details();
        let wrong = &details.bad_request().unwrap().field_violations[0];
        assert_eq!((wrong.field.as_str(), wrong.description.as_str()), ("month", "This is no month"));
        let details = status_of(AppError::RateLimited { retry_after_seconds: 3 }).get_error_details();
        assert_eq!(details.retry_info().unwrap().retry_delay, Some(Duration::from_secs(3)));
    }

    #[test]
    fn what_a_sender_did_wrong_is_no_fault_of_ours() {
        let broken = Status::internal("failed to decode Protobuf message: buffer underflow");
        assert_eq!(in_our_words(&broken).unwrap().code(), Code::InvalidArgument);
        let large = Status::out_of_range("Error, decoded message length too large");
        assert!(in_our_words(&large).unwrap().message().ends_with("256 kB"));
    }
}
