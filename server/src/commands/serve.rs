//! `quartile serve`.

use std::{net::SocketAddr, time::Duration};

use kernel::Ambient;
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
    time::{sleep, timeout},
};

use crate::{
    config::Config,
    connections::{self, Ending, Patience},
    grpc::{self, Grpc},
    logging,
    operations::Health,
    panics,
    router::router,
    services::{Services, StartError},
    worker,
};

/// How long what is under way may take to end.
const LONGEST_END: Duration = Duration::from_secs(17);
/// How long the database is waited for after that.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Runs until SIGTERM or SIGINT, then lets requests and the running job end.
pub(super) async fn serve(config: Config) -> Result<(), StartError> {
    let _log_ends_last = logging::start(&config.log)?;
    // Before anybody can reach the program: a signal that nobody listens for ends it on the spot.
    let mut signals = Signals::listen()?;
    let metrics = PrometheusBuilder::new()
        .install_recorder()
        .map_err(|cause| StartError(format!("metrics cannot be recorded: {cause}")))?;
    logging::show_count();
    panics::watch();
    let address = config.server.address;
    let _folder = (config.database.url == "sqlite").then(|| db::hold(&config.server.data)).transpose()?;
    let services = Services::open(config, Ambient::system()).await?;
    if services.db.engine() == "sqlite" {
        services.jobs.release_abandoned().await?;
        services.idempotency.release_abandoned().await?;
    }
    let listener = listen(address, connections::MOST_CONNECTIONS, "server.address")?;
    let grpc_listener = match services.config.grpc {
        Some(address) => Some(listen(address, grpc::MOST_CONNECTIONS, "grpc.address")?),
        None => None,
    };

    warn_of_one_visitor(&services);
    let (announce, announced) = watch::channel(false);
    let (stop, stopped) = watch::channel(false);
    let health = Health { stopping: announced.clone(), metrics };
    let router = router(&services, health)?;
    let grpc = Grpc::new(&services, &announced)?;
    let work = worker::start(&services, &announced);
    let calls = serve_calls(grpc, grpc_listener, stopped.clone());
    if let Some(link) = services.accounts.first_administrator_link().await? {
        // Only here, and only once: it is no line of the log.
        super::say(&format!(
            "Nobody runs this instance yet. Sign in, then open this link within a day to become its administrator:\n{link}"
        ));
    }
    let ending = Ending { announced, begun: stopped };
    let requests = connections::serve(listener, router, Patience::default(), ending);
    let serving = tokio::spawn(async { tokio::join!(requests, calls) });
    super::say(&format!("Quartile is ready at {}", services.config.server.base_url));
    tracing::info!(%address, engine = services.db.engine(), "Ready");

    let pause = signals.next().await.pause(services.config.server.pause);
    tracing::info!("Stopping");
    announce.send_replace(true);
    let end = async {
        sleep(pause).await;
        stop.send_replace(true);
        tokio::join!(futures::future::join_all(work), serving)
    };
    // A second signal ends the program at once.
    tokio::select! {
        ended = timeout(pause + LONGEST_END, end) => {
            if ended.is_err() {
                tracing::warn!("Something was still under way and has been cut");
            }
        }
        _ = signals.next() => return Ok(()),
    }
    // A database that hangs is not waited for.
    let _ = timeout(LAST_WORDS, services.db.close()).await;
    tracing::info!("Stopped");
    Ok(())
}

fn listen(address: SocketAddr, most: u32, setting: &str) -> Result<TcpListener, StartError> {
    connections::listen(address, most).map_err(|cause| {
        StartError(format!("{address} cannot be listened on: {cause}. Set {setting} to a free port"))
    })
}

/// Answers calls over gRPC, if there is a place for them.
async fn serve_calls(grpc: Grpc, listener: Option<TcpListener>, stop: watch::Receiver<bool>) {
    if let Some(listener) = listener {
        Box::pin(grpc.serve(listener, stop)).await;
    }
}

/// Who told the program to end.
enum Told {
    /// Whoever runs it, and perhaps proxies in front of it.
    ByThePlatform,
    /// Somebody who waits for it.
    AtTheTerminal,
}

impl Told {
    /// How long everything goes on as before.
    fn pause(&self, usual: Duration) -> Duration {
        match self {
            Self::ByThePlatform => usual,
            Self::AtTheTerminal => Duration::ZERO,
        }
    }
}

/// What tells the program to end.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> Result<Self, StartError> {
        let listen =
            |kind| signal(kind).map_err(|cause| StartError(format!("signals cannot be received: {cause}")));
        Ok(Self { terminate: listen(SignalKind::terminate())?, interrupt: listen(SignalKind::interrupt())? })
    }

    async fn next(&mut self) -> Told {
        tokio::select! {
            _ = self.terminate.recv() => Told::ByThePlatform,
            _ = self.interrupt.recv() => Told::AtTheTerminal,
        }
    }
}

fn warn_of_one_visitor(services: &Services) {
    if services.config.server.is_https() && services.config.server.trusted_proxies.is_empty() {
        tracing::warn!(
            "server.trusted_proxies is empty, so everybody behind a proxy counts as one visitor, and shares the limits of one"
        );
    }
}
