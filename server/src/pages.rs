//! How pages are rendered: in tasks of their own, which belong to the request all the same.

use std::sync::Once;

use any_spawner::{CustomExecutor, Executor, PinnedFuture, PinnedLocalFuture};
use platform::in_this_origin;
use tracing::Instrument;

/// Carries out what a page waits for as part of its request: its lines in the log have the id of the request, and it is known who asked.
struct WithinRequest;

impl CustomExecutor for WithinRequest {
    fn spawn(&self, work: PinnedFuture<()>) {
        tokio::spawn(in_this_origin(work).in_current_span());
    }

    fn spawn_local(&self, work: PinnedLocalFuture<()>) {
        tokio::task::spawn_local(in_this_origin(work).in_current_span());
    }

    fn poll_local(&self) {}
}

/// Has pages rendered so from now on. Saying so twice is as good as once.
pub(crate) fn render_within_requests() {
    static SET: Once = Once::new();
    SET.call_once(|| {
        if let Err(cause) = Executor::init_custom_executor(WithinRequest) {
            tracing::error!(%cause, "Pages are rendered outside of their requests");
        }
    });
}
