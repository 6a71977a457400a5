//! Who asks, as far as it becomes known while a request is answered: for the log, and for writing down what was refused.

use std::sync::{Arc, Mutex, PoisonError};

use kernel::{Actor, UserId};

tokio::task_local! {
    static REQUESTER: Arc<Mutex<Requester>>;
}

/// What is known of whoever asks.
#[derive(Clone, Debug, Default)]
pub struct Requester {
    /// As the audit log names who acts ([`Actor::name`]).
    pub name: Option<String>,
    /// As whom they work in their workspace.
    pub actor: Option<Actor>,
    /// What they wanted and have no right to.
    pub refusal: Option<Refusal>,
}

/// Something that was wanted without a right to it, or was not there.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// What the role or the key does not carry, as in "you may not …".
    Right(Actor, &'static str),
    /// What is not there, or belongs to others: the walls do not tell which.
    Missing(Actor),
    /// What lies outside of the person's workspaces: another workspace, or the administration of the instance.
    Outside(UserId, String),
}

/// Carries out the work of one request, and keeps what becomes known of who asks.
pub(crate) async fn with_requester<T>(work: impl Future<Output = T>) -> T {
    kernel::on_refusal(|actor, permission| refused(Refusal::Right(actor.clone(), permission.verb())));
    REQUESTER.scope(Arc::default(), work).await
}

/// The work for whoever asks at this moment, also where it is carried out by another task.
pub(crate) fn for_this_requester<T>(work: impl Future<Output = T>) -> impl Future<Output = T> {
    let requester = REQUESTER.try_with(Arc::clone).unwrap_or_default();
    REQUESTER.scope(requester, work)
}

/// What is known by now of whoever asks; nothing outside of a request.
pub fn requester() -> Requester {
    REQUESTER.try_with(|requester| lock(requester).clone()).unwrap_or_default()
}

/// Keeps whose request it is.
pub fn requested_by(name: String) {
    change(|requester| requester.name = Some(name));
}

/// Keeps as whom they work and where. Whoever only looks at what everybody may see stays who they are.
pub fn requested_as(actor: &Actor) {
    change(|requester| {
        if actor.is_somebody() || requester.name.is_none() {
            requester.name = Some(actor.name());
        }
        requester.actor = Some(actor.clone());
    });
}

/// Keeps that something was wanted without a right to it; the first of several counts.
pub fn refused(refusal: Refusal) {
    change(|requester| {
        requester.refusal.get_or_insert(refusal);
    });
}

/// Keeps that something was named that is not there for whoever asks.
pub fn missed() {
    change(|requester| {
        if let Some(actor) = requester.actor.clone() {
            requester.refusal.get_or_insert(Refusal::Missing(actor));
        }
    });
}

fn change(work: impl FnOnce(&mut Requester)) {
    // Outside of a request nobody asks.
    let _outside = REQUESTER.try_with(|requester| work(&mut lock(requester)));
}

fn lock(requester: &Mutex<Requester>) -> std::sync::MutexGuard<'_, Requester> {
    requester.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use kernel::WorkspaceId;

    use super::*;

    #[tokio::test]
    async fn whoever_looks_at_a_workspace_that_everybody_may_see_stays_who_they_are() {
        let workspace = WorkspaceId::from(uuid::Uuid::from_u128(7));
        let seen = |name: Option<&'static str>| async move {
            with_requester(async {
                if let Some(name) = name {
                    requested_by(name.to_owned());
                }
                requested_as(&Actor::stranger(workspace));
                requester()
            })
            .await
        };
        let ada = seen(Some("person:ada")).await;
        let seen_in = ada.actor.map(|actor| actor.workspace_id());
        assert_eq!((ada.name.as_deref(), seen_in), (Some("person:ada"), Some(workspace)));
        assert_eq!(seen(None).await.name, Some(Actor::stranger(workspace).name()));
    }
}
