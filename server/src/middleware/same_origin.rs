//! Refuses writes that another site makes a browser send.
//!
//! Leptos gives no protection of its own against that, so every unsafe method must come from our own pages: browsers say so in
//! `Sec-Fetch-Site`, older ones in `Origin`. A request with neither may pass only without a cookie.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, Method, header};
use kernel::AppError;

use super::Asker;

/// Answers 403 to unsafe requests from elsewhere.
pub(crate) async fn refuse_foreign_writes(
    State(known): State<Arc<Vec<String>>>,
    request: Request,
    next: Next,
) -> Response {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    // A browser adds no credentials of its own to these, so another site can only use what it has anyway.
    let brings_credentials =
        request.uri().path().starts_with("/api/") && request.headers().contains_key(header::AUTHORIZATION);
    let is_known = request.uri().path().starts_with("/api/") && comes_from(request.headers(), &known);
    if is_safe || brings_credentials || is_known || comes_from_our_pages(request.headers()) {
        return next.run(request).await;
    }
    tracing::warn!(target: platform::SECURITY, "A write from another site was refused");
    Asker::of(&request).refuse(AppError::forbidden(
        "This request came from another site and was refused. Open Quartile itself and try again there",
    ))
}

/// Whether it comes from a page of these origins, without the cookie that pages of ours have.
fn comes_from(headers: &HeaderMap, known: &[String]) -> bool {
    let origin = text(headers, header::ORIGIN.as_str());
    !headers.contains_key(header::COOKIE)
        && origin.is_some_and(|origin| known.iter().any(|known| known == origin))
}

fn comes_from_our_pages(headers: &HeaderMap) -> bool {
    if let Some(site) = text(headers, "sec-fetch-site") {
        return site == "same-origin";
    }
    match text(headers, header::ORIGIN.as_str()) {
        Some(origin) => text(headers, header::HOST.as_str())
            .is_some_and(|host| origin.split_once("://").is_some_and(|(_, authority)| authority == host)),
        None => !headers.contains_key(header::COOKIE),
    }
}

/// Whether a page of another site asks for something to read.
pub(crate) fn is_read_by_another_site(headers: &HeaderMap) -> bool {
    match text(headers, "sec-fetch-site") {
        // What somebody typed is nobody's page.
        Some(site) => !["same-origin", "none"].contains(&site),
        None => headers.contains_key(header::ORIGIN) && !comes_from_our_pages(headers),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(pairs: &[(&'static str, &'static str)]) -> bool {
        let headers = pairs.iter().map(|(name, value)| {
            (http::HeaderName::from_static(name), http::HeaderValue::from_static(value))
        });
        comes_from_our_pages(&headers.collect())
    }

    #[test]
    fn only_our_own_pages_may_write() {
        assert!(passes(&[("sec-fetch-site", "same-origin"), ("cookie", "sid=1")]));
        assert!(!passes(&[("sec-fetch-site", "cross-site"), ("cookie", "sid=1")]));
        assert!(!passes(&[("sec-fetch-site", "same-site"), ("cookie", "sid=1")]));
        assert!(!passes(&[
            ("sec-fetch-site", "cross-site"),
            ("origin", "http://a.example"),
            ("host", "a.example")
        ]));
        assert!(passes(&[("origin", "http://a.example"), ("host", "a.example"), ("cookie", "sid=1")]));
        assert!(!passes(&[("origin", "http://b.example"), ("host", "a.example"), ("cookie", "sid=1")]));
        assert!(!passes(&[("origin", "null"), ("host", "a.example"), ("cookie", "sid=1")]));
        assert!(!passes(&[("host", "a.example"), ("cookie", "sid=1")]));
        assert!(passes(&[("host", "a.example")]));
    }
}
