//! A company with figures, and a typesetter that writes down what it was given.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use accounts::{Accounts, NewPerson, ProfileInput};
use benchmarks::Benchmarks;
use chrono::{DateTime, Utc};
use datasets::{Datasets, ReadFileJob, engine::Limits};
use db::Db;
use kernel::{Actor, Ambient, Currency, Role, UserId};
use metrics::{
    Metrics,
    model::{Exchange, FiguresQuery},
};
use platform::{Files, JobHandler, Jobs};
use reports::{
    Reports,
    document::{ReportDocument, Typesetter, TypesettingError},
    model::ReportSummary,
};

/// Two years of a company, as people can download them.
const FIGURES: &str = include_str!("../../../../public/example.csv");

/// Keeps what it is given and prints the name of the company; or refuses.
#[derive(Default)]
pub(crate) struct Notes {
    documents: Mutex<Vec<ReportDocument>>,
    refuses: bool,
}

impl Typesetter for Notes {
    fn pdf(&self, document: &ReportDocument) -> Result<Vec<u8>, TypesettingError> {
        if self.refuses {
            return Err(TypesettingError("a font is missing".to_owned()));
        }
        self.documents.lock().unwrap().push(document.clone());
        Ok(format!("%PDF-1.7 {} {}", document.company, document.period).into_bytes())
    }
}

/// One company; its folder goes with the value.
pub(crate) struct Company {
    pub(crate) reports: Reports,
    pub(crate) metrics: Metrics,
    pub(crate) benchmarks: Benchmarks,
    /// The owner.
    pub(crate) owner: Actor,
    notes: Arc<Notes>,
    accounts: Accounts,
    datasets: Datasets,
    jobs: Jobs,
    db: Db,
    folder: Arc<tempfile::TempDir>,
    slug: String,
}

impl Company {
    /// The only company on the instance, without figures.
    pub(crate) async fn new(db: &Db) -> Self {
        Self::found(db, None, ("acme", 1, Arc::new(Notes::default()))).await
    }

    /// A company whose reports cannot be typeset.
    pub(crate) async fn without_fonts(db: &Db) -> Self {
        Self::found(db, None, ("acme", 1, Arc::new(Notes { refuses: true, ..Notes::default() }))).await
    }

    /// A second company on the same instance.
    pub(crate) async fn neighbour(&self) -> Self {
        Self::found(&self.db, Some(self.folder.clone()), ("globex", 1_000, self.notes.clone())).await
    }

    async fn found(
        db: &Db,
        folder: Option<Arc<tempfile::TempDir>>,
        (name, seed, notes): (&str, u64, Arc<Notes>),
    ) -> Self {
        let folder = folder.unwrap_or_else(|| Arc::new(tempfile::tempdir().unwrap()));
        // Sunday, 4 January 2026.
        let ambient = Ambient::fixed(DateTime::<Utc>::from_timestamp(1_767_520_800, 0).unwrap(), seed);
        let base = || (db.clone(), ambient.clone());
        let accounts = accounts::testing::accounts(db, &ambient).await;
        let email = format!("owner@{name}.example");
        let new = NewPerson::parse("Ada Moreau", &email, name, "seven wet ducks on a wall").unwrap();
        let (person, workspace) = accounts.sign_up(new).await.unwrap();
        let owner = accounts.authorise(Some(person.id), &workspace.slug).await.unwrap();
        let files = Files::open(folder.path(), ambient.clone()).await.unwrap();
        let jobs = Jobs::new(db.clone(), ambient.clone());
        let limits = Limits { threads: 1, ..Limits::default() };
        let datasets = Datasets::new(base(), (files.clone(), jobs.clone()), limits, None);
        let per_euro = BTreeMap::from([(Currency::Eur, 1.0), (Currency::Usd, 1.25)]);
        let exchange = Exchange { source: "Central bank, 2025".to_owned(), per_euro };
        let metrics = Metrics::new(base(), accounts.clone(), datasets.clone(), exchange)
            .with_cache(platform::testing::cache(&ambient));
        let benchmarks = Benchmarks::new(base(), accounts.clone(), metrics.clone());
        let typesetter: Arc<dyn Typesetter> = notes.clone();
        let reports = Reports::new(
            base(),
            files,
            (accounts.clone(), metrics.clone(), benchmarks.clone()),
            Some(typesetter),
        );
        let db = db.clone();
        Self {
            reports,
            metrics,
            benchmarks,
            owner,
            notes,
            accounts,
            datasets,
            jobs,
            db,
            folder,
            slug: workspace.slug,
        }
    }

    /// The same company in a program without a typesetter.
    pub(crate) async fn program_without_reports(&self) -> Reports {
        let ambient = Ambient::fixed(DateTime::<Utc>::UNIX_EPOCH, 2);
        let files = Files::open(self.folder.path(), ambient.clone()).await.unwrap();
        let services = (self.accounts.clone(), self.metrics.clone(), self.benchmarks.clone());
        Reports::new((self.db.clone(), ambient), files, services, None)
    }

    /// Brings in two years of figures.
    pub(crate) async fn import(&self) {
        let mut spool = self.datasets.begin_upload(&self.owner).await.unwrap();
        spool.write(FIGURES.as_bytes()).await.unwrap();
        let spooled = spool.finish().await.unwrap();
        let id = self.datasets.receive(&self.owner, "figures.csv", spooled).await.unwrap();
        let handlers: Vec<Arc<dyn JobHandler>> = vec![Arc::new(ReadFileJob(self.datasets.clone()))];
        while self.jobs.run_next(&handlers).await.unwrap() {}
        self.metrics.commit(&self.owner, id).await.unwrap();
    }

    /// Chooses the currency that figures are kept in.
    pub(crate) async fn choose_currency(&self, currency: Currency) {
        let profile = self.accounts.profile(&self.owner).await.unwrap();
        let input = ProfileInput { currency: currency.code().to_owned(), ..ProfileInput::from(&profile) };
        self.accounts.save_profile(&self.owner, &input).await.unwrap();
    }

    /// Someone with that role.
    pub(crate) async fn member(&self, role: Role) -> Actor {
        let email = format!("a-{}@{}.example", role.key(), self.slug);
        let new = NewPerson::parse("Eve Moreau", &email, "Elsewhere", "seven wet ducks on a wall").unwrap();
        let (person, _) = self.accounts.sign_up(new).await.unwrap();
        self.put_in(person.id, role).await;
        self.accounts.authorise(Some(person.id), &self.slug).await.unwrap()
    }

    /// Gives somebody a role in the workspace.
    pub(crate) async fn put_in(&self, person: UserId, role: Role) {
        self.accounts.put_member(self.owner.workspace_id(), person, role).await.unwrap();
    }

    /// Takes somebody out of the workspace.
    pub(crate) async fn put_out(&self, person: UserId) {
        self.accounts.remove_member(&self.owner, person).await.unwrap();
    }

    /// Makes the report of the newest quarter.
    pub(crate) async fn report(&self) -> ReportSummary {
        self.reports.create(&self.owner, FiguresQuery::default()).await.unwrap()
    }

    /// The last document that was typeset.
    pub(crate) fn document(&self) -> ReportDocument {
        self.notes.documents.lock().unwrap().last().unwrap().clone()
    }

    /// The reports on disk.
    pub(crate) fn files_on_disk(&self) -> Vec<PathBuf> {
        let mut folders = vec![self.folder.path().to_owned()];
        let mut files = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { folders.push(path) } else { files.push(path) }
            }
        }
        files.retain(|file| file.extension().is_some_and(|ending| ending == "pdf"));
        files
    }
}
