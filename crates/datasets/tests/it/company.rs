//! A company with people in every role, a folder of files and a queue.

use std::{path::PathBuf, sync::Arc};

use accounts::{Accounts, NewPerson};
use chrono::{DateTime, TimeDelta, Utc};
use datasets::{Dataset, Datasets, ReadFileJob, TableMaker, engine::Limits};
use db::Db;
use futures::TryStreamExt;
use kernel::{Actor, Ambient, AppError, DatasetId, Proof, Role};
use platform::{Files, JobHandler, Jobs};

/// Twelve months in the plainest of shapes.
pub(crate) const PLAIN: &[u8] =
    b"month,MRR,customers\n2026-01,1000.50,10\n2026-02,1100,11\n2026-03,1200,12\n";

/// Saturday, 3 October 2026, nine o'clock.
fn nine() -> DateTime<Utc> {
    DateTime::from_timestamp(1_791_018_000, 0).unwrap()
}

/// One company; its folder goes with the value.
pub(crate) struct Company {
    pub(crate) db: Db,
    pub(crate) accounts: Accounts,
    pub(crate) datasets: Datasets,
    /// The owner.
    pub(crate) owner: Actor,
    folder: Arc<tempfile::TempDir>,
    slug: String,
    seed: u64,
}

impl Company {
    /// The only company on the instance.
    pub(crate) async fn new(db: &Db) -> Self {
        Self::with_tables(db, None).await
    }

    /// A company whose files become tables too.
    pub(crate) async fn with_tables(db: &Db, tables: Option<Arc<dyn TableMaker>>) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        Self::found(db, folder, ("acme", 1), tables).await
    }

    /// A second company on the same instance.
    pub(crate) async fn neighbour(&self) -> Self {
        Self::found(&self.db, self.folder.clone(), ("globex", self.seed + 1_000), None).await
    }

    /// The same company so much after nine.
    pub(crate) async fn later(&self, after_nine: TimeDelta) -> Self {
        let seed = self.seed + after_nine.num_seconds().unsigned_abs();
        let ambient = Ambient::fixed(nine() + after_nine, seed);
        let files = Files::open(self.folder.path(), ambient.clone()).await.unwrap();
        let jobs = Jobs::new(self.db.clone(), ambient.clone());
        let limits = Limits { threads: 1, ..Limits::default() };
        Self {
            db: self.db.clone(),
            accounts: self.accounts.clone(),
            datasets: Datasets::new((self.db.clone(), ambient), (files, jobs), limits, None),
            owner: self.owner.clone(),
            folder: self.folder.clone(),
            slug: self.slug.clone(),
            seed,
        }
    }

    async fn found(
        db: &Db,
        folder: Arc<tempfile::TempDir>,
        (name, seed): (&str, u64),
        tables: Option<Arc<dyn TableMaker>>,
    ) -> Self {
        let ambient = Ambient::fixed(nine(), seed);
        let accounts = accounts::testing::accounts(db, &ambient).await;
        let email = format!("owner@{name}.example");
        let new = NewPerson::parse("Ada Moreau", &email, name, "seven wet ducks on a wall").unwrap();
        let (person, workspace) = accounts.sign_up(new).await.unwrap();
        let owner = accounts.authorise(Some(person.id), &workspace.slug).await.unwrap();
        let files = Files::open(folder.path(), ambient.clone()).await.unwrap();
        let jobs = Jobs::new(db.clone(), ambient.clone());
        let limits = Limits { threads: 1, ..Limits::default() };
        let datasets = Datasets::new((db.clone(), ambient), (files, jobs), limits, tables);
        Self { db: db.clone(), accounts, datasets, owner, folder, slug: workspace.slug, seed }
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

    /// Someone with that role whom an owner lets see personal data, as far as the role can be.
    pub(crate) async fn member_let(&self, role: Role, is_let: bool) -> Actor {
        let email = format!("{}-{is_let}@{}.example", role.key(), self.slug);
        let new = NewPerson::parse("Eve Moreau", &email, "Elsewhere", "seven wet ducks on a wall").unwrap();
        let (person, _) = self.accounts.sign_up(new).await.unwrap();
        let view = self.accounts.workspace_view(self.owner.user_id(), &self.slug).await.unwrap();
        self.accounts.put_member(view.id, person.id, role).await.unwrap();
        if is_let {
            let outcome = self.accounts.trust_with_personal_data(&self.owner, person.id, true).await;
            assert_eq!(outcome.is_ok(), role.may_be_trusted(), "{role:?}");
        }
        self.accounts.authorise(Some(person.id), &self.slug).await.unwrap()
    }

    /// Uploads bytes as `actor`.
    pub(crate) async fn upload_as(
        &self,
        actor: &Actor,
        name: &str,
        bytes: &[u8],
    ) -> Result<DatasetId, AppError> {
        let mut spool = self.datasets.begin_upload(actor).await?;
        spool.write(bytes).await.unwrap();
        self.datasets.receive(actor, name, spool.finish().await.unwrap()).await
    }

    /// Uploads bytes as the owner.
    pub(crate) async fn upload(&self, name: &str, bytes: &[u8]) -> DatasetId {
        self.upload_as(&self.owner, name, bytes).await.unwrap()
    }

    /// Carries out all work that is due so much after nine.
    pub(crate) async fn work_at(&self, after_nine: TimeDelta) {
        let ambient = Ambient::fixed(nine() + after_nine, self.seed);
        let handlers: Vec<Arc<dyn JobHandler>> = vec![Arc::new(ReadFileJob(self.datasets.clone()))];
        let jobs = Jobs::new(self.db.clone(), ambient);
        while jobs.run_next(&handlers).await.unwrap() {}
    }

    /// Carries out all work that is due.
    pub(crate) async fn work(&self) {
        self.work_at(TimeDelta::zero()).await;
    }

    /// The file as the owner sees it.
    pub(crate) async fn get(&self, id: DatasetId) -> Dataset {
        self.datasets.get(&self.owner, id).await.unwrap()
    }

    /// Uploads bytes and has them read.
    pub(crate) async fn read(&self, bytes: &[u8]) -> Dataset {
        let id = self.upload("figures.csv", bytes).await;
        self.work().await;
        self.get(id).await
    }

    /// The bytes that `actor` gets without having shown just now who they are.
    pub(crate) async fn download(&self, actor: &Actor, id: DatasetId) -> Result<Vec<u8>, AppError> {
        Ok(self.download_with(actor, id, Proof::Missing).await?.1)
    }

    /// The original bytes as the owner takes them along.
    pub(crate) async fn original(&self, id: DatasetId) -> Result<Vec<u8>, AppError> {
        let stream = self.datasets.export(&self.owner, id).await?.stream;
        let pieces: Vec<bytes::Bytes> = stream.try_collect().await.unwrap();
        Ok(pieces.concat())
    }

    /// The name and the bytes that `actor` gets.
    pub(crate) async fn download_with(
        &self,
        actor: &Actor,
        id: DatasetId,
        proof: Proof,
    ) -> Result<(String, Vec<u8>), AppError> {
        let download = self.datasets.download(actor, id, proof).await?;
        let pieces: Vec<bytes::Bytes> = download.stream.try_collect().await.unwrap();
        let length = pieces.iter().map(|piece| piece.len() as u64).sum::<u64>();
        assert!(download.size_bytes.is_none_or(|size_bytes| size_bytes == length));
        Ok((download.name, pieces.concat()))
    }

    /// Every file on disk, kept or half-way.
    pub(crate) fn files_on_disk(&self) -> Vec<PathBuf> {
        let mut folders = vec![self.folder.path().to_owned()];
        let mut files = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { folders.push(path) } else { files.push(path) }
            }
        }
        files
    }
}
