//! Receiving a file in pieces: each piece is durable before it is acknowledged, and whoever was cut off goes on after the last one.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Actor, AppError, DatasetId, OrInternal, Permission, WorkspaceScope};
use platform::files::Part;

use super::{Datasets, uploading::shown_name};
use crate::store::uploads::{self, UploadRow};

/// Nobody writes a piece for longer than that.
const PIECE_LASTS: TimeDelta = TimeDelta::minutes(5);
/// What is not finished by then is removed.
const LASTS: TimeDelta = TimeDelta::hours(24);
/// Files of one workspace that may arrive at the same time.
const MOST_OPEN: i64 = 20;

/// How far an upload is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// The upload, and the file once it is complete.
    pub id: DatasetId,
    /// How large the file will be.
    pub size_bytes: u64,
    /// How much of it is safely here.
    pub received_bytes: u64,
    /// Whether it is complete and in the list of files.
    pub is_done: bool,
}

/// A piece that somebody writes. Nobody else writes to the upload meanwhile.
pub struct Piece {
    scope: WorkspaceScope,
    row: UploadRow,
    part: Part,
    /// What tells this piece from one that begins when this one takes too long.
    busy_until: DateTime<Utc>,
}

impl Piece {
    /// Adds bytes; more than the file has room for are refused.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), AppError> {
        if self.part.size_bytes() + bytes.len() as u64 > self.row.size() {
            return Err(AppError::conflict(
                "More bytes came than Upload-Length announced. Nothing of this piece was kept",
            ));
        }
        self.part.write(bytes).await.or_internal("writing a piece of an upload")
    }
}

impl Datasets {
    /// Begins an upload of so many bytes.
    pub async fn begin_resumable(
        &self,
        actor: &Actor,
        name: &str,
        size_bytes: u64,
    ) -> Result<Upload, AppError> {
        const DOING: &str = "beginning an upload";
        let scope = actor.require(Permission::ManageData)?;
        let size = i64::try_from(size_bytes).or_internal(DOING)?;
        let (id, now): (DatasetId, _) = (self.ambient.id(), self.ambient.now());
        let mut tx = self.db.begin_in(scope).await?;
        if uploads::count(&mut tx, scope).await.or_internal(DOING)? >= MOST_OPEN {
            return Err(AppError::conflict(
                "20 uploads of this workspace are not finished. Finish or cancel some first; what is older than a day goes by itself",
            ));
        }
        uploads::insert(&mut tx, scope, id, (&shown_name(name), size), now).await.or_internal(DOING)?;
        tx.commit().await?;
        Ok(Upload { id, size_bytes, received_bytes: 0, is_done: false })
    }

    /// How far an upload is.
    pub async fn resumable(&self, actor: &Actor, id: DatasetId) -> Result<Upload, AppError> {
        let scope = actor.require(Permission::ManageData)?;
        // First whether it is complete: its row is removed only after that.
        match self.get(actor, id).await {
            Ok(done) => {
                let size_bytes = done.summary.size_bytes;
                return Ok(Upload { id, size_bytes, received_bytes: size_bytes, is_done: true });
            }
            Err(AppError::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
        let row = uploads::find(&self.db, scope, id).await.or_internal("loading an upload")?;
        Ok(row.ok_or_else(|| AppError::not_found("upload"))?.view(id))
    }

    /// Takes the next piece, which has to begin where the last one ended.
    pub async fn begin_piece(&self, actor: &Actor, id: DatasetId, offset: u64) -> Result<Piece, AppError> {
        const DOING: &str = "beginning a piece of an upload";
        let scope = actor.require(Permission::ManageData)?;
        let upload = self.resumable(actor, id).await?;
        let (now, busy_until) = (self.ambient.now(), self.ambient.now() + PIECE_LASTS);
        let mut tx = self.db.begin_in(scope).await?;
        let row = uploads::claim(&mut tx, scope, id, (now, busy_until)).await.or_internal(DOING)?;
        let Some(row) = row.filter(|_| !upload.is_done) else {
            return Err(AppError::conflict("Another piece of this upload is on its way, or it is complete"));
        };
        if row.received() != offset {
            return Err(AppError::conflict(format!(
                "The next piece begins at byte {}, not at {offset}. HEAD tells where to go on",
                row.received()
            )));
        }
        tx.commit().await?;
        match self.files.part(&part_name(scope, id), offset).await {
            Ok(part) => Ok(Piece { scope, row, part, busy_until }),
            Err(cause) => {
                // What was acknowledged is not there, as after putting a backup back: it begins anew.
                self.note_piece(scope, id, (0, busy_until)).await?;
                Err(cause).or_internal(DOING)
            }
        }
    }

    /// Acknowledges a piece, also one that broke off; when it was the last one, the file is received as any other.
    pub async fn end_piece(&self, actor: &Actor, id: DatasetId, piece: Piece) -> Result<Upload, AppError> {
        const DOING: &str = "keeping a piece of an upload";
        let Piece { scope, mut row, part, busy_until } = piece;
        let received = part.sync().await.or_internal(DOING)?;
        if received < row.size() {
            row.received_bytes = i64::try_from(received).or_internal(DOING)?;
            self.note_piece(scope, id, (row.received_bytes, busy_until)).await?;
            return Ok(row.view(id));
        }
        // The last piece counts only together with the file: cut off before that, it comes again.
        let spooled = self.files.spool_part(&part_name(scope, id)).await.or_internal(DOING)?;
        if spooled.size_bytes != row.size() {
            return Err(AppError::conflict(
                "Somebody else wrote to this upload meanwhile. HEAD tells where to go on",
            ));
        }
        let kept = self.receive_as(actor, id, &row.name, spooled).await;
        match &kept {
            // It will never be a file of ours; the next HEAD says that there is none.
            Ok(()) | Err(AppError::Invalid { .. }) => self.forget_upload(scope, id).await?,
            Err(_) => self.note_piece(scope, id, (row.received_bytes, busy_until)).await?,
        }
        kept?;
        Ok(Upload { id, size_bytes: row.size(), received_bytes: row.size(), is_done: true })
    }

    /// Keeps nothing of a piece, and lets it come again.
    pub async fn drop_piece(&self, id: DatasetId, piece: Piece) -> Result<(), AppError> {
        self.note_piece(piece.scope, id, (piece.row.received_bytes, piece.busy_until)).await
    }

    async fn note_piece(
        &self,
        scope: WorkspaceScope,
        id: DatasetId,
        noted: (i64, DateTime<Utc>),
    ) -> Result<(), AppError> {
        let mut tx = self.db.begin_in(scope).await?;
        if !uploads::note(&mut tx, scope, id, noted).await.or_internal("noting a piece of an upload")? {
            return Err(AppError::conflict(
                "This piece took too long, and another one began. HEAD tells where to go on",
            ));
        }
        tx.commit().await
    }

    /// Gives an upload up.
    pub async fn cancel_resumable(&self, actor: &Actor, id: DatasetId) -> Result<(), AppError> {
        let scope = actor.require(Permission::ManageData)?;
        let row = uploads::find(&self.db, scope, id).await.or_internal("loading an upload")?;
        row.ok_or_else(|| AppError::not_found("upload"))?;
        self.forget_upload(scope, id).await
    }

    /// Removes uploads that nobody finished within a day.
    pub async fn sweep_uploads(&self) -> Result<(), AppError> {
        const DOING: &str = "removing old uploads";
        let mut tx = self.db.begin_everywhere().await?;
        let gone = uploads::delete_old(&mut tx, self.ambient.now() - LASTS).await.or_internal(DOING)?;
        tx.commit().await?;
        if !gone.is_empty() {
            tracing::info!(uploads = gone.len(), "Uploads that nobody finished are removed");
        }
        // Also what its row has left behind, because something ended between the two.
        let older_than = LASTS.to_std().or_internal(DOING)?;
        self.files.sweep_parts(older_than).await.or_internal(DOING)
    }

    async fn forget_upload(&self, scope: WorkspaceScope, id: DatasetId) -> Result<(), AppError> {
        const DOING: &str = "ending an upload";
        let mut tx = self.db.begin_in(scope).await?;
        uploads::delete(&mut tx, scope, id).await.or_internal(DOING)?;
        tx.commit().await?;
        self.files.remove_part(&part_name(scope, id)).await.or_internal(DOING)
    }
}

fn part_name(scope: WorkspaceScope, id: DatasetId) -> String {
    format!("{}/{id}", scope.workspace_id())
}

impl UploadRow {
    fn size(&self) -> u64 {
        u64::try_from(self.size_bytes).unwrap_or(0)
    }

    fn received(&self) -> u64 {
        u64::try_from(self.received_bytes).unwrap_or(0)
    }

    fn view(&self, id: DatasetId) -> Upload {
        Upload { id, size_bytes: self.size(), received_bytes: self.received(), is_done: false }
    }
}
