//! Personal data in files: who sees it, what everybody else gets instead, and what a person says about it.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use kernel::{Actor, AppError, DatasetId, OrInternal, Permission, Proof, UserId, WorkspaceScope};
use platform::audit;
use serde::Serialize;
use tokio::{
    runtime::Handle,
    sync::{Semaphore, mpsc, oneshot},
};

use super::{Datasets, reading::READ_FILE};
use crate::{
    Dataset, DatasetState, DatasetSummary, FileFormat, FileProfile, Overrides,
    engine::{self, FileError, Limits},
    store::{self, DatasetRow},
};

/// A file on its way to somebody.
pub struct Download {
    /// What it is called.
    pub name: String,
    /// Its size, if that is known before it is written.
    pub size_bytes: Option<u64>,
    /// Its bytes.
    pub stream: BoxStream<'static, io::Result<Bytes>>,
}

/// All that is kept about a file, with everything personal in it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FileRecord {
    /// What the list shows.
    #[serde(flatten)]
    pub summary: DatasetSummary,
    /// Digest of its bytes, lower-case hexadecimal.
    pub sha256: String,
    /// Who uploaded it; `None` if it came with a key, or of the program itself.
    pub uploaded_by: Option<UserId>,
    /// Why it cannot be read, if so.
    pub problem: Option<String>,
    /// What people chose instead of what was detected.
    pub overrides: Overrides,
    /// How it was read, and what each column was found to hold, also about people; `None` as long as it was not read.
    pub profile: Option<FileProfile>,
}

impl Datasets {
    /// The file for whoever asks: the original byte for byte if nothing in it is personal, or for those who may see that and have just
    /// shown who they are, which is noted; a copy with everything personal masked for all others.
    pub async fn download(&self, actor: &Actor, id: DatasetId, proof: Proof) -> Result<Download, AppError> {
        let scope = actor.require(Permission::View)?;
        let row = self.row(scope, id).await?;
        let file_key = row.file_key.clone();
        let dataset = row.into_dataset();
        let is_read = dataset.summary.state == DatasetState::Ready;
        let format = dataset.profile.filter(|_| is_read).map(|profile| profile.format);
        let name = dataset.summary.name;
        if format.as_ref().is_some_and(|format| !format.holds_personal_data()) {
            return self.original(&file_key, name).await;
        }
        if actor.may(Permission::ReadPersonalData) && proof == Proof::Fresh {
            self.note_reading(actor, scope, (id, "the original file")).await?;
            return self.original(&file_key, name).await;
        }
        let format = format.ok_or_else(|| {
            AppError::conflict(
                "This file is not understood yet, so that nobody knows what in it is personal. Wait until it is read, or ask an \
                 owner for it",
            )
        })?;
        self.masked_copy(self.files.path(&file_key), format, &name)
    }

    /// The original byte for byte, for those who take everything out of a workspace.
    pub async fn export(&self, actor: &Actor, id: DatasetId) -> Result<Download, AppError> {
        let scope = actor.require(Permission::ControlWorkspace)?;
        let row = self.row(scope, id).await?;
        let file_key = row.file_key.clone();
        self.original(&file_key, row.into_dataset().summary.name).await
    }

    /// What is kept about the file beside its bytes, nothing of it masked, for those who take everything out of a workspace.
    pub async fn export_record(&self, actor: &Actor, id: DatasetId) -> Result<FileRecord, AppError> {
        let scope = actor.require(Permission::ControlWorkspace)?;
        let row = self.row(scope, id).await?;
        let (uploaded_by, profile) = (row.uploaded_by.map(UserId::from), row.last_profile());
        let Dataset { summary, sha256, problem, overrides, .. } = row.into_dataset();
        Ok(FileRecord { summary, sha256, uploaded_by, problem, overrides, profile })
    }

    /// One file with everything personal in it, for those who may see that and have just shown who they are. It is noted.
    pub async fn reveal(&self, actor: &Actor, id: DatasetId, proof: Proof) -> Result<Dataset, AppError> {
        let scope = actor.require(Permission::ReadPersonalData)?;
        refuse_without_proof(proof)?;
        let dataset = self.row(scope, id).await?.into_dataset();
        self.note_reading(actor, scope, (id, "what was found in the file")).await?;
        Ok(dataset)
    }

    /// Whether these choices would show what is masked, or could; whoever makes them needs the right to see it, and a fresh proof.
    pub async fn lays_bare(
        &self,
        actor: &Actor,
        id: DatasetId,
        overrides: &Overrides,
    ) -> Result<bool, AppError> {
        let scope = actor.require(Permission::View)?;
        Ok(Known::of(self.row(scope, id).await?).lays_bare(actor, overrides))
    }

    /// Has files read again that were read before anybody looked for personal data in them; until then all of it is withheld. Tells how
    /// many there are.
    pub async fn read_what_nobody_looked_at(&self) -> Result<usize, AppError> {
        const DOING: &str = "listing files that are not classified";
        let files = store::list_unclassified(&self.db).await.or_internal(DOING)?;
        for (workspace, id) in &files {
            let scope = Actor::system((*workspace).into()).require(Permission::ManageData)?;
            let mut tx = self.db.begin_in(scope).await?;
            self.jobs.enqueue(&mut tx, scope, READ_FILE, id.to_string()).await?;
            tx.commit().await?;
        }
        if !files.is_empty() {
            self.jobs.wake();
        }
        Ok(files.len())
    }

    async fn original(&self, file_key: &str, name: String) -> Result<Download, AppError> {
        let (size_bytes, stream) = self.files.stream(file_key).await.or_internal("opening a kept file")?;
        let stream = stream.map_err(io::Error::other).boxed();
        Ok(Download { name, size_bytes: Some(size_bytes), stream })
    }

    fn masked_copy(&self, path: PathBuf, format: FileFormat, name: &str) -> Result<Download, AppError> {
        const PIECES_AHEAD: usize = 2;
        let limits = self.limits;
        let turn = COPIES.try_acquire().map_err(|_| AppError::Unavailable {
            message: "Many files are being downloaded at this moment. Try again in a minute".to_owned(),
        })?;
        let (sender, receiver) = mpsc::channel(PIECES_AHEAD);
        let runtime = Handle::current();
        let (finish, finished) = oneshot::channel();
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let mut pieces = Pieces { runtime, sender, buffer: Vec::new() };
            if copy_masked(&path, &format, &limits, &mut pieces).is_ok() {
                let _nobody_waits = finish.send(());
            }
        });
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        Ok(Download {
            name: format!("{stem}-masked.csv"),
            size_bytes: None,
            stream: futures::stream::unfold((receiver, Some(finished)), next_piece).boxed(),
        })
    }

    async fn note_reading(
        &self,
        actor: &Actor,
        scope: WorkspaceScope,
        (id, what): (DatasetId, &str),
    ) -> Result<(), AppError> {
        let mut tx = self.db.begin_in(scope).await?;
        let entry =
            audit::Entry { action: "personal_data.read", subject: id.to_string(), detail: what.to_owned() };
        audit::record(&mut tx, &self.ambient, actor, scope, entry).await?;
        tx.commit().await
    }
}

/// Copies that are written at once; each needs a thread for as long as whoever takes it takes.
static COPIES: Semaphore = Semaphore::const_new(64);

/// What is there of a copy until its writer has finished. One that broke off ends with an error, so that nobody takes it for whole.
type Copy = (mpsc::Receiver<io::Result<Bytes>>, Option<oneshot::Receiver<()>>);

async fn next_piece((mut pieces, finished): Copy) -> Option<(io::Result<Bytes>, Copy)> {
    if let Some(piece) = pieces.recv().await {
        return Some((piece, (pieces, finished)));
    }
    match finished?.await {
        Ok(()) => None,
        Err(_) => Some((Err(io::ErrorKind::UnexpectedEof.into()), (pieces, None))),
    }
}

/// A file before somebody chooses how it is read.
pub(super) struct Known {
    /// The file as it is shown.
    pub(super) dataset: Dataset,
    /// What was found when it was last understood.
    found: Option<FileProfile>,
    /// Nobody, if it came with a key.
    uploaded_by: Option<UserId>,
}

impl Known {
    pub(super) fn of(row: DatasetRow) -> Self {
        let (found, uploaded_by) = (row.last_profile(), row.uploaded_by.map(UserId::from));
        Self { dataset: row.into_dataset(), found, uploaded_by }
    }

    /// What is stored for the choices of a person. Whoever lays bare what was masked needs the right to see it and a fresh proof; whoever
    /// has a file with personal data read by another layout lays nothing bare.
    pub(super) fn guarded(
        &self,
        actor: &Actor,
        overrides: &Overrides,
        proof: Proof,
    ) -> Result<Overrides, AppError> {
        if self.is_chosen_blindly(actor, overrides) && !actor.may(Permission::ReadPersonalData) {
            return Err(AppError::forbidden(
                "Nobody knows yet what in this file is personal. How it is read is chosen by whoever uploaded it, or by somebody who may see \
                 personal data",
            ));
        }
        if self.lays_bare(actor, overrides) {
            actor.require(Permission::ReadPersonalData)?;
            refuse_without_proof(proof)?;
        }
        let before = &self.dataset.overrides;
        let is_same = overrides.has_layout_of(before);
        let harmless = if is_same { before.harmless.clone() } else { self.harmless() };
        Ok(Overrides { harmless, ..overrides.clone() })
    }

    /// Whether it would show what is masked, or could.
    fn lays_bare(&self, actor: &Actor, overrides: &Overrides) -> bool {
        self.is_chosen_blindly(actor, overrides) || overrides.lays_bare(&self.dataset)
    }

    /// Whether another layout is chosen for a file that was never understood, by somebody who may never have seen what is in it: misread,
    /// everything in it may look harmless.
    fn is_chosen_blindly(&self, actor: &Actor, overrides: &Overrides) -> bool {
        let has_seen_it = actor.user_id().is_some() && actor.user_id() == self.uploaded_by;
        self.found.is_none() && !has_seen_it && !overrides.has_layout_of(&self.dataset.overrides)
    }

    /// Whether another layout is chosen for a file of which it shows in a moment whether there is something to mask in it.
    pub(super) fn is_about_to_be_known(&self, overrides: &Overrides) -> bool {
        let is_being_read = self.dataset.summary.state == DatasetState::Reading;
        is_being_read && self.found.is_none() && !overrides.has_layout_of(&self.dataset.overrides)
    }

    /// The headers that are known to stand over nothing personal, if anything in the file is; they have to be noted before it is read
    /// otherwise.
    fn harmless(&self) -> Option<BTreeSet<String>> {
        let mut harmless = self.dataset.overrides.harmless.clone();
        let format = self.found.as_ref().map(|profile| &profile.format);
        if let Some(format) = format.filter(|format| format.holds_personal_data()) {
            // A header that stands over a personal column as well is none that is known to be harmless.
            let is_hidden = |header: &str| {
                format.columns.iter().any(|column| column.header == header && column.hides().is_personal())
            };
            let known: &mut BTreeSet<String> = harmless.get_or_insert_default();
            known.extend(format.columns.iter().map(|column| column.header.clone()));
            known.retain(|header| !is_hidden(header));
        }
        harmless
    }
}

/// Which columns were called something else, for the audit log: places and kinds, never what the file says.
pub(super) fn classified(before: &Dataset, overrides: &Overrides) -> Option<String> {
    let changed =
        overrides.personal.iter().filter(|(index, kind)| before.overrides.personal.get(*index) != Some(kind));
    let left_to_us =
        before.overrides.personal.keys().filter(|index| !overrides.personal.contains_key(*index));
    let words: Vec<String> = changed
        .map(|(index, kind)| format!("column {}: {}", index + 1, kind.key()))
        .chain(left_to_us.map(|index| format!("column {}: as found", index + 1)))
        .collect();
    (!words.is_empty()).then(|| words.join("; "))
}

fn refuse_without_proof(proof: Proof) -> Result<(), AppError> {
    match proof {
        Proof::Fresh => Ok(()),
        Proof::Missing => Err(AppError::forbidden(
            "Personal data is shown to those who confirmed within the last ten minutes who they are. Do that, and then do this again",
        )),
    }
}

fn copy_masked(path: &Path, format: &FileFormat, limits: &Limits, pieces: &mut Pieces) -> io::Result<()> {
    let file = File::open(path)?;
    let copied = engine::write_masked(file, format, limits, pieces);
    copied.map(drop).map_err(|error| match error {
        FileError::Interrupted(cause) => cause,
        other => io::Error::other(other),
    })
}

/// Hands what is written to whoever downloads it, and gives up on those who stop taking it.
struct Pieces {
    runtime: Handle,
    sender: mpsc::Sender<io::Result<Bytes>>,
    buffer: Vec<u8>,
}

impl Pieces {
    fn send(&self, piece: io::Result<Bytes>) -> io::Result<()> {
        // A piece of 64 KiB at the slowest pace that is served, which is 1 kB/s.
        const PATIENCE: Duration = Duration::from_secs(70);
        let taken = self.runtime.block_on(tokio::time::timeout(PATIENCE, self.sender.send(piece)));
        if matches!(taken, Ok(Ok(()))) { Ok(()) } else { Err(io::ErrorKind::BrokenPipe.into()) }
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        const PIECE_BYTES: usize = 64 * 1024;
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= PIECE_BYTES {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let piece = std::mem::take(&mut self.buffer);
        if piece.is_empty() { Ok(()) } else { self.send(Ok(piece.into())) }
    }
}
