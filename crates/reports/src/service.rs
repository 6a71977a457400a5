//! Use cases of reports.

mod sharing;

use std::sync::Arc;

use accounts::Accounts;
use benchmarks::Benchmarks;
use chrono::{DateTime, TimeDelta, Utc};
use db::Db;
use kernel::{Actor, Ambient, AppError, OrInternal, Permission, ReportId, WorkspaceScope};
use metrics::{Metrics, model::FiguresQuery};
use platform::{Files, audit};
use uuid::Uuid;

use crate::{
    document::Typesetter,
    engine::compose,
    model::{Access, ReportRecord, ReportSummary},
    store::{self, ReportRow},
};

/// Reports that were made and are kept.
#[derive(Clone)]
pub struct Reports {
    db: Db,
    ambient: Ambient,
    files: Files,
    accounts: Accounts,
    metrics: Metrics,
    benchmarks: Benchmarks,
    typesetter: Option<Arc<dyn Typesetter>>,
}

impl Reports {
    /// The service over `db` and `files`; without a typesetter no report can be made.
    pub fn new(
        (db, ambient): (Db, Ambient),
        files: Files,
        (accounts, metrics, benchmarks): (Accounts, Metrics, Benchmarks),
        typesetter: Option<Arc<dyn Typesetter>>,
    ) -> Self {
        Self { db, ambient, files, accounts, metrics, benchmarks, typesetter }
    }

    /// The newest two hundred reports that the actor sees; see [`Self::list_after`] for all.
    pub async fn list(&self, actor: &Actor) -> Result<Vec<ReportSummary>, AppError> {
        self.list_after(actor, None, 200).await
    }

    /// At most so many reports that the actor sees and that stand after that one, newest first; from the beginning without one. Those who
    /// make reports and programs see all; viewers what they made themselves, what is for everyone, and what was shared with them.
    pub async fn list_after(
        &self,
        actor: &Actor,
        after: Option<(DateTime<Utc>, Uuid)>,
        most: u32,
    ) -> Result<Vec<ReportSummary>, AppError> {
        let scope = actor.require(Permission::View)?;
        let rows = self.rows_after((actor, scope), after, most).await?;
        Ok(rows.into_iter().map(|row| row.seen_by(actor)).collect())
    }

    /// What is kept about at most so many reports beside their bytes, in the same order, for those who take everything out of the
    /// workspace.
    pub async fn export_records(
        &self,
        actor: &Actor,
        after: Option<(DateTime<Utc>, Uuid)>,
        most: u32,
    ) -> Result<Vec<ReportRecord>, AppError> {
        let scope = actor.require(Permission::ControlWorkspace)?;
        let rows = self.rows_after((actor, scope), after, most).await?;
        Ok(rows.into_iter().map(ReportRow::into_record).collect())
    }

    /// One report that the actor sees.
    pub async fn show(&self, actor: &Actor, id: ReportId) -> Result<ReportSummary, AppError> {
        Ok(self.find(actor, id).await?.1.seen_by(actor))
    }

    /// Makes the benchmark report of the period and keeps it.
    pub async fn create(&self, actor: &Actor, query: FiguresQuery) -> Result<ReportSummary, AppError> {
        let scope = actor.require(Permission::CreateReports)?;
        let typesetter = self.typesetter.clone().ok_or_else(|| AppError::Unavailable {
            message: "This program was built without reports".to_owned(),
        })?;
        let dashboard = self.metrics.dashboard(actor, query).await?;
        let standing = self.benchmarks.standing(actor).await?;
        let document = compose(&dashboard, &standing, self.ambient.now().date_naive()).ok_or_else(|| {
            AppError::conflict("There is nothing to report yet. Upload a CSV and import it first")
        })?;
        let (title, period, snapshot) =
            (document.summary.finding.clone(), document.period.clone(), document.snapshot.clone());
        let pdf = tokio::task::spawn_blocking(move || typesetter.pdf(&document))
            .await
            .or_internal("typesetting a report")?
            .or_internal("typesetting a report")?;
        let id: ReportId = self.ambient.id();
        let file_key = format!("{}/reports/{id}.pdf", scope.workspace_id());
        self.files.keep_bytes(&pdf, &file_key).await.or_internal("keeping a report")?;
        let report = ReportSummary {
            id,
            title,
            period,
            snapshot,
            size_bytes: pdf.len() as u64,
            created_at: self.ambient.now(),
            for_everyone: false,
            access: Access::Edit,
        };
        let created_by = actor.user_id().map(kernel::UserId::uuid);
        let mut tx = self.db.begin_in(scope).await?;
        store::insert(&mut tx, scope, &report, (&file_key, created_by))
            .await
            .or_internal("listing a report")?;
        let entry =
            audit::Entry { action: "report.created", subject: id.to_string(), detail: report.period.clone() };
        audit::record(&mut tx, &self.ambient, actor, scope, entry).await?;
        tx.commit().await?;
        Ok(report)
    }

    /// The file of a report, with a name for it.
    pub async fn download(&self, actor: &Actor, id: ReportId) -> Result<(String, bytes::Bytes), AppError> {
        let (_, row) = self.find(actor, id).await?;
        let bytes = self.files.read(&row.file_key).await.or_internal("reading a report")?;
        Ok((row.file_name(), bytes))
    }

    /// Removes a report and its file.
    pub async fn delete(&self, actor: &Actor, id: ReportId) -> Result<(), AppError> {
        let (scope, row) = match self.find(actor, id).await {
            Ok((_, row)) if row.access(actor) < Access::Edit => {
                (actor.require(Permission::CreateReports)?, row)
            }
            // Whoever may remove none is told so, whether or not there is such a report.
            Err(AppError::NotFound { .. }) => {
                actor.require(Permission::CreateReports)?;
                return Err(AppError::not_found("report"));
            }
            found => found?,
        };
        let mut tx = self.db.begin_in(scope).await?;
        store::delete(&mut tx, scope, id).await.or_internal("removing a report")?;
        let entry = audit::Entry { action: "report.deleted", subject: id.to_string(), detail: String::new() };
        audit::record(&mut tx, &self.ambient, actor, scope, entry).await?;
        tx.commit().await?;
        self.files.remove(&row.file_key).await.or_internal("removing a report")
    }

    async fn rows_after(
        &self,
        (actor, scope): (&Actor, WorkspaceScope),
        after: Option<(DateTime<Utc>, Uuid)>,
        most: u32,
    ) -> Result<Vec<ReportRow>, AppError> {
        // Nothing was made later than in a minute.
        let after = after.unwrap_or_else(|| (self.ambient.now() + TimeDelta::minutes(1), Uuid::nil()));
        store::list(&self.db, scope, actor, (after, most)).await.or_internal("listing reports")
    }

    /// A report among those that the actor sees; the others are not there.
    async fn find(&self, actor: &Actor, id: ReportId) -> Result<(WorkspaceScope, ReportRow), AppError> {
        let scope = actor.require(Permission::View)?;
        let row = store::find(&self.db, scope, (actor, id)).await.or_internal("loading a report")?;
        Ok((scope, row.ok_or_else(|| AppError::not_found("report"))?))
    }
}
