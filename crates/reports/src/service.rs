//! Use cases of reports.

use std::sync::Arc;

use benchmarks::Benchmarks;
use db::Db;
use kernel::{Actor, Ambient, AppError, OrInternal, Permission, ReportId};
use metrics::{Metrics, model::FiguresQuery};
use platform::{Files, audit};

use crate::{document::Typesetter, engine::compose, model::ReportSummary, store};

/// Reports that were made and are kept.
#[derive(Clone)]
pub struct Reports {
    db: Db,
    ambient: Ambient,
    files: Files,
    metrics: Metrics,
    benchmarks: Benchmarks,
    typesetter: Option<Arc<dyn Typesetter>>,
}

impl Reports {
    /// The service over `db` and `files`; without a typesetter no report can be made.
    pub fn new(
        (db, ambient): (Db, Ambient),
        files: Files,
        (metrics, benchmarks): (Metrics, Benchmarks),
        typesetter: Option<Arc<dyn Typesetter>>,
    ) -> Self {
        Self { db, ambient, files, metrics, benchmarks, typesetter }
    }

    /// Every report, newest first.
    pub async fn list(&self, actor: &Actor) -> Result<Vec<ReportSummary>, AppError> {
        let scope = actor.require(Permission::View)?;
        store::list(&self.db, scope).await.or_internal("listing reports")
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
        let scope = actor.require(Permission::View)?;
        let row = store::find(&self.db, scope, id).await.or_internal("loading a report")?;
        let row = row.ok_or_else(|| AppError::not_found("report"))?;
        let bytes = self.files.read(&row.file_key).await.or_internal("reading a report")?;
        let period = ReportSummary::from(row).period;
        Ok((
            format!("benchmark-report-{}.pdf", period.replace(" – ", "-").replace(' ', "-").to_lowercase()),
            bytes,
        ))
    }

    /// Removes a report and its file.
    pub async fn delete(&self, actor: &Actor, id: ReportId) -> Result<(), AppError> {
        let scope = actor.require(Permission::CreateReports)?;
        let row = store::find(&self.db, scope, id).await.or_internal("loading a report")?;
        let row = row.ok_or_else(|| AppError::not_found("report"))?;
        let mut tx = self.db.begin_in(scope).await?;
        store::delete(&mut tx, scope, id).await.or_internal("removing a report")?;
        let entry = audit::Entry { action: "report.deleted", subject: id.to_string(), detail: String::new() };
        audit::record(&mut tx, &self.ambient, actor, scope, entry).await?;
        tx.commit().await?;
        self.files.remove(&row.file_key).await.or_internal("removing a report")
    }
}
