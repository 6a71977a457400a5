//! A Redis of a test's own, without a port and without anything on disk.

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use kernel::Ambient;
use platform::RedisLine;

pub(crate) struct Redis {
    server: Child,
    socket: PathBuf,
    _folder: tempfile::TempDir,
}

impl Redis {
    /// `None` where the machine has none; `cargo xtask test` sees to it that it has.
    pub(crate) fn start() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("redis.sock");
        let server = Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--appendonly", "no", "--unixsocket"])
            .arg(&socket)
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .spawn()
            .ok()?;
        let begun = Instant::now();
        while !socket.exists() {
            assert!(begun.elapsed() < Duration::from_secs(10), "Redis does not start");
            std::thread::sleep(Duration::from_millis(10));
        }
        Some(Self { server, socket, _folder: folder })
    }

    pub(crate) fn signal(&self, name: &str) {
        let pid = self.server.id().to_string();
        assert!(Command::new("kill").args([name, &pid]).status().unwrap().success());
    }

    pub(crate) fn url(&self) -> String {
        format!("redis+unix://{}", self.socket.display())
    }

    /// A line of a node's own.
    pub(crate) fn line(&self) -> RedisLine {
        RedisLine::new(&self.url(), Ambient::system()).unwrap()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
