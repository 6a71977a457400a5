//! Reading a kept file in the background: what its columns hold, and a table of it.

use std::{collections::BTreeMap, fs::File, io::Read};

use async_trait::async_trait;
use kernel::{Actor, AppError, DatasetId, OrInternal, Permission, WorkspaceScope};
use platform::{Job, JobHandler, Spooled, audit};
use tokio::sync::Semaphore;

use super::{Datasets, table_key};
use crate::{
    FileFormat, FileProfile, Overrides,
    engine::{self, FileError, Limits, RejectWriter, Row},
    store::{self, Problem, Reading},
};

/// The kind of job that reads a file; its payload is the file's id.
pub(super) const READ_FILE: &str = "datasets.read_file";

const FAILED_EVERY_TIME: &str = "The file is kept, but this server failed every time it tried to read it. Tell the operator, then have it read again or upload it anew";
const REFUSED: &str = "The file is kept, but it was not read: whoever asked for that may not upload or change data here any more. Have it read again";

/// So many files are gone through at once for those who ask; others wait for their turn.
static READERS: Semaphore = Semaphore::const_new(4);

/// Reads kept files. Running twice gives the same result, so a killed attempt is simply repeated.
pub struct ReadFileJob(pub Datasets);

#[async_trait]
impl JobHandler for ReadFileJob {
    fn kind(&self) -> &'static str {
        READ_FILE
    }

    /// Whoever lost the right to it does not get it back by waiting.
    fn is_final(&self, error: &AppError) -> bool {
        matches!(error, AppError::Forbidden { .. })
    }

    async fn run(&self, job: &Job) -> Result<(), AppError> {
        let scope = Actor::system(job.workspace_id()?).require(Permission::ManageData)?;
        let id: DatasetId = job.payload.parse().or_internal("reading the payload of a job")?;
        match self.0.row(scope, id).await {
            Ok(row) => {
                if !self.may_still(job).await? {
                    self.0.give_up(scope, (id, &row), REFUSED).await?;
                    return Err(AppError::forbidden("Whoever asked for this may not do it any more"));
                }
                if job.is_last_attempt() {
                    self.0.give_up(scope, (id, &row), FAILED_EVERY_TIME).await?;
                }
                self.0.read(scope, id, row).await
            }
            // Removed while it waited in the queue, or after an attempt that had made its table.
            Err(AppError::NotFound { .. }) => {
                self.0.files.remove(&table_key(scope, id)).await.or_internal("removing a table")
            }
            Err(error) => Err(error),
        }
    }
}

impl ReadFileJob {
    /// Whether whoever asked for it is a member who may have files read now; the program itself always may.
    async fn may_still(&self, job: &Job) -> Result<bool, AppError> {
        let Some(person) = job.requested_by() else { return Ok(true) };
        let actor = accounts::member_now(&self.0.db, person, job.workspace_id()?).await?;
        Ok(actor.is_some_and(|actor| actor.may(Permission::ManageData)))
    }
}

impl Datasets {
    /// Says that the file could not be read. Before the last attempt that is said as well: nobody can say so once the attempt has failed or
    /// has killed the process. If the attempt succeeds, its result takes the place of this.
    async fn give_up(
        &self,
        scope: WorkspaceScope,
        (id, row): (DatasetId, &store::DatasetRow),
        sentence: &str,
    ) -> Result<(), AppError> {
        let mut tx = self.db.begin_in(scope).await?;
        let problem = Problem { sentence, overrides: &row.overrides, is_found: false };
        store::save_problem(&mut tx, scope, id, problem).await.or_internal("giving up a file")?;
        tx.commit().await
    }

    async fn read(
        &self,
        scope: WorkspaceScope,
        id: DatasetId,
        row: store::DatasetRow,
    ) -> Result<(), AppError> {
        const DOING: &str = "saving what a file holds";
        let overrides = row.overrides.as_str();
        let found = self.profile(&row.file_key, row.overrides()).await?;
        let table_key = match &found {
            Ok(profile) => self.make_table(scope, id, &row.file_key, profile).await?,
            Err(_) => None,
        };
        let mut tx = self.db.begin_in(scope).await?;
        match &found {
            Ok(profile) => {
                let json = serde_json::to_string(profile).or_internal("noting a profile")?;
                let (row_count, table_key) = (profile.rows, table_key.as_deref());
                let reading = Reading { profile: &json, row_count, table_key, overrides };
                store::save_reading(&mut tx, scope, id, reading).await.or_internal(DOING)?;
            }
            Err(sentence) => {
                let problem = Problem { sentence, overrides, is_found: true };
                store::save_problem(&mut tx, scope, id, problem).await.or_internal(DOING)?;
            }
        }
        let detail = rows_in_words(found.ok().map(|profile| profile.rows));
        let entry = audit::Entry { action: "dataset.read", subject: id.to_string(), detail };
        audit::record(&mut tx, &self.ambient, &Actor::system(scope.workspace_id()), scope, entry).await?;
        tx.commit().await?;
        self.remove_if_orphaned(scope, id, table_key).await
    }

    /// Removes a table whose file was removed while it was being read.
    async fn remove_if_orphaned(
        &self,
        scope: WorkspaceScope,
        id: DatasetId,
        table_key: Option<String>,
    ) -> Result<(), AppError> {
        let Some(table_key) = table_key else { return Ok(()) };
        match self.row(scope, id).await {
            Err(AppError::NotFound { .. }) => {
                self.files.remove(&table_key).await.or_internal("removing a table")
            }
            outcome => outcome.map(drop),
        }
    }

    /// What the file holds, or the sentence for the person why it cannot be read.
    async fn profile(
        &self,
        file_key: &str,
        overrides: Overrides,
    ) -> Result<Result<FileProfile, String>, AppError> {
        let path = self.files.path(file_key);
        let limits = self.limits;
        let outcome = tokio::task::spawn_blocking(move || -> Result<FileProfile, FileError> {
            let file = File::open(path)?;
            let size_bytes = file.metadata()?.len();
            engine::profile(file, size_bytes, &limits, &overrides)
        })
        .await
        .or_internal("reading a file")?;
        match outcome {
            Ok(profile) => Ok(Ok(profile)),
            Err(FileError::Interrupted(cause)) => Err(cause).or_internal("reading a kept file"),
            Err(error) => Ok(Err(error.to_string())),
        }
    }

    async fn make_table(
        &self,
        scope: WorkspaceScope,
        id: DatasetId,
        file_key: &str,
        profile: &FileProfile,
    ) -> Result<Option<String>, AppError> {
        let Some(maker) = &self.tables else { return Ok(None) };
        let key = table_key(scope, id);
        let spool = self.files.spool().await.or_internal("making room for a table")?;
        let spooled = spool.finish().await.or_internal("making room for a table")?;
        maker.make_table(&self.files.path(file_key), &profile.format, spooled.path()).await?;
        self.files.keep(spooled, &key).await.or_internal("keeping a table")?;
        Ok(Some(key))
    }

    /// Lets `read` go over the bytes of a file, off the threads that answer requests. Nothing of a cell that is shown may leave it unmasked.
    pub async fn read_with<T: Send + 'static>(
        &self,
        actor: &Actor,
        id: DatasetId,
        read: impl FnOnce(File, &Limits) -> Result<T, FileError> + Send + 'static,
    ) -> Result<T, AppError> {
        let scope = actor.require(Permission::View)?;
        let path = self.files.path(&self.row(scope, id).await?.file_key);
        let limits = self.limits;
        let turn = READERS.acquire().await.or_internal("waiting to read a file")?;
        let outcome = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            read(File::open(path)?, &limits)
        })
        .await;
        match outcome.or_internal("reading a file")? {
            Err(FileError::Interrupted(cause)) => Err(cause).or_internal("reading a kept file"),
            Err(error) => Err(AppError::conflict(error.to_string())),
            Ok(value) => Ok(value),
        }
    }

    /// The rows on the given lines as a CSV file, each after its line and the reason; everything personal is masked.
    pub async fn write_rows(
        &self,
        actor: &Actor,
        id: DatasetId,
        format: FileFormat,
        reasons: BTreeMap<u64, String>,
    ) -> Result<Vec<u8>, AppError> {
        self.read_with(actor, id, move |file, limits| {
            let mut writer = RejectWriter::new(Vec::new(), &format)?;
            let mut rows = engine::records(file, &format, limits)?;
            while let Some(row) = rows.next_row()? {
                match row {
                    Row::Record(record) => {
                        if let Some(reason) = reasons.get(&record.line) {
                            writer.write(record.line, reason, record.cells())?;
                        }
                    }
                    Row::Rejected(row) => {
                        let reason = row.fault.to_string();
                        let reason = reasons.get(&row.line).unwrap_or(&reason);
                        writer.write_rejected(&row, reason)?;
                    }
                }
            }
            Ok(writer.finish()?)
        })
        .await
    }

    /// Refuses a file that is empty or something else than text in rows before it is acknowledged. Anything else can be put
    /// right by choosing another format, so such a file is kept.
    pub(super) async fn refuse_what_is_no_csv(&self, spooled: &Spooled) -> Result<(), AppError> {
        const HEAD_BYTES: u64 = 4096;
        let path = spooled.path().to_owned();
        let looked = tokio::task::spawn_blocking(move || -> Result<(), FileError> {
            let mut head = Vec::new();
            File::open(path)?.take(HEAD_BYTES).read_to_end(&mut head)?;
            if head.is_empty() {
                return Err(FileError::Empty);
            }
            engine::refuse_foreign_format(&head)
        })
        .await
        .or_internal("looking at an upload")?;
        looked.map_err(|error| AppError::invalid("file", error.to_string()))
    }
}

/// How much was read of a file, for the audit log.
pub(super) fn rows_in_words(row_count: Option<u64>) -> String {
    row_count.map_or_else(|| "not understood".to_owned(), |rows| format!("{rows} rows"))
}
