//! The background worker: takes jobs off the queue until told to stop.

use std::time::Duration;

use kernel::{AppError, OrInternal};
use platform::Lane;
use tokio::sync::watch;

use crate::{connections::stopped, services::Services};

const LOOK_AT_LEAST_EVERY: Duration = Duration::from_secs(5);

/// Runs the jobs of a lane one after the other; a running job ends before the worker does.
pub(crate) async fn run(services: Services, lane: Lane, mut stop: watch::Receiver<bool>) {
    let handlers = services.job_handlers();
    while !*stop.borrow() {
        match services.jobs.run_next_in(lane, &handlers).await {
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
pub(crate) async fn freeze_peers(services: Services, mut stop: watch::Receiver<bool>) {
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

/// Removes what has ended (sessions, requests, links, workspaces whose time has come): at the start, and then every hour.
pub(crate) async fn sweep(services: Services, mut stop: watch::Receiver<bool>) {
    const LOOK_EVERY: Duration = Duration::from_hours(1);
    while !*stop.borrow() {
        if let Err(error) = services.accounts.sweep_sessions().await {
            tracing::error!(%error, "Ended sessions could not be removed");
        }
        if let Err(error) = services.accounts.sweep_requests().await {
            tracing::error!(%error, "Old requests could not be removed");
        }
        if let Err(error) = services.blocks.sweep().await {
            tracing::error!(%error, "Blocks that have ended could not be removed");
        }
        if let Err(error) = services.idempotency.sweep().await {
            tracing::error!(%error, "Old requests of programs could not be forgotten");
        }
        if let Err(error) = services.mailer.sweep().await {
            tracing::error!(%error, "Old messages could not be removed");
        }
        if let Err(error) = delete_due_workspaces(&services).await {
            tracing::error!(%error, "A workspace could not be deleted");
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = stopped(&mut stop) => {}
        }
    }
}

/// Deletes what is due, and then the files of every workspace that is gone: also of those whose deletion was cut off half-way.
async fn delete_due_workspaces(services: &Services) -> Result<(), AppError> {
    const DOING: &str = "removing the files of a workspace";
    for id in services.accounts.delete_due_workspaces().await? {
        services.benchmarks.forget(id).await?;
        tracing::info!(workspace = %id, "A workspace was deleted");
    }
    for id in services.files.workspaces().await.or_internal(DOING)? {
        if !services.accounts.workspace_exists(id).await? {
            services.files.remove_all_of(id).await.or_internal(DOING)?;
        }
    }
    Ok(())
}

/// Forgets who has asked for nothing lately, so that counting everybody stays small.
pub(crate) async fn forget_visitors(services: Services, mut stop: watch::Receiver<bool>) {
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
pub(crate) async fn learn_blocks(services: Services, mut stop: watch::Receiver<bool>) {
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
pub(crate) async fn look_for_changes(services: Services, mut stop: watch::Receiver<bool>) {
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
pub(crate) async fn rewrap_keys(services: Services, mut stop: watch::Receiver<bool>) {
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

/// Signs what the chains of the audit log end with and writes it to the log, so that a tail cut off later shows.
pub(crate) async fn sign_heads(services: Services, mut stop: watch::Receiver<bool>) {
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
