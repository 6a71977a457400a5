//! How many people and workspaces there are.

use kernel::{AppError, OrInternal};

use super::Accounts;
use crate::store::census;
pub use crate::store::census::Census;

impl Accounts {
    /// Counts for the operator; nothing about anybody.
    pub async fn census(&self) -> Result<Census, AppError> {
        census::count(&self.db, self.ambient.now()).await.or_internal("counting people and workspaces")
    }
}
