//! One request.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use bytes::Bytes;
use http::Response;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{
    net::{TcpSocket, TcpStream},
    task::JoinHandle,
    time::timeout,
};

use super::Answer;
use crate::Failure;

/// The line between parts of a form with a file.
const BOUNDARY: &str = "----a-line-that-no-file-holds";
const PATIENCE: Duration = Duration::from_secs(90);

/// What moves the bytes of a connection.
pub(super) type Driver = JoinHandle<Result<(), hyper::Error>>;

/// Where the program is asked, and under which name.
#[derive(Clone, Debug)]
pub(crate) struct Door {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// What people type.
    pub(crate) name: String,
}

/// What is asked.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    method: String,
    path: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Bytes,
    from: Ipv4Addr,
}

impl Door {
    /// A door without a name of its own.
    pub(crate) fn at(address: SocketAddr) -> Self {
        Self { address, name: address.to_string() }
    }

    /// A door that people reach by that name.
    pub(crate) fn named(address: SocketAddr, name: &str) -> Self {
        Self { address, name: name.to_owned() }
    }

    /// Sends the request on a connection of its own and reads the whole answer.
    pub(crate) async fn send(&self, ask: Ask) -> Result<Answer, Failure> {
        let what = format!("{} {:.120}", ask.method, ask.path);
        let answer = timeout(PATIENCE, self.converse(ask)).await;
        answer
            .map_err(|_| format!("{what}: no answer in time"))?
            .map_err(|cause| format!("{what}: {cause}").into())
    }

    /// The same as a future that borrows nothing.
    pub(crate) fn send_owned(
        &self,
        ask: Ask,
    ) -> impl Future<Output = Result<Answer, Failure>> + Send + use<> {
        let door = self.clone();
        async move { door.send(ask).await }
    }

    /// A connection from that address of this machine.
    pub(crate) async fn connect(&self, from: Ipv4Addr) -> Result<TcpStream, Failure> {
        let socket = TcpSocket::new_v4()?;
        if from != Ipv4Addr::LOCALHOST {
            socket.bind(SocketAddr::new(IpAddr::V4(from), 0))?;
        }
        Ok(socket.connect(self.address).await?)
    }

    async fn converse(&self, ask: Ask) -> Result<Answer, Failure> {
        let (response, driver) = self.begin(ask).await?;
        let (head, body) = response.into_parts();
        let body = body.collect().await?.to_bytes();
        driver.abort();
        Ok(Answer { status: head.status.as_u16(), headers: head.headers, body })
    }

    /// Sends the request and waits for the head of the answer; its body comes as long as the second value is there.
    pub(super) async fn begin(&self, ask: Ask) -> Result<(Response<Incoming>, Driver), Failure> {
        let stream = self.connect(ask.from).await?;
        let (mut sender, connection) = hyper::client::conn::http1::Builder::new()
            .max_buf_size(1 << 20)
            .handshake(TokioIo::new(stream))
            .await?;
        let driver = tokio::spawn(connection);
        let mut request = http::Request::builder().method(ask.method.as_str()).uri(ask.path.as_str());
        if !ask.headers.iter().any(|(name, _)| name == "host") {
            request = request.header("host", &self.name);
        }
        for (name, value) in &ask.headers {
            request = request.header(name, http::HeaderValue::from_bytes(value)?);
        }
        let response = sender.send_request(request.body(Full::new(ask.body))?).await?;
        Ok((response, driver))
    }
}

impl Ask {
    /// Anything.
    pub(crate) fn new(method: &str, path: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: Bytes::new(),
            from: Ipv4Addr::LOCALHOST,
        }
    }

    /// For something.
    pub(crate) fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    /// With something.
    pub(crate) fn post(path: &str) -> Self {
        Self::new("POST", path)
    }

    /// With a header more.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_ascii_lowercase(), value.as_bytes().to_vec()));
        self
    }

    /// With headers as they came from somebody else.
    pub(crate) fn passing_on(mut self, headers: &http::HeaderMap) -> Self {
        self.headers
            .extend(headers.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())));
        self
    }

    /// With exactly these bytes.
    pub(crate) fn bytes(mut self, body: Bytes) -> Self {
        self.body = body;
        self
    }

    /// As somebody else than it said before.
    pub(crate) fn rather_bearer(mut self, token: &str) -> Self {
        self.headers.retain(|(name, _)| name != "authorization");
        self.bearer(token)
    }

    /// Without that header.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(found, _)| found != name);
        self
    }

    /// With several headers more.
    pub(crate) fn headers(self, pairs: &[(&str, &str)]) -> Self {
        pairs.iter().fold(self, |ask, (name, value)| ask.header(name, value))
    }

    /// As whoever holds the token or key; nobody if it is empty.
    pub(crate) fn bearer(self, token: &str) -> Self {
        if token.is_empty() { self } else { self.header("authorization", &format!("Bearer {token}")) }
    }

    /// In a workspace.
    pub(crate) fn workspace(self, slug: &str) -> Self {
        self.header("quartile-workspace", slug)
    }

    /// With bytes of a kind.
    pub(crate) fn body(mut self, media_type: &str, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self.header("content-type", media_type)
    }

    /// With JSON.
    pub(crate) fn json(self, value: &Value) -> Self {
        self.body("application/json", value.to_string())
    }

    /// With a form.
    pub(crate) fn form(self, fields: &[(&str, &str)]) -> Self {
        let mut text = url::form_urlencoded::Serializer::new(String::new());
        let body = text.extend_pairs(fields).finish();
        self.body("application/x-www-form-urlencoded", body)
    }

    /// With a form that holds one file.
    pub(crate) fn file(self, name: &str, content: &[u8]) -> Self {
        let name = name.replace('\r', "%0D").replace('\n', "%0A").replace('"', "%22");
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n"
        );
        let body = [head.as_bytes(), content, format!("\r\n--{BOUNDARY}--\r\n").as_bytes()].concat();
        self.body(&format!("multipart/form-data; boundary={BOUNDARY}"), body)
    }

    /// With another file than it had before.
    pub(crate) fn rather_file(mut self, name: &str, content: &[u8]) -> Self {
        self.headers.retain(|(name, _)| name != "content-type");
        self.file(name, content)
    }

    /// From another address of this machine, out of 127.0.0.0/8.
    pub(crate) fn from(mut self, address: Ipv4Addr) -> Self {
        self.from = address;
        self
    }

    /// The head as it is written on a connection that is for this request alone, and the body.
    pub(super) fn written(&self, host: &str) -> (Vec<u8>, Bytes) {
        let first = format!("{} {} HTTP/1.1\r\nhost: {host}\r\n", self.method, self.path);
        let mut head =
            format!("{first}connection: close\r\ncontent-length: {}\r\n", self.body.len()).into_bytes();
        for (name, value) in &self.headers {
            head.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
        }
        head.extend(b"\r\n");
        (head, self.body.clone())
    }

    /// What is asked for.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }
}
