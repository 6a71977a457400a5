//! Whoever is refused is told why in our words, whatever refused them. What libraries say is for programmers, or nothing at all.

use axum::{body::Body, extract::Request, middleware::Next, response::Response};
use http::{Method, StatusCode, header};
use kernel::AppError;

use super::Asker;

/// Puts a sentence in place of what is neither a page nor JSON.
pub(crate) async fn say_why(request: Request, next: Next) -> Response {
    let (asker, is_head) = (Asker::of(&request), request.method() == Method::HEAD);
    let response = next.run(request).await;
    if is_said(&response) {
        return response;
    }
    let (mut head, _) = response.into_parts();
    let (said, body) = asker.refuse_as(head.status, &sentence(head.status)).into_parts();
    head.headers.remove(header::CONTENT_LENGTH);
    // The others stay: which methods there are, when to come back, what to forget.
    head.headers.extend(said.headers);
    Response::from_parts(head, if is_head { Body::empty() } else { body })
}

/// Whether it is no refusal, or one in a form that only we use.
fn is_said(response: &Response) -> bool {
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let is_ours = |kind: &str| {
        ["application/problem+json", "application/json", "text/html"]
            .iter()
            .any(|ours| kind.starts_with(ours))
    };
    !(status.is_client_error() || status.is_server_error()) || kind.is_some_and(is_ours)
}

fn sentence(status: StatusCode) -> String {
    let sentence = match status {
        StatusCode::BAD_REQUEST => {
            "This request cannot be read. Check its address and what it sends, or go back and try again"
        }
        StatusCode::NOT_FOUND => "There is nothing at this address. It may be mistyped",
        StatusCode::METHOD_NOT_ALLOWED => "This address knows other methods; the header Allow names them",
        StatusCode::PAYLOAD_TOO_LARGE => "What was sent is too large for this address. Send less",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "This address takes another type of content",
        StatusCode::RANGE_NOT_SATISFIABLE => "The file has no such part. Ask for all of it",
        StatusCode::UNPROCESSABLE_ENTITY => {
            "What was sent lacks something or holds something else. Check its fields"
        }
        StatusCode::SERVICE_UNAVAILABLE => "This cannot be answered at the moment. Try again soon",
        status if status.is_client_error() => "This cannot be done as it was asked",
        _ => return AppError::Internal { reference: platform::request_id() }.to_string(),
    };
    sentence.to_owned()
}

#[cfg(test)]
mod tests {
    use axum::{Json, Router, extract::Query, middleware::from_fn, routing::get};
    use http::Response;
    use tower::ServiceExt;

    use super::{Body, Request, StatusCode, say_why};

    async fn ask(method: &str, address: &str, accept: &str) -> (Response<()>, String) {
        let router = Router::new()
            .route("/query", get(|_: Query<Vec<(String, u8)>>| async { "never" }))
            .route("/empty", get(|| async { StatusCode::UNPROCESSABLE_ENTITY }))
            .route("/fault", get(|| async { (StatusCode::INTERNAL_SERVER_ERROR, "SELECT secret") }))
            .route("/json", get(|| async { (StatusCode::NOT_FOUND, Json("ours")) }))
            .route(
                "/later",
                get(|| async { (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "60")], "no") }),
            )
            .route("/fine", get(|| async { "fine" }))
            .layer(from_fn(say_why));
        let request = Request::builder().method(method).uri(address).header("accept", accept);
        let response = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (head, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        (Response::from_parts(head, ()), String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn whatever_refuses_the_words_are_ours() {
        for (method, address, status) in [
            ("GET", "/query?a=secret", 400),
            ("GET", "/empty", 422),
            ("GET", "/fault", 500),
            ("GET", "/later", 503),
            ("GET", "/nothing", 404),
            ("POST", "/fine", 405),
        ] {
            let (problem, text) = ask(method, address, "*/*").await;
            assert_eq!(problem.status().as_u16(), status, "{address}");
            assert_eq!(problem.headers()["content-type"], "application/problem+json", "{address}");
            let said: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(said["status"], status, "{address}: {text}");
            let (page, html) = ask(method, address, "text/html").await;
            assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8", "{address}");
            assert!(
                html.contains(said["detail"].as_str().unwrap()) && page.status() == problem.status(),
                "{html}"
            );
            assert!(!(text + &html).contains("secret"), "{address}");
        }
    }

    #[tokio::test]
    async fn what_else_an_answer_says_stays() {
        let (allowed, _) = ask("POST", "/fine", "*/*").await;
        assert_eq!(allowed.headers()["allow"], "GET,HEAD");
        let (later, _) = ask("GET", "/later", "*/*").await;
        assert_eq!(later.headers()["retry-after"], "60");
        assert_eq!(ask("GET", "/json", "text/html").await.1, "\"ours\"");
        assert_eq!(ask("GET", "/fine", "*/*").await.1, "fine");
        // The answer to HEAD has the headers of that to GET, and no body.
        let (head, body) = ask("HEAD", "/empty", "*/*").await;
        assert_eq!(
            (head.headers()["content-type"].to_str().unwrap(), body.as_str()),
            ("application/problem+json", "")
        );
    }
}
