//! What the pages need of the running program beyond accounts.

use std::sync::Arc;

use async_trait::async_trait;
use kernel::{Administrator, AppError, JobId};

use crate::model::{BlockLine, HealthView, JobLine, SettingLine};

/// The running program, as administrators see and change it.
#[async_trait]
pub trait Desk: Send + Sync {
    /// How the program and everything it depends on is.
    async fn health(&self, by: Administrator) -> Result<HealthView, AppError>;
    /// Jobs that are not done, those given up first.
    async fn jobs(&self, by: Administrator) -> Result<Vec<JobLine>, AppError>;
    /// Tries a job again that was given up.
    async fn retry_job(&self, by: Administrator, id: JobId) -> Result<(), AppError>;
    /// Network places that are not answered, newest first.
    async fn blocks(&self, by: Administrator) -> Result<Vec<BlockLine>, AppError>;
    /// Shuts a network place out for so many hours.
    async fn block(&self, by: Administrator, place: &str, reason: &str, hours: i64) -> Result<(), AppError>;
    /// Answers a network place again.
    async fn lift_block(&self, by: Administrator, place: &str) -> Result<(), AppError>;
    /// Every setting in force.
    fn settings(&self, by: Administrator) -> Vec<SettingLine>;
}

/// The running program, in the context of pages.
#[derive(Clone)]
pub struct Instance(pub Arc<dyn Desk>);
