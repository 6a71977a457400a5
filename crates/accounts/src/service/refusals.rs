//! Who wanted what they have no right to.

use std::time::Duration;

use kernel::{Actor, AppError, Permission};
use moka::future::Cache;
use platform::{Refusal, audit, in_this_origin};

use super::Accounts;

/// The verb in the log of a workspace.
const WITHIN: &str = "authz.denied";
/// What they did who named something that their workspace does not have.
const MISSING: &str = "reach what is gone, was never there or belongs to others";
/// The verb in the log of the instance.
pub(super) const OUTSIDE: &str = "authz.denied_outside";

/// What was written down lately, so that whoever tries again and again fills no log.
pub(super) struct Lately(Cache<[String; 3], ()>);

impl Default for Lately {
    fn default() -> Self {
        const MOST: u64 = 10_000;
        Self(Cache::builder().max_capacity(MOST).time_to_live(Duration::from_mins(10)).build())
    }
}

impl Lately {
    async fn is_new(&self, attempt: &[String; 3]) -> bool {
        self.0.entry_by_ref(attempt).or_insert(()).await.is_fresh()
    }
}

impl Accounts {
    /// Writes down what somebody wanted without a right to it, or named without its being there: in the log of their workspace, or, if
    /// they do not belong to that, in the log of the instance. A node writes the same down once in ten minutes. Nobody waits for it: an
    /// answer takes as long as one about what is not there.
    pub fn note_refusal(&self, refusal: Refusal, attempted: String) {
        let accounts = self.clone();
        // What went wrong is in the log.
        tokio::spawn(in_this_origin(async move {
            let _: Result<(), AppError> = accounts.note_unless_lately(refusal, attempted).await;
        }));
    }

    async fn note_unless_lately(&self, refusal: Refusal, attempted: String) -> Result<(), AppError> {
        let attempt = match &refusal {
            // A stranger who looks at the demo is nobody in particular.
            Refusal::Right(actor, _) | Refusal::Missing(actor) if !actor.is_somebody() => return Ok(()),
            Refusal::Right(actor, verb) => {
                [actor.name(), actor.workspace_id().to_string(), format!("{attempted} {verb}")]
            }
            // One route has several names and methods.
            Refusal::Missing(actor) => {
                let same = attempted.replace(" /api/v1/", " /api/").replace("HEAD ", "GET ");
                [actor.name(), actor.workspace_id().to_string(), same]
            }
            Refusal::Outside(person, what) => [person.to_string(), what.clone(), String::new()],
        };
        if !self.refused.is_new(&attempt).await {
            return Ok(());
        }
        let written = self.write_refusal(refusal, attempted).await;
        if written.is_err() {
            self.refused.0.invalidate(&attempt).await;
        }
        written
    }

    async fn write_refusal(&self, refusal: Refusal, attempted: String) -> Result<(), AppError> {
        match refusal {
            Refusal::Right(actor, verb) => self.write_within(&actor, (attempted, verb)).await,
            Refusal::Missing(actor) => self.write_within(&actor, (attempted, MISSING)).await,
            Refusal::Outside(person, subject) => {
                let mut tx = self.db.begin_everywhere().await?;
                let entry = audit::Entry { action: OUTSIDE, subject, detail: attempted };
                audit::record_on_instance(&mut tx, &self.ambient, format!("person:{person}"), entry).await?;
                tx.commit().await
            }
        }
    }

    async fn write_within(&self, actor: &Actor, (attempted, verb): (String, &str)) -> Result<(), AppError> {
        let scope = actor.require(Permission::View)?;
        let mut tx = self.db.begin_in(scope).await?;
        self.note(&mut tx, (actor, scope), WITHIN, (attempted, verb.to_owned())).await?;
        tx.commit().await
    }
}
