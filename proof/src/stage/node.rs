//! One node of the program.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use crate::{
    Failure,
    client::{Ask, Door},
    stage::{Process, Settings, Signal, free_port},
};

const PATIENCE: Duration = Duration::from_mins(1);

/// The built program.
#[derive(Clone, Debug, Default)]
pub(crate) struct Program {
    /// The executable.
    pub(crate) executable: PathBuf,
    /// The folder of its scripts and styles.
    pub(crate) site: PathBuf,
}

/// A running node.
pub(crate) struct Node {
    program: Program,
    settings: Settings,
    folder: PathBuf,
    log: PathBuf,
    clock: i64,
    process: Process,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// From its start to the first answer that it can work.
    pub(crate) ready_after: Duration,
}

impl Node {
    /// Starts a node with its data in `folder`, and waits until it can work; its log is the file `log`.
    pub(crate) async fn start(
        program: &Program,
        settings: &Settings,
        folder: &Path,
        log: &Path,
    ) -> Result<Self, Failure> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
        let started = Instant::now();
        let process = Process::start("quartile", &mut command(program, settings, folder, address), log)?;
        let mut node = Self {
            program: program.clone(),
            settings: settings.clone(),
            folder: folder.to_owned(),
            log: log.to_owned(),
            clock: 0,
            process,
            address,
            ready_after: Duration::ZERO,
        };
        node.be_ready().await?;
        node.ready_after = started.elapsed();
        Ok(node)
    }

    /// Its process.
    pub(crate) fn process(&mut self) -> &mut Process {
        &mut self.process
    }

    /// Starts it once more with the same data, log and address, after it has ended or been killed.
    pub(crate) async fn restart(&mut self) -> Result<(), Failure> {
        let _ = self.process.send(Signal::Kill);
        self.process.end_within(PATIENCE).await;
        let mut command = command(&self.program, &self.settings, &self.folder, self.address);
        if self.clock != 0 {
            shift_clock(&mut command, self.clock)?;
        }
        self.process = Process::start("quartile", &mut command, &self.log)?;
        self.be_ready().await
    }

    /// Starts it once more with other settings on top.
    pub(crate) async fn restart_with(&mut self, settings: &Settings) -> Result<(), Failure> {
        self.settings.add(settings);
        self.restart().await
    }

    /// Starts it once more with a clock that is so many seconds ahead, or behind.
    pub(crate) async fn restart_at(&mut self, seconds: i64) -> Result<(), Failure> {
        self.clock = seconds;
        self.restart().await
    }

    /// Everything it logged so far.
    pub(crate) fn log(&self) -> String {
        self.process.log()
    }

    /// What it holds in memory, in bytes.
    pub(crate) fn memory(&self) -> Result<u64, Failure> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let kibibytes: u64 = line
            .and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
            .ok_or("the system does not tell how much memory the program uses")?;
        Ok(kibibytes * 1024)
    }

    async fn be_ready(&mut self) -> Result<(), Failure> {
        let door = Door::at(self.address);
        self.process
            .ready_within(PATIENCE, async || {
                door.send(Ask::get("/health/ready")).await.is_ok_and(|answer| answer.status == 200)
            })
            .await
    }
}

impl Program {
    /// A command of the program, for example `quartile keys init`, on the data in `folder`; waits for its end.
    pub(crate) async fn run(
        &self,
        words: &[&str],
        settings: &Settings,
        folder: &Path,
    ) -> Result<Output, Failure> {
        let mut command = Command::new(&self.executable);
        command.current_dir(folder).args(words).arg("--data").arg(folder);
        settings.apply(&mut command);
        command.env("QUARTILE__SERVER__SITE", &self.site).stdin(Stdio::null());
        let output = tokio::process::Command::from(command).kill_on_drop(true).output();
        let output = tokio::time::timeout(PATIENCE, output).await;
        Ok(output.map_err(|_| format!("`quartile {}` did not end in time", words.join(" ")))??)
    }

    /// Starts the program where it is expected to refuse; how it ended and what it said, or `None` if it was still running after
    /// ten seconds.
    pub(crate) async fn refuse(
        &self,
        settings: &Settings,
        folder: &Path,
    ) -> Result<Option<(i32, String)>, Failure> {
        let log = folder.join("refusal.log");
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
        let mut process = Process::start("quartile", &mut command(self, settings, folder, address), &log)?;
        let status = process.end_within(Duration::from_secs(10)).await;
        Ok(status.map(|status| (status.code().unwrap_or(-1), process.log())))
    }
}

fn command(program: &Program, settings: &Settings, folder: &Path, address: SocketAddr) -> Command {
    let mut command = Process::command(&program.executable);
    command.current_dir(folder).args(["serve", "--addr"]).arg(address.to_string()).arg("--data").arg(folder);
    settings.apply(&mut command);
    command.env("QUARTILE__SERVER__SITE", &program.site);
    command
}

/// Has libfaketime tell the process another time of day; how long things take stays as it is.
fn shift_clock(command: &mut Command, seconds: i64) -> Result<(), Failure> {
    let folders = std::fs::read_dir("/usr/lib")?.flatten();
    let library = folders
        .map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"))
        .find(|library| library.is_file())
        .ok_or("libfaketime is missing; install the package faketime")?;
    command.env("LD_PRELOAD", library).env("FAKETIME", format!("{seconds:+}"));
    command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    Ok(())
}
