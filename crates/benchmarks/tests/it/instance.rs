//! An instance with many companies, at a moment of the test's choice.

use std::{collections::BTreeMap, sync::Arc};

use accounts::{Accounts, GoogleIdentity, ProfileInput};
use benchmarks::{
    Benchmarks,
    model::{StandingRow, StandingView},
};
use chrono::{DateTime, TimeDelta, Utc};
use datasets::{Datasets, ReadFileJob, engine::Limits};
use db::{Db, on_everywhere, sqlx};
use kernel::{Actor, Ambient, Currency};
use metrics::{Metrics, model::Exchange};
use platform::{Files, JobHandler, Jobs};

/// Saturday, 3 October 2026, nine o'clock: the fourth quarter.
fn nine() -> DateTime<Utc> {
    DateTime::from_timestamp(1_791_018_000, 0).unwrap()
}

/// The services over one database; the folder goes with the value.
pub(crate) struct Instance {
    pub(crate) accounts: Accounts,
    pub(crate) metrics: Metrics,
    pub(crate) benchmarks: Benchmarks,
    pub(crate) db: Db,
    datasets: Datasets,
    jobs: Jobs,
    folder: Arc<tempfile::TempDir>,
}

impl Instance {
    pub(crate) async fn new(db: &Db) -> Self {
        Self::over(db, Arc::new(tempfile::tempdir().unwrap()), TimeDelta::zero()).await
    }

    /// The same instance so much later.
    pub(crate) async fn later(&self, by: TimeDelta) -> Self {
        Self::over(&self.db, self.folder.clone(), by).await
    }

    async fn over(db: &Db, folder: Arc<tempfile::TempDir>, after_nine: TimeDelta) -> Self {
        let ambient = Ambient::fixed(nine() + after_nine, after_nine.num_seconds().unsigned_abs());
        let base = || (db.clone(), ambient.clone());
        let accounts = accounts::testing::accounts(db, &ambient).await;
        let files = Files::open(folder.path(), ambient.clone()).await.unwrap();
        let jobs = Jobs::new(db.clone(), ambient.clone());
        let limits = Limits { threads: 1, ..Limits::default() };
        let datasets = Datasets::new(base(), (files, jobs.clone()), limits, None);
        let per_euro = BTreeMap::from([(Currency::Eur, 1.0), (Currency::Usd, 1.25)]);
        let exchange = Exchange { source: "Central bank, 2025".to_owned(), per_euro };
        let metrics = Metrics::new(base(), accounts.clone(), datasets.clone(), exchange)
            .with_cache(platform::testing::cache(&ambient));
        let benchmarks = Benchmarks::new(base(), accounts.clone(), metrics.clone());
        Self { accounts, metrics, benchmarks, db: db.clone(), datasets, jobs, folder }
    }

    /// A company of software at seed with that profile on top and no figures yet.
    pub(crate) async fn found(&self, name: &str, profile: ProfileInput) -> Actor {
        // Without a password, because hashing a dozen takes longer than everything else.
        let identity = GoogleIdentity {
            issuer: "https://accounts.google.com".to_owned(),
            subject: name.to_owned(),
            email: format!("owner@{name}.example"),
            email_verified: true,
            display_name: Some(name.to_owned()),
        };
        let person = self.accounts.sign_in_with_google(identity).await.unwrap();
        let slug = self.accounts.list_workspaces(person.id).await.unwrap()[0].slug.clone();
        let owner = self.accounts.authorise(Some(person.id), &slug).await.unwrap();
        self.accounts.save_profile(&owner, &ProfileInput { name: name.to_owned(), ..profile }).await.unwrap();
        owner
    }

    /// Another company of the same owner.
    pub(crate) async fn found_another(&self, owner: &Actor, name: &str) -> Actor {
        let person = owner.user_id().unwrap();
        let slug = self.accounts.create_workspace(person, name).await.unwrap().slug;
        let owner = self.accounts.authorise(Some(person), &slug).await.unwrap();
        self.accounts
            .save_profile(&owner, &ProfileInput { name: name.to_owned(), ..sharing() })
            .await
            .unwrap();
        owner
    }

    /// That many companies with a gross margin of 51 %, 52 % and so on, about 1.8 million of yearly revenue, that share.
    pub(crate) async fn found_alike(&self, companies: u32) -> Vec<Actor> {
        let mut owners = Vec::new();
        for number in 1..=companies {
            let owner = self.found(&format!("canary-{number}"), sharing()).await;
            self.import(&owner, &figures(150_000.0, 0.5 + f64::from(number) / 100.0)).await;
            owners.push(owner);
        }
        owners
    }

    /// Brings a file in.
    pub(crate) async fn import(&self, owner: &Actor, content: &str) {
        let mut spool = self.datasets.begin_upload(owner).await.unwrap();
        spool.write(content.as_bytes()).await.unwrap();
        let id = self.datasets.receive(owner, "figures.csv", spool.finish().await.unwrap()).await.unwrap();
        let handlers: Vec<Arc<dyn JobHandler>> = vec![Arc::new(ReadFileJob(self.datasets.clone()))];
        while self.jobs.run_next(&handlers).await.unwrap() {}
        self.metrics.commit(owner, id).await.unwrap();
    }

    pub(crate) async fn standing(&self, actor: &Actor) -> StandingView {
        self.benchmarks.standing(actor).await.unwrap()
    }

    /// Where a company stands in gross margin.
    pub(crate) async fn margin(&self, actor: &Actor) -> StandingRow {
        row(&self.standing(actor).await, "gm")
    }

    /// How many rows a table has.
    pub(crate) async fn count(&self, table: &str) -> i64 {
        let sql = || sqlx::AssertSqlSafe(format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {table}"));
        on_everywhere!(&self.db, |c| sqlx::query_scalar(sql()).fetch_one(c).await).unwrap()
    }
}

/// A profile of software at seed in dollars that shares.
pub(crate) fn sharing() -> ProfileInput {
    ProfileInput {
        industry: "software".to_owned(),
        stage: "seed".to_owned(),
        currency: "USD".to_owned(),
        shares_with_peers: "on".to_owned(),
        ..ProfileInput::default()
    }
}

/// The same without sharing.
pub(crate) fn silent() -> ProfileInput {
    ProfileInput { shares_with_peers: String::new(), ..sharing() }
}

/// September 2026 with that MRR and gross margin.
pub(crate) fn figures(mrr: f64, margin: f64) -> String {
    format!("month,MRR,revenue,COGS\n2026-09,{mrr},100000,{:.2}\n", 100_000.0 * (1.0 - margin))
}

/// The row of one metric.
pub(crate) fn row(view: &StandingView, key: &str) -> StandingRow {
    let rows = view.groups.iter().flat_map(|group| &group.rows);
    rows.clone().find(|row| row.key.as_str() == key).unwrap().clone()
}

/// The profile of a company that stopped sharing.
pub(crate) fn silent_named(name: &str) -> ProfileInput {
    ProfileInput { name: name.to_owned(), ..silent() }
}
