//! A company that imports files, and what it then knows.

use std::{collections::BTreeMap, sync::Arc};

use accounts::{Accounts, NewPerson, ProfileInput};
use chrono::{DateTime, Utc};
use datasets::{Datasets, ReadFileJob, engine::Limits};
use db::Db;
use kernel::{Actor, Ambient, AppError, Currency, DatasetId, Month, Role};
use metrics::{
    MetricKey, Metrics,
    model::{Exchange, FigureView, FiguresQuery, ImportSummary},
};
use platform::{Files, JobHandler, Jobs};

/// Saturday, 3 October 2026, nine o'clock.
pub(crate) fn nine() -> DateTime<Utc> {
    DateTime::from_timestamp(1_791_018_000, 0).unwrap()
}

pub(crate) fn month(text: &str) -> Month {
    text.parse().unwrap()
}

pub(crate) fn key(text: &str) -> MetricKey {
    MetricKey::parse(text).unwrap()
}

/// One company; its folder goes with the value.
pub(crate) struct Company {
    pub(crate) accounts: Accounts,
    pub(crate) datasets: Datasets,
    pub(crate) metrics: Metrics,
    /// The owner.
    pub(crate) owner: Actor,
    pub(crate) db: Db,
    jobs: Jobs,
    folder: Arc<tempfile::TempDir>,
    slug: String,
}

impl Company {
    /// The only company on the instance; its currency is the US dollar.
    pub(crate) async fn new(db: &Db) -> Self {
        Self::found(db, Arc::new(tempfile::tempdir().unwrap()), ("acme", 1)).await
    }

    /// A second company on the same instance.
    pub(crate) async fn neighbour(&self) -> Self {
        Self::found(&self.db, self.folder.clone(), ("globex", 1_000)).await
    }

    async fn found(db: &Db, folder: Arc<tempfile::TempDir>, (name, seed): (&str, u64)) -> Self {
        let ambient = Ambient::fixed(nine(), seed);
        let base = || (db.clone(), ambient.clone());
        let accounts = accounts::testing::accounts(db, &ambient).await;
        let email = format!("owner@{name}.example");
        let new = NewPerson::parse("Ada Moreau", &email, name, "seven wet ducks on a wall").unwrap();
        let (person, workspace) = accounts.sign_up(new).await.unwrap();
        let owner = accounts.authorise(Some(person.id), &workspace.slug).await.unwrap();
        let files = Files::open(folder.path(), ambient.clone()).await.unwrap();
        let jobs = Jobs::new(db.clone(), ambient.clone());
        let limits = Limits { threads: 1, ..Limits::default() };
        let datasets = Datasets::new(base(), (files, jobs.clone()), limits, None);
        let per_euro = BTreeMap::from([(Currency::Eur, 1.0), (Currency::Usd, 1.25), (Currency::Jpy, 160.0)]);
        let exchange = Exchange { source: "Central bank, 2025".to_owned(), per_euro };
        let metrics = Metrics::new(base(), accounts.clone(), datasets.clone(), exchange)
            .with_cache(platform::testing::cache(&ambient));
        Self { accounts, datasets, metrics, owner, db: db.clone(), jobs, folder, slug: workspace.slug }
    }

    /// Chooses the currency that figures are kept in.
    pub(crate) async fn choose_currency(&self, currency: Currency) -> Result<(), AppError> {
        let profile = self.accounts.profile(&self.owner).await.unwrap();
        let input = ProfileInput { currency: currency.code().to_owned(), ..ProfileInput::from(&profile) };
        self.accounts.save_profile(&self.owner, &input).await.map(|_| ())
    }

    /// Someone with that role.
    pub(crate) async fn member(&self, role: Role) -> Actor {
        let email = format!("a-{}@{}.example", role.key(), self.slug);
        let new = NewPerson::parse("Eve Moreau", &email, "Elsewhere", "seven wet ducks on a wall").unwrap();
        let (person, _) = self.accounts.sign_up(new).await.unwrap();
        let view = self.accounts.workspace_view(self.owner.user_id(), &self.slug).await.unwrap();
        self.accounts.put_member(view.id, person.id, role).await.unwrap();
        self.accounts.authorise(Some(person.id), &self.slug).await.unwrap()
    }

    /// Uploads a file and has it read.
    pub(crate) async fn upload(&self, content: &str) -> DatasetId {
        let mut spool = self.datasets.begin_upload(&self.owner).await.unwrap();
        spool.write(content.as_bytes()).await.unwrap();
        let id =
            self.datasets.receive(&self.owner, "figures.csv", spool.finish().await.unwrap()).await.unwrap();
        self.work().await;
        id
    }

    /// Carries out all work that is due.
    pub(crate) async fn work(&self) {
        let handlers: Vec<Arc<dyn JobHandler>> = vec![Arc::new(ReadFileJob(self.datasets.clone()))];
        while self.jobs.run_next(&handlers).await.unwrap() {}
    }

    /// Commits an uploaded file as it was understood.
    pub(crate) async fn commit(&self, id: DatasetId) -> ImportSummary {
        self.metrics.commit(&self.owner, id).await.unwrap()
    }

    /// Uploads and commits a file as it was understood.
    pub(crate) async fn import(&self, content: &str) -> ImportSummary {
        let id = self.upload(content).await;
        self.commit(id).await
    }

    /// A figure opened.
    pub(crate) async fn figure(&self, metric: &str, month: &str) -> FigureView {
        let query = FiguresQuery { month: Some(month.parse().unwrap()), ..FiguresQuery::default() };
        self.metrics.figure(&self.owner, key(metric), query).await.unwrap()
    }

    /// A figure's number; `None` where there is none, also because there are no figures at all.
    pub(crate) async fn value(&self, metric: &str, month: &str) -> Option<f64> {
        let figures = self.metrics.figures(&self.owner, None).await.unwrap()?;
        figures.derived.known(key(metric), month.parse().unwrap())
    }

    /// Whether anything is known of the company.
    pub(crate) async fn has_figures(&self) -> bool {
        self.metrics.figures(&self.owner, None).await.unwrap().is_some()
    }
}
