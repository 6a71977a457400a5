//! Whoever is shut out is not answered; whoever looks for weaknesses is shut out.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use kernel::AppError;
use platform::{Blocks, Origin};

use super::asker::Asker;

/// Refuses who is shut out before anything is looked up for them, and notes who asks for what only scanners ask for.
pub(crate) async fn refuse_blocked(State(blocks): State<Blocks>, request: Request, next: Next) -> Response {
    let address = request.extensions().get::<Origin>().and_then(|origin| origin.address);
    if let Some(retry_after_seconds) = blocks.seconds_left(address) {
        metrics_facade::counter!("requests_blocked_total").increment(1);
        return Asker::of(&request).refuse(AppError::RateLimited { retry_after_seconds });
    }
    if Blocks::is_bait(request.uri().path()) {
        // A picture on another site's page is asked for by whoever opens that page, who looks for nothing.
        let site = request.headers().get("sec-fetch-site");
        let is_led_here = site.is_some_and(|site| site == "cross-site" || site == "same-site");
        if !is_led_here && let Err(error) = blocks.note_search(address).await {
            tracing::error!(%error, "A scanner could not be noted");
        }
        return Asker::of(&request).refuse(AppError::not_found("page"));
    }
    next.run(request).await
}
