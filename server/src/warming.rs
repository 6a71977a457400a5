//! Dashboards that are computed before somebody asks, and memory that is given back.

use std::time::Duration;

use kernel::{AppError, WorkspaceId};
use tokio::{
    sync::{broadcast::error::RecvError, watch},
    time::{MissedTickBehavior, interval},
};

use crate::{connections::stopped, services::Services};

/// So many dashboards are computed at the start: those of the figures that changed last.
const AT_THE_START: u32 = 20;
const TIDY_EVERY: Duration = Duration::from_secs(1);

/// Computes the dashboards of the newest figures at the start, and then each one whose figures change on this node.
pub(crate) async fn keep_warm(services: Services, mut stop: watch::Receiver<bool>) {
    let Some(mut publishes) = services.cache.publishes() else { return stopped(&mut stop).await };
    if let Err(error) = warm_the_newest(&services, &stop).await {
        tracing::warn!(%error, "Dashboards are not computed ahead");
    }
    let mut tidying = interval(TIDY_EVERY);
    tidying.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            workspace = publishes.recv() => match workspace {
                Ok(workspace) => warm(&services, workspace).await,
                // More than can be warmed; whoever asks for them computes them.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            },
            _ = tidying.tick() => services.cache.tidy().await,
            () = stopped(&mut stop) => return,
        }
    }
}

async fn warm_the_newest(services: &Services, stop: &watch::Receiver<bool>) -> Result<(), AppError> {
    for workspace in services.accounts.list_newest(AT_THE_START).await? {
        if *stop.borrow() {
            break;
        }
        warm(services, workspace).await;
    }
    Ok(())
}

async fn warm(services: &Services, workspace: WorkspaceId) {
    // It may be gone since; and what cannot be computed now is computed when somebody asks.
    if let Err(error) = services.metrics.warm(workspace).await {
        tracing::debug!(%error, %workspace, "A dashboard was not computed ahead");
    }
}

/// Gives memory back whose figures change on other nodes, whenever they can be heard.
pub(crate) async fn listen_to_nodes(services: Services, mut stop: watch::Receiver<bool>) {
    const TRY_AGAIN_AFTER: Duration = Duration::from_secs(1);
    while !*stop.borrow() {
        tokio::select! {
            ended = services.cache.listen() => {
                if let Err(cause) = ended {
                    tracing::debug!(cause, "Other nodes are not heard; what they change is given back after a minute");
                }
            }
            () = stopped(&mut stop) => return,
        }
        tokio::select! {
            () = tokio::time::sleep(TRY_AGAIN_AFTER) => {}
            () = stopped(&mut stop) => return,
        }
    }
}
