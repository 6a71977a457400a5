//! Who sees a report besides those who make reports.

use std::collections::HashMap;

use kernel::{Actor, AppError, OrInternal, Permission, ReportId, Role, UserId};
use platform::audit;

use super::Reports;
use crate::{
    model::{Access, ReportGrant, Sharing, SharingChange, ViewerAccess},
    store,
};

const DOING: &str = "sharing a report";

impl Reports {
    /// Who sees the report, for whoever may share it.
    pub async fn sharing(&self, actor: &Actor, id: ReportId) -> Result<Sharing, AppError> {
        let scope = actor.require(Permission::CreateReports)?;
        let (_, row) = self.find(actor, id).await?;
        let grants = store::list_grants(&self.db, scope, id).await.or_internal(DOING)?;
        let given: HashMap<UserId, Access> = grants
            .into_iter()
            .filter_map(|(person, key)| Some((person.into(), Access::from_key(&key)?)))
            .collect();
        let members = self.accounts.list_members(actor).await?.members;
        let viewers =
            members.into_iter().filter(|member| member.role == Role::Viewer).map(|member| ViewerAccess {
                access: given.get(&member.id).copied(),
                id: member.id,
                name: member.display_name,
                email: member.email,
            });
        Ok(Sharing { viewers: viewers.collect(), report: row.seen_by(actor) })
    }

    /// Everything that was shared by name, for those who take everything out of the workspace.
    pub async fn grants(&self, actor: &Actor) -> Result<Vec<ReportGrant>, AppError> {
        let scope = actor.require(Permission::ControlWorkspace)?;
        store::list_grants_in(&self.db, scope).await.or_internal("listing what was shared")
    }

    /// Everything that was shared with the person by name; for that person alone.
    pub async fn grants_of(&self, person: UserId) -> Result<Vec<ReportGrant>, AppError> {
        store::list_grants_of(&self.db, person).await.or_internal("listing what was shared")
    }

    /// Changes who sees the report. What is given to a member adds to what the role gives and takes nothing away; it ends with the
    /// membership. Somebody who does not belong to the workspace is not found, and then nothing is changed.
    pub async fn share(&self, actor: &Actor, id: ReportId, change: SharingChange) -> Result<(), AppError> {
        let scope = actor.require(Permission::CreateReports)?;
        self.find(actor, id).await?;
        let mut tx = self.db.begin_in(scope).await?;
        let mut details = Vec::new();
        if !store::set_audience(&mut tx, scope, (id, change.for_everyone)).await.or_internal(DOING)? {
            return Err(AppError::not_found("report"));
        }
        if let Some(for_everyone) = change.for_everyone {
            details.push(format!("everyone: {}", if for_everyone { "read" } else { "none" }));
        }
        for (person, access) in change.people {
            // Given even if it is taken away: the tables let in nobody who does not belong to the workspace.
            let granted = store::grant(&mut tx, scope, (id, person), access.unwrap_or(Access::Read)).await;
            if granted.as_ref().is_err_and(is_stranger) {
                return Err(AppError::not_found("member"));
            }
            granted.or_internal(DOING)?;
            if access.is_none() {
                store::revoke(&mut tx, scope, (id, person)).await.or_internal(DOING)?;
            }
            details.push(format!("{person}: {}", access.map_or("none", Access::key)));
        }
        let entry =
            audit::Entry { action: "report.shared", subject: id.to_string(), detail: details.join(", ") };
        audit::record(&mut tx, &self.ambient, actor, scope, entry).await?;
        tx.commit().await
    }
}

fn is_stranger(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_foreign_key_violation)
}
