//! A Postgres server with databases as an operator would set them up.

use std::{
    fs,
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use sqlx::{Connection, PgConnection};
use tempfile::TempDir;

use crate::{
    Failure,
    stage::{Process, Signal, free_port},
};

const PATIENCE: Duration = Duration::from_mins(1);

/// A running server; its data goes with the value.
pub(crate) struct Postgres {
    port: u16,
    programs: PathBuf,
    // Whoever shares the server may also break it.
    process: Mutex<Process>,
    databases: AtomicU32,
    folder: TempDir,
}

/// A database with the two roles that the program wants.
#[derive(Clone, Debug)]
pub(crate) struct Owned {
    /// For the role that works in it and owns nothing.
    pub(crate) url: String,
    /// For the role that owns the tables.
    pub(crate) owner_url: String,
    /// For the superuser, whom row-level security does not hold.
    pub(crate) superuser_url: String,
}

impl Postgres {
    /// Starts a server on a free port. Its data is as safe as an operator's: it is written to the disk before anything is acknowledged.
    pub(crate) async fn start() -> Result<Self, Failure> {
        let programs = programs().ok_or("the programs of Postgres are missing")?;
        let folder = tempfile::Builder::new().prefix("quartile-postgres").tempdir()?;
        let user = User::that_may_run_postgres()?;
        if let Some(user) = &user {
            chown(folder.path(), Some(user.id), Some(user.group))?;
        }
        let data = folder.path().join("data");
        let mut initialise = Command::new(programs.join("initdb"));
        initialise.arg("--pgdata").arg(&data);
        initialise.args([
            "--username=super",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]);
        prepare(&mut initialise, folder.path(), user.as_ref());
        let output = initialise.output()?;
        if !output.status.success() {
            return Err(format!("initdb failed: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        let port = free_port()?;
        let mut process = serve(&programs, folder.path(), port, user.as_ref())?;
        ready(&mut process, port).await?;
        Ok(Self { port, programs, process: Mutex::new(process), databases: AtomicU32::new(0), folder })
    }

    /// Ends the server, in order (`Interrupt`) or at once (`Quit`), and starts it once more; how long it was away.
    pub(crate) async fn restart(&self, signal: Signal) -> Result<Duration, Failure> {
        let begun = Instant::now();
        // The lock is not held while others wait: nobody else breaks the server at the same time.
        self.lock().end_with(signal);
        let user = User::that_may_run_postgres()?;
        let mut process = serve(&self.programs, self.folder.path(), self.port, user.as_ref())?;
        ready(&mut process, self.port).await?;
        *self.lock() = process;
        Ok(begun.elapsed())
    }

    /// Has the server and all its own processes stand still: connections stay, new ones are taken by the system, nothing is answered.
    pub(crate) fn freeze(&self) -> Result<(), Failure> {
        self.lock().send_to_family(Signal::Freeze)
    }

    /// Has them go on.
    pub(crate) fn thaw(&self) -> Result<(), Failure> {
        self.lock().send_to_family(Signal::Thaw)
    }

    /// Makes an empty database with two roles of its own: one that owns it, and one without any rights.
    pub(crate) async fn database(&self) -> Result<Owned, Failure> {
        let number = self.databases.fetch_add(1, Ordering::SeqCst);
        let (database, owner, app) =
            (format!("quartile{number}"), format!("owner{number}"), format!("app{number}"));
        let mut connection = PgConnection::connect(&self.url("super", "postgres")).await?;
        for sql in [
            format!("CREATE ROLE {owner} LOGIN"),
            format!("CREATE ROLE {app} LOGIN"),
            format!("CREATE DATABASE {database} OWNER {owner}"),
        ] {
            // Every name was made here.
            sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await?;
        }
        connection.close().await?;
        Ok(Owned {
            url: self.url(&app, &database),
            owner_url: self.url(&owner, &database),
            superuser_url: self.url("super", &database),
        })
    }

    /// Where it listens, on 127.0.0.1.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Everything in a database as SQL text.
    pub(crate) async fn dump(&self, database: &Owned) -> Result<String, Failure> {
        let mut command = Command::new(self.programs.join("pg_dump"));
        command
            .current_dir(self.folder.path())
            .arg("--inserts")
            .arg(&database.superuser_url)
            .stdin(Stdio::null());
        let output = tokio::process::Command::from(command).output().await?;
        if !output.status.success() {
            return Err(format!("pg_dump failed: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn url(&self, role: &str, database: &str) -> String {
        url(self.port, role, database)
    }

    fn lock(&self) -> MutexGuard<'_, Process> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn url(port: u16, role: &str, database: &str) -> String {
    format!("postgres://{role}@127.0.0.1:{port}/{database}")
}

fn serve(programs: &Path, folder: &Path, port: u16, user: Option<&User>) -> Result<Process, Failure> {
    let mut serve = Process::command(programs.join("postgres"));
    serve.arg("-D").arg(folder.join("data")).arg("-k").arg(folder);
    serve.args(["-h", "127.0.0.1", "-p"]).arg(port.to_string());
    serve.args(["-c", "shared_buffers=64MB", "-c", "max_connections=100"]);
    prepare(&mut serve, folder, user);
    Process::start("Postgres", &mut serve, &folder.join("server.log"))
}

async fn ready(process: &mut Process, port: u16) -> Result<(), Failure> {
    let url = url(port, "super", "postgres");
    process.ready_within(PATIENCE, async || PgConnection::connect(&url).await.is_ok()).await
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let mut process = self.lock();
        // Frozen, it would hear nothing; killed, it would leave its own processes to themselves.
        let _ = process.send_to_family(Signal::Thaw);
        process.end_with(Signal::Quit);
    }
}

/// The folder of the newest server programs: Debian keeps them off the path.
fn programs() -> Option<PathBuf> {
    let has_programs = |folder: &PathBuf| folder.join("initdb").is_file() && folder.join("pg_dump").is_file();
    let number = |version: &Path| -> u32 {
        version.file_name().and_then(|name| name.to_str()?.parse().ok()).unwrap_or_default()
    };
    let versions = fs::read_dir("/usr/lib/postgresql").ok().into_iter().flatten().flatten();
    let newest = versions.map(|version| version.path()).max_by_key(|version| number(version));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = newest.map(|version| version.join("bin")).filter(has_programs);
    debian.or_else(|| std::env::split_paths(&path).find(has_programs))
}

/// Settings like `PGDATA` or a foreign locale are not for this server.
fn prepare(command: &mut Command, folder: &Path, user: Option<&User>) {
    command.current_dir(folder).env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C.UTF-8");
    if let Some(user) = user {
        command.uid(user.id).gid(user.group);
    }
}

/// A user without rights.
struct User {
    id: u32,
    group: u32,
}

impl User {
    /// Postgres refuses to be run by root; `None` if the prober is somebody else.
    fn that_may_run_postgres() -> Result<Option<Self>, Failure> {
        if !rustix::process::geteuid().is_root() {
            return Ok(None);
        }
        let users = fs::read_to_string("/etc/passwd")?;
        let line = users.lines().find(|line| line.starts_with("postgres:"));
        let mut numbers = line.unwrap_or_default().split(':').skip(2).map(str::parse);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(id)), Some(Ok(group))) => Ok(Some(Self { id, group })),
            _ => Err("Postgres does not run as root and there is no user `postgres`".into()),
        }
    }
}
