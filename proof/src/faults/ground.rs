//! What every fault is given, and the company that most of them happen to.

use std::{fmt::Write, sync::Arc, time::Duration};

use serde_json::{Value, json};

use crate::{
    Failure,
    client::{Answer, Ask, Browser, Door, at},
    options::{Options, Part},
    people::{Person, make_key},
    stage::{Deployment, Engine, Plan, Postgres, Settings},
};

/// What the operator of every deployment shows.
pub(crate) const OPERATOR: &str = "a-token-that-nobody-else-knows";
/// The workspace of the company.
pub(crate) const SLUG: &str = "acme";

/// Where faults happen.
pub(crate) struct Ground {
    /// The arguments of the command.
    pub(crate) options: Options,
    engine: Engine,
}

/// A running program with a company in it.
pub(crate) struct Scene {
    /// The program.
    pub(crate) deployment: Deployment,
    /// Who owns the company.
    pub(crate) owner: Person,
    /// A key that reads and writes its figures and files.
    pub(crate) key: String,
}

impl Ground {
    /// Starts what several faults share.
    pub(crate) async fn prepare(options: &Options, part: Part) -> Result<Self, Failure> {
        let engine = match part {
            Part::Cluster => Engine::Cluster(Arc::new(Postgres::start().await?)),
            _ => Engine::Sqlite,
        };
        Ok(Self { options: options.clone(), engine })
    }

    /// The database server; an error on SQLite.
    pub(crate) fn postgres(&self) -> Result<&Postgres, Failure> {
        match &self.engine {
            Engine::Cluster(postgres) => Ok(postgres),
            Engine::Sqlite => Err("there is no Postgres here".into()),
        }
    }

    /// Whether there are two nodes.
    pub(crate) fn is_cluster(&self) -> bool {
        matches!(self.engine, Engine::Cluster(_))
    }

    /// A deployment whose limits are out of the way.
    pub(crate) fn plan(&self) -> Plan {
        let mut settings = Settings::without_limits();
        settings.set("operations.token", OPERATOR);
        Plan { program: self.options.program.clone(), engine: self.engine.clone(), settings, home: None }
    }

    /// The time that something may take.
    pub(crate) fn allowed(&self, time: Duration) -> Duration {
        time * self.options.slack()
    }

    /// How the times were judged, for a figure.
    pub(crate) fn allowance(&self) -> String {
        match self.options.slack() {
            1 => String::new(),
            slack => format!(" (times are judged {slack} times as mild: the program is not optimised)"),
        }
    }
}

impl Scene {
    /// Starts a program by that plan, with a company in it.
    pub(crate) async fn set(plan: Plan) -> Result<Self, Failure> {
        let deployment = plan.start().await?;
        let owner = Person::sign_up(&deployment, "Ada Moreau", "ada@acme.example", "Acme").await?;
        let scopes = ["metrics:read", "metrics:write", "data:read", "data:write"];
        let key = make_key(&deployment.door(), &owner.token().await?, SLUG, &scopes).await?;
        let scene = Self { deployment, owner, key };
        let kept = scene.door().send(scene.figures("first-figures")).await?;
        if kept.status >= 300 {
            return Err(format!("keeping figures was answered with {}", kept.in_short()).into());
        }
        Ok(scene)
    }

    /// Where visitors come in.
    pub(crate) fn door(&self) -> Door {
        self.deployment.door()
    }

    /// The way to one node.
    pub(crate) fn door_of(&self, number: usize) -> Result<Door, Failure> {
        self.deployment.door_of(number).ok_or_else(|| "there is no such node".into())
    }

    /// Reads figures.
    pub(crate) fn series(&self) -> Ask {
        Ask::get("/api/v1/metrics/series?metrics=mrr,customers").bearer(&self.key)
    }

    /// Keeps a year of figures under a key of idempotency: always the same ones.
    pub(crate) fn figures(&self, once: &str) -> Ask {
        let observations: Vec<Value> = (1..=12)
            .flat_map(|month| {
                let month = format!("2025-{month:02}");
                [
                    json!({ "metric": "mrr", "month": month, "value": 1000 }),
                    json!({ "metric": "customers", "month": month, "value": 20 }),
                ]
            })
            .collect();
        let body = json!({ "currency": "USD", "observations": observations });
        Ask::post("/api/v1/metrics/observations")
            .bearer(&self.key)
            .header("idempotency-key", once)
            .json(&body)
    }

    /// Sends a file.
    pub(crate) fn upload(&self, name: &str, content: &[u8]) -> Ask {
        Ask::post("/api/v1/data/upload").bearer(&self.key).file(name, content)
    }

    /// Asks for a file.
    pub(crate) fn download(&self, id: &str) -> Ask {
        Ask::get(&format!("/api/v1/data/files/{id}/download")).bearer(&self.key)
    }

    /// The ids of all files.
    pub(crate) async fn files(&self) -> Result<Vec<String>, Failure> {
        let (mut ids, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/v1/data/files?limit=100{cursor}");
            let page = self.door().send(Ask::get(&path).bearer(&self.key)).await?;
            let list = page.json();
            let items = at(&list, "/items").as_array().ok_or_else(|| page.in_short())?;
            ids.extend(items.iter().filter_map(|file| at(file, "/id").as_str().map(str::to_owned)));
            match at(&list, "/next").as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(ids),
            }
        }
    }

    /// Waits until every file is read.
    pub(crate) async fn all_read(&self, within: Duration) -> Result<bool, Failure> {
        // Before its last attempt a file counts as given up, until that succeeds.
        let reading = "(SELECT count(*) FROM datasets WHERE state = 'reading') +
            (SELECT count(*) FROM jobs WHERE kind = 'datasets.read_file' AND state IN ('ready', 'running'))";
        holds_within(within, async || {
            self.deployment.database.count(reading).await.is_ok_and(|count| count == 0)
        })
        .await
        .map(|time| time.is_some())
    }
}

/// Looks at a page of the company.
pub(crate) fn page(browser: &Browser) -> Ask {
    let cookie = format!("__Host-sid={}", browser.session());
    Ask::get(&format!("/w/{SLUG}")).headers(&[("accept", "text/html"), ("cookie", &cookie)])
}

/// How long it takes until that is so; `None` if it is not in time.
pub(crate) async fn holds_within(
    within: Duration,
    holds: impl AsyncFn() -> bool,
) -> Result<Option<Duration>, Failure> {
    let begun = std::time::Instant::now();
    loop {
        if holds().await {
            return Ok(Some(begun.elapsed()));
        }
        if begun.elapsed() > within {
            return Ok(None);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A CSV file of about so many bytes that no other one equals, and that packs no better than what people keep.
pub(crate) fn unique_file(name: &str, bytes: usize) -> Vec<u8> {
    let mut file = format!("month,MRR,batch {name}\n");
    let mut number = name.bytes().fold(7_u64, |number, byte| number.rotate_left(7) ^ u64::from(byte));
    while file.len() < bytes {
        // Numbers that look like chance, the same ones every time.
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // Letters: among so many digits some would look like cards, and the file would be masked for programs.
        let word: String = number
            .to_be_bytes()
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 15])
            .map(|it| char::from(b'a' + it))
            .collect();
        // Writing to a text cannot fail.
        let _ = writeln!(file, "2026-03,{},{word}", number >> 44);
    }
    file.into_bytes()
}

/// The id in the answer to an upload that was acknowledged.
pub(crate) fn acknowledged(answer: &Answer) -> Option<String> {
    let id = answer.field("/id").as_str().map(str::to_owned);
    id.filter(|_| answer.status == 201)
}
