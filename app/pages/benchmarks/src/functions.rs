//! What the pages ask of the server.

use api::ApiError;
use benchmarks::model::StandingView;
use leptos::prelude::*;

/// Every compared metric with its place.
#[server]
pub async fn get_standing(workspace: String) -> Result<StandingView, ApiError> {
    let actor = api::actor(&workspace).await?;
    Ok(expect_context::<benchmarks::Benchmarks>().standing(&actor).await?)
}
