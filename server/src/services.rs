//! Wiring: every service, made once from the settings.

use std::sync::Arc;

use accounts::Accounts;
use benchmarks::Benchmarks;
use datasets::{Datasets, ReadFileJob, TableMaker, engine::Limits};
use db::Db;
use kernel::Ambient;
use metrics::{Metrics, model::Exchange};
use platform::{Files, JobHandler, Jobs};
use reports::{Reports, document::Typesetter};

use crate::config::Config;

/// Everything a request may need. Cheap to clone.
#[derive(Clone)]
pub struct Services {
    /// The settings in force.
    pub config: Arc<Config>,
    /// Time and randomness.
    pub ambient: Ambient,
    /// The database.
    pub db: Db,
    /// Kept files.
    pub files: Files,
    /// The queue of background work.
    pub jobs: Jobs,
    /// People, workspaces and profiles.
    pub accounts: Accounts,
    /// Uploaded files.
    pub datasets: Datasets,
    /// Figures and imports.
    pub metrics: Metrics,
    /// Peers and published figures.
    pub benchmarks: Benchmarks,
    /// Reports that were made.
    pub reports: Reports,
}

impl Services {
    /// Opens the database (bringing its schema up to date) and the folders, and makes the services.
    pub async fn open(config: Config, ambient: Ambient) -> Result<Self, StartError> {
        let db = Db::open(&config.database, &config.server.data).await?;
        db::migrate(&db).await.map_err(|cause| {
            StartError(format!("the database schema cannot be brought up to date: {cause}"))
        })?;
        Self::over(db, config, ambient).await
    }

    /// Makes the services over a database whose schema is up to date.
    pub async fn over(db: Db, config: Config, ambient: Ambient) -> Result<Self, StartError> {
        let files = Files::open(&config.server.data, ambient.clone()).await.map_err(|cause| {
            StartError(format!("the folder {} cannot be used: {cause}", config.server.data.display()))
        })?;
        let jobs = Jobs::new(db.clone(), ambient.clone());
        let accounts = Accounts::new(db.clone(), ambient.clone());
        let limits = limits(&config);
        let base = || (db.clone(), ambient.clone());
        let datasets = Datasets::new(base(), (files.clone(), jobs.clone()), limits, table_maker(limits));
        let exchange =
            Exchange { source: config.exchange.source.clone(), per_euro: config.exchange.per_euro.clone() };
        let metrics = Metrics::new(base(), accounts.clone(), datasets.clone(), exchange);
        let benchmarks = Benchmarks::new(base(), accounts.clone(), metrics.clone());
        let reports =
            Reports::new(base(), files.clone(), (metrics.clone(), benchmarks.clone()), typesetter());
        let config = Arc::new(config);
        Ok(Self { config, ambient, db, files, jobs, accounts, datasets, metrics, benchmarks, reports })
    }

    /// Who carries out which kind of background work.
    pub fn job_handlers(&self) -> Vec<Arc<dyn JobHandler>> {
        vec![Arc::new(ReadFileJob(self.datasets.clone()))]
    }

    /// Makes the services known to pages and server functions.
    pub fn provide(&self) {
        use leptos::prelude::provide_context;
        provide_context(self.accounts.clone());
        provide_context(self.datasets.clone());
        provide_context(self.metrics.clone());
        provide_context(self.benchmarks.clone());
        provide_context(self.reports.clone());
        provide_context(accounts_pages::GoogleIsSetUp(self.config.google.is_some()));
        provide_context(upload_limits(&self.config));
    }
}

fn upload_limits(config: &Config) -> datasets_pages::UploadLimits {
    datasets_pages::UploadLimits {
        most_bytes: config.uploads.most_bytes,
        most_columns: config.uploads.most_columns,
        most_cell_bytes: config.uploads.most_cell_bytes,
    }
}

fn limits(config: &Config) -> Limits {
    let whole = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let cell_bytes = whole(config.uploads.most_cell_bytes);
    let smallest = Limits::default();
    Limits {
        columns: whole(config.uploads.most_columns),
        cell_bytes,
        record_bytes: smallest.record_bytes.max(cell_bytes),
        ..smallest
    }
}

#[cfg(feature = "tables")]
#[expect(clippy::unnecessary_wraps, reason = "without the feature there is none")]
fn table_maker(limits: Limits) -> Option<Arc<dyn TableMaker>> {
    Some(Arc::new(table_engine::ParquetTables::new(limits)))
}

#[cfg(not(feature = "tables"))]
fn table_maker(_limits: Limits) -> Option<Arc<dyn TableMaker>> {
    None
}

#[cfg(feature = "pdf")]
#[expect(clippy::unnecessary_wraps, reason = "without the feature there is none")]
fn typesetter() -> Option<Arc<dyn Typesetter>> {
    Some(Arc::new(typesetting::TypstTypesetter::new()))
}

#[cfg(not(feature = "pdf"))]
fn typesetter() -> Option<Arc<dyn Typesetter>> {
    None
}

/// Why the program cannot start; one sentence for the operator.
#[derive(Debug)]
pub struct StartError(pub String);

impl std::fmt::Display for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StartError {}

impl From<db::ConnectError> for StartError {
    fn from(cause: db::ConnectError) -> Self {
        Self(cause.to_string())
    }
}

impl From<crate::config::ConfigError> for StartError {
    fn from(cause: crate::config::ConfigError) -> Self {
        Self(cause.to_string())
    }
}

impl From<kernel::AppError> for StartError {
    fn from(cause: kernel::AppError) -> Self {
        Self(cause.to_string())
    }
}
