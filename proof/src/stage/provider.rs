//! A sign-in provider in place of Google.

use std::{net::Ipv4Addr, path::Path, time::Duration};

use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpStream;

use crate::{
    Failure,
    client::{Ask, Door},
    stage::{Process, Settings, free_port},
};

/// A running provider; everybody who is sent to it signs in without a page.
pub(crate) struct Provider {
    port: u16,
    process: Process,
    _folder: TempDir,
}

impl Provider {
    /// Starts the script, whose packages are those of the checkout it lies in.
    pub(crate) async fn start(script: &Path) -> Result<Self, Failure> {
        let folder = tempfile::Builder::new().prefix("quartile-provider").tempdir()?;
        let port = free_port()?;
        let mut command = Process::command("node");
        command.arg(script).arg(port.to_string());
        let mut process = Process::start("The sign-in provider", &mut command, &folder.path().join("log"))?;
        let listens = async || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_ok();
        process.ready_within(Duration::from_mins(1), listens).await?;
        Ok(Self { port, process, _folder: folder })
    }

    /// What its tokens call it.
    pub(crate) fn issuer(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Its process.
    pub(crate) fn process(&mut self) -> &mut Process {
        &mut self.process
    }

    /// The settings of a program that takes people from here.
    pub(crate) fn settings(&self) -> Settings {
        let mut settings = Settings::default();
        settings.set("google.issuer", self.issuer());
        settings.set("google.client_id", "quartile").set("google.client_secret", "a-secret-of-the-client");
        settings
    }

    /// Says who signs in next (`claims`) and what goes wrong (`fault`).
    pub(crate) async fn next(&self, wish: &Value) -> Result<(), Failure> {
        let answer = self.door().send(Ask::post("/next").json(wish)).await?;
        if answer.status == 204 { Ok(()) } else { Err("the provider does not listen".into()) }
    }

    /// Where it is asked.
    pub(crate) fn door(&self) -> Door {
        Door::named((Ipv4Addr::LOCALHOST, self.port).into(), &format!("localhost:{}", self.port))
    }
}
