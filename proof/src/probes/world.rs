//! What every probe is given.

use std::{net::SocketAddr, sync::Arc};

use tempfile::TempDir;

use crate::{
    Failure,
    client::Door,
    options::Options,
    probes::{
        cast::Cast,
        operations::{self, Operation},
    },
    stage::{Deployment, Engine, Node, Plan, Postgres, Settings},
};

/// What the operator of every deployment shows.
pub(crate) const OPERATOR: &str = "a-token-that-nobody-else-knows";

/// A running program that is full of people, and the way to start others.
pub(crate) struct World {
    /// The program; its limits are out of the way.
    pub(crate) main: Deployment,
    /// Who is there.
    pub(crate) cast: Cast,
    /// What its API offers.
    pub(crate) operations: Vec<Operation>,
    /// The arguments of the command.
    pub(crate) options: Options,
    engine: Engine,
}

/// A node that belongs to no deployment; it ends with the value.
pub(crate) struct LoneNode {
    _node: Node,
    _folder: TempDir,
}

impl World {
    /// On SQLite, or on Postgres.
    pub(crate) async fn start(options: &Options, is_cluster: bool) -> Result<Self, Failure> {
        let engine =
            if is_cluster { Engine::Cluster(Arc::new(Postgres::start().await?)) } else { Engine::Sqlite };
        let mut settings = Settings::without_limits();
        settings.set("operations.token", OPERATOR);
        let plan = Plan { program: options.program.clone(), engine: engine.clone(), settings, home: None };
        let main = plan.start().await?;
        let cast = Cast::gather(&main).await?;
        let operations = operations::read(&main.door()).await?;
        Ok(Self { main, cast, operations, options: options.clone(), engine })
    }

    /// Where visitors come in.
    pub(crate) fn door(&self) -> Door {
        self.main.door()
    }

    /// A plan for another deployment of the same kind, without limits.
    pub(crate) fn plan(&self) -> Plan {
        let mut settings = Settings::without_limits();
        settings.set("operations.token", OPERATOR);
        Plan { settings, ..self.plan_with_default_limits() }
    }

    /// The same with the limits that the program comes with.
    pub(crate) fn plan_with_default_limits(&self) -> Plan {
        let program = self.options.program.clone();
        Plan { program, engine: self.engine.clone(), settings: Settings::default(), home: None }
    }

    /// A single node on a database of its own of that server, by way of `line` if there is one, and the way to it.
    pub(crate) async fn lone_node(
        &self,
        postgres: &Postgres,
        line: Option<SocketAddr>,
    ) -> Result<(LoneNode, Door), Failure> {
        let (owned, plan, folder) = (postgres.database().await?, self.plan(), tempfile::tempdir()?);
        let by_line = |url: &str| match line {
            Some(line) => url.replace(&format!(":{}/", postgres.port()), &format!(":{}/", line.port())),
            None => url.to_owned(),
        };
        let mut settings = plan.settings;
        settings.set("database.url", by_line(&owned.url));
        settings.set("database.owner_url", by_line(&owned.owner_url));
        plan.program.run(&["keys", "init"], &settings, folder.path()).await?;
        let log = folder.path().join("node.log");
        let node = Node::start(&plan.program, &settings, folder.path(), &log).await?;
        let door = Door::at(node.address);
        Ok((LoneNode { _node: node, _folder: folder }, door))
    }

    /// An operation by its name.
    pub(crate) fn operation(&self, id: &str) -> Result<&Operation, Failure> {
        let found = self.operations.iter().find(|operation| operation.id == id);
        found.ok_or_else(|| format!("the API has no operation {id}").into())
    }
}
