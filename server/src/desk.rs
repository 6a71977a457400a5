//! The running program, as administrators see and change it.

use admin_pages::{BlockLine, Desk, HealthLine, HealthView, JobLine, SettingLine};
use async_trait::async_trait;
use kernel::{Administrator, AppError, JobId};

use crate::{operations, services::Services};

/// More jobs than that are not listed.
const MOST_JOBS: u32 = 200;

/// The program that serves the pages.
pub(crate) struct RunningProgram(pub(crate) Services);

#[async_trait]
impl Desk for RunningProgram {
    async fn health(&self, by: Administrator) -> Result<HealthView, AppError> {
        let (dependencies, census) =
            tokio::join!(operations::dependencies(&self.0), self.0.accounts.census());
        let census = census?;
        let line = |dependency: operations::Dependency| HealthLine {
            name: dependency.name.to_owned(),
            state: dependency.state.key().to_owned(),
            milliseconds: u64::try_from(dependency.milliseconds).unwrap_or(u64::MAX),
            detail: dependency.detail,
        };
        Ok(HealthView {
            lines: dependencies.into_iter().map(line).collect(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            people: census.people,
            workspaces: census.workspaces,
            sessions: census.sessions,
            blocks: self.0.blocks.list(by).await?.len(),
        })
    }

    async fn jobs(&self, by: Administrator) -> Result<Vec<JobLine>, AppError> {
        let jobs = self.0.jobs.list_open(by, MOST_JOBS).await?;
        let line = |job: platform::OpenJob| JobLine {
            id: job.id.to_string(),
            kind: job.kind,
            state: job.state,
            attempts: job.attempts,
            created_at: job.created_at,
            run_at: job.run_at,
            last_error: job.last_error,
        };
        Ok(jobs.into_iter().map(line).collect())
    }

    async fn retry_job(&self, by: Administrator, id: JobId) -> Result<(), AppError> {
        self.0.jobs.retry(by, id).await
    }

    async fn blocks(&self, by: Administrator) -> Result<Vec<BlockLine>, AppError> {
        let line = |block: platform::Block| BlockLine {
            place: block.place,
            reason: block.reason,
            blocked_at: block.blocked_at,
            blocked_until: block.blocked_until,
        };
        Ok(self.0.blocks.list(by).await?.into_iter().map(line).collect())
    }

    async fn block(&self, by: Administrator, place: &str, reason: &str, hours: i64) -> Result<(), AppError> {
        self.0.blocks.block(by, (place, reason), hours).await
    }

    async fn lift_block(&self, by: Administrator, place: &str) -> Result<(), AppError> {
        self.0.blocks.lift(by, place).await
    }

    fn settings(&self, _by: Administrator) -> Vec<SettingLine> {
        let line = |setting: &crate::config::SettingInForce| SettingLine {
            name: setting.name.clone(),
            value: setting.value.clone(),
            place: setting.place.clone(),
        };
        self.0.config.in_force.iter().map(line).collect()
    }
}
