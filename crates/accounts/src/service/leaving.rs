//! What a person takes along, and what is left of them when they go: nothing that says who they were.

use db::Tx;
use kernel::{Actor, AppError, OrInternal, Permission, UserId, WorkspaceId};
use platform::{
    Mail, Owner,
    audit::{self, Deed, DeedPlace},
};

use super::{Accounts, refusals, tokens::IDLE};
use crate::{
    model::{DoneAs, LookOfPerson, Person, PersonExport, WorkspaceOfPerson},
    store::{administration, api_keys, emergency, leaving, people},
};

impl Accounts {
    /// What is kept about the person, readable by people and programs; [`Self::deeds_after`] tells the rest. It is noted.
    pub async fn export_person(&self, id: UserId) -> Result<PersonExport, AppError> {
        const DOING: &str = "collecting what is kept about a person";
        let person = self.find_person(id).await?.ok_or(AppError::Unauthenticated)?;
        let row = people::find(&self.db, id).await.or_internal(DOING)?.ok_or(AppError::Unauthenticated)?;
        let memberships = leaving::memberships(&self.db, id).await.or_internal(DOING)?;
        let ended_programs = leaving::ended_programs(&self.db, id, self.ambient.now() - IDLE).await;
        let looks = emergency::list_of_person(&self.db, id).await.or_internal(DOING)?;
        let export = PersonExport {
            person,
            email_confirmed_at: row.email_confirmed_at,
            has_password: row.password_hash.is_some(),
            identities: leaving::identities(&self.db, id).await.or_internal(DOING)?,
            sessions: self.account_view(id, None).await?.sessions,
            ended_programs: ended_programs.or_internal(DOING)?,
            administrator_since: leaving::administrator_since(&self.db, id).await.or_internal(DOING)?,
            workspaces: memberships.into_iter().map(WorkspaceOfPerson::from).collect(),
            emergency_looks: looks.into_iter().map(LookOfPerson::from).collect(),
            exported_at: self.ambient.now(),
        };
        let mut tx = self.db.begin_everywhere().await?;
        self.note_on_instance(&mut tx, Some(id), ("person.exported", "")).await?;
        tx.commit().await?;
        Ok(export)
    }

    /// The next thousand things, newest first, that the audit logs name the person for; and where they end, if there may be more. What they
    /// tried outside of their workspaces they are not told of here either: whether it is there is what they wanted to know. For that
    /// person alone.
    pub async fn deeds_after(
        &self,
        id: UserId,
        done_as: DoneAs,
        after: Option<DeedPlace>,
    ) -> Result<(Vec<Deed>, Option<DeedPlace>), AppError> {
        const MOST: u32 = 1000;
        let actor = done_as.actor(id);
        audit::list_deeds(&self.db, (&actor, refusals::OUTSIDE), after, MOST).await
    }

    /// Notes that somebody takes everything of the workspace along.
    pub async fn note_export(&self, actor: &Actor) -> Result<(), AppError> {
        let scope = actor.require(Permission::ControlWorkspace)?;
        let mut tx = self.db.begin_in(scope).await?;
        let subject = scope.workspace_id().to_string();
        self.note(&mut tx, (actor, scope), "workspace.exported", (subject, String::new())).await?;
        tx.commit().await
    }

    /// Removes the person and every key that their personal data was sealed with. Workspaces that are theirs alone go with them, and
    /// their ids are returned; their files are to be removed. Whoever is the only owner among others gives the workspace away first.
    pub async fn erase_person(&self, id: UserId) -> Result<Vec<WorkspaceId>, AppError> {
        const DOING: &str = "removing a person";
        let person = self.find_person(id).await?.ok_or(AppError::Unauthenticated)?;
        let mut tx = self.db.begin_everywhere().await?;
        administration::lock(&mut tx).await.or_internal(DOING)?;
        let was_administrator = administration::revoke(&mut tx, id).await.or_internal(DOING)?;
        if was_administrator && administration::count_in(&mut tx).await.or_internal(DOING)? == 0 {
            return Err(AppError::conflict(
                "You are the only administrator of this instance. Make somebody else one first",
            ));
        }
        let alone = self.workspaces_to_take_along(&mut tx, id).await?;
        for workspace in &alone {
            leaving::delete_workspace(&mut tx, *workspace).await.or_internal(DOING)?;
            self.vault.forget(&mut tx, Owner::Workspace(*workspace)).await?;
        }
        api_keys::end_everywhere(&mut tx, id, self.ambient.now()).await.or_internal(DOING)?;
        leaving::delete_person(&mut tx, id).await.or_internal(DOING)?;
        self.mailer.withdraw(&mut tx, &person.email).await?;
        self.vault.forget(&mut tx, Owner::Person(id)).await?;
        // First the rows, then the log: everybody takes its lock last, so that nobody waits in a circle.
        for workspace in &alone {
            // Its own log tells that it was here, so that whatever is left of its files goes.
            let program = Actor::system(*workspace);
            let scope = program.require(Permission::ControlWorkspace)?;
            let entry = (workspace.to_string(), String::new());
            self.note(&mut tx, (&program, scope), "workspace.erased", entry).await?;
        }
        for workspace in &alone {
            self.note_on_instance(&mut tx, None, ("workspace.erased", &workspace.to_string())).await?;
        }
        self.note_on_instance(&mut tx, Some(id), ("person.erased", "")).await?;
        // Where messages are files nobody gets them, and the farewell would be what is left of the person.
        if self.mailer.folder().is_none() {
            self.mailer.post(&mut tx, &farewell(&person)).await?;
        }
        tx.commit().await?;
        self.mailer.wake();
        if let Err(error) = self.mailer.remove_files_to(&person.email).await {
            tracing::warn!(%error, "Messages to a person who went go when they are a week old");
        }
        if let Err(error) = self.db.tidy().await {
            tracing::warn!(%error, "What a person left in the log of the database goes later");
        }
        Ok(alone)
    }

    /// The workspaces that are the person's alone; refuses if others would be left without an owner. Waits for whoever changes members of
    /// them at the moment.
    async fn workspaces_to_take_along(&self, tx: &mut Tx, id: UserId) -> Result<Vec<WorkspaceId>, AppError> {
        const DOING: &str = "removing a person";
        leaving::lock_workspaces(tx, id).await.or_internal(DOING)?;
        let mut alone = Vec::new();
        for owned in leaving::owned(tx, id).await.or_internal(DOING)? {
            match (owned.members, owned.other_owners) {
                (1, _) => alone.push(WorkspaceId::from(owned.id)),
                (_, 0) => {
                    return Err(AppError::conflict(format!(
                        "You are the only owner of {}, and others work in it. Give it to one of them or delete it first",
                        owned.name
                    )));
                }
                _ => {}
            }
        }
        Ok(alone)
    }
}

fn farewell(person: &Person) -> Mail {
    let text = format!(
        "Hello {},\n\nyour Quartile account is deleted, with everything that said who you are. From backups it goes with the next one that is made.\n",
        person.display_name
    );
    Mail { to: person.email.clone(), subject: "Your Quartile account is deleted".to_owned(), text }
}
