//! Receiving a file in pieces: each piece is durable before it is acknowledged, and whoever was cut off goes on after the last one.

use chrono::TimeDelta;
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
}

impl Piece {
    /// Adds bytes; more than the file has room for are refused.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), AppError> {
        if self.part.size_bytes() + bytes.len() as u64 > self.row.size() {
            return Err(AppError::TooLarge {
                message: "More bytes came than Upload-Length announced. Nothing of this piece was kept"
                    .to_owned(),
            });
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
        if let Some(row) = uploads::find(&self.db, scope, id).await.or_internal("loading an upload")? {
            return Ok(row.view(id));
        }
        let done = self.get(actor, id).await.map_err(|error| match error {
            AppError::NotFound { .. } => AppError::not_found("upload"),
            other => other,
        })?;
        let size_bytes = done.summary.size_bytes;
        Ok(Upload { id, size_bytes, received_bytes: size_bytes, is_done: true })
    }

    /// Takes the next piece, which has to begin where the last one ended.
    pub async fn begin_piece(&self, actor: &Actor, id: DatasetId, offset: u64) -> Result<Piece, AppError> {
        const DOING: &str = "beginning a piece of an upload";
        let scope = actor.require(Permission::ManageData)?;
        let now = self.ambient.now();
        let mut tx = self.db.begin_in(scope).await?;
        let row = uploads::claim(&mut tx, scope, id, (now, now + PIECE_LASTS)).await.or_internal(DOING)?;
        let Some(row) = row else {
            drop(tx);
            self.resumable(actor, id).await?;
            return Err(AppError::conflict("Another piece of this upload is on its way, or it is complete"));
        };
        if row.received() != offset {
            return Err(AppError::conflict(format!(
                "The next piece begins at byte {}, not at {offset}. HEAD tells where to go on",
                row.received()
            )));
        }
        tx.commit().await?;
        let part = self.files.part(&id.to_string(), offset).await.or_internal(DOING)?;
        Ok(Piece { scope, row, part })
    }

    /// Acknowledges a piece, also one that broke off; when it was the last one, the file is received as any other.
    pub async fn end_piece(&self, actor: &Actor, id: DatasetId, piece: Piece) -> Result<Upload, AppError> {
        const DOING: &str = "keeping a piece of an upload";
        let Piece { scope, mut row, part } = piece;
        let received = part.sync().await.or_internal(DOING)?;
        row.received_bytes = i64::try_from(received).or_internal(DOING)?;
        let mut tx = self.db.begin_in(scope).await?;
        uploads::note(&mut tx, scope, id, row.received_bytes).await.or_internal(DOING)?;
        tx.commit().await?;
        if received < row.size() {
            return Ok(row.view(id));
        }
        let spooled = self.files.spool_part(&id.to_string()).await.or_internal(DOING)?;
        let received = self.receive_as(actor, id, &row.name, spooled).await;
        if let Err(AppError::Invalid { .. }) = &received {
            // It will never be a file of ours; the next HEAD says that there is none.
            self.cancel_resumable(actor, id).await?;
        }
        received?;
        self.forget_upload(scope, id).await?;
        Ok(Upload { id, size_bytes: row.size(), received_bytes: row.size(), is_done: true })
    }

    /// Keeps nothing of a piece, and lets it come again.
    pub async fn drop_piece(&self, id: DatasetId, piece: Piece) -> Result<(), AppError> {
        let mut tx = self.db.begin_in(piece.scope).await?;
        uploads::release(&mut tx, piece.scope, id).await.or_internal("dropping a piece of an upload")?;
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
        for id in gone {
            self.files.remove_part(&id.to_string()).await.or_internal(DOING)?;
        }
        Ok(())
    }

    async fn forget_upload(&self, scope: WorkspaceScope, id: DatasetId) -> Result<(), AppError> {
        const DOING: &str = "ending an upload";
        let mut tx = self.db.begin_in(scope).await?;
        uploads::delete(&mut tx, scope, id).await.or_internal(DOING)?;
        tx.commit().await?;
        self.files.remove_part(&id.to_string()).await.or_internal(DOING)
    }
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
