//! Who asks, as far as it becomes known while a request is answered: for the log, and for writing down what was refused.

use std::sync::{Arc, Mutex, PoisonError};

use kernel::{Actor, UserId, WorkspaceId};

tokio::task_local! {
    static ASKER: Arc<Mutex<Asker>>;
}

/// What is known of whoever asks.
#[derive(Clone, Debug, Default)]
pub struct Asker {
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
    /// A permission that the role or the key does not carry.
    Right(Actor, &'static str),
    /// A workspace that the person does not belong to.
    Workspace(UserId, WorkspaceId),
}

/// Carries out the work of one request, and keeps what becomes known of who asks.
pub(crate) async fn with_asker<T>(work: impl Future<Output = T>) -> T {
    kernel::on_refusal(|actor, permission| refused(Refusal::Right(actor.clone(), permission.verb())));
    ASKER.scope(Arc::default(), work).await
}

/// The work for whoever asks at this moment, also where it is carried out by another task.
pub(crate) fn for_this_asker<T>(work: impl Future<Output = T>) -> impl Future<Output = T> {
    let asker = ASKER.try_with(Arc::clone).unwrap_or_default();
    ASKER.scope(asker, work)
}

/// What is known by now of whoever asks; nothing outside of a request.
pub fn asker() -> Asker {
    ASKER.try_with(|asker| lock(asker).clone()).unwrap_or_default()
}

/// Keeps whose request it is. Somebody known without a workspace may turn out to work in one.
pub fn asked_by(name: String, workspace: Option<WorkspaceId>) {
    change(|asker| {
        asker.name = Some(name);
        asker.workspace = workspace.or(asker.workspace);
    });
}

/// Keeps that something was wanted without a right to it; the first of several counts.
pub fn refused(refusal: Refusal) {
    change(|asker| {
        asker.refusal.get_or_insert(refusal);
    });
}

fn change(work: impl FnOnce(&mut Asker)) {
    // Outside of a request nobody asks.
    let _outside = ASKER.try_with(|asker| work(&mut lock(asker)));
}

fn lock(asker: &Mutex<Asker>) -> std::sync::MutexGuard<'_, Asker> {
    asker.lock().unwrap_or_else(PoisonError::into_inner)
}
