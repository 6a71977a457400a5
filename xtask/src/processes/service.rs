//! A process in the background that never outlives the command that started it.

use std::{
    fs::{self, File},
    io::Write,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use crate::{failure::Failure, processes::step::succeeds};

const PAUSE: Duration = Duration::from_millis(50);

/// Waits for a word; where none comes, whoever started it is gone, even by `kill -9`: it stops the service and tidies up.
const GUARD: &str = r#"
trap '' INT TERM HUP
read -r word && exit 0
kill -s "$1" "$2" 2>/dev/null
turns=0
is_running() { kill -0 "$2" 2>/dev/null && ! grep -qs "^State:.Z" "/proc/$2/status"; }
while is_running "$@" && [ "$turns" -lt 100 ]; do sleep 0.1; turns=$((turns + 1)); done
kill -s KILL "$2" 2>/dev/null
rm -rf -- "$3"
"#;

/// A folder below the system's temporary one that goes away with the value.
pub(crate) struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    pub(crate) fn new(name: &str) -> Result<Self, Failure> {
        let path = std::env::temp_dir().join(format!("quartile-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).map_err(|cause| Failure::on_path("make the folder", &path, &cause))?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A running process with its log and its folder.
pub(crate) struct Service {
    name: &'static str,
    signal: &'static str,
    child: Child,
    guard: Child,
    log: PathBuf,
    _folder: TemporaryFolder,
}

impl Service {
    /// Starts the command; its output goes to a file in `folder`, and `signal` is what it is stopped with.
    pub(crate) fn start(
        name: &'static str,
        command: &mut Command,
        signal: &'static str,
        folder: TemporaryFolder,
    ) -> Result<Self, Failure> {
        let log = folder.path().join("log");
        let program = command.get_program().to_string_lossy().into_owned();
        let failed =
            |cause| Failure::new(format!("Could not start {name} ({cause}); check that `{program}` can run"));
        let output = File::create(&log).map_err(|cause| Failure::on_path("write", &log, &cause))?;
        let errors = output.try_clone().map_err(|cause| Failure::on_path("write", &log, &cause))?;
        // A group of its own: Ctrl-C reaches it through the guard alone, in order.
        command.stdin(Stdio::null()).stdout(output).stderr(errors).process_group(0);
        let mut child = command.spawn().map_err(failed)?;
        let guard = match guard(signal, child.id(), folder.path()) {
            Ok(guard) => guard,
            Err(cause) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(failed(cause));
            }
        };
        Ok(Self { name, signal, child, guard, log, _folder: folder })
    }

    /// Waits until `is_ready`, or says why the service will not be.
    pub(crate) fn wait_until(
        &mut self,
        patience: Duration,
        is_ready: impl Fn() -> bool,
    ) -> Result<(), Failure> {
        let started = Instant::now();
        while !is_ready() {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(self.failure(&format!("ended early with {status}")));
            }
            if started.elapsed() > patience {
                return Err(self.failure(&format!("was not ready after {} s", patience.as_secs())));
            }
            std::thread::sleep(PAUSE);
        }
        Ok(())
    }

    /// Asks the service to stop and tells how it ended, or `None` when it did not end in time.
    pub(crate) fn stop(&mut self, patience: Duration) -> Option<ExitStatus> {
        let ended = self.child.try_wait().ok().flatten();
        let ended = ended.or_else(|| {
            send(self.signal, self.child.id());
            let started = Instant::now();
            while started.elapsed() < patience {
                if let Ok(Some(status)) = self.child.try_wait() {
                    return Some(status);
                }
                std::thread::sleep(PAUSE);
            }
            let _ = self.child.kill();
            let _ = self.child.wait();
            None
        });
        self.dismiss_guard();
        ended
    }

    /// What the service wrote.
    pub(crate) fn words(&self) -> String {
        let text = fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        text.unwrap_or_default()
    }

    /// The end of it.
    pub(crate) fn last_words(&self) -> String {
        last_lines(&self.words(), 30)
    }

    fn failure(&self, what: &str) -> Failure {
        let words = self.last_words();
        let words = if words.is_empty() {
            "it wrote nothing".to_owned()
        } else {
            format!("its last words:\n{words}")
        };
        Failure::new(format!("{} {what}; {words}", self.name))
    }

    fn dismiss_guard(&mut self) {
        if let Some(mut ear) = self.guard.stdin.take() {
            let _ = ear.write_all(b"done\n");
        }
        let _ = self.guard.wait();
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.stop(Duration::from_secs(10));
    }
}

fn guard(signal: &str, process: u32, folder: &Path) -> std::io::Result<Child> {
    let mut command = Command::new("sh");
    command.args(["-c", GUARD, "guard", signal]).arg(process.to_string()).arg(folder);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0).spawn()
}

fn send(signal: &str, process: u32) {
    succeeds(
        Command::new("sh").args(["-c", r#"kill -s "$1" "$2""#, "kill", signal]).arg(process.to_string()),
    );
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines.get(lines.len().saturating_sub(count)..).unwrap_or_default().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sleeping(script: &str, name: &str) -> Service {
        let folder = TemporaryFolder::new(name).unwrap();
        Service::start("The sleeper", Command::new("sh").args(["-c", script]), "TERM", folder).unwrap()
    }

    #[test]
    fn a_stopped_service_tells_how_it_ended() {
        let mut service =
            sleeping("trap 'exit 7' TERM; echo ready; while :; do sleep 0.05; done", "stop-test");
        let log = service.log.clone();
        service
            .wait_until(Duration::from_secs(20), || fs::read(&log).is_ok_and(|text| text == b"ready\n"))
            .unwrap();
        let status = service.stop(Duration::from_secs(20)).unwrap();
        assert_eq!(status.code(), Some(7));
    }

    #[test]
    fn a_service_that_ends_early_leaves_its_last_words() {
        let mut service = sleeping("echo 'no such setting'; exit 2", "early-test");
        let failure = service.wait_until(Duration::from_secs(20), || false).unwrap_err().to_string();
        assert!(failure.starts_with("The sleeper ended early with exit status: 2"), "{failure}");
        assert!(failure.ends_with("no such setting"), "{failure}");
    }

    #[test]
    fn the_folder_goes_with_the_service() {
        let service = sleeping("sleep 600", "folder-test");
        let folder = service.log.parent().unwrap().to_owned();
        assert!(folder.exists());
        drop(service);
        assert!(!folder.exists());
    }

    #[test]
    fn the_guard_stops_the_service_when_its_owner_is_gone() {
        let folder = TemporaryFolder::new("guard-test").unwrap();
        let mut orphan = Command::new("sleep").arg("600").spawn().unwrap();
        let mut guard = guard("TERM", orphan.id(), folder.path()).unwrap();
        drop(guard.stdin.take());
        assert!(!orphan.wait().unwrap().success());
        assert!(guard.wait().is_ok());
        assert!(!folder.path().exists());
    }

    #[test]
    fn last_lines_are_the_last() {
        assert_eq!(last_lines("a\nb\nc\n", 2), "b\nc");
        assert_eq!(last_lines("a", 2), "a");
    }
}
