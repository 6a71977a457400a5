//! Who wanted what they have no right to.

use std::time::Duration;

use kernel::{AppError, Permission};
use moka::future::Cache;
use platform::{Refusal, audit, in_this_origin};

use super::Accounts;

const ACTION: &str = "authz.denied";

/// What was written down lately, so that whoever tries again and again fills no log.
#[derive(Clone)]
pub(super) struct Lately(Cache<(String, String), ()>);

impl Default for Lately {
    fn default() -> Self {
        const MOST: u64 = 10_000;
        Self(Cache::builder().max_capacity(MOST).time_to_live(Duration::from_mins(10)).build())
    }
}

impl Lately {
    async fn is_new(&self, who: String, what: String) -> bool {
        self.0.entry((who, what)).or_insert(()).await.is_fresh()
    }
}

impl Accounts {
    /// Writes down what somebody wanted without a right to it: in the log of their workspace, or, if they do not belong to that, in the log
    /// of the instance. The same is written down once in ten minutes. Nobody waits for it: an answer takes as long as one about what is not
    /// there.
    pub fn note_refusal(&self, refusal: Refusal, attempted: String) {
        let accounts = self.clone();
        // What went wrong is in the log.
        tokio::spawn(in_this_origin(async move {
            let _: Result<(), AppError> = accounts.write_refusal(refusal, attempted).await;
        }));
    }

    async fn write_refusal(&self, refusal: Refusal, attempted: String) -> Result<(), AppError> {
        match refusal {
            Refusal::Right(actor, verb) => {
                // A stranger who looks at the demo is nobody in particular.
                if !actor.is_somebody() || !self.refused.is_new(actor.name(), attempted.clone()).await {
                    return Ok(());
                }
                let scope = actor.require(Permission::View)?;
                let mut tx = self.db.begin_in(scope).await?;
                self.note(&mut tx, (&actor, scope), ACTION, (attempted, verb.to_owned())).await?;
                tx.commit().await
            }
            Refusal::Workspace(person, workspace) => {
                let (name, subject) = (format!("person:{person}"), workspace.to_string());
                if !self.refused.is_new(name.clone(), subject.clone()).await {
                    return Ok(());
                }
                let mut tx = self.db.begin_everywhere().await?;
                let entry = audit::Entry { action: ACTION, subject, detail: attempted };
                audit::record_on_instance(&mut tx, &self.ambient, name, entry).await?;
                tx.commit().await
            }
        }
    }
}
