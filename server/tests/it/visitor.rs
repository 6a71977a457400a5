//! A browser without JavaScript, or a machine, with the cookies it was given.

use std::{collections::BTreeMap, net::SocketAddr};

use axum::{body::Body, extract::ConnectInfo};
use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, header};
use leptos::server_fn::axum::server_fn_paths;
use tower::ServiceExt;

use crate::app::TestApp;

const HOST: &str = "localhost:3000";
pub(crate) const BOUNDARY: &str = "----a-line-that-no-file-holds";

/// Where a server function is called.
pub(crate) fn function(name: &str) -> &'static str {
    let ending = format!("/{name}");
    server_fn_paths().map(|(path, _)| path).find(|path| path.ends_with(&ending)).unwrap()
}

/// Someone who asks the program for things.
#[derive(Clone)]
pub(crate) struct Visitor<'a> {
    app: &'a TestApp,
    /// Cookies by name.
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) address: SocketAddr,
}

impl<'a> Visitor<'a> {
    pub(crate) fn new(app: &'a TestApp) -> Self {
        Self { app, cookies: BTreeMap::new(), address: SocketAddr::from(([192, 0, 2, 7], 50_000)) }
    }

    /// Opens a page.
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[("accept", "text/html")], Body::empty()).await
    }

    /// Asks for something as a machine.
    pub(crate) async fn fetch(&mut self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[("accept", "application/json")], Body::empty()).await
    }

    /// Sends a form of a page to a server function, without JavaScript.
    pub(crate) async fn submit(&mut self, name: &str, form: &[(&str, &str)], page: &str) -> Answer {
        self.post_form(function(name), form, page).await
    }

    /// Sends a form of a page, without JavaScript.
    pub(crate) async fn post_form(&mut self, path: &str, form: &[(&str, &str)], page: &str) -> Answer {
        let referer = format!("http://{HOST}{page}");
        let headers = [
            ("accept", "text/html,application/xhtml+xml"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("sec-fetch-site", "same-origin"),
            ("origin", "http://localhost:3000"),
            ("referer", referer.as_str()),
        ];
        self.ask(Method::POST, path, &headers, Body::from(encoded(form))).await
    }

    /// Calls a server function from a page with JavaScript.
    pub(crate) async fn call(&mut self, name: &str, form: &[(&str, &str)]) -> Answer {
        let headers = [
            ("accept", "application/json"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("sec-fetch-site", "same-origin"),
        ];
        self.ask(Method::POST, function(name), &headers, Body::from(encoded(form))).await
    }

    /// Uploads a file, as a browser without JavaScript (`text/html`) or as a machine.
    pub(crate) async fn upload(
        &mut self,
        slug: &str,
        (name, content): (&str, &[u8]),
        accept: &str,
    ) -> Answer {
        let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
        let headers =
            [("accept", accept), ("content-type", content_type.as_str()), ("sec-fetch-site", "same-origin")];
        let body = Body::from(multipart(name, content));
        self.ask(Method::POST, &format!("/w/{slug}/data/upload"), &headers, body).await
    }

    /// Asks for anything, and keeps the cookies that come back.
    pub(crate) async fn ask(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Answer {
        // The host that people type.
        let base_url = &self.app.services.config.server.base_url;
        let host = base_url.split_once("://").unwrap().1;
        let names_host = headers.iter().any(|(name, _)| *name == "host");
        let mut request = Request::builder().method(method).uri(path);
        if !names_host {
            request = request.header(header::HOST, host);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        let mut request = request.body(body).unwrap();
        request.extensions_mut().insert(ConnectInfo(self.address));
        let answer = Answer::of(self.app.router.clone().oneshot(request).await.unwrap()).await;
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    async fn of(response: axum::response::Response) -> Self {
        let (head, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Self { status: head.status, headers: head.headers, body }
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// A header; empty if it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Where a browser is sent on to, as a path on this site if it is one.
    pub(crate) fn location(&self) -> &str {
        let location = self.header("location");
        location.strip_prefix("http://localhost:3000").unwrap_or(location)
    }

    /// The values of an attribute, in the order of the page.
    pub(crate) fn attributes(&self, name: &str) -> Vec<String> {
        let text = self.text();
        let begin = format!(" {name}=\"");
        let values = text.split(&begin).skip(1).filter_map(|rest| rest.split('"').next());
        values.map(str::to_owned).collect()
    }
}

/// A form as browsers write it.
pub(crate) fn encoded(form: &[(&str, &str)]) -> String {
    let escape = |text: &str| -> String {
        text.bytes()
            .map(|byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            })
            .collect()
    };
    let pairs: Vec<String> =
        form.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
    pairs.join("&")
}

/// A form with one file, as browsers write it.
pub(crate) fn multipart(name: &str, content: &[u8]) -> Vec<u8> {
    let name = name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
    let mut body = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n"
    )
    .into_bytes();
    body.extend(content);
    body.extend(format!("\r\n--{BOUNDARY}--\r\n").into_bytes());
    body
}
