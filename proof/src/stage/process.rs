//! A process that never outlives the prober.

use std::{
    ffi::OsStr,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, kill_process};
use tokio::time::sleep;

use crate::Failure;

const PAUSE: Duration = Duration::from_millis(10);

/// What can be sent to a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    /// Please end.
    Terminate,
    /// End now, but in order.
    Interrupt,
    /// End at once, and tidy up no more than must be.
    Quit,
    /// End now, without a chance to tidy up.
    Kill,
    /// Stand still, as a machine does whose disk hangs.
    Freeze,
    /// Go on.
    Thaw,
}

impl Signal {
    fn number(self) -> rustix::process::Signal {
        match self {
            Self::Terminate => rustix::process::Signal::TERM,
            Self::Interrupt => rustix::process::Signal::INT,
            Self::Quit => rustix::process::Signal::QUIT,
            Self::Kill => rustix::process::Signal::KILL,
            Self::Freeze => rustix::process::Signal::STOP,
            Self::Thaw => rustix::process::Signal::CONT,
        }
    }
}

/// A running process with its log; it is killed with the value, and with the prober however that ends.
pub(crate) struct Process {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// A command whose process is killed as soon as the prober is gone.
    pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--"]).arg(program);
        command
    }

    /// Starts a command made by [`Process::command`]; what it says is added to the file `log`.
    pub(crate) fn start(name: &'static str, command: &mut Command, log: &Path) -> Result<Self, Failure> {
        let output = File::options().create(true).append(true).open(log)?;
        let errors = output.try_clone()?;
        command.stdin(Stdio::null()).stdout(output).stderr(errors);
        let child = command.spawn().map_err(|cause| format!("{name} could not be started: {cause}"))?;
        Ok(Self { name, child, log: log.to_owned() })
    }

    /// The number by which the system knows it.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal.
    pub(crate) fn send(&self, signal: Signal) -> Result<(), Failure> {
        let id = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        let id = id.ok_or("the process has no number")?;
        kill_process(id, signal.number())?;
        if signal == Signal::Freeze {
            self.stand_still();
        }
        Ok(())
    }

    /// Sends a signal to it and to all processes that it started itself.
    pub(crate) fn send_to_family(&self, signal: Signal) -> Result<(), Failure> {
        self.send(signal)?;
        let file = format!("/proc/{0}/task/{0}/children", self.child.id());
        let children = fs::read_to_string(file)?;
        for child in children.split_whitespace().filter_map(|id| Pid::from_raw(id.parse().ok()?)) {
            // One that has just ended hears nothing any more.
            let _ = kill_process(child, signal.number());
        }
        Ok(())
    }

    /// Waits until the system says that it is stopped: what is sent before that might be heeded first.
    fn stand_still(&self) {
        let file = format!("/proc/{}/status", self.child.id());
        for _ in 0..500 {
            let status = fs::read_to_string(&file).unwrap_or_default();
            if !status.lines().any(|line| line.starts_with("State:") && !line.contains('T')) {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// How it ended, if it did.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Waits for its end; `None` if that does not come in time.
    pub(crate) async fn end_within(&mut self, patience: Duration) -> Option<ExitStatus> {
        let started = Instant::now();
        loop {
            if let Some(status) = self.ended() {
                return Some(status);
            }
            if started.elapsed() > patience {
                return None;
            }
            sleep(PAUSE).await;
        }
    }

    /// Waits until `is_ready` says so; fails with the last words of a process that ends before.
    pub(crate) async fn ready_within(
        &mut self,
        patience: Duration,
        is_ready: impl AsyncFn() -> bool,
    ) -> Result<(), Failure> {
        let started = Instant::now();
        while !is_ready().await {
            if let Some(status) = self.ended() {
                return Err(format!("{} ended early with {status}: {}", self.name, self.last_words()).into());
            }
            if started.elapsed() > patience {
                let words = self.last_words();
                return Err(
                    format!("{} was not ready after {} s: {words}", self.name, patience.as_secs()).into()
                );
            }
            sleep(PAUSE).await;
        }
        Ok(())
    }

    /// Ends it with a signal after which it ends its own processes, and waits for that.
    pub(crate) fn end_with(&mut self, signal: Signal) {
        let _ = self.send(signal);
        for _ in 0..500 {
            if self.ended().is_some() {
                return;
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// Everything it said so far.
    pub(crate) fn log(&self) -> String {
        fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    fn last_words(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.lines().rev().take(8).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join(" | ")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_process_that_ends_early_leaves_its_last_words() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Process::command("sh");
        command.args(["-c", "echo 'no such setting'; exit 2"]);
        let mut process = Process::start("The talker", &mut command, &folder.path().join("log")).unwrap();
        let words = process.ready_within(Duration::from_secs(20), async || false).await.unwrap_err();
        assert_eq!(words.to_string(), "The talker ended early with exit status: 2: no such setting");
    }

    #[tokio::test]
    async fn a_frozen_process_stands_still_and_a_killed_one_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Process::command("sleep");
        let mut process =
            Process::start("The sleeper", command.arg("600"), &folder.path().join("log")).unwrap();
        process.send(Signal::Freeze).unwrap();
        process.send(Signal::Terminate).unwrap();
        assert_eq!(process.end_within(Duration::from_millis(50)).await, None);
        process.send(Signal::Thaw).unwrap();
        assert!(process.end_within(Duration::from_secs(20)).await.is_some());
    }
}
