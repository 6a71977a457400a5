//! A browser's part of the conversation: one connection, one cookie, forms as a page would send them.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::Failure;

/// What browsers say they understand.
pub(crate) const COMPRESSED: &str = "br, gzip";
/// For answers that come as they are.
pub(crate) const PLAIN: &str = "identity";
const PATIENCE: Duration = Duration::from_mins(2);

/// One visitor on one connection.
pub(crate) struct Visitor {
    sender: SendRequest<Full<Bytes>>,
    host: String,
    pub(crate) cookie: Option<String>,
    /// An access token, which goes along where there is one.
    pub(crate) token: Option<String>,
}

/// An answer in full.
pub(crate) struct Answer {
    pub(crate) head: Response<()>,
    pub(crate) body: Bytes,
}

impl Visitor {
    /// Connects to a port of this machine.
    pub(crate) async fn connect(port: u16) -> Result<Self, Failure> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self { sender, host: format!("127.0.0.1:{port}"), cookie: None, token: None })
    }

    /// Signs a new person up through the form, and returns the path of the new workspace.
    pub(crate) async fn sign_up(&mut self, name: &str) -> Result<String, Failure> {
        let page = self.get("/sign-up", PLAIN).await?;
        let action = form_action(page.text(), "/sign_up").ok_or("the sign-up page has no form")?.to_owned();
        let form = format!(
            "input[name]=Ada&input[email]={name}@example.com&input[company]={name}&input[password]=a+long+sentence+for+{name}"
        );
        let request = self
            .request(Method::POST, &action)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "text/html");
        let answer = self.send(request.body(Full::from(form))?).await?;
        let home = answer.location().ok_or_else(|| format!("signing up gave {}", answer.head.status()))?;
        Ok(home.to_owned())
    }

    /// Signs in to the API as the person who was signed up under that name, and keeps the access token.
    pub(crate) async fn sign_in_to_api(&mut self, name: &str) -> Result<String, Failure> {
        let body =
            format!("{{\"email\": \"{name}@example.com\", \"password\": \"a long sentence for {name}\"}}");
        let request = self
            .request(Method::POST, "/api/v1/auth/signin")
            .header(header::CONTENT_TYPE, "application/json");
        let answer = self.send(request.body(Full::from(body))?).await?;
        let tokens: serde_json::Value = serde_json::from_slice(&answer.body)?;
        let token = tokens.get("access_token").and_then(serde_json::Value::as_str);
        Ok(token.ok_or_else(|| format!("signing in gave {}", answer.head.status()))?.to_owned())
    }

    /// A page or a file.
    pub(crate) async fn get(&mut self, path: &str, encodings: &str) -> Result<Answer, Failure> {
        let request = self.request(Method::GET, path).header(header::ACCEPT_ENCODING, encodings);
        let answer = self.send(request.body(Full::default())?).await?;
        if answer.head.status().is_success() {
            Ok(answer)
        } else {
            Err(format!("{path} gave {}", answer.head.status()).into())
        }
    }

    /// Sends a file to the upload of a workspace; the answer comes once it has been read.
    pub(crate) async fn upload(&mut self, workspace: &str, file: &[u8]) -> Result<Answer, Failure> {
        const LINE: &str = "quartile-bench-7d1f0c";
        let mut body = Vec::with_capacity(file.len() + 256);
        body.extend_from_slice(
            format!(
                "--{LINE}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"figures.csv\"\r\nContent-Type: text/csv\r\n\r\n"
            )
            .as_bytes(),
        );
        body.extend_from_slice(file);
        body.extend_from_slice(format!("\r\n--{LINE}--\r\n").as_bytes());
        let request = self
            .request(Method::POST, &format!("{workspace}/data/upload"))
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={LINE}"));
        self.send(request.body(Full::from(body))?).await
    }

    fn request(&self, method: Method, path: &str) -> http::request::Builder {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, &self.host)
            .header(header::ORIGIN, format!("http://{}", self.host));
        let request = match &self.token {
            Some(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
            None => request,
        };
        match &self.cookie {
            Some(cookie) => request.header(header::COOKIE, cookie),
            None => request,
        }
    }

    async fn send(&mut self, request: Request<Full<Bytes>>) -> Result<Answer, Failure> {
        self.sender.ready().await?;
        let response = tokio::time::timeout(PATIENCE, self.sender.send_request(request)).await??;
        let (parts, body) = response.into_parts();
        let body = tokio::time::timeout(PATIENCE, body.collect()).await??.to_bytes();
        let cookie = parts.headers.get(header::SET_COOKIE).and_then(|value| value.to_str().ok());
        if let Some((pair, _)) = cookie.and_then(|cookie| cookie.split_once(';')) {
            self.cookie = Some(pair.to_owned());
        }
        Ok(Answer { head: Response::from_parts(parts, ()), body })
    }
}

impl Answer {
    /// The body as text; empty if it is none.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or("")
    }

    /// Where the answer leads.
    pub(crate) fn location(&self) -> Option<&str> {
        self.head.headers().get(header::LOCATION)?.to_str().ok()
    }
}

/// The action of the form whose action ends so.
fn form_action<'a>(page: &'a str, end: &str) -> Option<&'a str> {
    let actions = page.match_indices("action=\"").filter_map(|(place, key)| page.get(place + key.len()..));
    let mut actions = actions.filter_map(|rest| rest.split('"').next());
    actions.find(|action| action.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_found_by_its_action() {
        let page = r#"<form action="/theme"><form method="post" action="/fn/pages/sign_up">"#;
        assert_eq!(form_action(page, "/sign_up"), Some("/fn/pages/sign_up"));
        assert_eq!(form_action(page, "/sign_in"), None);
    }
}
