//! Who asks, as far as it becomes known while a request is answered: for the log, and for writing down what was refused.

use std::sync::{Arc, Mutex, Once, PoisonError};

use kernel::{Actor, UserId, WorkspaceId};

tokio::task_local! {
    static REQUESTER: Arc<Mutex<Requester>>;
}

/// What is known of whoever asks.
#[derive(Clone, Debug, Default)]
pub struct Requester {
    /// As the audit log names who acts ([`Actor::name`]).
    pub name: Option<String>,
    /// The workspace that they work in.
    pub workspace: Option<WorkspaceId>,
    /// What they wanted and have no right to.
    pub refusal: Option<Refusal>,
}

/// Something that was wanted without a right to it.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// What the role or the key does not carry, as in "you may not …".
    Right(Actor, &'static str),
    /// What lies outside of the person's workspaces: another workspace, or the administration of the instance.
    Outside(UserId, String),
}

/// Carries out the work of one request, and keeps what becomes known of who asks.
pub(crate) async fn with_requester<T>(work: impl Future<Output = T>) -> T {
    static LISTENS: Once = Once::new();
    LISTENS.call_once(|| {
        kernel::on_refusal(|actor, permission| refused(Refusal::Right(actor.clone(), permission.verb())));
    });
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

/// Keeps whose request it is. Somebody known without a workspace may turn out to work in one.
pub fn requested_by(name: String, workspace: Option<WorkspaceId>) {
    change(|requester| {
        requester.name = Some(name);
        requester.workspace = workspace.or(requester.workspace);
    });
}

/// Keeps that something was wanted without a right to it; the first of several counts.
pub fn refused(refusal: Refusal) {
    change(|requester| {
        requester.refusal.get_or_insert(refusal);
    });
}

fn change(work: impl FnOnce(&mut Requester)) {
    // Outside of a request nobody asks.
    let _outside = REQUESTER.try_with(|requester| work(&mut lock(requester)));
}

fn lock(requester: &Mutex<Requester>) -> std::sync::MutexGuard<'_, Requester> {
    requester.lock().unwrap_or_else(PoisonError::into_inner)
}
