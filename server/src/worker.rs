//! The background worker: takes jobs off the queue until told to stop.

use std::{panic::AssertUnwindSafe, time::Duration};

use accounts::Whereabouts;
use futures::FutureExt;
use kernel::{AppError, OrInternal, WorkspaceId};
use platform::{Lane, Renewal, Renewed};
use tokio::{sync::watch, task::JoinHandle};

use crate::{
    backups::{keep_backups, keep_people},
    connections::stopped,
    services::{Services, renewal},
    warming::{keep_warm, listen_to_nodes},
};

const SWEEPING: &str = "removing files that nothing names";
const LOOK_AT_LEAST_EVERY: Duration = Duration::from_secs(5);
/// How long a job may go on when the program is told to stop. Then it is given back, for another node or the next start.
const LAST_JOB: Duration = Duration::from_secs(10);

/// Starts everything that is done besides answering requests. It ends when the program is told to stop.
pub(crate) fn start(services: &Services, stop: &watch::Receiver<bool>) -> Vec<JoinHandle<()>> {
    let program = (services, stop);
    let [quick, heavy] =
        Lane::ALL.map(|lane| spawn("jobs", program, move |services, stop| run(services, lane, stop)));
    vec![
        quick,
        heavy,
        spawn("freezing peers", program, freeze_peers),
        spawn("sweeping", program, sweep),
        spawn("forgetting visitors", program, forget_visitors),
        spawn("learning blocks", program, learn_blocks),
        spawn("looking for changes", program, look_for_changes),
        spawn("wrapping keys anew", program, rewrap_keys),
        spawn("renewing keys", program, renew_keys),
        spawn("signing heads", program, sign_heads),
        spawn("backups", program, keep_backups),
        spawn("keys of people", program, keep_people),
        spawn("warming", program, keep_warm),
        spawn("listening to nodes", program, listen_to_nodes),
    ]
}

/// Starts a loop that goes on until the program is told to stop, whatever happens in it.
fn spawn<W>(
    name: &'static str,
    (services, stop): (&Services, &watch::Receiver<bool>),
    work: impl Fn(Services, watch::Receiver<bool>) -> W + Send + Sync + 'static,
) -> JoinHandle<()>
where
    W: Future<Output = ()> + Send,
{
    let (services, stop) = (services.clone(), stop.clone());
    tokio::spawn(async move { keep_going(name, stop.clone(), || work(services.clone(), stop.clone())).await })
}

/// Begins the work anew, after a moment, whenever it ends in a fault of ours.
async fn keep_going<W: Future<Output = ()>>(
    name: &'static str,
    mut stop: watch::Receiver<bool>,
    work: impl Fn() -> W,
) {
    const PAUSE: Duration = Duration::from_secs(1);
    while AssertUnwindSafe(work()).catch_unwind().await.is_err() {
        tracing::error!(name, "Background work panicked and begins anew");
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = stopped(&mut stop) => return,
        }
    }
}

/// Runs the jobs of a lane one after the other; a running job ends before the worker does, if it ends soon.
async fn run(services: Services, lane: Lane, mut stop: watch::Receiver<bool>) {
    let handlers = services.job_handlers();
    while !*stop.borrow() {
        let mut told = stop.clone();
        let cut = async {
            stopped(&mut told).await;
            tokio::time::sleep(LAST_JOB).await;
        };
        match services.jobs.run_next_in(lane, &handlers, cut).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "The job queue cannot be read"),
        }
        tokio::select! {
            () = services.jobs.arrival(lane) => {}
            () = tokio::time::sleep(LOOK_AT_LEAST_EVERY) => {}
            () = stopped(&mut stop) => {}
        }
    }
}

/// Freezes peers whenever that is due: at the start, and then every hour.
async fn freeze_peers(services: Services, mut stop: watch::Receiver<bool>) {
    const LOOK_EVERY: Duration = Duration::from_hours(1);
    while !*stop.borrow() {
        if let Err(error) = services.benchmarks.freeze_if_due().await {
            tracing::error!(%error, "Peers could not be frozen");
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = stopped(&mut stop) => {}
        }
    }
}

/// Removes what has ended (sessions, requests, links, workspaces whose time has come), has files looked at that nobody searched for
/// personal data, tells people of keys that end, makes the next signing key, and folds the log of the database in: at the start, and then
/// every hour.
async fn sweep(services: Services, mut stop: watch::Receiver<bool>) {
    const LOOK_EVERY: Duration = Duration::from_hours(1);
    while !*stop.borrow() {
        if let Err(error) = services.accounts.sweep_sessions().await {
            tracing::error!(%error, "Ended sessions could not be removed");
        }
        if let Err(error) = services.accounts.sweep_requests().await {
            tracing::error!(%error, "Old requests could not be removed");
        }
        if let Err(error) = services.accounts.warn_of_ending_keys().await {
            tracing::error!(%error, "Nobody could be told of keys that end");
        }
        if let Err(error) = services.accounts.prepare_signing_key().await {
            tracing::error!(%error, "The next signing key could not be made");
        }
        if let Err(error) = services.blocks.sweep().await {
            tracing::error!(%error, "Blocks that have ended could not be removed");
        }
        if let Err(error) = services.datasets.sweep_uploads().await {
            tracing::error!(%error, "Uploads that nobody finished could not be removed");
        }
        if let Err(error) = services.datasets.read_what_nobody_looked_at().await {
            tracing::error!(%error, "Files of before could not be searched for personal data");
        }
        if let Err(error) = services.idempotency.sweep().await {
            tracing::error!(%error, "Old requests of programs could not be forgotten");
        }
        if let Err(error) = services.jobs.sweep().await {
            tracing::error!(%error, "Old jobs could not be forgotten");
        }
        if let Err(error) = services.mailer.sweep().await {
            tracing::error!(%error, "Old messages could not be removed");
        }
        if let Err(error) = delete_due_workspaces(&services).await {
            tracing::error!(%error, "A workspace could not be deleted");
        }
        if let Err(error) = sweep_files(&services).await {
            tracing::error!(%error, "Files without an entry could not be removed");
        }
        if let Err(error) = services.db.tidy().await {
            tracing::error!(%error, "The log of the database could not be folded in");
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = stopped(&mut stop) => {}
        }
    }
}

/// Deletes the workspaces that are due.
pub(crate) async fn delete_due_workspaces(services: &Services) -> Result<(), AppError> {
    for id in services.accounts.delete_due_workspaces().await? {
        tracing::info!(workspace = %id, "A workspace was deleted");
        services.cache.forget(id).await;
    }
    services.benchmarks.forget_gone().await?;
    Ok(())
}

/// Removes files that nothing names, and those of workspaces that are gone, also if their deletion was cut off half-way. What belongs to
/// workspaces that the database has never heard of stays: the setting may name the wrong one.
pub(crate) async fn sweep_files(services: &Services) -> Result<(), AppError> {
    let mut swept = Ok(());
    for id in services.files.workspaces().await.or_internal(SWEEPING)? {
        // What is wrong with the files of one keeps no others.
        if let Err(error) = sweep_files_of(services, id).await {
            swept = Err(error);
        }
    }
    swept
}

async fn sweep_files_of(services: &Services, id: WorkspaceId) -> Result<(), AppError> {
    match services.accounts.whereabouts(id).await? {
        Whereabouts::Here => services.datasets.sweep_files(id).await,
        Whereabouts::Gone => services.files.remove_all_of(id).await.or_internal(SWEEPING),
        Whereabouts::Unknown => {
            tracing::warn!(workspace = %id, "There are files of a workspace that this database does not know");
            Ok(())
        }
    }
}

/// Forgets who has asked for nothing lately, so that counting everybody stays small.
async fn forget_visitors(services: Services, mut stop: watch::Receiver<bool>) {
    const LOOK_EVERY: Duration = Duration::from_mins(1);
    while !*stop.borrow() {
        services.limits.sweep();
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = stopped(&mut stop) => {}
        }
    }
}

/// Learns from the other nodes who is not answered any more.
async fn learn_blocks(services: Services, mut stop: watch::Receiver<bool>) {
    const LOOK_EVERY: Duration = Duration::from_secs(1);
    while !*stop.borrow() {
        if let Err(error) = services.blocks.refresh().await {
            tracing::error!(%error, "Blocks could not be read");
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = stopped(&mut stop) => {}
        }
    }
}

/// Looks for what happens in the workspaces that somebody watches, on whatever node it happens.
async fn look_for_changes(services: Services, mut stop: watch::Receiver<bool>) {
    const LOOK_EVERY: Duration = Duration::from_millis(250);
    while !*stop.borrow() {
        if let Err(error) = services.live.look().await {
            tracing::error!(%error, "Nobody could be told what happens");
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = stopped(&mut stop) => {}
        }
    }
}

/// Wraps keys anew that an older version of the ring wraps, a few at a time: after a rotation, on whatever node it began.
async fn rewrap_keys(services: Services, mut stop: watch::Receiver<bool>) {
    const LOOK_EVERY: Duration = Duration::from_secs(10);
    const AT_ONCE: u32 = 200;
    while !*stop.borrow() {
        if let Err(error) = services.vault.renew_ring() {
            tracing::error!(%error, "The key ring could not be read again");
        }
        match services.vault.rewrap(AT_ONCE).await {
            Ok(0) => {}
            Ok(wrapped) => tracing::info!(wrapped, "Keys were wrapped anew"),
            Err(error) => tracing::error!(%error, "Keys could not be wrapped anew"),
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = stopped(&mut stop) => {}
        }
    }
}

/// Replaces data keys that an older version of the ring made, and seals anew what they sealed: after a rotation, on whatever node it began.
async fn renew_keys(services: Services, mut stop: watch::Receiver<bool>) {
    const LOOK_EVERY: Duration = Duration::from_mins(1);
    let renewal = renewal(&services.vault);
    // Rounds in which nothing could be done that is still to be done, because a value does not open.
    let mut in_vain: u32 = 0;
    while !*stop.borrow() {
        tokio::select! {
            renewed = Box::pin(renew_if_due(&renewal)) => match renewed {
                Ok(true) => in_vain = 0,
                Ok(false) => in_vain = in_vain.saturating_add(1),
                Err(error) => tracing::error!(%error, "Keys could not be renewed"),
            },
            // What is cut off goes on at the next start.
            () = stopped(&mut stop) => return,
        }
        tokio::select! {
            // From a minute to an hour.
            () = tokio::time::sleep(LOOK_EVERY * 2_u32.pow(in_vain.min(6))) => {}
            () = stopped(&mut stop) => {}
        }
    }
}

/// Whether something was done, or nothing is to be done.
async fn renew_if_due(renewal: &Renewal) -> Result<bool, AppError> {
    if !renewal.is_due().await? {
        return Ok(true);
    }
    let Renewed { made, resealed, retired } = renewal.round(|_| ()).await?;
    let is_something = made + resealed + retired > 0;
    if is_something {
        tracing::info!(made, resealed, retired, "Keys were renewed");
    }
    Ok(is_something)
}

/// Signs what the chains of the audit log end with and writes it to the log, so that a tail cut off later shows.
async fn sign_heads(services: Services, mut stop: watch::Receiver<bool>) {
    const LOOK_EVERY: Duration = Duration::from_mins(5);
    let mut signed = Vec::new();
    while !*stop.borrow() {
        match platform::audit::heads(&services.db, &services.vault).await {
            Ok(heads) => {
                for head in heads.iter().filter(|head| !signed.contains(*head)) {
                    let audit_head = serde_json::to_string(head).unwrap_or_default();
                    tracing::info!(target: platform::SECURITY, audit_head, "The end of an audit chain was signed");
                }
                signed = heads;
            }
            Err(error) => tracing::error!(%error, "The ends of the audit chains could not be signed"),
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = stopped(&mut stop) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        fs,
        sync::atomic::{AtomicU32, Ordering},
    };

    use kernel::Ambient;

    use super::*;
    use crate::config::{Config, Layers};

    #[tokio::test]
    async fn background_work_goes_on_after_a_fault_until_it_is_told_to_stop() {
        let (tell, stop) = watch::channel(false);
        let begun = AtomicU32::new(0);
        let work = || async {
            assert!(begun.fetch_add(1, Ordering::SeqCst) >= 2, "a fault of ours");
        };
        keep_going("test", stop.clone(), work).await;
        assert_eq!(begun.load(Ordering::SeqCst), 3);

        tell.send_replace(true);
        let always = || async { panic!("a fault of ours") };
        tokio::time::timeout(Duration::from_secs(10), keep_going("test", stop, always)).await.unwrap();
    }

    #[tokio::test]
    async fn files_of_a_workspace_that_is_in_another_database_stay() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().display().to_string();
        let layers = Layers::new(None, vec![("QUARTILE__SERVER__DATA".to_owned(), data)]).unwrap();
        let services = Box::pin(Services::open(Config::read(&layers).unwrap(), Ambient::system()));
        let services = services.await.unwrap();
        let workspace: WorkspaceId = services.ambient.id();
        let path = services.files.path(&format!("{workspace}/uploads/figures"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "month,mrr").unwrap();
        let long_ago = std::time::SystemTime::UNIX_EPOCH + Duration::from_hours(24);
        fs::File::options().write(true).open(&path).unwrap().set_modified(long_ago).unwrap();
        delete_due_workspaces(&services).await.unwrap();
        sweep_files(&services).await.unwrap();
        assert!(path.exists());
    }
}
