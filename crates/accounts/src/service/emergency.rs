//! Breaking the glass: an administrator looks into a workspace, for a reason, for a while, and its owners are told.

use chrono::TimeDelta;
use kernel::{Actor, Administrator, AppError, OrInternal, Permission, UserId, WorkspaceId};
use platform::Mail;

use super::Accounts;
use crate::{
    model::EmergencyLook,
    store::{
        emergency,
        workspaces::{self, WorkspaceRow},
    },
};

impl Accounts {
    /// Lets the administrator look into a workspace as a viewer would. The reason is written into its audit log and into that of the
    /// instance, and sent to its owners.
    pub async fn look_into(&self, by: Administrator, look: &EmergencyLook) -> Result<(), AppError> {
        const DOING: &str = "looking into a workspace";
        let row = self.any_workspace(&look.workspace).await?;
        let began_at = self.ambient.now();
        let ends_at = began_at + TimeDelta::minutes(look.minutes);
        let mut tx = self.db.begin_everywhere().await?;
        let new = emergency::NewRow {
            id: self.ambient.id(),
            workspace_id: row.id(),
            user_id: by.user_id(),
            reason: &look.reason,
            began_at,
            ends_at,
        };
        emergency::insert(&mut tx, &new).await.or_internal(DOING)?;
        for owner in emergency::owners(&mut tx, row.id()).await.or_internal(DOING)? {
            let Some(owner) = self.find_person(owner.into()).await? else { continue };
            let text = format!(
                "Hello {},\n\nan administrator of this Quartile instance looks into the workspace {} for {} minutes from now on. They can see it and change nothing.\n\nTheir reason: {}\n\nIt is in the audit log of the workspace:\n{}/w/{}/audit\n",
                owner.display_name,
                row.name(),
                look.minutes,
                look.reason,
                self.rules.base_url,
                look.workspace
            );
            let subject = format!("An administrator looks into {}", row.name());
            self.mailer.post(&mut tx, &Mail { to: owner.email, subject, text }).await?;
        }
        let detail = format!("{} minutes: {}", look.minutes, look.reason);
        let actor = Actor::system(row.id());
        let scope = actor.require(Permission::View)?;
        let entry = |subject: String| platform::audit::Entry {
            action: "emergency.began",
            subject,
            detail: detail.clone(),
        };
        platform::audit::record_by(
            &mut tx,
            &self.ambient,
            (scope, by.name()),
            entry(by.user_id().to_string()),
        )
        .await?;
        self.note_by(&mut tx, by, ("emergency.began", row.id().to_string()), &detail).await?;
        tx.commit().await?;
        self.mailer.wake();
        Ok(())
    }

    /// Ends the administrator's look into a workspace before its time.
    pub async fn look_away(&self, by: Administrator, workspace: &str) -> Result<(), AppError> {
        let row = self.any_workspace(workspace).await?;
        let mut tx = self.db.begin_everywhere().await?;
        let looker = (by.user_id(), row.id());
        let had = emergency::end(&mut tx, looker, self.ambient.now()).await;
        if !had.or_internal("looking away")? {
            return Err(AppError::not_found("look into this workspace"));
        }
        let actor = Actor::system(row.id());
        let scope = actor.require(Permission::View)?;
        let entry = platform::audit::Entry {
            action: "emergency.ended",
            subject: by.user_id().to_string(),
            detail: String::new(),
        };
        platform::audit::record_by(&mut tx, &self.ambient, (scope, by.name()), entry).await?;
        self.note_by(&mut tx, by, ("emergency.ended", row.id().to_string()), "").await?;
        tx.commit().await
    }

    /// Until when the person looks into a workspace that is not theirs.
    pub(super) async fn look_ends_at(
        &self,
        user_id: UserId,
        workspace_id: WorkspaceId,
    ) -> Result<Option<chrono::DateTime<chrono::Utc>>, AppError> {
        emergency::ends_at(&self.db, (user_id, workspace_id), self.ambient.now())
            .await
            .or_internal("looking for an emergency")
    }

    async fn any_workspace(&self, slug: &str) -> Result<WorkspaceRow, AppError> {
        let row = workspaces::find_by_slug(&self.db, slug, None).await.or_internal("loading a workspace")?;
        row.ok_or_else(|| AppError::not_found("workspace"))
    }
}
