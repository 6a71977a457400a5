//! Whoever asks, and how they can be told no before their request reaches its handler: a page for people, problem details for programs,
//! and for the scripts of our pages the error that they know how to show.

use api::ApiError;
use axum::{
    body::Body,
    extract::Request,
    response::{Html, IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use kernel::AppError;
use leptos::server_fn::error::FromServerFnError;
use platform::limits::TooOften;

use super::CspNonce;
use crate::rest::{answer::wants_page, problem::Problem};

/// What of a request decides on the form of a refusal.
pub(crate) struct Asker {
    wants_page: bool,
    calls_function: bool,
    nonce: String,
}

impl Asker {
    /// Who sent the request.
    pub(crate) fn of(request: &Request) -> Self {
        let nonce = request.extensions().get::<CspNonce>().map(|CspNonce(nonce)| nonce.clone());
        Self {
            wants_page: wants_page(request.headers()),
            calls_function: request.uri().path().starts_with("/fn/"),
            nonce: nonce.unwrap_or_default(),
        }
    }

    /// Says no.
    pub(crate) fn refuse(&self, error: AppError) -> Response {
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = match &error {
            AppError::RateLimited { retry_after_seconds } => Some(*retry_after_seconds),
            AppError::Unavailable { .. } => Some(10),
            _ => None,
        };
        let mut response = match (self.wants_page, self.calls_function) {
            (true, _) => {
                let sentence = format!("{error}.");
                plain_page((status, title_of(status)), &sentence, ("/", "To the start page"), &self.nonce)
            }
            (false, true) => function_error(status, error),
            (false, false) => Problem::from(error).into_response(),
        };
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }

    /// Says no with a status that no use case has; the sentence is put into a page as it is.
    pub(crate) fn refuse_as(&self, status: StatusCode, sentence: &str) -> Response {
        match (self.wants_page, self.calls_function) {
            (true, _) => {
                let sentence = format!("{sentence}.");
                plain_page((status, title_of(status)), &sentence, ("/", "To the start page"), &self.nonce)
            }
            (false, true) => function_error(status, AppError::conflict(sentence)),
            (false, false) => Problem::plain(status, sentence).into_response(),
        }
    }

    /// Says that the body came too slowly, and that the connection ends.
    pub(crate) fn refuse_dawdler(&self) -> Response {
        let sentence = "What you sent came too slowly. Check the connection and try again";
        let mut response = self.refuse_as(StatusCode::REQUEST_TIMEOUT, sentence);
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        response
    }

    /// Says that this was too often, and how often would have been fine.
    pub(crate) fn hold_back(&self, refused: TooOften) -> Response {
        metrics_facade::counter!("requests_held_back_total", "class" => refused.class.key()).increment(1);
        let mut response = self.refuse(refused.into());
        add_limit_headers(&mut response, refused);
        response
    }
}

/// The headers of the IETF's draft on rate limits.
pub(crate) fn add_limit_headers(response: &mut Response, refused: TooOften) {
    let (class, burst) = (refused.class.key(), refused.pace.burst);
    let window = refused.pace.one_in.saturating_mul(burst.get()).as_secs().max(1);
    let policy = format!("\"{class}\";q={burst};w={window}");
    let state = format!("\"{class}\";r=0;t={}", refused.retry_after_seconds);
    for (name, value) in [("ratelimit-policy", policy), ("ratelimit", state)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
}

/// What the scripts of our pages read.
fn function_error(status: StatusCode, error: AppError) -> Response {
    let json = [(header::CONTENT_TYPE, "application/json")];
    (status, json, Body::from(ApiError::from(error).ser())).into_response()
}

fn title_of(status: StatusCode) -> &'static str {
    match status {
        StatusCode::TOO_MANY_REQUESTS => "A little slower, please",
        StatusCode::NOT_FOUND => "There is nothing here",
        StatusCode::REQUEST_TIMEOUT => "Not now",
        status if status.is_client_error() => "This was not done",
        _ => "Not now",
    }
}

/// A page with one sentence and the way on. It needs nothing of the program: what makes the others may be what is held back.
pub(crate) fn plain_page(
    (status, title): (StatusCode, &str),
    sentence: &str,
    (address, words): (&str, &str),
    nonce: &str,
) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title} · Quartile</title><link rel=\"icon\" href=\"/favicon.svg\"><style nonce=\"{nonce}\">{STYLE}</style></head>\
         <body><main><h1>{title}</h1><p>{sentence}</p><p><a href=\"{address}\">{words}</a></p></main></body></html>",
    );
    (status, Html(html)).into_response()
}

const STYLE: &str = "body{margin:0;font:1rem/1.6 system-ui,sans-serif;background:#f7f7f5;color:#14191b}\
main{max-width:34rem;margin:18vh auto 0;padding:0 1.25rem}h1{font-size:1.625rem;line-height:1.25;margin:0 0 .75rem}a{color:#0b5f50}\
@media(prefers-color-scheme:dark){body{background:#101314;color:#e9ecec}a{color:#6fd0bc}}";

#[cfg(test)]
mod tests {
    use super::*;

    async fn refused(path: &str, accept: &str) -> (StatusCode, String, String) {
        let request =
            Request::builder().uri(path).header(header::ACCEPT, accept).body(Body::empty()).unwrap();
        let response = Asker::of(&request).refuse(AppError::RateLimited { retry_after_seconds: 7 });
        assert_eq!(response.headers()[header::RETRY_AFTER], "7");
        let status = response.status();
        let kind = response.headers().get(header::CONTENT_TYPE).map(|kind| kind.to_str().unwrap().to_owned());
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, kind.unwrap_or_default(), String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn everybody_is_told_no_in_a_way_they_understand() {
        let (status, kind, text) = refused("/sign-in", "text/html,*/*").await;
        assert_eq!((status.as_u16(), kind.as_str()), (429, "text/html; charset=utf-8"));
        assert!(text.contains("Try again in 7 seconds"), "{text}");

        let (status, kind, text) = refused("/api/v1/users/me", "*/*").await;
        assert_eq!((status.as_u16(), kind.as_str()), (429, "application/problem+json"));
        assert!(text.contains("\"status\":429"), "{text}");

        let (status, _, text) = refused("/fn/x/sign_in", "application/json").await;
        let error: ApiError = serde_json::from_str(&text).unwrap();
        assert_eq!((status.as_u16(), error.error.status()), (429, 429));
    }
}
