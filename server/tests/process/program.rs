//! The program as a process, and a client without cookies.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_mins(1);
pub(crate) const TOKEN: &str = "a-token-that-nobody-can-guess";

/// The program, told to work in that folder with these settings, by the names of their environment variables.
pub(crate) fn command(folder: &Path, words: &[&str], settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(PathBuf::from(env!("CARGO_BIN_EXE_quartile")));
    command
        .args(words)
        .current_dir(folder)
        .env("QUARTILE__SERVER__DATA", folder.join("data"))
        .env("QUARTILE__OPERATIONS__TOKEN", TOKEN)
        .envs(settings.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// A running program; it is killed with the value.
pub(crate) struct Program {
    port: u16,
    child: Child,
}

impl Program {
    /// Starts the program and waits until it is ready.
    pub(crate) fn start(folder: &Path, settings: &[(&str, &str)]) -> Self {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let child = command(folder, &["serve", "--addr", &address], settings).spawn().unwrap();
        let mut program = Self { port, child };
        wait_until("the program is ready", || {
            assert!(program.child.try_wait().unwrap().is_none(), "the program ended by itself");
            program.get("/health/ready").0 == 200
        });
        program
    }

    /// The status and the body of a page, shown to the operator; zero while nobody answers.
    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        self.ask(path, &[("authorization", &format!("Bearer {TOKEN}"))])
    }

    /// The same with these headers.
    pub(crate) fn ask(&self, path: &str, headers: &[(&str, &str)]) -> (u16, String) {
        let headers: Vec<String> =
            headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let headers = headers.concat();
        let ask = || {
            let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
            let request =
                format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n");
            stream.write_all(request.as_bytes())?;
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer)?;
            std::io::Result::Ok(String::from_utf8_lossy(&answer).into_owned())
        };
        let answer = ask().unwrap_or_default();
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
        let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
        (status, body)
    }

    /// The value of a measurement; `None` while there is none.
    pub(crate) fn measured(&self, name: &str) -> Option<f64> {
        let (_, text) = self.get("/metrics");
        text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
    }

    /// Asks the program to end, and waits for it; its exit code.
    pub(crate) fn stop(&mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Looks again and again until it is so.
pub(crate) fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "in vain: {what}");
        sleep(Duration::from_millis(20));
    }
}
