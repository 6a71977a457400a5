//! The program as a process, and someone who uses it over HTTP.

use std::{
    collections::BTreeSet,
    net::{Ipv4Addr, TcpListener},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use db::testing::PostgresUrls;
use leptos::server_fn::axum::server_fn_paths;
use openidconnect::reqwest::{Client, RequestBuilder, redirect::Policy};
// Links the server functions, whose paths are asked for below.
use server as _;
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_mins(1);
const BOUNDARY: &str = "a-line-that-no-file-holds";

/// A folder and a database that outlive the process.
pub(crate) struct Place {
    folder: TempDir,
    database: String,
    owner: String,
}

impl Place {
    pub(crate) fn sqlite() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), database: "sqlite".to_owned(), owner: String::new() }
    }

    /// A schema of its own on the server; `None` where no server is named.
    pub(crate) async fn postgres() -> Option<Self> {
        let urls = PostgresUrls::new().await?;
        Some(Self { folder: tempfile::tempdir().unwrap(), database: urls.app, owner: urls.owner })
    }
}

/// A running program; it is killed with the value.
pub(crate) struct Program {
    pub(crate) port: u16,
    child: Child,
}

impl Program {
    /// Starts the program and waits until it is ready.
    pub(crate) async fn start(place: &Place) -> Self {
        let port = free_port();
        let mut command = Command::new(PathBuf::from(env!("CARGO_BIN_EXE_quartile")));
        command
            .args(["serve", "--addr", &format!("127.0.0.1:{port}"), "--data"])
            .arg(place.folder.path().join("data"))
            .current_dir(place.folder.path())
            // Known to everybody; never for real data.
            .env("QUARTILE__LIMITS__EXEMPT", "127.0.0.1")
            .env("QUARTILE__KEYS__RING", "[keys]\n1 = \"dGhpcyByaW5nIGlzIGtub3duIHRvIGV2ZXJ5Ym9keSE=\"")
            .env("QUARTILE__DATABASE__URL", &place.database)
            .env("QUARTILE__DATABASE__OWNER_URL", &place.owner)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let ready = client().get(format!("http://127.0.0.1:{port}/health/ready"));
        let is_ready = async {
            while !ready.try_clone().unwrap().send().await.is_ok_and(|answer| answer.status().is_success()) {
                assert!(child.try_wait().unwrap().is_none(), "the program ended by itself");
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, is_ready).await.unwrap();
        Self { port, child }
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Signs up the owner of a company called Acme.
    pub(crate) async fn sign_up(&self) -> Visitor {
        let form = "input[name]=Ada&input[email]=ada@acme.example&input[company]=Acme&input[password]=seven+wet+ducks+on+a+wall";
        let visitor = Visitor { client: client(), cookie: String::new() };
        let answer = visitor.form(self.port, "sign_up", form).send().await.unwrap();
        assert_eq!(answer.headers()["location"], "/w/acme");
        let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        Visitor { cookie, ..visitor }
    }

    /// Waits until the program, started anew, has read a file.
    pub(crate) async fn wait_until_read(&self, visitor: &Visitor, id: &str) {
        let is_read = async {
            while visitor.get(self.port, &format!("/w/acme/data/{id}/format")).await.contains("Reading ") {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(PATIENCE, is_read).await.unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Someone who is signed in, also after the program was started anew.
#[derive(Clone)]
pub(crate) struct Visitor {
    client: Client,
    cookie: String,
}

impl Visitor {
    /// The id of the file, if the program acknowledged it.
    pub(crate) async fn upload(&self, port: u16, file: &str) -> Option<String> {
        let body = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n{file}\r\n--{BOUNDARY}--\r\n"
        );
        let request = self
            .signed(self.client.post(format!("http://127.0.0.1:{port}/w/acme/data/upload")))
            .header("accept", "application/json")
            .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"));
        let answer = request.body(body).send().await.ok()?;
        assert_eq!(answer.status().as_u16(), 201);
        let location = answer.headers()["location"].to_str().unwrap().to_owned();
        location.split('/').nth(4).map(str::to_owned)
    }

    /// A token of the same person for the API.
    pub(crate) async fn token(&self, port: u16) -> String {
        let body = "{\"email\":\"ada@acme.example\",\"password\":\"seven wet ducks on a wall\"}";
        let request = self.client.post(format!("http://127.0.0.1:{port}/api/v1/auth/signin"));
        let answer = request.header("content-type", "application/json").body(body).send().await.unwrap();
        json(&answer.text().await.unwrap())["access_token"].as_str().unwrap().to_owned()
    }

    /// Uploads a file through the API under a key of idempotency; the status and the file's id, if there was an answer.
    pub(crate) async fn upload_once(
        &self,
        (port, token): (u16, &str),
        key: &str,
        file: &str,
    ) -> Option<(u16, String)> {
        let body = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n{file}\r\n--{BOUNDARY}--\r\n"
        );
        let request = self
            .client
            .post(format!("http://127.0.0.1:{port}/api/v1/data/upload"))
            .header("authorization", format!("Bearer {token}"))
            .header("idempotency-key", key)
            .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"));
        let answer = request.body(body).send().await.ok()?;
        let status = answer.status().as_u16();
        let id = json(&answer.text().await.ok()?)["id"].as_str().unwrap_or_default().to_owned();
        Some((status, id))
    }

    /// How many files the workspace has.
    pub(crate) async fn count_files(&self, port: u16) -> usize {
        let list = self.get(port, "/api/v1/data/files?limit=100").await;
        json(&list)["items"].as_array().unwrap().len()
    }

    /// Whether the program acknowledged the import of a file.
    pub(crate) async fn commit(&self, port: u16, id: &str) -> bool {
        let answer = self.form(port, "commit_import", &format!("workspace=acme&id={id}")).send().await;
        answer.is_ok_and(|answer| answer.headers()["location"].to_str().unwrap().contains("committed="))
    }

    /// What stands there.
    pub(crate) async fn get(&self, port: u16, path: &str) -> String {
        let answer =
            self.signed(self.client.get(format!("http://127.0.0.1:{port}{path}"))).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.text().await.unwrap()
    }

    /// The different values of the imported metrics.
    pub(crate) async fn versions(&self, port: u16) -> BTreeSet<usize> {
        let mut versions = BTreeSet::new();
        for metric in ["mrr", "customers", "cash"] {
            let figures = self.get(port, &format!("/w/acme/figures.csv?key={metric}")).await;
            let rows: Vec<&str> = figures.lines().filter(|line| line.starts_with("202")).collect();
            assert_eq!(rows.len(), 24, "{figures}");
            versions.extend(rows.iter().map(|row| row.split(',').nth(1).unwrap().parse::<usize>().unwrap()));
        }
        versions
    }

    fn form(&self, port: u16, function: &str, form: &str) -> RequestBuilder {
        let ending = format!("/{function}");
        let path = server_fn_paths().map(|(path, _)| path).find(|path| path.ends_with(&ending)).unwrap();
        self.signed(self.client.post(format!("http://127.0.0.1:{port}{path}")))
            .header("accept", "text/html")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.to_owned())
    }

    fn signed(&self, request: RequestBuilder) -> RequestBuilder {
        request.header("cookie", &self.cookie).header("sec-fetch-site", "same-origin")
    }
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn client() -> Client {
    Client::builder().redirect(Policy::none()).pool_max_idle_per_host(0).build().unwrap()
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}
