//! A Postgres server for the time of the tests.

use std::{
    fs,
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use crate::{
    failure::Failure,
    processes::{
        ports,
        service::{Service, TemporaryFolder},
        step::Step,
    },
    testing::packages::is_root,
};

/// Postgres refuses to be run by root; one of these exists on every Debian.
const OTHER_USERS: [&str; 2] = ["postgres", "nobody"];

/// What makes a server quick whose data nobody keeps.
const QUICK: [&str; 6] = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
    "shared_buffers=64MB",
    "autovacuum=off",
];

/// A running server; it stops and its data goes with the value.
pub(crate) struct Postgres {
    port: u16,
    _service: Service,
}

impl Postgres {
    /// Starts a server on a free port with its data and socket in a temporary folder.
    pub(crate) fn start() -> Result<Self, Failure> {
        let programs = programs().ok_or_else(|| {
            Failure::new("The programs of Postgres are missing; install the package postgresql")
        })?;
        let folder = TemporaryFolder::new("postgres")?;
        let user = if is_root() { Some(OtherUser::find()?) } else { None };
        if let Some(user) = &user {
            chown(folder.path(), Some(user.id), Some(user.group))
                .map_err(|cause| Failure::on_path("give away", folder.path(), &cause))?;
        }
        let data = folder.path().join("data");
        let command = |name: &str| in_folder(&programs.join(name), folder.path(), user.as_ref());

        let mut initialise = command("initdb");
        initialise.arg("--pgdata").arg(&data);
        initialise.args([
            "--username=quartile",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]);
        Step::new("Preparing Postgres", initialise, "read the messages above").output()?;

        let port = ports::free_port()?;
        let mut serve = command("postgres");
        serve.arg("-D").arg(&data).arg("-k").arg(folder.path());
        serve.args(["-h", "127.0.0.1", "-p", &port.to_string()]);
        serve.args(QUICK.iter().flat_map(|setting| ["-c", setting]));
        // Immediate shutdown: nothing of its data is kept.
        let mut service = Service::start("Postgres", &mut serve, "QUIT", folder)?;
        service.wait_until(Duration::from_mins(1), || is_ready(&data))?;
        Ok(Self { port, _service: service })
    }

    /// Where tests find the server.
    pub(crate) fn url(&self) -> String {
        format!("postgres://quartile@127.0.0.1:{}/postgres", self.port)
    }
}

/// The folder of the newest server programs: Debian keeps them off the path.
pub(crate) fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok().into_iter().flatten().flatten();
    let newest = versions
        .map(|version| version.path())
        .filter(|version| has_programs(&version.join("bin")))
        .max_by_key(|version| number(version))
        .map(|version| version.join("bin"));
    newest.or_else(|| {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).find(|folder| has_programs(folder))
    })
}

fn has_programs(folder: &Path) -> bool {
    folder.join("postgres").is_file() && folder.join("initdb").is_file()
}

fn number(version: &Path) -> u32 {
    version.file_name().and_then(|name| name.to_str()?.parse().ok()).unwrap_or(0)
}

/// A clean environment: settings like `PGDATA` or a foreign locale are not for this server.
fn in_folder(program: &Path, folder: &Path, user: Option<&OtherUser>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C.UTF-8");
    if let Some(user) = user {
        command.uid(user.id).gid(user.group);
    }
    command
}

/// The server writes its state into the eighth line of this file when it accepts connections.
fn is_ready(data: &Path) -> bool {
    fs::read_to_string(data.join("postmaster.pid")).is_ok_and(|text| states_ready(&text))
}

fn states_ready(text: &str) -> bool {
    text.lines().nth(7).is_some_and(|state| state.trim() == "ready")
}

/// A user without rights.
#[derive(Debug, PartialEq, Eq)]
struct OtherUser {
    id: u32,
    group: u32,
}

impl OtherUser {
    fn find() -> Result<Self, Failure> {
        let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
        OTHER_USERS.iter().find_map(|name| Self::named(&users, name)).ok_or_else(|| {
            Failure::new("Postgres does not run as root and there is no user `postgres`; make one with `useradd postgres`")
        })
    }

    fn named(users: &str, name: &str) -> Option<Self> {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2).map(str::parse);
        Some(Self { id: fields.next()?.ok()?, group: fields.next()?.ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_read_from_passwd() {
        let users = "root:x:0:0:root:/root:/bin/bash\npostgres:x:101:104:PostgreSQL,,,:/var:/bin/bash\n";
        assert_eq!(OtherUser::named(users, "postgres"), Some(OtherUser { id: 101, group: 104 }));
        assert_eq!(OtherUser::named(users, "post"), None);
    }

    #[test]
    fn a_starting_server_is_not_ready() {
        let head = "4711\n/tmp/data\n1763668800\n5433\n/tmp\n127.0.0.1\n  1234 5678\n";
        assert!(!states_ready(head));
        assert!(!states_ready(&format!("{head}starting\n")));
        assert!(states_ready(&format!("{head}ready   \n")));
    }

    #[test]
    fn versions_compare_as_numbers() {
        assert!(number(Path::new("/usr/lib/postgresql/15")) > number(Path::new("/usr/lib/postgresql/9")));
    }
}
