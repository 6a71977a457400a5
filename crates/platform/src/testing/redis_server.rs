//! A Redis of a test's own, without a port and without anything on disk.

use std::{
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use kernel::Ambient;

use crate::RedisLine;

const SOCKET: &str = "redis.sock";

/// A Redis that ends with the test it belongs to.
pub struct RedisServer {
    server: Child,
    folder: tempfile::TempDir,
}

#[expect(clippy::expect_used, reason = "a test that has no Redis has to fail loudly")]
impl RedisServer {
    /// Starts one; `cargo xtask test` sees to it that the machine has it. Panics if it does not begin to answer within ten seconds.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder of the test's own");
        let server = Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--appendonly", "no", "--unixsocket", SOCKET])
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is not there: cargo xtask test installs it");
        let redis = Self { server, folder };
        let begun = Instant::now();
        while !redis.folder.path().join(SOCKET).exists() {
            assert!(begun.elapsed() < Duration::from_secs(10), "Redis does not start");
            std::thread::sleep(Duration::from_millis(10));
        }
        redis
    }

    /// Sends it a signal, such as `-STOP`.
    pub fn signal(&self, name: &str) {
        let pid = self.server.id().to_string();
        let sent = Command::new("kill").args([name, &pid]).status().expect("the program kill");
        assert!(sent.success(), "{name} did not reach Redis");
    }

    /// Where it answers.
    pub fn url(&self) -> String {
        format!("redis+unix://{}", self.folder.path().join(SOCKET).display())
    }

    /// A line of a node's own.
    pub fn line(&self) -> RedisLine {
        RedisLine::new(&self.url(), Ambient::system()).expect("the line of the test")
    }

    /// A line of a node's own that waits for an answer also on a machine that has much else to do.
    pub fn patient_line(&self) -> RedisLine {
        const PATIENCE: Duration = Duration::from_secs(5);
        RedisLine::answering_within(PATIENCE, &self.url(), Ambient::system()).expect("the line of the test")
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.server.kill().and_then(|()| self.server.wait());
    }
}
