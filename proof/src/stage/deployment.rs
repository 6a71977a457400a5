//! The program as an operator runs it.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use tempfile::TempDir;

use crate::{
    Failure,
    client::Door,
    stage::{Database, MailSink, Nginx, Node, Owned, Postgres, Program, Redis, Settings},
};

/// The name under which people reach every deployment.
pub(crate) const SITE_NAME: &str = "quartile.example";

/// Where the truth is kept.
#[derive(Clone)]
pub(crate) enum Engine {
    /// In a file: one node, and nobody in front of it.
    Sqlite,
    /// In a database of this server: two nodes that count together in Redis, behind nginx.
    Cluster(Arc<Postgres>),
}

/// What is to be started.
#[derive(Clone)]
pub(crate) struct Plan {
    /// The built program.
    pub(crate) program: Program,
    /// Where the truth is kept.
    pub(crate) engine: Engine,
    /// What differs from what every deployment has.
    pub(crate) settings: Settings,
    /// The folder that data is kept in, for example on a disk of its own; a temporary one if none is named.
    pub(crate) home: Option<PathBuf>,
}

/// A running program with all that it needs; everything ends with the value.
pub(crate) struct Deployment {
    /// One node, or two.
    pub(crate) nodes: Vec<Node>,
    /// What stands in front of two nodes.
    pub(crate) nginx: Option<Nginx>,
    /// What is behind.
    pub(crate) database: Database,
    /// Where messages go.
    pub(crate) mail: MailSink,
    /// The plan it was made by.
    pub(crate) plan: Plan,
    settings: Settings,
    /// What two nodes count in.
    pub(crate) redis: Option<Redis>,
    folder: TempDir,
}

impl Plan {
    /// The same with one setting more.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.settings.set(name, value);
        self
    }

    fn data_in(&self, folder: &Path) -> PathBuf {
        self.home.as_deref().unwrap_or(folder).join("data")
    }

    /// Starts everything on empty folders.
    pub(crate) async fn start(self) -> Result<Deployment, Failure> {
        let folder = tempfile::Builder::new().prefix("quartile-node").tempdir()?;
        let data = self.data_in(folder.path());
        std::fs::create_dir(&data)?;
        let mail = MailSink::start().await?;
        let mut settings = Settings::default();
        settings.set("server.base_url", format!("https://{SITE_NAME}")).add(&mail.settings());
        let (mut redis, mut database) = (None, Database::Sqlite(data.join("quartile.db")));
        if let Engine::Cluster(postgres) = &self.engine {
            let owned = postgres.database().await?;
            redis = Some(Redis::start().await?);
            share(&mut settings, &owned, redis.as_ref());
            database = Database::Postgres(owned);
        }
        settings.add(&self.settings);
        if redis.is_some() {
            let made = self.program.run(&["keys", "init"], &settings, &data).await?;
            if !made.status.success() {
                return Err(format!("no key ring: {}", String::from_utf8_lossy(&made.stderr)).into());
            }
        }
        let mut nodes = Vec::new();
        for number in 0..=usize::from(redis.is_some()) {
            let log = folder.path().join(format!("node-{number}.log"));
            nodes.push(Node::start(&self.program, &settings, &data, &log).await?);
        }
        let addresses: Vec<SocketAddr> = nodes.iter().map(|node| node.address).collect();
        let nginx = if redis.is_some() { Some(Nginx::start(&addresses, SITE_NAME).await?) } else { None };
        Ok(Deployment { nodes, nginx, database, mail, plan: self, settings, redis, folder })
    }
}

/// What nodes that work together have in common.
fn share(settings: &mut Settings, owned: &Owned, redis: Option<&Redis>) {
    settings.set("database.url", &owned.url).set("database.owner_url", &owned.owner_url);
    settings.set("server.trusted_proxies", "127.0.0.1");
    if let Some(redis) = redis {
        settings.set("redis.url", redis.url()).set("redis.nodes", "2");
    }
}

impl Deployment {
    /// Where visitors come in.
    pub(crate) fn door(&self) -> Door {
        let node = self.nodes.first().map(|node| node.address);
        let address = self.nginx.as_ref().map(|nginx| nginx.address).or(node);
        Door::named(address.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 1))), SITE_NAME)
    }

    /// The way to one node, past whatever stands in front; `None` if there are fewer.
    pub(crate) fn door_of(&self, number: usize) -> Option<Door> {
        self.nodes.get(number).map(|node| Door::named(node.address, SITE_NAME))
    }

    /// The folder of files, and of the database where that is a file.
    pub(crate) fn data(&self) -> PathBuf {
        self.plan.data_in(self.folder.path())
    }

    /// Everything that all nodes logged so far.
    pub(crate) fn log(&self) -> String {
        self.nodes.iter().map(Node::log).collect()
    }

    /// The file that the log of the first node is kept in.
    pub(crate) fn log_file(&self) -> PathBuf {
        self.folder.path().join("node-0.log")
    }

    /// A command of the program with the settings and data of this deployment.
    pub(crate) async fn run(&self, words: &[&str]) -> Result<std::process::Output, Failure> {
        self.plan.program.run(words, &self.settings, &self.data()).await
    }

    /// The settings of its nodes.
    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Every byte that it keeps: its files, and the text of its database where that is none of them.
    pub(crate) async fn kept_bytes(&self) -> Result<Vec<u8>, Failure> {
        let mut bytes = bytes_of(&self.data())?;
        if let (Engine::Cluster(postgres), Database::Postgres(owned)) = (&self.plan.engine, &self.database) {
            bytes.extend(postgres.dump(owned).await?.into_bytes());
        }
        Ok(bytes)
    }
}

/// Every byte of the files in a folder.
pub(crate) fn bytes_of(folder: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    read_all(folder, &mut bytes)?;
    Ok(bytes)
}

fn read_all(folder: &Path, bytes: &mut Vec<u8>) -> Result<(), Failure> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read_all(&path, bytes)?;
        } else {
            match std::fs::read(path) {
                Ok(content) => bytes.extend(content),
                // Gone since it was listed.
                Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {}
                Err(cause) => return Err(cause.into()),
            }
        }
    }
    Ok(())
}
