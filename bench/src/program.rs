//! The program as a process of its own, in a folder of its own.

use std::{
    net::{Ipv4Addr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;
use tokio::{io::AsyncReadExt, net::TcpStream, time::sleep};

use crate::{Failure, options::Options, visitor::Visitor};

const PATIENCE: Duration = Duration::from_secs(30);

/// A running program; it ends with the value.
pub(crate) struct Program {
    pub(crate) port: u16,
    /// From its start to the first answer of `/health/ready`.
    pub(crate) ready_after: Duration,
    child: Child,
    _folder: TempDir,
}

impl Program {
    /// Starts the program on an empty folder.
    pub(crate) async fn start(options: &Options) -> Result<Self, Failure> {
        Self::start_in(options, tempfile::tempdir()?).await
    }

    /// Starts the program with the synthetic company and its peers.
    pub(crate) async fn start_with_demo(options: &Options) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let mut command = command(options, folder.path());
        let status = command.args(["demo", "load", "--data"]).arg(folder.path()).status()?;
        if !status.success() {
            return Err(format!("`quartile demo load` ended with {status}").into());
        }
        Self::start_in(options, folder).await
    }

    async fn start_in(options: &Options, folder: TempDir) -> Result<Self, Failure> {
        let port = free_port()?;
        let mut command = command(options, folder.path());
        command.args(["serve", "--addr"]).arg(format!("127.0.0.1:{port}")).arg("--data").arg(folder.path());
        let started = Instant::now();
        let child = command.spawn()?;
        while !is_ready(port).await {
            if started.elapsed() > PATIENCE {
                return Err("the program was not ready in time".into());
            }
            sleep(Duration::from_millis(2)).await;
        }
        Ok(Self { port, ready_after: started.elapsed(), child, _folder: folder })
    }

    /// A visitor who has just connected.
    pub(crate) async fn visitor(&self) -> Result<Visitor, Failure> {
        Visitor::connect(self.port).await
    }

    /// What the program holds in memory now, and the most it ever held, in bytes.
    pub(crate) fn memory(&self) -> Result<(u64, u64), Failure> {
        let process = self.child.id();
        let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
        let kibibytes = |name: &str| -> Option<u64> {
            let line = status.lines().find(|line| line.starts_with(name))?;
            line.split_whitespace().nth(1)?.parse().ok()
        };
        let figures = kibibytes("VmRSS:").zip(kibibytes("VmHWM:"));
        let (now, most) = figures.ok_or("the system does not tell how much memory the program uses")?;
        Ok((now * 1024, most * 1024))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(options: &Options, folder: &Path) -> Command {
    let mut command = Command::new(&options.program);
    command.current_dir(folder).env("QUARTILE__SERVER__SITE", &options.site);
    // Everything comes from one address and one person; counting them is part of what is measured, holding them back is not.
    for class in [
        "ADDRESS",
        "ASSETS",
        "ANONYMOUS",
        "API",
        "SIGN_IN",
        "SIGN_IN_ACCOUNT",
        "INTERFACE",
        "UPLOAD",
        "EXPORT",
    ] {
        command.env(format!("QUARTILE__LIMITS__{class}"), "1000000/s");
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

pub(crate) fn free_port() -> Result<u16, Failure> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

async fn is_ready(port: u16) -> bool {
    let asked = async {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
        let request = "GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        tokio::io::AsyncWriteExt::write_all(&mut stream, request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        std::io::Result::Ok(answer.starts_with(b"HTTP/1.1 200"))
    };
    asked.await.unwrap_or(false)
}
