//! Reading the log of a workspace, with names in place of ids.

use std::collections::BTreeMap;

use kernel::{Actor, Administrator, AppError, OrInternal, Permission, UserId, WorkspaceScope};
use platform::audit::{self, AuditEvent, AuditFilter};

use super::Accounts;
use crate::{
    model::{RecordLine, RecordsInput, RecordsView},
    store::{api_keys, members, people},
};

/// As the log names the program itself.
const PROGRAM: &str = "program";

impl Accounts {
    /// At most `most` deeds of the workspace, the newest first.
    pub async fn records(
        &self,
        actor: &Actor,
        asked: &RecordsInput,
        most: u32,
    ) -> Result<RecordsView, AppError> {
        let scope = actor.require(Permission::ReadAudit)?;
        let actions = audit::actions(&self.db, scope).await?;
        let actors = audit::actors(&self.db, scope).await?;
        let names = self.names(scope).await?;
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let (action, who) = (some(&asked.action), some(&asked.who));
        // Of what nobody ever did, and of who never did anything, there is nothing; asking for it by any text is harmless.
        let is_known = action.as_ref().is_none_or(|action| actions.contains(action))
            && who.as_ref().is_none_or(|who| actors.contains(who));
        let [from, until] = asked.time()?;
        let filter = AuditFilter { before: asked.before.parse().ok(), action, actor: who, from, until };
        let events = if is_known { audit::list(&self.db, scope, &filter, most).await? } else { Vec::new() };
        let is_full = u32::try_from(events.len()) == Ok(most);
        let next = events.last().map(|event| event.seq).filter(|seq| is_full && *seq > 0);
        let lines = events.into_iter().map(|event| line(event, &names)).collect();
        Ok(RecordsView { lines, actions, people: choices(actors, &names), next })
    }

    /// At most `most` deeds that belong to no workspace, before `before`.
    pub async fn instance_records(
        &self,
        _by: Administrator,
        before: Option<i64>,
        most: u32,
    ) -> Result<RecordsView, AppError> {
        let events = audit::list_of_instance(&self.db, before, most).await?;
        let is_full = u32::try_from(events.len()) == Ok(most);
        let next = events.last().map(|event| event.seq).filter(|seq| is_full && *seq > 0);
        let mut names = BTreeMap::new();
        for id in events.iter().flat_map(people_in) {
            let key = format!("person:{id}");
            if names.contains_key(&key) {
                continue;
            }
            if let Some(row) = people::find(&self.db, id).await.or_internal("naming who did what")? {
                names.insert(format!("administrator:{id}"), format!("{} (administrator)", row.display_name));
                names.insert(key, row.display_name);
            }
        }
        let lines = events.into_iter().map(|event| line(event, &names)).collect();
        Ok(RecordsView { lines, actions: Vec::new(), people: Vec::new(), next })
    }

    /// What people and keys of the workspace are called, by the way the log names them.
    async fn names(&self, scope: WorkspaceScope) -> Result<BTreeMap<String, String>, AppError> {
        const DOING: &str = "naming who did what";
        let members = members::list(&self.db, scope).await.or_internal(DOING)?;
        let keys = api_keys::list(&self.db, scope).await.or_internal(DOING)?;
        let people = members.into_iter().map(|row| (format!("person:{}", row.id), row.display_name));
        let keys = keys.into_iter().map(|row| (format!("key:{}", row.id), format!("Key “{}”", row.name)));
        Ok(people.chain(keys).collect())
    }
}

/// Who is named in an event.
fn people_in(event: &AuditEvent) -> impl Iterator<Item = UserId> {
    let actor = event.actor.split_once(':').map(|(_, id)| id);
    actor.into_iter().chain([event.subject.as_str()]).filter_map(|id| id.parse().ok())
}

/// Everybody who did something, by name; those who bear none here can be told apart by the end of their id.
fn choices(actors: Vec<String>, names: &BTreeMap<String, String>) -> Vec<(String, String)> {
    let choice = |actor: String| {
        let name = match (names.contains_key(&actor), actor.split_once(':')) {
            (false, Some((_, id))) => {
                format!("{} (…{})", called(&actor, names), id.get(id.len().saturating_sub(4)..).unwrap_or(id))
            }
            _ => called(&actor, names),
        };
        (actor, name)
    };
    let mut choices: Vec<_> = actors.into_iter().map(choice).collect();
    choices.sort_by_cached_key(|(_, name)| name.to_lowercase());
    choices
}

/// What whoever did something is called here.
fn called(actor: &str, names: &BTreeMap<String, String>) -> String {
    names.get(actor).cloned().unwrap_or_else(|| match actor.split(':').next() {
        Some(PROGRAM) => "Quartile".to_owned(),
        Some("person") => "Somebody who has left".to_owned(),
        Some("administrator") => "An administrator of the instance".to_owned(),
        _ => actor.to_owned(),
    })
}

fn line(event: AuditEvent, names: &BTreeMap<String, String>) -> RecordLine {
    let who = called(&event.actor, names);
    let subject = names.get(&format!("person:{}", event.subject)).cloned().unwrap_or(event.subject);
    RecordLine {
        seq: event.seq,
        happened_at: event.happened_at,
        who,
        action: event.action,
        subject,
        detail: event.detail,
        place: event.place,
        request_id: event.request_id,
    }
}
