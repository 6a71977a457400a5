//! Refusals of the API: problem details (RFC 9457).

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use kernel::{AppError, FieldError};
use platform::limits::TooOften;
use serde::Serialize;
use utoipa::ToSchema;

use crate::middleware::add_limit_headers;

/// Why a request was refused.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// What kind of problem it is; always `about:blank`, since the status says it.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: String,
    /// The status.
    pub(crate) status: u16,
    /// One sentence: what is wrong and what to do.
    pub(crate) detail: String,
    /// The id of the request, as it is in the log.
    instance: String,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<FieldProblem>,
    /// When it is worth asking again.
    #[serde(skip)]
    pub(crate) retry_after_seconds: Option<u64>,
    /// What was counted, if that was too often.
    #[serde(skip)]
    pub(crate) too_often: Option<TooOften>,
}

/// One wrong field.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FieldProblem {
    /// The field's name or path.
    pub(crate) field: String,
    /// What is wrong with it and what to do.
    pub(crate) detail: String,
}

/// What is wrong with which fields.
pub(crate) fn problems_of(fields: &[FieldError]) -> Vec<FieldProblem> {
    let problem = |it: &FieldError| FieldProblem { field: it.field.clone(), detail: it.message.clone() };
    fields.iter().map(problem).collect()
}

impl Problem {
    /// A refusal that no use case makes.
    pub(crate) fn plain(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Refused").to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            instance: platform::request_id(),
            errors: Vec::new(),
            retry_after_seconds: None,
            too_often: None,
        }
    }
}

impl Problem {
    /// The request is in order, and what is there now does not allow it: fields that are wrong are wrong only for that.
    pub(crate) fn of_state(error: AppError) -> Self {
        Self::from(error).by_state()
    }

    /// The refusal of a request that names, in that field, somebody who perhaps does not belong to the workspace.
    pub(crate) fn of_member_in(field: &str, error: AppError) -> Self {
        match &error {
            AppError::NotFound { what } if what == "member" => {
                platform::missed();
                let errors = problems_of(AppError::invalid(field, error.to_string()).fields());
                Self { errors, ..error.into() }
            }
            _ => Self::of_state(error),
        }
    }

    /// The same, if it is about fields that are wrong only for what is there now.
    pub(crate) fn by_state(self) -> Self {
        if self.status != StatusCode::UNPROCESSABLE_ENTITY.as_u16() {
            return self;
        }
        Self { errors: self.errors, ..Self::plain(StatusCode::CONFLICT, self.detail) }
    }

    /// Somebody else is at it; the same request can be sent again soon.
    pub(crate) fn busy(detail: &str) -> Self {
        Self { retry_after_seconds: Some(1), ..Self::plain(StatusCode::CONFLICT, detail) }
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let errors = problems_of(error.fields());
        let retry_after_seconds = match error {
            AppError::RateLimited { retry_after_seconds } => Some(retry_after_seconds),
            AppError::Unavailable { .. } => Some(5),
            _ => None,
        };
        Self { errors, retry_after_seconds, ..Self::plain(status, error.to_string()) }
    }
}

impl From<TooOften> for Problem {
    fn from(refused: TooOften) -> Self {
        Self { too_often: Some(refused), ..AppError::from(refused).into() }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let too_often = self.too_often;
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after_seconds = self.retry_after_seconds;
        let mut response = (status, Json(self)).into_response();
        if let Some(refused) = too_often {
            add_limit_headers(&mut response, refused);
        }
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
