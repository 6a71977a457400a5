//! Telling people in time that a key for programs ends.

use chrono::TimeDelta;
use kernel::{AppError, OrInternal};
use platform::Mail;

use super::Accounts;
use crate::store::key_warnings::{self, EndingRow};

/// So many days before the end people are told, once for each.
const DAYS: [i64; 3] = [1, 3, 14];

impl Accounts {
    /// Writes to the owners and administrators of workspaces whose keys end soon: fourteen days before, three days and one. A key that is made
    /// for a shorter time is nothing to be warned of so early.
    pub async fn warn_of_ending_keys(&self) -> Result<(), AppError> {
        let now = self.ambient.now();
        let within = now + TimeDelta::days(14);
        let rows =
            key_warnings::list(&self.db, (now, within)).await.or_internal("looking for keys that end")?;
        for row in rows {
            let life = row.expires_at - row.created_at;
            let days = DAYS.into_iter().find(|days| row.expires_at - now <= TimeDelta::days(*days));
            let Some(days) = days.filter(|days| life > TimeDelta::days(*days)) else { continue };
            if row.warned_days.is_none_or(|warned| warned > days) {
                // What goes wrong with one is in the log, and keeps nobody from hearing of the others.
                let _told_or_not: Result<(), AppError> = Box::pin(self.warn_of(&row, days)).await;
            }
        }
        Ok(())
    }

    async fn warn_of(&self, row: &EndingRow, days: i64) -> Result<(), AppError> {
        const DOING: &str = "telling that a key ends";
        let mut tx = self.db.begin_everywhere().await?;
        // Another node may have told them in the meantime.
        if !key_warnings::note(&mut tx, row, days).await.or_internal(DOING)? {
            return Ok(());
        }
        for person in key_warnings::managers(&mut tx, row.workspace_id).await.or_internal(DOING)? {
            let Some(person) = self.find_person(person.into()).await? else { continue };
            let text = format!(
                "Hello {},\n\nthe key “{}” ({}…) of the workspace {} ends on {} UTC. Programs that use it are refused from then on.\n\nReplace it in time; the old one then goes on for a day:\n{}/w/{}/keys\n",
                person.display_name,
                row.name,
                row.public_id,
                row.workspace_name,
                row.expires_at.format("%-d %B %Y at %H:%M"),
                self.rules.base_url,
                row.slug
            );
            let subject = format!("A key of {} ends {}", row.workspace_name, in_days(days));
            self.mailer.post(&mut tx, &Mail { to: person.email, subject, text }).await?;
        }
        tx.commit().await?;
        self.mailer.wake();
        Ok(())
    }
}

fn in_days(days: i64) -> String {
    if days == 1 { "within a day".to_owned() } else { format!("within {days} days") }
}
