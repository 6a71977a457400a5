//! A Redis server.

use std::{net::Ipv4Addr, time::Duration};

use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    Failure,
    stage::{Process, free_port},
};

/// A running server that keeps nothing on disk.
pub(crate) struct Redis {
    port: u16,
    process: Process,
    folder: TempDir,
}

impl Redis {
    /// Starts a server on a free port.
    pub(crate) async fn start() -> Result<Self, Failure> {
        let folder = tempfile::Builder::new().prefix("quartile-redis").tempdir()?;
        let port = free_port()?;
        let process = process(port, &folder)?;
        let mut server = Self { port, process, folder };
        server.be_ready().await?;
        Ok(server)
    }

    /// Where the program finds it.
    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Where it listens, on 127.0.0.1.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Every byte that it holds, with the names, as it would write them to a disk.
    pub(crate) async fn kept_bytes(&self) -> Result<Vec<u8>, Failure> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).await?;
        stream.write_all(b"SAVE\r\n").await?;
        let mut answer = [0; 5];
        stream.read_exact(&mut answer).await?;
        Ok(tokio::fs::read(self.folder.path().join("dump.rdb")).await?)
    }

    /// Its process.
    pub(crate) fn process(&mut self) -> &mut Process {
        &mut self.process
    }

    /// Every byte that it keeps, as its own backup holds them.
    pub(crate) async fn contents(&self) -> Result<Vec<u8>, Failure> {
        let file = self.folder.path().join("contents.rdb");
        let mut command = tokio::process::Command::new("redis-cli");
        command.args(["-p", &self.port.to_string(), "--rdb"]).arg(&file).kill_on_drop(true);
        let output = command.output().await?;
        if !output.status.success() {
            return Err(format!("redis-cli: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        Ok(std::fs::read(file)?)
    }

    /// Starts it once more, empty, on the same port.
    pub(crate) async fn restart(&mut self) -> Result<(), Failure> {
        let _ = self.process.send(super::Signal::Kill);
        self.process.end_within(Duration::from_secs(10)).await;
        self.process = process(self.port, &self.folder)?;
        self.be_ready().await
    }

    async fn be_ready(&mut self) -> Result<(), Failure> {
        let port = self.port;
        self.process
            .ready_within(Duration::from_secs(20), async || answers(port).await.unwrap_or(false))
            .await
    }
}

fn process(port: u16, folder: &TempDir) -> Result<Process, Failure> {
    let mut command = Process::command("redis-server");
    command.args(["--bind", "127.0.0.1", "--port"]).arg(port.to_string());
    // Not compressed, so that what is looked for in its content is found.
    command.args(["--save", "", "--appendonly", "no", "--rdbcompression", "no", "--dir"]).arg(folder.path());
    Process::start("Redis", &mut command, &folder.path().join("server.log"))
}

async fn answers(port: u16) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    stream.write_all(b"PING\r\n").await?;
    let mut answer = [0; 7];
    stream.read_exact(&mut answer).await?;
    Ok(&answer == b"+PONG\r\n")
}
