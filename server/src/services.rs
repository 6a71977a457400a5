//! Wiring: every service, made once from the settings.

use std::{ops::Deref, path::Path, sync::Arc};

use accounts::{AccountRequestJob, AccountRules, Accounts};
use benchmarks::Benchmarks;
use datasets::{Datasets, ReadFileJob, TableMaker, engine::Limits as ReadLimits};
use db::Db;
use kernel::Ambient;
use metrics::{Metrics, model::Exchange};
use platform::{
    Blocks, Cache, Files, Idempotency, JobHandler, Jobs, KeyRing, Limits, Live, Mailer, RedisLine, Renewal,
    SEALED_MAILS, SendMailJob, SharedCounts, SharedValues, Transport, Vault,
};
use reports::{Reports, document::Typesetter};

use crate::{config::Config, desk::RunningProgram, operations::OutsideHealth, sign_in::google::Provider};

/// Everything a request may need. Cheap to clone, which happens many times in each request.
#[derive(Clone)]
pub struct Services(Arc<Parts>);

impl Deref for Services {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// What [`Services`] are made of.
#[derive(Clone)]
pub struct Parts {
    /// The settings in force.
    pub config: Arc<Config>,
    /// Time and randomness.
    pub ambient: Ambient,
    /// The database.
    pub db: Db,
    /// Kept files.
    pub files: Files,
    /// Seals personal data.
    pub vault: Vault,
    /// Sends messages.
    pub mailer: Mailer,
    /// The queue of background work.
    pub jobs: Jobs,
    /// Sign-in with Google, if it is set up.
    pub(crate) google: Option<Provider>,
    /// How machines of others were when they were asked last.
    pub(crate) outside: OutsideHealth,
    /// Requests of programs that may come twice.
    pub idempotency: Idempotency,
    /// How often somebody may ask.
    pub limits: Limits,
    /// What was computed from figures.
    pub cache: Cache,
    /// Who is not answered at all.
    pub blocks: Blocks,
    /// What happens in workspaces, for those who watch.
    pub live: Live,
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
        db.check_whole().await?;
        db::migrate(&db, &config.database).await?;
        Self::over(db, config, ambient).await
    }

    /// Makes the services over a database whose schema is up to date.
    pub async fn over(db: Db, config: Config, ambient: Ambient) -> Result<Self, StartError> {
        let files = Files::open(&config.server.data, ambient.clone()).await.map_err(|cause| {
            StartError(format!("the folder {} cannot be used: {cause}", config.server.data.display()))
        })?;
        let jobs = Jobs::new(db.clone(), ambient.clone());
        let vault = open_vault(&db, &config, &ambient).await?;
        let mailer = mailer(&db, &config, (&ambient, &vault, &jobs))?;
        let redis = redis_line(&config, &ambient)?;
        let limits = request_limits(&config, &vault, redis.as_ref());
        let shared = redis.map(|line| SharedValues::new(line, vault.clone(), ambient.clone()));
        let cache = Cache::new(config.cache_bytes, shared, ambient.clone());
        let blocks = blocks(&db, &config, &ambient);
        blocks.refresh().await?;
        let accounts = Accounts::new(
            (db.clone(), ambient.clone()),
            vault.clone(),
            (jobs.clone(), mailer.clone()),
            (account_rules(&config), limits.clone()),
        );
        accounts.seal_addresses().await?;
        let read_limits = limits_of_files(&config);
        let base = || (db.clone(), ambient.clone());
        let datasets =
            Datasets::new(base(), (files.clone(), jobs.clone()), read_limits, table_maker(read_limits));
        let exchange =
            Exchange { source: config.exchange.source.clone(), per_euro: config.exchange.per_euro.clone() };
        let metrics = Metrics::new(base(), accounts.clone(), datasets.clone(), exchange);
        let metrics = metrics.with_cache(cache.clone());
        let benchmarks = Benchmarks::new(base(), accounts.clone(), metrics.clone());
        let compared = (accounts.clone(), metrics.clone(), benchmarks.clone());
        let reports = Reports::new(base(), files.clone(), compared, typesetter());
        let google = google(&config, &ambient);
        let live = Live::new(db.clone(), ambient.clone());
        let idempotency = Idempotency::new(db.clone(), ambient.clone(), vault.clone());
        let config = Arc::new(config);
        Ok(Self(Arc::new(Parts {
            config,
            ambient,
            db,
            files,
            vault,
            mailer,
            jobs,
            google,
            outside: OutsideHealth::default(),
            idempotency,
            limits,
            cache,
            blocks,
            live,
            accounts,
            datasets,
            metrics,
            benchmarks,
            reports,
        })))
    }

    /// The same with other reports, for instance set by another typesetter.
    #[must_use]
    pub fn with_reports(&self, reports: Reports) -> Self {
        Self(Arc::new(Parts { reports, ..Parts::clone(self) }))
    }

    /// Who carries out which kind of background work.
    pub fn job_handlers(&self) -> Vec<Arc<dyn JobHandler>> {
        vec![
            Arc::new(ReadFileJob(self.datasets.clone())),
            Arc::new(AccountRequestJob(self.accounts.clone())),
            Arc::new(SendMailJob(self.mailer.clone())),
        ]
    }

    /// Makes the services known to pages and server functions.
    pub fn provide(&self) {
        use leptos::prelude::provide_context;
        provide_context(self.accounts.clone());
        provide_context(self.datasets.clone());
        provide_context(self.metrics.clone());
        provide_context(self.benchmarks.clone());
        provide_context(self.reports.clone());
        provide_context(accounts_pages::GoogleIsSetUp(self.google.is_some()));
        provide_context(upload_limits(&self.config));
        provide_context(admin_pages::Instance(Arc::new(RunningProgram(self.clone()))));
    }
}

/// What replaces the keys of that vault and seals values anew, wherever they are.
pub(crate) fn renewal(vault: &Vault) -> Renewal {
    let columns = accounts::SEALED.into_iter().chain([SEALED_MAILS]).collect();
    Renewal::new(vault.clone(), columns)
}

/// The ring of the settings, if there is one.
pub(crate) fn key_ring(config: &Config) -> Result<Option<KeyRing>, StartError> {
    Ok(match &config.keys.ring {
        Some(text) => Some(KeyRing::parse(text.reveal(), "in the setting keys.ring")?),
        None => KeyRing::load(&config.keys.file)?,
    })
}

/// Opens the vault with the ring of the settings. The first start on SQLite makes the ring, beside its database; on Postgres somebody
/// has to make it, since a folder that goes with its machine would take every address with it. A database that has keys already is
/// never given a new ring.
async fn open_vault(db: &Db, config: &Config, ambient: &Ambient) -> Result<Vault, StartError> {
    let file = &config.keys.file;
    let ring = match key_ring(config)? {
        Some(ring) => ring,
        None if Vault::has_keys(db).await? => {
            return Err(StartError(format!(
                "the key ring {} is missing, and this database was sealed with it. Put the file back; without it nothing personal can be read",
                file.display()
            )));
        }
        None if db.engine() == "postgres" => {
            return Err(StartError(format!(
                "there is no key ring at {}. Make one with `quartile keys init` and give it to every node, as this file or in the setting keys.ring",
                file.display()
            )));
        }
        None => make_ring(file, ambient)?,
    };
    let vault = Vault::open_with(db.clone(), ambient.clone(), ring).await?;
    Ok(if config.keys.ring.is_none() { vault.with_ring_file(file) } else { vault })
}

/// Makes a ring and keeps it in the file, or takes the one that another process has just put there.
fn make_ring(file: &Path, ambient: &Ambient) -> Result<KeyRing, StartError> {
    let ring = KeyRing::new(ambient);
    if ring.save_new(file)? {
        return Ok(ring);
    }
    KeyRing::load(file)?.ok_or_else(|| StartError(format!("the key ring {} came and went", file.display())))
}

fn mailer(
    db: &Db,
    config: &Config,
    (ambient, vault, jobs): (&Ambient, &Vault, &Jobs),
) -> Result<Mailer, StartError> {
    let transport = match &config.mail.smtp {
        Some(smtp) => smtp.transport()?,
        None => Transport::Folder(config.server.data.join("mail")),
    };
    let base = (db.clone(), ambient.clone());
    Ok(Mailer::new(base, vault.clone(), jobs.clone(), (transport, config.mail.from.clone())))
}

fn google(config: &Config, ambient: &Ambient) -> Option<Provider> {
    let redirect = format!("{}/sign-in/google/callback", config.server.base_url);
    config.google.clone().map(|google| Provider::new(google, redirect, ambient.clone()))
}

fn account_rules(config: &Config) -> AccountRules {
    AccountRules {
        base_url: config.server.base_url.clone(),
        // Whoever can reach the sign-up learns which addresses are known unless these are confirmed first; on an address of this machine
        // that is the person who runs the program.
        confirms_addresses: config.mail.smtp.is_some() || !config.server.is_on_this_machine_only(),
        session_idle: config.sessions.idle,
        session_life: config.sessions.life,
    }
}

fn upload_limits(config: &Config) -> datasets_pages::UploadLimits {
    datasets_pages::UploadLimits {
        most_bytes: config.uploads.most_bytes,
        most_columns: config.uploads.most_columns,
        most_cell_bytes: config.uploads.most_cell_bytes,
    }
}

/// Nobody is shut out whom the operator exempted, nor the proxies through which everybody comes.
fn blocks(db: &Db, config: &Config, ambient: &Ambient) -> Blocks {
    let never = config.limits.exempt.clone().and(&config.server.trusted_proxies);
    Blocks::new(db.clone(), ambient.clone(), never)
}

/// The line to the server that nodes share, if there is one.
fn redis_line(config: &Config, ambient: &Ambient) -> Result<Option<RedisLine>, StartError> {
    let line = config.limits.redis.as_ref().map(|redis| RedisLine::new(redis.url.reveal(), ambient.clone()));
    line.transpose().map_err(|cause| StartError(format!("the setting redis.url cannot be used: {cause}")))
}

fn request_limits(config: &Config, vault: &Vault, line: Option<&RedisLine>) -> Limits {
    let limits = Limits::new(|class| config.limits.pace(class), config.limits.exempt.clone());
    match (&config.limits.redis, line) {
        (Some(redis), Some(line)) => {
            let secret = vault.digest("limits", b"visitors");
            limits.shared_by(SharedCounts::new(line.clone(), secret), redis.nodes)
        }
        _ => limits,
    }
}

fn limits_of_files(config: &Config) -> ReadLimits {
    let whole = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let cell_bytes = whole(config.uploads.most_cell_bytes);
    let smallest = ReadLimits::default();
    ReadLimits {
        columns: whole(config.uploads.most_columns),
        cell_bytes,
        record_bytes: smallest.record_bytes.max(cell_bytes),
        ..smallest
    }
}

#[cfg(feature = "tables")]
#[expect(clippy::unnecessary_wraps, reason = "without the feature there is none")]
fn table_maker(limits: ReadLimits) -> Option<Arc<dyn TableMaker>> {
    Some(Arc::new(table_engine::ParquetTables::new(limits)))
}

#[cfg(not(feature = "tables"))]
fn table_maker(_limits: ReadLimits) -> Option<Arc<dyn TableMaker>> {
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

impl From<db::MigrationError> for StartError {
    fn from(cause: db::MigrationError) -> Self {
        Self(cause.to_string())
    }
}

impl From<platform::RingError> for StartError {
    fn from(cause: platform::RingError) -> Self {
        Self(cause.to_string())
    }
}

impl From<platform::VaultError> for StartError {
    fn from(cause: platform::VaultError) -> Self {
        Self(cause.to_string())
    }
}

impl From<platform::backup::BackupError> for StartError {
    fn from(cause: platform::backup::BackupError) -> Self {
        Self(cause.to_string())
    }
}

impl From<kernel::AppError> for StartError {
    fn from(cause: kernel::AppError) -> Self {
        Self(cause.to_string())
    }
}
