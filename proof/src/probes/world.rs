//! What every probe is given.

use std::sync::Arc;

use crate::{
    Failure,
    client::Door,
    options::Options,
    probes::{
        cast::Cast,
        operations::{self, Operation},
    },
    stage::{Deployment, Engine, Plan, Postgres, Settings},
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

impl World {
    /// On SQLite, or on Postgres.
    pub(crate) async fn start(options: &Options, is_cluster: bool) -> Result<Self, Failure> {
        let engine =
            if is_cluster { Engine::Cluster(Arc::new(Postgres::start().await?)) } else { Engine::Sqlite };
        let mut settings = Settings::without_limits();
        settings.set("operations.token", OPERATOR);
        let plan = Plan { program: options.program.clone(), engine: engine.clone(), settings };
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
        Plan { program, engine: self.engine.clone(), settings: Settings::default() }
    }

    /// An operation by its name.
    pub(crate) fn operation(&self, id: &str) -> Result<&Operation, Failure> {
        let found = self.operations.iter().find(|operation| operation.id == id);
        found.ok_or_else(|| format!("the API has no operation {id}").into())
    }
}
